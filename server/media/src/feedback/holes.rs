//! Packets of a layer that did not come, and when to ask for them (RFC 4585 §6.2.1).
use super::super::rtp::rtcp::MAX_NACKED;
use std::time::{Duration, Instant};

/// A gap at least this wide is not asked for packet by packet: a keyframe heals it.
pub(crate) const TOO_WIDE: u64 = MAX_NACKED as u64;
/// How long to wait before asking again.
const AGAIN: Duration = Duration::from_millis(60);
/// How often a packet is asked for.
const ATTEMPTS: u8 = 10;

#[derive(Clone, Copy, Debug)]
struct Hole {
    sequence: u64,
    asked: u8,
    next: Instant,
}

/// The holes of one layer; at most [`MAX_NACKED`].
#[derive(Debug, Default)]
pub(crate) struct Holes(Vec<Hole>);

impl Holes {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything between two sequence numbers is missing and due at once.
    pub(crate) fn open(&mut self, after: u64, before: u64, now: Instant) {
        let room = MAX_NACKED.saturating_sub(self.0.len());
        self.0.extend((after + 1..before).take(room).map(|sequence| Hole { sequence, asked: 0, next: now }));
    }

    /// It came.
    pub(crate) fn fill(&mut self, sequence: u64) {
        self.0.retain(|hole| hole.sequence != sequence);
    }

    /// Gives up on all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes those that are due, as the 16 bits to ask for, into the buffer; gives how many. Those that were asked for
    /// often enough are given up.
    pub(crate) fn due(&mut self, now: Instant, sequences: &mut [u16; MAX_NACKED]) -> usize {
        self.0.retain(|hole| hole.asked < ATTEMPTS || hole.next > now);
        let mut count = 0;
        for hole in self.0.iter_mut().filter(|hole| hole.next <= now) {
            sequences[count] = hole.sequence as u16;
            count += 1;
            hole.asked += 1;
            hole.next = now + AGAIN;
        }
        count
    }
}

#[cfg(test)]
#[path = "holes_tests.rs"]
mod tests;
