//! What arrived of what was sent, and how long it took.

/// Counts packets that leave within a window of time, wherever and whenever they arrive.
#[derive(Debug, Default)]
pub struct Tally {
    from: u64,
    until: u64,
    /// Packets sent in the window.
    pub sent: u64,
    /// Of these, those that reached a receiver, each counted once.
    pub received: u64,
    /// Packets that reached the same receiver again.
    pub repeated: u64,
    /// Nanoseconds from leaving the sender to arriving at the receiver's socket.
    pub delays: Vec<u32>,
}

impl Tally {
    /// Forgets everything and counts what leaves from now on.
    pub fn open(&mut self, now: u64) {
        *self = Self { from: now, until: u64::MAX, ..Self::default() };
    }

    /// Counts no more what leaves; what left may still arrive.
    pub fn close(&mut self, now: u64) {
        self.until = now;
    }

    fn holds(&self, sent: u64) -> bool {
        (self.from..self.until).contains(&sent)
    }

    /// A packet left.
    pub(super) fn left(&mut self, sent: u64) {
        self.sent += u64::from(self.holds(sent));
    }

    /// A packet arrived, for the first time or again.
    pub(super) fn arrived(&mut self, sent: u64, arrived: u64, again: bool) {
        if !self.holds(sent) {
            return;
        }
        if again {
            self.repeated += 1;
            return;
        }
        self.received += 1;
        self.delays.push(u32::try_from(arrived.saturating_sub(sent)).unwrap_or(u32::MAX));
    }

    /// The part of what was sent to `receivers` others each that did not arrive.
    #[must_use]
    pub fn loss(&self) -> f64 {
        if self.sent == 0 { 1.0 } else { 1.0 - self.received as f64 / self.sent as f64 }
    }
}

/// Which numbers of one stream one receiver has seen.
#[derive(Debug, Default)]
pub(super) struct Seen(Vec<u64>);

impl Seen {
    /// Notes a number; says whether it was there before.
    pub(super) fn note(&mut self, number: u32) -> bool {
        let (word, bit) = (number as usize / 64, 1 << (number % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let before = self.0[word] & bit != 0;
        self.0[word] |= bit;
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_left_in_the_window_counts() {
        let mut tally = Tally::default();
        tally.left(5);
        tally.open(10);
        for sent in [9, 10, 11, 12] {
            tally.left(sent);
        }
        tally.close(20);
        tally.left(20);
        tally.arrived(9, 30, false);
        tally.arrived(10, 30, false);
        tally.arrived(10, 31, true);
        tally.arrived(12, 30, false);
        tally.arrived(20, 30, false);
        assert_eq!((tally.sent, tally.received, tally.repeated), (3, 2, 1));
        assert_eq!(tally.delays, [20, 18]);
        assert!((tally.loss() - 1.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn silence_is_total_loss() {
        assert!((Tally::default().loss() - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_number_is_new_once() {
        let mut seen = Seen::default();
        assert!(!seen.note(200));
        assert!(!seen.note(3));
        assert!(seen.note(200));
    }
}
