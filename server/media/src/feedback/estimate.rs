//! How much a viewer's path carries: Google congestion control on its transport-wide feedback. No pacer: the estimate
//! chooses layers and delays nothing.
use super::told::Told;
use rtc_interceptor::{BandwidthEstimator, Gcc, PacketReport};
use std::time::{Duration, Instant};

/// How many sent packets are remembered: more than the longest queue on the way holds. At the rate of a six-party call
/// that is five seconds, at that of two parties half a minute.
const SENT: usize = 4096;
/// The estimate begins high, so that a face is sharp at once; a narrow path corrects it within a second or two.
const INITIAL: f64 = 3_000_000.0;
const LEAST: f64 = 50_000.0;
const MOST: f64 = 30_000_000.0;
/// Where the feedback's reference time begins, in its steps of 64 ms.
const BEGIN: i64 = 1 << 10;
/// A tick of the feedback's clock.
const TICK: Duration = Duration::from_micros(250);

/// A packet that was sent; its size is 0 once its fate is known.
#[derive(Clone, Copy, Debug, Default)]
struct Sent {
    sequence: u16,
    size: u16,
    /// The lower 32 bits of ticks since the epoch.
    at: u32,
}

/// The estimate of one viewer's path.
pub(crate) struct Estimate {
    gcc: Gcc,
    sent: Vec<Sent>,
    epoch: Instant,
    next: u16,
    /// The last reference time as it was told, and unwrapped.
    reference: Option<(u32, i64)>,
    /// Fates of packets that are still read before the next turn of the clock.
    left: u16,
    reports: Vec<PacketReport>,
    counted: u64,
}

impl std::fmt::Debug for Estimate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Estimate").field("bits_per_second", &self.bits_per_second()).finish_non_exhaustive()
    }
}

impl Estimate {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            gcc: Gcc::new(INITIAL, LEAST, MOST),
            sent: vec![Sent::default(); SENT],
            epoch: now,
            next: 0,
            reference: None,
            left: SENT as u16,
            reports: Vec::new(),
            counted: 0,
        }
    }

    pub(crate) fn bits_per_second(&self) -> u64 {
        self.gcc.target_bitrate() as u64
    }

    fn ticks(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.epoch).as_micros() as u64 / 250
    }

    /// A packet of this size leaves now; gives its transport-wide sequence number.
    pub(crate) fn send(&mut self, size: usize, now: Instant) -> u16 {
        let sequence = self.next;
        self.next = sequence.wrapping_add(1);
        let at = self.ticks(now) as u32;
        self.sent[usize::from(sequence) % SENT] = Sent { sequence, size: size as u16, at };
        sequence
    }

    /// A turn of the clock is over. A browser tells of some dozens of packets in one.
    pub(crate) fn refill(&mut self) {
        self.left = SENT as u16;
    }

    /// The viewer told what arrived: what stands behind the two SSRCs of its feedback. Two bytes can tell of thousands, so
    /// that only so many are read in a turn.
    pub(crate) fn feedback(&mut self, feedback: &[u8], now: Instant) {
        let Some(told) = Told::parse(feedback, self.left) else { return };
        self.left -= told.count;
        let reference = self.unwrap(told.reference);
        let now_ticks = self.ticks(now);
        let (epoch, sent, reports) = (self.epoch, &mut self.sent, &mut self.reports);
        reports.clear();
        let mut counted = self.counted;
        told.each(reference, |sequence, arrival| {
            let packet = &mut sent[usize::from(sequence) % SENT];
            if packet.sequence != sequence || packet.size == 0 {
                return;
            }
            let age = u64::from((now_ticks as u32).wrapping_sub(packet.at));
            let departure = epoch + TICK * u32::try_from(now_ticks.saturating_sub(age)).unwrap_or(u32::MAX);
            counted += 1;
            reports.push(PacketReport {
                ssrc: 0,
                id: counted,
                rtp_sequence_number: sequence,
                is_twcc: true,
                twcc_sequence_number: sequence,
                size: usize::from(packet.size),
                arrived: arrival.is_some(),
                departure,
                arrival: arrival.map(|ticks| TICK * u32::try_from(ticks).unwrap_or(0)),
                ecn: Default::default(),
            });
            if arrival.is_some() {
                packet.size = 0; // what was lost may still be told to have come late
            }
        });
        self.counted = counted;
        self.gcc.on_reports(now, &self.reports);
    }

    /// The reference time has 24 bits and begins anywhere: it wraps within twelve days. Here it begins where it is told
    /// first, so that what is earlier or later by days still has a place.
    fn unwrap(&mut self, reference: u32) -> i64 {
        let (told, last) = self.reference.unwrap_or((reference, BEGIN));
        let ahead = (reference.wrapping_sub(told) << 8) as i32 >> 8;
        let unwrapped = last + i64::from(ahead);
        if ahead >= 0 {
            self.reference = Some((reference, unwrapped));
        }
        unwrapped
    }
}

#[cfg(test)]
#[path = "estimate_tests.rs"]
mod tests;
