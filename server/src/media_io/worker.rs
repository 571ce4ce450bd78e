//! The worker thread: owns the SFU and the port, and nothing else touches them.
use media::{Certificate, Config, ConfigError, Event, PeerId, Sfu, Source};
use protocol::ids::Party;
use std::collections::{BTreeMap, VecDeque};
use std::net::{SocketAddr, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{self, error::TrySendError};

use super::mailbox::{Mailbox, Offer, Orders};
use super::udp::{self, Datagram, Incoming, Outgoing};
use super::wishes::{Wish, places};
use super::{MediaCounters, MediaEvent, OfferError};
use crate::clock::SharedClock;

/// A worker that panics again at once must not burn a core.
const REST_AFTER_PANIC: Duration = Duration::from_millis(100);

/// What a worker is made of.
pub(super) struct Parts {
    pub(super) socket: Arc<UdpSocket>,
    pub(super) local: SocketAddr,
    pub(super) candidates: Vec<SocketAddr>,
    pub(super) certificate: Certificate,
    pub(super) clock: SharedClock,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) events: mpsc::Sender<MediaEvent>,
}

impl Parts {
    /// A fresh SFU.
    pub(super) fn sfu(&self) -> Result<Sfu, ConfigError> {
        Sfu::new(Config::new(self.certificate.clone(), self.candidates.clone(), self.clock.random()))
    }
}

/// Serves until the mailbox says stop. A panic ends every connection, which their pages are told, and nothing else: the
/// worker starts from nothing, and what the desk wishes is applied again.
pub(super) fn run(parts: &Parts, first: Sfu) {
    let mut news = News { events: parts.events.clone(), unsent: VecDeque::new() };
    let mut before = MediaCounters::default();
    let mut next = Some(first);
    while let Some(sfu) = next.take() {
        let mut worker = Worker::new(parts, sfu, before);
        if catch_unwind(AssertUnwindSafe(|| worker.serve(&mut news))).is_ok() {
            break;
        }
        before = worker.counters();
        before.restarts += 1;
        parts.mailbox.publish(before);
        tracing::error!(
            restarts = before.restarts,
            "media: the worker panicked; every connection is set up anew"
        );
        for party in parts.mailbox.nobody_alive() {
            news.push(MediaEvent::Down(party));
        }
        parts.mailbox.repeat();
        std::thread::park_timeout(REST_AFTER_PANIC);
        next = parts.sfu().inspect_err(|error| tracing::error!(%error, "media: no new start")).ok();
    }
    parts.mailbox.close();
}

/// Events on their way to the engine. If it does not keep up, the latest of each party waits here.
struct News {
    events: mpsc::Sender<MediaEvent>,
    unsent: VecDeque<MediaEvent>,
}

impl News {
    fn push(&mut self, event: MediaEvent) {
        self.unsent.retain(|e| e.party() != event.party());
        self.unsent.push_back(event);
        self.flush();
    }

    fn flush(&mut self) {
        while let Some(event) = self.unsent.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => return self.unsent.push_front(event),
                // Nobody listens (a test, or the engine has ended).
                Err(TrySendError::Closed(_)) => return self.unsent.clear(),
            }
        }
    }
}

struct Worker<'a> {
    parts: &'a Parts,
    sfu: Sfu,
    incoming: Incoming,
    outgoing: Outgoing,
    ids: BTreeMap<Party, PeerId>,
    parties: BTreeMap<PeerId, Party>,
    next_id: u32,
    before: MediaCounters,
}

impl<'a> Worker<'a> {
    fn new(parts: &'a Parts, sfu: Sfu, before: MediaCounters) -> Self {
        Self {
            parts,
            sfu,
            incoming: Incoming::new(),
            outgoing: Outgoing::new(Arc::clone(&parts.socket), parts.local),
            ids: BTreeMap::new(),
            parties: BTreeMap::new(),
            next_id: 0,
            before,
        }
    }

