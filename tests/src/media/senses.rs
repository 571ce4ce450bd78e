//! What a participant saw and heard, slot by slot.
use std::collections::BTreeMap;
use std::time::Duration;

use super::picture::{self, Seen};
use super::tone::{Heard, Voice};

/// A gap of sequence numbers above this is a new beginning, not loss.
const JUMP: u64 = 1000;

/// Everything that arrived at one participant.
#[derive(Debug, Default)]
pub struct Senses {
    /// By audio slot.
    pub audio: Vec<AudioSlot>,
    /// By video slot.
    pub video: Vec<VideoSlot>,
    /// RTP packets in all slots.
    pub packets: u64,
    /// How often everything was forgotten.
    pub(super) beginnings: u64,
}

impl Senses {
    pub(super) fn new(audio: usize, video: usize) -> Self {
        Self {
            audio: vec![AudioSlot::default(); audio],
            video: vec![VideoSlot::default(); video],
            packets: 0,
            beginnings: 0,
        }
    }

    /// Forgets everything, for the next call.
    pub(super) fn start_over(&mut self) {
        let beginnings = self.beginnings + 1;
        *self = Self { beginnings, ..Self::new(self.audio.len(), self.video.len()) };
    }
}

/// One audio slot.
#[derive(Clone, Debug, Default)]
pub struct AudioSlot {
    /// Packets and losses.
    pub stream: Stream,
    /// Frames by the voice that was heard in them.
    pub voices: BTreeMap<Voice, u64>,
    /// Frames in which nothing was heard.
    pub silent: u64,
    /// Frames that were neither.
    pub noisy: u64,
    /// The last frame.
    pub last: Option<Heard>,
    /// When a voice was first heard, in [`crate::clock::micros`].
    pub first_us: Option<u64>,
}

impl AudioSlot {
    /// Frames of a voice.
    #[must_use]
    pub fn heard(&self, voice: Voice) -> u64 {
        self.voices.get(&voice).copied().unwrap_or(0)
    }

    /// Frames of any other voice.
    #[must_use]
    pub fn heard_others(&self, voice: Voice) -> u64 {
        self.voices.iter().filter(|(v, _)| **v != voice).map(|(_, n)| n).sum()
    }

    pub(super) fn take(&mut self, sequence: u16, heard: Heard, now_us: u64) {
        if !self.stream.take(sequence) {
            return;
        }
        match heard {
            Heard::Silence => self.silent += 1,
            Heard::Noise => self.noisy += 1,
            Heard::Voice(voice) => {
                self.first_us.get_or_insert(now_us);
                *self.voices.entry(voice).or_default() += 1;
            }
        }
        self.last = Some(heard);
    }
}

/// One video slot.
#[derive(Clone, Debug, Default)]
pub struct VideoSlot {
    /// Packets and losses.
    pub stream: Stream,
    /// Pictures by who sent them and from which layer.
    pub pictures: BTreeMap<(u32, u8), u64>,
    /// The last picture.
    pub last: Option<Seen>,
    /// When the first picture came, in [`crate::clock::micros`].
    pub first_us: Option<u64>,
    /// How long each picture was under way, in microseconds.
    pub delays_us: Vec<u64>,
    /// The longest that a picture stood still beyond the time that its sender took for the next one.
    pub longest_freeze: Duration,
    /// How often a picture came before the one that precedes it in its layer, which is lost or late.
    pub skipped: u64,
    /// Pictures that came after a later one, as repaired packets do.
    pub late: u64,
    /// Pictures that came twice.
    pub repeated: u64,
    /// Pictures that began a source or layer without being a keyframe.
    pub undecodable: u64,
    last_us: u64,
    /// Pictures of the present source and layer.
    counts: Stream,
}

impl VideoSlot {
    /// Pictures of a source, whatever the layer.
    #[must_use]
    pub fn seen(&self, source: u32) -> u64 {
        self.pictures.range((source, 0)..=(source, u8::MAX)).map(|(_, n)| n).sum()
    }

    /// Pictures of any other source.
    #[must_use]
    pub fn seen_others(&self, source: u32) -> u64 {
        self.pictures.iter().filter(|((s, _), _)| *s != source).map(|(_, n)| n).sum()
    }

