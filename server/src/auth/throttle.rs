//! Growing delays after wrong passwords. Accounts count theirs in the database; names that nobody has are counted
//! here, by the same rule, so that the delay does not tell one from the other.
use protocol::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Wrong passwords without a delay.
const FREE: u32 = 5;
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(15 * 60);
const MOST_NAMES: usize = 10_000;

/// How long to wait after so many wrong passwords.
pub(super) fn delay(failed: u32) -> Option<Duration> {
    let doublings = failed.checked_sub(FREE)?;
    Some(FIRST.saturating_mul(1 << doublings.min(16)).min(LONGEST))
}

/// Wrong passwords for names that nobody has.
#[derive(Default)]
pub(super) struct Strangers(Mutex<BTreeMap<String, Attempts>>);

#[derive(Clone, Copy)]
struct Attempts {
    failed: u32,
    locked_until: Timestamp,
    last: Timestamp,
}

impl Strangers {
    /// Counts an attempt before it is checked. When attempts are locked: until when.
    pub(super) fn attempt(&self, name: String, now: Timestamp) -> Result<(), Timestamp> {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= MOST_NAMES && !names.contains_key(&name) {
            let oldest = names.iter().min_by_key(|(_, attempts)| attempts.last).map(|(name, _)| name.clone());
            oldest.and_then(|oldest| names.remove(&oldest));
        }
        let attempts = names.entry(name).or_insert(Attempts { failed: 0, locked_until: now, last: now });
        if attempts.locked_until > now {
            return Err(attempts.locked_until);
        }
        attempts.failed = attempts.failed.saturating_add(1);
        attempts.last = now;
        attempts.locked_until = delay(attempts.failed).map_or(now, |delay| now.plus(delay));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_begin_after_five_and_grow_to_a_quarter_of_an_hour() {
        let seconds: Vec<_> =
            [0, 4, 5, 6, 7, 12, 13, 1000].into_iter().map(|n| delay(n).map(|d| d.as_secs())).collect();
        let expected = [None, None, Some(5), Some(10), Some(20), Some(640), Some(900), Some(900)];
        assert_eq!(seconds, expected);
    }

    #[test]
    fn a_name_that_nobody_has_is_delayed_too_and_memory_is_bounded() {
        let strangers = Strangers::default();
        let now = Timestamp(1);
        for _ in 0..5 {
            assert_eq!(strangers.attempt("x".into(), now), Ok(()));
        }
        let until = now.plus(Duration::from_secs(5));
        assert_eq!(strangers.attempt("x".into(), now), Err(until));
        assert_eq!(strangers.attempt("x".into(), until), Ok(()));
        for n in 0..MOST_NAMES + 100 {
            strangers.attempt(n.to_string(), Timestamp(2 + n as i64)).unwrap();
        }
        assert_eq!(strangers.0.lock().unwrap().len(), MOST_NAMES);
    }
}
