//! One way to say when.
use serde::{Deserialize, Serialize};
use std::time::Duration;
use ts_rs::TS;

/// A moment, in microseconds since 1970-01-01T00:00:00 UTC.
///
/// Pure crates are handed it; only `server/src/clock.rs` makes one from the ambient clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(type = "number")]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// `self + d`, held at the far end of time instead of wrapping.
    #[must_use]
    pub fn plus(self, d: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(d.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}
