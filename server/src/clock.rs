//! The sole home of the ambient clock and rng. Everybody else takes a [`Timestamp`] or bytes from a [`Clock`].
use protocol::Timestamp;
use protocol::ids::IdSource;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Where moments and randomness come from.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The present moment.
    fn now(&self) -> Timestamp;
    /// Fills `out` with bytes fit for secrets (with [`TestClock`]: with predictable ones).
    fn fill(&self, out: &mut [u8]);
}

/// A clock as it is handed about.
pub type SharedClock = Arc<dyn Clock>;

impl dyn Clock {
    /// Fresh random bytes.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// A source of ids with a fresh seed. Ids are no secrets.
    #[must_use]
    pub fn ids(&self) -> IdSource {
        IdSource::seeded(u64::from_be_bytes(self.random()))
    }
}

/// The machine's own clock and the operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl SystemClock {
    /// The system clock, ready to be handed about.
    #[must_use]
    pub fn shared() -> SharedClock {
        Arc::new(Self)
    }
}

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the sole home of the ambient clock")]
    fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_microsecond())
    }

    #[allow(clippy::disallowed_methods, reason = "the sole home of the ambient rng")]
    fn fill(&self, out: &mut [u8]) {
        rand::rng().fill_bytes(out);
    }
}

/// A clock that stands still until it is moved, with randomness from a seed.
#[derive(Debug)]
pub struct TestClock(Mutex<(Timestamp, ChaCha12Rng)>);

impl TestClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn new(now: Timestamp, seed: u64) -> Arc<Self> {
        Arc::new(Self(Mutex::new((now, ChaCha12Rng::seed_from_u64(seed)))))
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        let mut inner = self.inner();
        inner.0 = inner.0.plus(by);
    }

    /// Sets the clock.
    pub fn set(&self, now: Timestamp) {
        self.inner().0 = now;
    }

    fn inner(&self) -> MutexGuard<'_, (Timestamp, ChaCha12Rng)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.inner().0
    }

    fn fill(&self, out: &mut [u8]) {
        self.inner().1.fill_bytes(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_clock_stands_still_until_it_is_moved() {
        let clock = TestClock::new(Timestamp(5), 1);
        assert_eq!(clock.now(), Timestamp(5));
        clock.advance(Duration::from_micros(7));
        assert_eq!(clock.now(), Timestamp(12));
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_never_twice() {
        let (a, b) = (TestClock::new(Timestamp(0), 9), TestClock::new(Timestamp(0), 9));
        let first: [u8; 16] = (a.clone() as SharedClock).random();
        assert_eq!(first, (b as SharedClock).random::<16>());
        assert_ne!(first, (a as SharedClock).random::<16>());
    }

    #[test]
    fn the_system_clock_moves_and_its_bytes_differ() {
        let clock = SystemClock::shared();
        assert!(clock.now() > Timestamp(1_700_000_000_000_000));
        assert_ne!(clock.random::<16>(), clock.random::<16>());
    }
}
