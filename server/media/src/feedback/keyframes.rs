//! When a layer's publisher is asked for a keyframe: at once, then not before half a second has passed.
use std::time::{Duration, Instant};

/// The least time between two requests for one layer.
pub(crate) const THROTTLE: Duration = Duration::from_millis(500);

/// Requests for keyframes of one layer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Keyframes {
    last_asked: Option<Instant>,
    wanted: bool,
    /// One came since it was asked for.
    answered: bool,
}

impl Keyframes {
    /// Somebody needs one.
    pub(crate) fn want(&mut self) {
        self.wanted = true;
    }

    /// One came: who needed one has it.
    pub(crate) fn came(&mut self) {
        (self.wanted, self.answered) = (false, true);
    }

    /// Somebody new is to see the layer: what was asked for earlier and has come holds nothing up. What is still under way
    /// will do for both.
    pub(crate) fn forgive(&mut self) {
        if self.answered {
            self.last_asked = None;
        }
    }

    /// Whether to ask now; then it counts as asked.
    pub(crate) fn ask(&mut self, now: Instant) -> bool {
        let allowed = self.last_asked.is_none_or(|at| now.saturating_duration_since(at) >= THROTTLE);
        let ask = self.wanted && allowed;
        if ask {
            *self = Self { last_asked: Some(now), wanted: false, answered: false };
        }
        ask
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::start;

    #[test]
    fn keyframes_are_asked_for_at_once_and_then_throttled() {
        let (now, mut keyframes) = (start(), Keyframes::default());
        assert!(!keyframes.ask(now), "nobody wants one");
        keyframes.want();
        assert!(keyframes.ask(now));
        keyframes.want();
        assert!(!keyframes.ask(now + THROTTLE / 2), "too soon");
        assert!(keyframes.ask(now + THROTTLE), "the wish was kept");
        keyframes.want();
        keyframes.came();
        assert!(!keyframes.ask(now + THROTTLE * 9), "it came by itself");
    }

    #[test]
    fn somebody_new_waits_for_no_throttle_unless_the_answer_is_under_way() {
        let (now, mut keyframes) = (start(), Keyframes::default());
        keyframes.want();
        assert!(keyframes.ask(now));
        keyframes.forgive();
        keyframes.want();
        assert!(!keyframes.ask(now), "what was asked for will do");
        keyframes.came();
        keyframes.forgive();
        keyframes.want();
        assert!(keyframes.ask(now + THROTTLE / 9));
        keyframes.want();
        assert!(!keyframes.ask(now + THROTTLE), "only whoever is new is forgiven");
    }
}