    fn serve(&mut self, news: &mut News) {
        while !self.parts.mailbox.stopping() {
            let count = udp::receive(&mut self.incoming, &self.parts.socket).unwrap_or_else(|error| {
                tracing::warn!(%error, "media: the port cannot be read");
                std::thread::park_timeout(REST_AFTER_PANIC);
                0
            });
            let now = now();
            for i in 0..count {
                let Some(Datagram { from, to, bytes }) = self.incoming.get(i) else { continue };
                if let Some(own) = to {
                    self.outgoing.learn(from, own);
                }
                self.sfu.receive(bytes, from, now, &mut self.outgoing);
            }
            let orders = self.parts.mailbox.take();
            let ordered = orders.is_some();
            if let Some(orders) = orders {
                self.obey(orders, now);
            }
            if ordered || self.sfu.poll_timeout().is_some_and(|due| due <= now) {
                self.sfu.handle_timeout(now, &mut self.outgoing);
            }
            self.outgoing.flush();
            self.tell(news);
            self.parts.mailbox.publish(self.counters());
        }
    }

    fn obey(&mut self, orders: Orders, now: Instant) {
        #[cfg(test)]
        assert!(!orders.panic, "as a test asked");
        for party in orders.removed {
            if let Some(id) = self.ids.remove(&party) {
                self.parties.remove(&id);
                self.sfu.remove(id, now);
                self.parts.mailbox.set_alive(party, false);
            }
        }
        for (party, wish) in orders.wishes {
            self.wish(party, wish);
        }
        for ((party, slot), height) in orders.sizes {
            let id = self.id(party);
            // The slot's number was checked when it came.
            let _ = self.sfu.want(id, slot, height);
        }
        for offer in orders.offers {
            self.answer(offer, now);
        }
    }

    fn wish(&mut self, party: Party, wish: Wish) {
        let viewer = self.id(party);
        let partner = wish.partner.map(|p| self.id(p));
        self.sfu.silence(viewer, wish.silenced);
        for (slot, track) in places() {
            let source = partner.map(|peer| Source { peer, track });
            if let Err(error) = self.sfu.feed(viewer, slot, source) {
                tracing::error!(%error, "media: a slot of every call cannot be fed");
            }
        }
    }

    fn answer(&mut self, offer: Offer, now: Instant) {
        let id = self.id(offer.party);
        let answer = if offer.restart {
            self.sfu.restart(id, &offer.sdp, now)
        } else {
            self.sfu.offer(id, &offer.sdp, now)
        };
        if answer.is_ok() && !offer.restart {
            // The connection from before is gone; this one is up when its handshake is through.
            self.parts.mailbox.set_alive(offer.party, false);
        }
        let answer = answer.map_err(|error| match error {
            media::OfferError::NothingToRestart => OfferError::NoPeer,
            error => OfferError::Bad(error.to_string()),
        });
        // Whoever asked may have gone meanwhile; then the connection expires unused.
        let _ = offer.answer.send(answer);
    }

    fn tell(&mut self, news: &mut News) {
        while let Some(event) = self.sfu.poll_event() {
            let (id, alive) = match event {
                Event::Up(id) => (id, true),
                Event::Down(id, why) => {
                    tracing::debug!(peer = %id, ?why, "media: a connection ended");
                    (id, false)
                }
            };
            let Some(party) = self.parties.get(&id).copied() else { continue };
            self.parts.mailbox.set_alive(party, alive);
            news.push(if alive { MediaEvent::Up(party) } else { MediaEvent::Down(party) });
        }
        news.flush();
    }

    fn id(&mut self, party: Party) -> PeerId {
        *self.ids.entry(party).or_insert_with(|| {
            let id = PeerId(self.next_id);
            self.next_id += 1;
            self.parties.insert(id, party);
            id
        })
    }

    fn counters(&self) -> MediaCounters {
        let (sfu, traffic) = (self.sfu.counters(), self.outgoing.traffic());
        MediaCounters {
            peers: 0,
            received: self.before.received + sfu.received,
            sent: self.before.sent + traffic.sent,
            dropped: self.before.dropped + traffic.dropped,
            forwarded: self.before.forwarded + sfu.forwarded,
            restarts: self.before.restarts,
        }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "media needs a clock that never jumps, which a Timestamp is not"
)]
fn now() -> Instant {
    Instant::now()
}
