//! What waits for the worker, and what it publishes. Locks are held for a few instructions, never while anything is
//! sent, and never on the way of a packet.
use desk::MediaIntent;
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

#[derive(Default)]
struct Waiting {
    wishes: Wishes,
    changed: BTreeSet<Party>,
    removed: BTreeSet<Party>,
    sizes: BTreeMap<(Party, u8), u16>,
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
                waiting.sizes.insert((party, slot), height);
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
            sizes: resized.into_iter().filter_map(|key| Some((key, *waiting.sizes.get(&key)?))).collect(),
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

/// A panic elsewhere cannot leave these half changed: each change is one insertion or removal.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
