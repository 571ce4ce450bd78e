//! When a publisher's packets arrived, told to it so that it can find its bandwidth: without this Chromium never leaves
//! its start bitrate and sends the lowest layers only (draft-holmer-rmcat-transport-wide-cc-extensions-01).
use crate::rtp::rtcp;
use std::time::{Duration, Instant};

/// How often a publisher is told, as long as packets come.
const EVERY: Duration = Duration::from_millis(50);
/// Most packets told of in one message, those that did not arrive included.
const MAX_TOLD: u64 = 420;
/// Most arrivals kept until they are told.
const MAX_KEPT: usize = 256;
/// Ticks of 250 µs in one step of the reference time.
const REFERENCE: i64 = 256;

/// Arrivals that were not told yet.
#[derive(Debug)]
pub(crate) struct Arrivals {
    /// Extended sequence number and ticks of 250 µs since `epoch`.
    kept: Vec<(u64, i64)>,
    epoch: Option<Instant>,
    /// The highest sequence number seen.
    top: u64,
    /// The next sequence number to tell of.
    next: u64,
    media: u32,
    messages: u8,
    told_at: Option<Instant>,
}

impl Arrivals {
    pub(crate) fn new() -> Self {
        Self { kept: Vec::new(), epoch: None, top: 0, next: 0, media: 0, messages: 0, told_at: None }
    }

    /// An authentic packet with this transport-wide sequence number came.
    pub(crate) fn note(&mut self, sequence: u16, media: u32, now: Instant) {
        let sequence = match self.epoch {
            None => {
                self.epoch = Some(now);
                self.kept.reserve_exact(MAX_KEPT);
                // Room below, so that packets that overtook each other at the start have a number too.
                self.next = u64::from(sequence) + (1 << 16);
                self.next
            }
            Some(_) => {
                let ahead = sequence.wrapping_sub(self.top as u16) as i16;
                let Some(extended) = self.top.checked_add_signed(i64::from(ahead)) else { return };
                extended
            }
        };
        self.top = self.top.max(sequence);
        self.media = media;
        let ticks =
            self.epoch.map_or(0, |e| (now.saturating_duration_since(e).as_micros() as u64 / 250) as i64);
        if self.kept.len() < MAX_KEPT {
            self.kept.push((sequence, ticks));
        }
    }

    /// Whether a message is due.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        let rested = self.told_at.is_none_or(|at| now.saturating_duration_since(at) >= EVERY);
        !self.kept.is_empty() && (rested || self.kept.len() > MAX_KEPT / 2)
    }

    /// Writes the next message; gives its length. Call it until it gives none.
    pub(crate) fn tell(&mut self, now: Instant, room: &mut [u8]) -> Option<usize> {
        self.kept.sort_unstable();
        self.kept.dedup_by_key(|k| k.0);
        let &(first, first_ticks) = self.kept.first()?;
        // What lies between the last message and this one did not arrive; after a long silence it is not worth telling.
        let base = if first > self.next && first - self.next < MAX_TOLD / 2 { self.next } else { first };
        let reference = first_ticks.div_euclid(REFERENCE);
        let (mut before, mut count) = (reference * REFERENCE, 0);
        let mut last = base;
        for &(sequence, ticks) in &self.kept {
            if sequence - base >= MAX_TOLD || i16::try_from(ticks - before).is_err() {
                break;
            }
            (before, last, count) = (ticks, sequence, count + 1);
        }
        if count == 0 {
            // One step cannot be told: it came after more than 8 s. Drop it rather than stop telling.
            self.kept.remove(0);
            return None;
        }
        let told: Vec<(u64, i64)> = self.kept.drain(..count).collect();
        let statuses = (last - base + 1) as u16;
        let mut writer = rtcp::arrivals(room, self.media);
        writer.word(u32::from(base as u16) << 16 | u32::from(statuses));
        writer.word((reference as u32 & 0xFF_FFFF) << 8 | u32::from(self.messages));
        let deltas = deltas(&told, reference * REFERENCE);
        write_statuses(&mut writer, &told, &deltas, base, statuses);
        for delta in deltas {
            match u8::try_from(delta) {
                Ok(small) => writer.bytes(&[small]),
                Err(_) => writer.bytes(&delta.to_be_bytes()),
            }
        }
        self.messages = self.messages.wrapping_add(1);
        self.next = self.next.max(last + 1);
        self.told_at = Some(now);
        Some(writer.finish())
    }
}

fn deltas(told: &[(u64, i64)], mut before: i64) -> Vec<i16> {
    let step = |&(_, ticks): &(u64, i64)| {
        let delta = ticks - before;
        before = ticks;
        delta as i16
    };
    told.iter().map(step).collect()
}

/// Two-bit status vectors of seven packets each (§3.1.4): simple, and at most two bytes for seven packets.
fn write_statuses(
    writer: &mut rtcp::Writer<'_>,
    told: &[(u64, i64)],
    deltas: &[i16],
    base: u64,
    statuses: u16,
) {
    let mut arrived = told.iter().zip(deltas).peekable();
    let mut sequence = base;
    for _ in 0..statuses.div_ceil(7) {
        let mut chunk = 0b11 << 14;
        for symbol in 0..7 {
            if let Some((_, delta)) = arrived.next_if(|(t, _)| t.0 == sequence) {
                let small = u8::try_from(*delta).is_ok();
                chunk |= if small { 1 } else { 2 } << (12 - 2 * symbol);
            }
            sequence += 1;
        }
        writer.bytes(&u16::to_be_bytes(chunk));
    }
}

#[cfg(test)]
#[path = "arrivals_tests.rs"]
mod tests;
