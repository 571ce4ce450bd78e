//! What waits for the worker, and what it publishes. Locks are held for a few instructions, never while anything is
//! sent, and never on the way of a packet.
use desk::MediaIntent;
use protocol::SlotMap;
use protocol::ids::Party;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

use super::udp::Bell;
use super::wishes::{Wish, Wishes};
use super::{MediaCounters, OfferError};

/// Offers that may wait at once; the worker takes them within milliseconds.
const WAITING_OFFERS: usize = 512;

/// An offer that waits.
pub(super) struct Offer {
    pub(super) party: Party,
    pub(super) sdp: String,
    pub(super) restart: bool,
    pub(super) answer: oneshot::Sender<Result<String, OfferError>>,
}

/// What the worker is to do, in this order.
#[derive(Default)]
pub(super) struct Orders {
    pub(super) removed: BTreeSet<Party>,
    pub(super) wishes: Vec<(Party, Wish)>,
    /// Height in device pixels by party and video slot.
    pub(super) sizes: Vec<((Party, u8), u16)>,
    pub(super) offers: Vec<Offer>,
    #[cfg(test)]
    pub(super) panic: bool,
}

/// How large a slot is drawn: height in device pixels, 0 hidden.
#[derive(Clone, Copy)]
struct Drawn {
    now: u16,
    /// When it was last to be seen; the best there is, if it never was.
    seen: u16,
}

#[derive(Default)]
struct Waiting {
    wishes: Wishes,
    changed: BTreeSet<Party>,
    removed: BTreeSet<Party>,
    sizes: BTreeMap<(Party, u8), Drawn>,
    resized: BTreeSet<(Party, u8)>,
    offers: Vec<Offer>,
    /// Nobody takes anything any more.
    closed: bool,
    #[cfg(test)]
    panic: bool,
}

/// Shared by the handles and the worker.
pub(super) struct Mailbox {
    waiting: Mutex<Waiting>,
    /// Whether there is anything to take, so that the worker need not lock to see it.
    full: AtomicBool,
    stopping: AtomicBool,
    alive: Mutex<BTreeSet<Party>>,
    counters: Mutex<MediaCounters>,
    bell: Bell,
}

impl Mailbox {
    pub(super) fn new(bell: Bell) -> Self {
        Self {
            waiting: Mutex::default(),
            full: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            alive: Mutex::default(),
            counters: Mutex::default(),
            bell,
        }
    }

    pub(super) fn intent(&self, intent: MediaIntent) {
        self.post(|waiting| {
            if let MediaIntent::Connect { a, b } = intent
                && waiting.wishes.of(a).partner != Some(b)
            {
                waiting.uncover_face(a);
                waiting.uncover_face(b);
            }
            let touched = waiting.wishes.take(intent);
            waiting.changed.extend(touched);
            if let MediaIntent::Remove { party } = intent {
                waiting.removed.insert(party);
                waiting.sizes.retain(|(p, _), _| *p != party);
                waiting.offers.retain(|o| o.party != party);
            }
        });
    }

    pub(super) fn size(&self, party: Party, slot: u8, height: u16) {
        // Only slots that exist are kept: a client could fill memory with others.
        if slot < media::VIDEO_SLOTS {
            self.post(|waiting| {
                let drawn =
                    waiting.sizes.entry((party, slot)).or_insert(Drawn { now: height, seen: u16::MAX });
                drawn.now = height;
                if height > 0 {
                    drawn.seen = height;
                }
                waiting.resized.insert((party, slot));
            });
        }
    }

    /// The party's newest offer counts; one that still waits is dropped, which its sender sees.
    pub(super) fn offer(&self, offer: Offer) -> Result<(), OfferError> {
        self.post(|waiting| {
            waiting.offers.retain(|o| o.party != offer.party);
            if waiting.closed {
                return Err(OfferError::Unavailable);
            }
            if waiting.offers.len() >= WAITING_OFFERS {
                return Err(OfferError::Full);
            }
            waiting.offers.push(offer);
            Ok(())
        })
    }

    /// Everything that waits, or none.
    pub(super) fn take(&self) -> Option<Orders> {
        if !self.full.swap(false, Ordering::AcqRel) {
            return None;
        }
        let mut waiting = lock(&self.waiting);
        let changed = std::mem::take(&mut waiting.changed);
        let resized = std::mem::take(&mut waiting.resized);
        Some(Orders {
            removed: std::mem::take(&mut waiting.removed),
            wishes: changed.into_iter().map(|p| (p, waiting.wishes.of(p))).collect(),
            sizes: resized.into_iter().filter_map(|key| Some((key, waiting.sizes.get(&key)?.now))).collect(),
            offers: std::mem::take(&mut waiting.offers),
            #[cfg(test)]
            panic: std::mem::take(&mut waiting.panic),
        })
    }

