//! What the desk wants, as state per party. Intents are idempotent and absolute, so the latest is all that must be kept.
use desk::MediaIntent;
use media::{Silenced, Slot, Track};
use protocol::SlotMap;
use protocol::ids::Party;
use std::collections::{BTreeMap, BTreeSet};

/// What is wished of one party.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wish {
    /// Whom the party sees and hears, and by whom it is seen and heard.
    pub(super) partner: Option<Party>,
    /// What of it is forwarded to nobody.
    pub(super) silenced: Silenced,
}

/// Which slot of a party each track of its partner belongs into: [`SlotMap`]'s default, for now in every call.
pub(super) fn places() -> [(Slot, Track); 3] {
    let slots = SlotMap::default();
    [
        (Slot::Audio(slots.voice), Track::Mic),
        (Slot::Video(slots.face), Track::Camera),
        (Slot::Video(slots.aux), Track::Aux),
    ]
}

/// All wishes. Parties of whom nothing is wished take no room.
#[derive(Clone, Debug, Default)]
pub(super) struct Wishes {
    of: BTreeMap<Party, Wish>,
}

impl Wishes {
    /// Takes an intent in; gives the parties of whom something else is wished now.
    pub(super) fn take(&mut self, intent: MediaIntent) -> BTreeSet<Party> {
        let mut touched = BTreeSet::new();
        match intent {
            MediaIntent::Connect { a, b } if a != b => {
                for (one, other) in [(a, b), (b, a)] {
                    // A party talks with one other at a time; a partner from before stays alone.
                    if let Some(former) = self.of(one).partner.filter(|p| *p != other) {
                        self.part(former, one, &mut touched);
                    }
                    self.of.entry(one).or_default().partner = Some(other);
                    touched.insert(one);
                }
            }
            MediaIntent::Connect { .. } => {}
            MediaIntent::Disconnect { a, b } => {
                self.part(a, b, &mut touched);
                self.part(b, a, &mut touched);
            }
            MediaIntent::Silence { party, voice, camera, aux } => {
                self.of.entry(party).or_default().silenced = Silenced { voice, camera, aux };
                touched.insert(party);
                self.tidy(party);
            }
            MediaIntent::Remove { party } => {
                if let Some(partner) = self.of(party).partner {
                    self.part(partner, party, &mut touched);
                }
                self.of.remove(&party);
                touched.insert(party);
            }
        }
        touched
    }

    /// What is wished of `party`.
    pub(super) fn of(&self, party: Party) -> Wish {
        self.of.get(&party).copied().unwrap_or_default()
    }

    /// Everybody of whom something is wished.
    pub(super) fn parties(&self) -> impl Iterator<Item = Party> {
        self.of.keys().copied()
    }

    fn part(&mut self, party: Party, from: Party, touched: &mut BTreeSet<Party>) {
        if let Some(wish) = self.of.get_mut(&party).filter(|w| w.partner == Some(from)) {
            wish.partner = None;
            touched.insert(party);
            self.tidy(party);
        }
    }

    fn tidy(&mut self, party: Party) {
        if self.of.get(&party).is_some_and(|w| *w == Wish::default()) {
            self.of.remove(&party);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::ids::{StaffId, TerminalId};
    use uuid::Uuid;

    fn party(n: u8) -> Party {
        let id = Uuid::from_u128(u128::from(n));
        if n.is_multiple_of(2) { Party::Terminal(TerminalId(id)) } else { Party::Staff(StaffId(id)) }
    }

    #[test]
    fn a_pair_sees_and_hears_each_other_until_it_is_parted() {
        let (a, b) = (party(0), party(1));
        let mut wishes = Wishes::default();
        assert_eq!(wishes.take(MediaIntent::Connect { a, b }), [a, b].into());
        assert_eq!((wishes.of(a).partner, wishes.of(b).partner), (Some(b), Some(a)));
        assert_eq!(wishes.take(MediaIntent::Disconnect { a: b, b: a }), [a, b].into());
        assert_eq!(wishes.parties().count(), 0);
        let expected =
            [(Slot::Audio(0), Track::Mic), (Slot::Video(0), Track::Camera), (Slot::Video(1), Track::Aux)];
        assert_eq!(places(), expected);
    }

    #[test]
    fn silence_stays_whoever_is_connected() {
        let (a, b) = (party(0), party(1));
        let mut wishes = Wishes::default();
        assert_eq!(
            wishes.take(MediaIntent::Silence { party: a, voice: true, camera: false, aux: false }),
            [a].into()
        );
        wishes.take(MediaIntent::Connect { a, b });
        wishes.take(MediaIntent::Disconnect { a, b });
        assert_eq!(
            wishes.of(a),
            Wish { partner: None, silenced: Silenced { voice: true, ..Silenced::default() } }
        );
        wishes.take(MediaIntent::Silence { party: a, voice: false, camera: false, aux: false });
        assert_eq!(wishes.parties().count(), 0);
    }

    #[test]
    fn a_late_parting_does_not_part_a_newer_pair() {
        let (a, b, c) = (party(0), party(1), party(3));
        let mut wishes = Wishes::default();
        wishes.take(MediaIntent::Connect { a, b });
        assert_eq!(wishes.take(MediaIntent::Connect { a, b: c }), [a, b, c].into());
        assert!(wishes.take(MediaIntent::Disconnect { a, b }).is_empty());
        assert_eq!((wishes.of(b).partner, wishes.of(c).partner), (None, Some(a)));
    }

    #[test]
    fn who_is_removed_leaves_nothing_behind() {
        let (a, b) = (party(0), party(1));
        let mut wishes = Wishes::default();
        wishes.take(MediaIntent::Connect { a, b });
        wishes.take(MediaIntent::Silence { party: a, voice: true, camera: true, aux: true });
        assert_eq!(wishes.take(MediaIntent::Remove { party: a }), [a, b].into());
        assert_eq!(wishes.parties().count(), 0);
    }

    fn intents() -> impl Strategy<Value = MediaIntent> {
        let p = || (0u8..5).prop_map(party);
        prop_oneof![
            (p(), p()).prop_map(|(a, b)| MediaIntent::Connect { a, b }),
            (p(), p()).prop_map(|(a, b)| MediaIntent::Disconnect { a, b }),
            (p(), any::<[bool; 3]>()).prop_map(|(party, [voice, camera, aux])| MediaIntent::Silence {
                party,
                voice,
                camera,
                aux
            }),
            p().prop_map(|party| MediaIntent::Remove { party }),
        ]
    }

    proptest! {
        /// Partners are mutual, nobody is their own, saying an intent again changes nothing, and everybody of whom
        /// something else is wished is named.
        #[test]
        fn intents_are_absolute(intents in proptest::collection::vec(intents(), 0..40)) {
            let mut wishes = Wishes::default();
            let all = |wishes: &Wishes| [0, 1, 2, 3, 4].map(|n| (party(n), wishes.of(party(n))));
            for intent in intents {
                let before = all(&wishes);
                let touched = wishes.take(intent);
                let once = all(&wishes);
                for ((p, was), (_, is)) in before.into_iter().zip(once) {
                    prop_assert!(was == is || touched.contains(&p));
                    if let Some(partner) = is.partner {
                        prop_assert_ne!(partner, p);
                        prop_assert_eq!(wishes.of(partner).partner, Some(p));
                    }
                }
                wishes.take(intent);
                prop_assert_eq!(once, all(&wishes));
            }
        }
    }
}
