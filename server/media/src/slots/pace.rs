//! How early or late the pictures of a slot come, against the fastest of the last seconds.
use std::time::{Duration, Instant};

/// Less than this is the network's usual unrest, in milliseconds.
const USUAL_MS: u32 = 10;
/// The fastest of the last one to two of these counts: a way that became longer for good is learnt within them.
const WINDOW: Duration = Duration::from_secs(10);

/// The least lag of what was sent, over the last seconds.
#[derive(Debug)]
pub(super) struct Pace {
    /// Ticks of RTP time in a millisecond.
    ticks: u32,
    /// Any moment with its RTP time: lags are told against it.
    origin: Option<(Instant, u32)>,
    /// When the newer window began; the least lag of it and of the one before, in ticks.
    since: Option<Instant>,
    newer: Option<i32>,
    older: Option<i32>,
}

impl Pace {
    pub(super) fn new(ticks: u32) -> Self {
        Self { ticks, origin: None, since: None, newer: None, older: None }
    }

    /// By how many ticks a picture with this time would come before its turn; zero within the usual unrest.
    pub(super) fn early(&mut self, time: u32, now: Instant) -> u32 {
        self.turn(now);
        let Some(least) = self.newer.into_iter().chain(self.older).min() else { return 0 };
        let early = least.wrapping_sub(self.lag(time, now));
        u32::try_from(early).ok().filter(|&early| early > USUAL_MS * self.ticks).unwrap_or(0)
    }

    /// Takes note of one that is sent.
    pub(super) fn note(&mut self, time: u32, now: Instant) {
        self.turn(now);
        let lag = self.lag(time, now);
        self.newer = Some(self.newer.map_or(lag, |least| least.min(lag)));
    }

    /// How much later than its time says it is sent, in ticks, plus something that is the same for all.
    fn lag(&mut self, time: u32, now: Instant) -> i32 {
        let (at, first) = *self.origin.get_or_insert((now, time));
        // Milliseconds and ticks both wrap; their difference is small and does not.
        let passed = (now.saturating_duration_since(at).as_millis() as u32).wrapping_mul(self.ticks);
        passed.wrapping_sub(time.wrapping_sub(first)) as i32
    }

    fn turn(&mut self, now: Instant) {
        let since = *self.since.get_or_insert(now);
        let age = now.saturating_duration_since(since);
        if age >= WINDOW {
            // After a pause both are of long ago.
            self.older = if age < WINDOW * 2 { self.newer } else { None };
            (self.newer, self.since) = (None, Some(now));
        }
    }
}