    /// Lays every wish into the mailbox again, for a worker that starts from nothing.
    pub(super) fn repeat(&self) {
        self.post(|waiting| {
            waiting.changed.extend(waiting.wishes.parties());
            waiting.resized.extend(waiting.sizes.keys());
        });
    }

    /// Makes the worker panic, as a fault in it would.
    #[cfg(test)]
    pub(super) fn panic(&self) {
        self.post(|waiting| waiting.panic = true);
    }

    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.bell.ring();
    }

    pub(super) fn stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// The worker will take nothing any more: whoever waits for an answer is told.
    pub(super) fn close(&self) {
        self.stopping.store(true, Ordering::Release);
        let mut waiting = lock(&self.waiting);
        waiting.closed = true;
        waiting.offers.clear();
        drop(waiting);
        self.nobody_alive();
    }

    pub(super) fn alive(&self, party: Party) -> bool {
        lock(&self.alive).contains(&party)
    }

    pub(super) fn set_alive(&self, party: Party, alive: bool) {
        let mut all = lock(&self.alive);
        if alive {
            all.insert(party)
        } else {
            all.remove(&party)
        };
    }

    /// Nobody is; gives who was.
    pub(super) fn nobody_alive(&self) -> BTreeSet<Party> {
        std::mem::take(&mut *lock(&self.alive))
    }

    pub(super) fn counters(&self) -> MediaCounters {
        MediaCounters { peers: lock(&self.alive).len() as u64, ..*lock(&self.counters) }
    }

    pub(super) fn publish(&self, counters: MediaCounters) {
        *lock(&self.counters) = counters;
    }

    fn post<T>(&self, change: impl FnOnce(&mut Waiting) -> T) -> T {
        let result = change(&mut lock(&self.waiting));
        // One ring is enough for everything that comes before the worker looks.
        if !self.full.swap(true, Ordering::AcqRel) {
            self.bell.ring();
        }
        result
    }
}

impl Waiting {
    /// The page hid the face with the call before. That of a new call is wanted at once, as large as the last was: by the
    /// time the page has drawn its tile and said so, the first picture could long be there.
    fn uncover_face(&mut self, party: Party) {
        let at = (party, SlotMap::default().face);
        if let Some(drawn) = self.sizes.get_mut(&at).filter(|drawn| drawn.now == 0) {
            drawn.now = drawn.seen;
            self.resized.insert(at);
        }
    }
}

/// A panic elsewhere cannot leave these half changed: each change is one insertion or removal.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::ids::{StaffId, TerminalId};
    use uuid::Uuid;

    const FACE: u8 = 0;
    const AUX: u8 = 1;

    fn parties() -> [Party; 3] {
        [0, 1, 2].map(|n| {
            let id = Uuid::from_u128(n);
            if n == 0 { Party::Staff(StaffId(id)) } else { Party::Terminal(TerminalId(id)) }
        })
    }

    fn sizes(mailbox: &Mailbox) -> Vec<((Party, u8), u16)> {
        mailbox.take().map(|orders| orders.sizes).unwrap_or_default()
    }

    #[test]
    fn a_face_that_the_call_before_hid_is_wanted_at_once_in_the_next() {
        let mailbox = Mailbox::new(Bell::new(([127, 0, 0, 1], 9).into()).unwrap());
        let [clerk, first, second] = parties();
        mailbox.intent(MediaIntent::Connect { a: first, b: clerk });
        for (slot, height) in [(FACE, 540), (AUX, 400), (FACE, 0), (AUX, 0)] {
            mailbox.size(clerk, slot, height);
        }
        assert_eq!(sizes(&mailbox), [((clerk, FACE), 0), ((clerk, AUX), 0)]);
        // Said again in the same call, as after a lost connection, it stays as the page wants it.
        mailbox.intent(MediaIntent::Connect { a: first, b: clerk });
        assert!(sizes(&mailbox).is_empty());
        mailbox.intent(MediaIntent::Disconnect { a: first, b: clerk });
        mailbox.intent(MediaIntent::Connect { a: second, b: clerk });
        assert_eq!(
            sizes(&mailbox),
            [((clerk, FACE), 540)],
            "what lies on the desk is shown when the page wants it"
        );
    }

    #[test]
    fn only_slots_that_exist_are_kept_and_nothing_of_who_is_removed() {
        let mailbox = Mailbox::new(Bell::new(([127, 0, 0, 1], 9).into()).unwrap());
        let [clerk, ..] = parties();
        mailbox.size(clerk, media::VIDEO_SLOTS, 100);
        mailbox.size(clerk, FACE, 100);
        mailbox.intent(MediaIntent::Remove { party: clerk });
        let orders = mailbox.take().unwrap();
        assert_eq!((orders.sizes, orders.removed), (vec![], [clerk].into()));
        mailbox.repeat();
        assert!(sizes(&mailbox).is_empty());
    }
}
