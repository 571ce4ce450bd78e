//! The clock of the clients: one monotonic count for the whole process, so that a picture's sender and receiver agree.
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The present moment. The clients live in real time, as those they stand for.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "clients live in real time")]
pub fn now() -> Instant {
    Instant::now()
}

/// Microseconds since the process first asked.
#[must_use]
pub fn micros() -> u64 {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    u64::try_from(now().duration_since(*FIRST.get_or_init(now)).as_micros()).unwrap_or(u64::MAX)
}

/// A fresh number, for keys that no other client has.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "clients are many processes and share no seed")]
pub fn random() -> u128 {
    rand::random()
}

/// Waits for `what` no longer than `limit`.
///
/// # Errors
/// A sentence with `name` when the time is over.
pub async fn within<T>(limit: Duration, name: &str, what: impl Future<Output = T>) -> anyhow::Result<T> {
    tokio::time::timeout(limit, what)
        .await
        .map_err(|_| anyhow::anyhow!("{name}: not within {:.1} s", limit.as_secs_f32()))
}
