//! One unbroken stream out of many sources: sequence numbers, times, picture ids and TL0PICIDX go on over every switch.
use super::pace::Pace;
use smallvec::SmallVec;
use std::time::Instant;

/// How many switches back a repeat can still be found.
pub(crate) const SEGMENTS: usize = 8;
/// The RTP clock of pictures, in Hz (RFC 7741 §4.1).
const VIDEO_CLOCK: u32 = 90_000;

/// One life of one layer of one peer. Its number is never given again, so that what a slot remembers of a stream can
/// never be taken for another that came to the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StreamId(pub(crate) u64);

/// What a packet of a source says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) sequence: u64,
    pub(crate) time: u32,
    pub(crate) picture_id: u16,
    pub(crate) tl0: u8,
}

/// A stretch of the slot's stream that comes from one source, and what is added to that source's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The slot's first index in it.
    pub(crate) first: u64,
    pub(crate) source: StreamId,
    sequence: i64,
    pub(crate) time: u32,
    pub(crate) picture_id: u16,
    pub(crate) tl0: u8,
}

impl Segment {
    /// The source's sequence number behind one of the slot's.
    pub(crate) fn source_sequence(&self, index: u64) -> Option<u64> {
        index.checked_add_signed(self.sequence.checked_neg()?)
    }

    /// Whether the other differs in its time only.
    fn goes_on_in(&self, other: &Self) -> bool {
        (self.source, self.sequence, self.picture_id, self.tl0)
            == (other.source, other.sequence, other.picture_id, other.tl0)
    }
}

/// The slot's side of the stream.
#[derive(Debug)]
pub(crate) struct Unbroken {
    segments: SmallVec<[Segment; SEGMENTS]>,
    /// The highest index sent.
    top: u64,
    /// Position of the packet with the highest index, as sent, and when it was.
    last: Position,
    last_at: Option<Instant>,
    /// Ticks of RTP time in a millisecond.
    ticks: u32,
    /// Of pictures only: time that is taken from a voice cuts it.
    pace: Option<Pace>,
}

impl Unbroken {
    /// A stream that begins after `first`; `clock` in Hz.
    pub(crate) fn new(first: u64, clock: u32) -> Self {
        Self {
            segments: SmallVec::new(),
            top: first,
            last: Position::default(),
            last_at: None,
            ticks: clock / 1000,
            pace: (clock == VIDEO_CLOCK).then(|| Pace::new(clock / 1000)),
        }
    }

    /// From here on packets come from another source, beginning with the one at `from`.
    pub(crate) fn switch(&mut self, source: StreamId, from: Position, now: Instant) {
        let first = self.top + 1;
        let time = match self.last_at {
            // As much time passes for the receiver as did here: it plays neither late nor early.
            Some(at) => {
                let passed = now.saturating_duration_since(at).as_millis().clamp(1, u32::MAX.into()) as u32;
                self.last.time.wrapping_add(passed.wrapping_mul(self.ticks))
            }
            None => from.time,
        };
        self.push(Segment {
            first,
            source,
            sequence: first as i64 - from.sequence as i64,
            time: time.wrapping_sub(from.time),
            picture_id: self.last.picture_id.wrapping_add(1).wrapping_sub(from.picture_id),
            tl0: self.last.tl0.wrapping_add(1).wrapping_sub(from.tl0),
        });
    }

    /// Where a packet of the latest segment's source goes: its index, and the segment that says what to add. None if it is
    /// older than the switch. An index is never given twice as long as a source's sequence numbers are not.
    pub(crate) fn place(&mut self, packet: Position, now: Instant) -> Option<(u64, Segment)> {
        let latest = *self.segments.last()?;
        let index = packet.sequence.checked_add_signed(latest.sequence)?;
        if index < latest.first {
            // Late, and from before the time was set back: the source is the same, so the picture is still wanted.
            let before = self.segments.iter().rev().find(|s| s.first <= index)?;
            return before.goes_on_in(&latest).then_some((index, *before));
        }
        let segment = self.in_time(latest, index, packet.time, now);
        if index > self.top {
            self.top = index;
            self.last = Position {
                sequence: index,
                time: packet.time.wrapping_add(segment.time),
                picture_id: packet.picture_id.wrapping_add(segment.picture_id),
                tl0: packet.tl0.wrapping_add(segment.tl0),
            };
            self.last_at = Some(now);
        }
        Some((index, segment))
    }

    /// The segment for the next packet of the latest one: the same, unless a picture begins that would come too early.
    ///
    /// A switch takes the arrival of its first picture for the source's pace. That is a key picture, larger and later than
    /// those which follow; they would come early by as much, and the receiver would hold all of them back, after every
    /// switch a little longer.
    fn in_time(&mut self, latest: Segment, index: u64, time: u32, now: Instant) -> Segment {
        let sent = time.wrapping_add(latest.time);
        // Only the first packet of a picture, and none that is missing before it: a picture has one time.
        if index != self.top + 1 || sent == self.last.time {
            return latest;
        }
        let room = sent.wrapping_sub(self.last.time).saturating_sub(self.ticks);
        let Some(pace) = &mut self.pace else { return latest };
        let back = if index == latest.first { 0 } else { pace.early(sent, now).min(room) };
        pace.note(sent.wrapping_sub(back), now);
        if back == 0 {
            return latest;
        }
        let set_back = Segment { first: index, time: latest.time.wrapping_sub(back), ..latest };
        self.push(set_back);
        set_back
    }

    fn push(&mut self, segment: Segment) {
        if self.segments.len() == SEGMENTS {
            self.segments.remove(0);
        }
        self.segments.push(segment);
    }

    /// Whether a packet of the latest segment's source leaves a gap of at least this many.
    pub(crate) fn is_torn(&self, sequence: u64, gap: u64) -> bool {
        let index = self.segments.last().and_then(|s| sequence.checked_add_signed(s.sequence));
        index.is_some_and(|index| index >= self.top + gap)
    }

    /// The latest segment.
    pub(crate) fn current(&self) -> Option<&Segment> {
        self.segments.last()
    }

    /// The segment in which an index was sent, by the 16 bits that the receiver knows of it.
    pub(crate) fn find(&self, sequence: u16) -> Option<(u64, &Segment)> {
        let back = (self.top as u16).wrapping_sub(sequence);
        let index = self.top.checked_sub(u64::from(back))?;
        self.segments.iter().rev().find(|s| s.first <= index).map(|segment| (index, segment))
    }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
