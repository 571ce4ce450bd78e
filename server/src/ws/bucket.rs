//! How many messages one connection may send.
use std::time::Duration;
use tokio::time::Instant;

/// What nobody needs more of at once: a page that comes back says a handful, a pointer moves 30 times a second.
const MOST: f64 = 400.0;
/// How many come free again each second.
const PER_SECOND: f64 = 100.0;

/// A token bucket.
#[derive(Debug)]
pub(super) struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    pub(super) fn full(now: Instant) -> Self {
        Self { left: MOST, at: now }
    }

    /// Takes one message. False when there were too many.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let gone: Duration = now.saturating_duration_since(self.at);
        self.left = (self.left + gone.as_secs_f64() * PER_SECOND).min(MOST);
        self.at = now;
        self.left >= 1.0 && {
            self.left -= 1.0;
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_a_steady_stream_pass_and_a_flood_does_not() {
        let start = Instant::now();
        let mut bucket = Bucket::full(start);
        assert_eq!((0..1000).filter(|_| bucket.take(start)).count(), 400);
        let later = start + Duration::from_secs(1);
        assert_eq!((0..1000).filter(|_| bucket.take(later)).count(), 100);
        let mut steady = Bucket::full(start);
        assert!((0..10_000).all(|n| steady.take(start + Duration::from_millis(n * 11))));
    }
}
