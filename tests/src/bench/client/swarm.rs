//! Many clients on one thread: the one that waits for their sockets and for the moments at which they want to act.
use super::peer::{Cadence, Offering, Peer, Shared, Tools};
use super::sdp::{self, Slots};
use super::tally::Tally;
use crate::bench::now;
use crate::bench::sfu::Sfu;
use crate::bench::sys::{Inbox, Outbox, Poller, sharpen_timers, wall_nanos};
use anyhow::Context;
use dimpl::certificate::generate_self_signed_certificate;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest wait for something that no client announces.
const IDLE: Duration = Duration::from_millis(100);

/// When clients act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// At whole milliseconds, as timers, audio devices and pacers of real senders do: what is due since the last one leaves
    /// together. The figures behind the goals do not tell their rhythm; they fit this one.
    Milliseconds,
    /// Each at its own moment, to the microsecond: the server wakes for nearly every burst. The worst that can be.
    Exact,
}

impl Rhythm {
    /// The first moment after `now` at which clients may act.
    fn next(self, start: Instant, now: Instant) -> Instant {
        match self {
            Self::Exact => now,
            Self::Milliseconds => {
                let whole = now.saturating_duration_since(start).as_millis() + 1;
                start + Duration::from_millis(u64::try_from(whole).unwrap_or(u64::MAX))
            }
        }
    }
}

/// Clients and what they counted.
pub struct Swarm {
    /// What arrived of what was sent.
    pub tally: Tally,
    peers: Vec<Option<Peer>>,
    due: Vec<Option<Instant>>,
    shared: Shared,
    poller: Poller,
    inbox: Inbox,
    outbox: Outbox,
    scratch: Vec<u8>,
    ready: Vec<u64>,
    rng: ChaCha8Rng,
    rhythm: Rhythm,
    start: Instant,
    /// Nobody acts before.
    acts_at: Instant,
}

impl Swarm {
    /// Nobody yet. The same seed gives the same rhythm.
    ///
    /// # Errors
    /// When the system gives no poller or no certificate.
    pub fn new(seed: u64, rhythm: Rhythm) -> anyhow::Result<Self> {
        sharpen_timers();
        let start = now();
        let certificate = generate_self_signed_certificate().context("no certificate for the clients")?;
        let shared = Shared {
            fingerprint: certificate.fingerprint_str(),
            certificate,
            config: Arc::new(dimpl::Config::default()),
        };
        Ok(Self {
            tally: Tally::default(),
            peers: Vec::new(),
            due: Vec::new(),
            shared,
            poller: Poller::new()?,
            inbox: Inbox::new(),
            outbox: Outbox::new(false),
            scratch: vec![0; 4096],
            ready: Vec::new(),
            rng: ChaCha8Rng::seed_from_u64(seed),
            rhythm,
            start,
            acts_at: start,
        })
    }

    /// A new client joins a call on a media server: offer, answer, and it begins. Gives its number.
    ///
    /// # Errors
    /// When the server does not answer, or with something that is no answer.
    pub fn join(&mut self, sfu: &mut Sfu, call: u32, cadence: Cadence, slots: Slots) -> anyhow::Result<u32> {
        let id = u32::try_from(self.peers.len()).context("too many clients")?;
        let offering = Offering::new(&self.shared, slots, &mut self.rng);
        let answer = sfu.join(id, call, &offering.offer)?;
        let remote = sdp::read(&answer, slots).with_context(|| format!("{} answered wrongly", sfu.name()))?;
        let peer = Peer::new(id, &offering, remote, &self.shared, cadence, &mut self.rng, now())?;
        self.poller.watch(&peer.socket, u64::from(id))?;
        self.due.push(Some(peer.due()));
        self.peers.push(Some(peer));
        Ok(id)
    }

