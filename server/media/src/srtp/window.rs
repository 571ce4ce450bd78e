//! Extended indexes and the replay window of one stream (RFC 3711 §3.3.1, §3.3.2).

/// How many indexes back are told apart; older ones count as seen.
pub(crate) const WIDTH: u64 = 128;

/// What was seen of one stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Window {
    top: u64,
    /// Bit n: `top - n` was seen.
    bits: u128,
    started: bool,
}

impl Window {
    /// The highest index seen, if any was.
    pub(crate) fn top(&self) -> Option<u64> {
        self.started.then_some(self.top)
    }

    /// The index that 16 bits most likely mean: the nearest to the highest seen. None if it would lie before the first.
    pub(crate) fn index(&self, sequence: u16) -> Option<u64> {
        if !self.started {
            return Some(u64::from(sequence));
        }
        let ahead = sequence.wrapping_sub(self.top as u16) as i16;
        self.top.checked_add_signed(i64::from(ahead))
    }

    /// Whether an index came before, or is too old to tell.
    pub(crate) fn has(&self, index: u64) -> bool {
        if !self.started || index > self.top {
            return false;
        }
        let back = self.top - index;
        back >= WIDTH || self.bits >> back & 1 == 1
    }

    /// Notes an index that [`Self::has`] denied.
    pub(crate) fn add(&mut self, index: u64) {
        if !self.started {
            *self = Self { top: index, bits: 1, started: true };
        } else if index > self.top {
            let ahead = index - self.top;
            self.bits = if ahead < WIDTH { self.bits << ahead | 1 } else { 1 };
            self.top = index;
        } else if self.top - index < WIDTH {
            self.bits |= 1 << (self.top - index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn an_index_is_the_nearest_to_the_highest_seen() {
        let mut window = Window::default();
        assert_eq!(window.index(65_530), Some(65_530));
        window.add(65_530);
        assert_eq!(window.index(4), Some(65_540));
        window.add(65_540);
        assert_eq!(window.index(65_535), Some(65_535));
        let mut young = Window::default();
        young.add(3);
        assert_eq!(young.index(65_535), None, "there is nothing before the first round");
    }

    proptest! {
        /// The window against a set that forgets nothing.
        #[test]
        fn replay_window_against_a_naive_model(steps in prop::collection::vec(-200i64..200, 1..400)) {
            let (mut window, mut seen, mut at) = (Window::default(), BTreeSet::new(), 10_000i64);
            for step in steps {
                at = (at + step).max(0);
                let index = at as u64;
                let top = seen.last().copied().unwrap_or(0u64);
                let naive = seen.contains(&index) || (!seen.is_empty() && index + WIDTH <= top);
                prop_assert_eq!(window.has(index), naive);
                if !naive {
                    window.add(index);
                    seen.insert(index);
                }
                prop_assert_eq!(window.top(), seen.last().copied());
            }
        }

        /// Whatever the order within half a round, the guess is right.
        #[test]
        fn the_guess_is_right_within_half_a_round(top in 0u64..1 << 40, ahead in -32_768i64..32_768) {
            let mut window = Window::default();
            window.add(top);
            let index = top.checked_add_signed(ahead);
            prop_assert_eq!(window.index(top.wrapping_add_signed(ahead) as u16), index);
        }
    }
}
