//! Whether somebody is still heard: said at once to whoever talks with them, long before the connection is given up.
use std::time::Duration;
use tokio::time::Instant;

use super::Pace;

/// What has been heard of one connection. Reads no clock: moments are handed in.
#[derive(Debug)]
pub(super) struct Hearing {
    /// When anything came last.
    heard: Instant,
    /// Since when short silences count, because somebody talks with this side.
    watched: Option<Instant>,
    /// The desk was told that nothing is heard.
    quiet: bool,
}

/// What a silence has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// The other side is to be told.
    Quiet,
    /// The connection is given up.
    Gone,
}

impl Hearing {
    pub(super) fn since(now: Instant) -> Self {
        Self { heard: now, watched: None, quiet: false }
    }

    /// Something came. True if the desk was told of a silence, which is over.
    pub(super) fn heard(&mut self, now: Instant) -> bool {
        self.heard = now;
        std::mem::take(&mut self.quiet)
    }

    /// A call began or ended. Before it pings were rare, so the silence until then tells nothing.
    pub(super) fn watch(&mut self, in_call: bool, now: Instant) {
        match (in_call, self.watched) {
            (true, None) => self.watched = Some(now),
            (false, Some(_)) => self.watched = None,
            _ => {}
        }
    }

    /// When [`Hearing::silence`] has something to say if nothing comes until then.
    pub(super) fn due(&self, pace: Pace) -> Instant {
        let gone = self.heard + pace.silence;
        match self.watched {
            Some(since) if !self.quiet => gone.min(self.heard.max(since) + pace.quiet),
            _ => gone,
        }
    }

    /// What it means that nothing came until now.
    pub(super) fn silence(&mut self, now: Instant, pace: Pace) -> Option<Silence> {
        if now < self.due(pace) {
            return None;
        }
        if now >= self.heard + pace.silence {
            return Some(Silence::Gone);
        }
        self.quiet = true;
        Some(Silence::Quiet)
    }
}

/// How long until the next ping.
pub(super) fn ping_every(in_call: bool, pace: Pace) -> Duration {
    if in_call { pace.ping_in_call } else { pace.ping }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    #[test]
    fn in_a_call_a_silence_of_two_seconds_is_told_once_and_taken_back() {
        let (start, pace) = (Instant::now(), Pace::default());
        let mut one = Hearing::since(start);
        one.watch(true, start);
        assert!(!one.heard(after(start, 900)), "nobody was told of anything");
        assert_eq!(one.due(pace), after(start, 2_900));
        assert_eq!(one.silence(after(start, 2_899), pace), None);
        assert_eq!(one.silence(after(start, 2_900), pace), Some(Silence::Quiet));
        assert_eq!(one.due(pace), after(start, 900 + 12_500), "once");
        assert_eq!(one.silence(after(start, 8_000), pace), None, "five seconds cost nothing more");
        assert!(one.heard(after(start, 8_000)), "taken back");
        assert!(!one.heard(after(start, 8_001)), "once");
        assert_eq!(one.silence(after(start, 10_001), pace), Some(Silence::Quiet), "and told again");
        assert_eq!(one.silence(after(start, 20_501), pace), Some(Silence::Gone));
    }

    #[test]
    fn outside_of_a_call_only_the_end_counts() {
        let (start, pace) = (Instant::now(), Pace::default());
        let mut one = Hearing::since(start);
        assert_eq!(one.due(pace), after(start, 12_500));
        assert_eq!(one.silence(after(start, 12_499), pace), None);
        // A call begins after four seconds in which no ping was due.
        one.watch(true, after(start, 4_000));
        one.watch(true, after(start, 5_000));
        assert_eq!(one.due(pace), after(start, 6_000), "two seconds from its begin");
        one.watch(false, after(start, 5_500));
        assert_eq!(one.due(pace), after(start, 12_500));
        assert_eq!(one.silence(after(start, 12_500), pace), Some(Silence::Gone));
    }

    #[test]
    fn the_other_side_is_told_in_time_at_the_usual_pace() {
        let pace = Pace::default();
        // quality.md: the citizen is told of a clerk who is gone within 3 s, and 5 s without a link cost nothing.
        assert!(pace.quiet < Duration::from_secs(3) && pace.ping_in_call * 2 <= pace.quiet);
        assert!(pace.silence >= Duration::from_secs(10));
        // Two pings may be lost before a connection outside of a call is given up.
        assert!(pace.ping * 2 < pace.silence);
    }
}