    /// A client goes away without a word; its server is told.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn leave(&mut self, sfu: &mut Sfu, id: u32) -> anyhow::Result<()> {
        self.peers[id as usize] = None;
        self.due[id as usize] = None;
        sfu.leave(id)
    }

    /// A client that has not left.
    #[must_use]
    pub fn peer(&self, id: u32) -> Option<&Peer> {
        self.peers.get(id as usize).and_then(Option::as_ref)
    }

    /// Everybody who has not left.
    pub fn peers(&self) -> impl Iterator<Item = &Peer> {
        self.peers.iter().flatten()
    }

    /// Goes on for this long.
    ///
    /// # Errors
    /// When a client cannot go on.
    pub fn run(&mut self, time: Duration) -> anyhow::Result<()> {
        let end = now() + time;
        while now() < end {
            self.step(end)?;
        }
        Ok(())
    }

    /// Goes on until `reached` says so; says whether it did before `limit` was over.
    ///
    /// # Errors
    /// When a client cannot go on.
    pub fn run_until(
        &mut self,
        limit: Duration,
        mut reached: impl FnMut(&Self) -> bool,
    ) -> anyhow::Result<bool> {
        let end = now() + limit;
        while !reached(self) {
            if now() >= end {
                return Ok(false);
            }
            self.step(end)?;
        }
        Ok(true)
    }

    /// Counts from now on.
    pub fn open_tally(&mut self) {
        self.tally.open(wall_nanos());
    }

    /// Counts no more of what leaves.
    pub fn close_tally(&mut self) {
        self.tally.close(wall_nanos());
    }

    fn step(&mut self, end: Instant) -> anyhow::Result<()> {
        let before = now();
        let mut next = end.min(before + IDLE);
        let may_act = before >= self.acts_at;
        for index in 0..self.due.len() {
            let Some(due) = self.due[index] else { continue };
            if due > before || !may_act {
                next = next.min(due);
                continue;
            }
            self.act(index)?;
            next = self.due[index].map_or(next, |due| next.min(due));
        }
        if may_act {
            self.acts_at = self.rhythm.next(self.start, before);
        }
        next = next.max(self.acts_at);
        let mut ready = std::mem::take(&mut self.ready);
        self.poller.wait(next.saturating_duration_since(now()), &mut ready)?;
        for token in &ready {
            self.listen(*token as usize)?;
        }
        self.ready = ready;
        Ok(())
    }

    fn act(&mut self, index: usize) -> anyhow::Result<()> {
        let Some(peer) = self.peers[index].as_mut() else { return Ok(()) };
        let mut tools = Tools {
            now: now(),
            outbox: &mut self.outbox,
            tally: &mut self.tally,
            scratch: &mut self.scratch,
            rng: &mut self.rng,
        };
        peer.act(&mut tools).with_context(|| format!("client {index}"))?;
        self.outbox.flush(&peer.socket)?;
        self.due[index] = Some(peer.due());
        Ok(())
    }

    fn listen(&mut self, index: usize) -> anyhow::Result<()> {
        let Some(peer) = self.peers[index].as_mut() else { return Ok(()) };
        let count = match self.inbox.receive(&peer.socket) {
            Ok(count) => count,
            // A port that is no longer there says so once; whether that matters shows in what does not arrive.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::ConnectionRefused) => 0,
            Err(error) => return Err(error.into()),
        };
        let mut tools = Tools {
            now: now(),
            outbox: &mut self.outbox,
            tally: &mut self.tally,
            scratch: &mut self.scratch,
            rng: &mut self.rng,
        };
        for at in 0..count {
            let Some(datagram) = self.inbox.get(at) else { break };
            peer.take(datagram.bytes, datagram.arrived, &mut tools)
                .with_context(|| format!("client {index}"))?;
        }
        self.outbox.flush(&peer.socket)?;
        self.due[index] = Some(peer.due());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_milliseconds_follow_each_other_whenever_one_looks() {
        let start = now();
        let after = |micros| Rhythm::Milliseconds.next(start, start + Duration::from_micros(micros)) - start;
        assert_eq!([0, 1, 999, 1000, 2500].map(after), [1, 1, 1, 2, 3].map(Duration::from_millis));
        assert_eq!(Rhythm::Exact.next(start, start), start);
    }
}