    pub(super) fn take(&mut self, sequence: u16, payload: &[u8], now_us: u64) {
        if !self.stream.take(sequence) {
            return;
        }
        let Some(seen) = picture::parse(payload) else { return };
        let stamp = seen.stamp;
        let before = self.last.map(|s| s.stamp);
        if before.is_none_or(|last| (last.source, last.layer) != (stamp.source, stamp.layer)) {
            self.undecodable += u64::from(!seen.keyframe);
            self.counts = Stream::default();
        }
        if !self.counts.take(stamp.count as u16) {
            self.repeated += 1;
            return;
        }
        *self.pictures.entry((stamp.source, stamp.layer)).or_default() += 1;
        if let Some(last) = before.filter(|last| (last.source, last.layer) == (stamp.source, stamp.layer)) {
            match stamp.count.wrapping_sub(last.count) {
                1 => {}
                2..=0x7fff_ffff => self.skipped += 1,
                _ => {
                    self.late += 1;
                    return;
                }
            }
        }
        if let Some(last) = before.filter(|last| last.source == stamp.source) {
            // Of what was skipped in between, each picture would have taken as long.
            let pictures = match stamp.count.wrapping_sub(last.count) {
                skipped @ 1..0x8000 if last.layer == stamp.layer => u64::from(skipped),
                _ => 1,
            };
            let sender = stamp.sent_us.saturating_sub(last.sent_us) / pictures;
            let frozen = now_us.saturating_sub(self.last_us).saturating_sub(sender);
            self.longest_freeze = self.longest_freeze.max(Duration::from_micros(frozen));
        }
        self.delays_us.push(now_us.saturating_sub(stamp.sent_us));
        self.first_us.get_or_insert(now_us);
        self.last_us = now_us;
        self.last = Some(seen);
    }
}

/// Packets of one RTP stream.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stream {
    /// Different packets that came.
    pub received: u64,
    /// Packets that came again.
    pub duplicates: u64,
    highest: Option<u64>,
    first: u64,
    window: u128,
    missed_before: u64,
}

impl Stream {
    /// Packets that never came, nor were repeated.
    #[must_use]
    pub fn lost(&self) -> u64 {
        let span = self.highest.map_or(0, |h| h - self.first + 1);
        (self.missed_before + span).saturating_sub(self.received)
    }

    /// Takes a sequence number; false if it came before.
    fn take(&mut self, sequence: u16) -> bool {
        let Some(highest) = self.highest else {
            // Room below, for packets that overtook each other at the beginning.
            let at = u64::from(sequence) + (1 << 16);
            (self.highest, self.first, self.window, self.received) = (Some(at), at, 1, 1);
            return true;
        };
        let ahead = i64::from(sequence.wrapping_sub(highest as u16) as i16);
        let at = highest.saturating_add_signed(ahead);
        if ahead.unsigned_abs() > JUMP {
            self.missed_before = self.lost() + self.received;
            (self.highest, self.first, self.window) = (Some(at), at, 0);
        }
        if ahead > 0 {
            self.window = if ahead < 128 { self.window << ahead } else { 0 };
            self.highest = Some(at);
        }
        let bit =
            1u128.checked_shl(u32::try_from(ahead.min(0).unsigned_abs()).unwrap_or(u32::MAX)).unwrap_or(0);
        if bit == 0 || self.window & bit != 0 {
            self.duplicates += 1;
            return false;
        }
        self.window |= bit;
        self.first = self.first.min(at);
        self.received += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::picture::{Place, Stamp, build};

    #[test]
    fn a_stream_counts_what_never_came_across_the_wrap() {
        let mut stream = Stream::default();
        for sequence in [65_533u16, 65_534, 0, 2, 1, 1, 65_532] {
            stream.take(sequence);
        }
        assert_eq!((stream.received, stream.duplicates, stream.lost()), (6, 1, 1), "65535 is missing");
        stream.take(65_535);
        assert_eq!(stream.lost(), 0);
        stream.take(30_000);
        assert_eq!(stream.lost(), 0, "a new beginning is no loss");
    }

    #[test]
    fn pictures_are_told_apart_and_freezes_measured() {
        let mut slot = VideoSlot::default();
        let mut sequence = 0;
        let mut show = |slot: &mut VideoSlot, source, layer, count, keyframe, at: u64| {
            let stamp = Stamp { source, layer, count, sent_us: at - 500 };
            let place = Place { keyframe, picture_id: 1, tl0: 1, size: (320, 180) };
            for payload in build(stamp, place, 100, 1) {
                slot.take(sequence, &payload, at);
                sequence += 1;
            }
        };
        show(&mut slot, 7, 2, 10, true, 1_000);
        show(&mut slot, 7, 2, 11, false, 61_000);
        show(&mut slot, 7, 2, 13, false, 301_000);
        show(&mut slot, 7, 2, 12, false, 302_000);
        show(&mut slot, 7, 2, 12, false, 303_000);
        show(&mut slot, 7, 0, 40, true, 310_000);
        show(&mut slot, 9, 0, 1, false, 9_000_000);
        assert_eq!((slot.seen(7), slot.seen_others(7)), (5, 1));
        assert_eq!((slot.skipped, slot.late, slot.repeated, slot.undecodable), (1, 1, 1, 1));
        // 240 ms after the picture before the skipped one, of which the sender took 120.
        assert_eq!(slot.longest_freeze, Duration::from_millis(120));
        assert!(slot.delays_us.iter().all(|d| *d == 500));
    }
}
