//! An SFU and its clients on a network without delay, in virtual time.
use super::client::{Answer, Client, Picture};
use crate::{
    Certificate, Config, Event, Outbox, PeerId, Sample, Sfu, Silenced, Slot, Source, Track, Transmit,
};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// An outbox that also keeps what a tap is given.
#[derive(Default)]
pub(crate) struct Wire {
    outbox: Outbox,
    pub(crate) samples: Vec<(PeerId, Track, u8, u64, Vec<u8>)>,
}

impl Transmit for Wire {
    fn room(&mut self) -> &mut [u8] {
        self.outbox.room()
    }

    fn commit(&mut self, to: SocketAddr, len: usize) {
        self.outbox.commit(to, len);
    }

    fn sample(&mut self, s: &Sample<'_>) {
        self.samples.push((s.peer, s.track, s.layer, s.sequence, s.payload.to_vec()));
    }
}

pub(crate) struct World {
    pub(crate) sfu: Sfu,
    pub(crate) now: Instant,
    pub(crate) clients: BTreeMap<PeerId, Client>,
    pub(crate) events: Vec<Event>,
    pub(crate) wire: Wire,
    /// Datagrams that the SFU sent, by client.
    pub(crate) sent: BTreeMap<PeerId, usize>,
}

pub(crate) const TERMINAL: PeerId = PeerId(1);
pub(crate) const CLERK: PeerId = PeerId(2);
pub(crate) const THIRD: PeerId = PeerId(3);

/// The slots in the order of the receiving lines.
pub(crate) const VOICE: usize = 0;
pub(crate) const FACE: usize = 5;

pub(crate) fn camera_of(peer: PeerId) -> Option<Source> {
    Some(Source { peer, track: Track::Camera })
}

pub(crate) fn mic_of(peer: PeerId) -> Option<Source> {
    Some(Source { peer, track: Track::Mic })
}

/// Voice held back, and camera with aux.
pub(crate) fn held(voice: bool, video: bool) -> Silenced {
    Silenced { voice, camera: video, aux: video }
}

impl World {
    pub(crate) fn new() -> Self {
        let candidates = vec!["203.0.113.1:5000".parse().unwrap(), "[2001:db8::1]:5000".parse().unwrap()];
        let config = Config::new(Certificate::generate().unwrap(), candidates, [7; 32]);
        Self {
            sfu: Sfu::new(config).unwrap(),
            now: super::start(),
            clients: BTreeMap::new(),
            events: Vec::new(),
            wire: Wire::default(),
            sent: BTreeMap::new(),
        }
    }

    /// Two peers that are up and see and hear nobody.
    pub(crate) fn warm() -> Self {
        let mut world = Self::new();
        world.join(TERMINAL);
        world.join(CLERK);
        world.events.clear();
        world
    }

    /// Two peers that see and hear each other in their first slots.
    pub(crate) fn paired() -> Self {
        let mut world = Self::warm();
        for (viewer, source) in [(TERMINAL, CLERK), (CLERK, TERMINAL)] {
            world.sfu.feed(viewer, Slot::Audio(0), mic_of(source)).unwrap();
            world.sfu.feed(viewer, Slot::Video(0), camera_of(source)).unwrap();
        }
        world.settle();
        world
    }

    pub(crate) fn client(&mut self, peer: PeerId) -> &mut Client {
        self.clients.get_mut(&peer).unwrap()
    }

    /// Address of a peer: IPv6 for the odd ones.
    pub(crate) fn address_of(peer: PeerId) -> SocketAddr {
        let n = peer.0;
        let text =
            if n.is_multiple_of(2) { format!("192.0.2.{n}:4000") } else { format!("[2001:db8::{n}]:4000") };
        text.parse().unwrap()
    }

    pub(crate) fn offer(&mut self, peer: PeerId) {
        let now = self.now;
        let client = self.clients.entry(peer).or_insert_with(|| Client::new(Self::address_of(peer), now));
        let sdp = client.offering.sdp();
        let answer = self.sfu.offer(peer, &sdp, now).unwrap();
        self.client(peer).answer = Answer::parse(&answer);
    }

    pub(crate) fn join(&mut self, peer: PeerId) {
        self.offer(peer);
        let now = self.now;
        let client = self.client(peer);
        client.check(true);
        client.start_dtls(now);
        self.settle();
        assert!(self.client(peer).is_up());
    }

    /// Carries everything that is under way, without letting time pass.
    pub(crate) fn settle(&mut self) {
        for _ in 0..100 {
            if self.sfu.poll_timeout().is_some_and(|at| at <= self.now) {
                self.sfu.handle_timeout(self.now, &mut self.wire);
            }
            while let Some(event) = self.sfu.poll_event() {
                self.events.push(event);
            }
            let mut idle = true;
            for datagram in self.wire.outbox.take() {
                idle = false;
                let Some((&peer, client)) = self.clients.iter_mut().find(|(_, c)| c.address == datagram.to)
                else {
                    continue;
                };
                *self.sent.entry(peer).or_default() += 1;
                client.receive(datagram.bytes, self.now);
            }
            for client in self.clients.values_mut() {
                for mut datagram in std::mem::take(&mut client.outgoing) {
                    idle = false;
                    self.sfu.receive(&mut datagram, client.address, self.now, &mut self.wire);
                }
            }
            if idle && self.sfu.poll_timeout().is_none_or(|at| at > self.now) {
                return;
            }
        }
        panic!("the network does not come to rest");
    }

    /// A datagram from anywhere.
    pub(crate) fn inject(&mut self, mut datagram: Vec<u8>, from: SocketAddr) {
        self.sfu.receive(&mut datagram, from, self.now, &mut self.wire);
        self.settle();
    }

    /// Lets time pass, in steps of a millisecond at the most; clients keep consent alive unless they were told not to.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            let next = self.sfu.poll_timeout().map_or(end, |at| at.min(end));
            self.now = next.max(self.now + Duration::from_millis(1)).min(end);
            self.settle();
        }
    }

    /// A conversation of so many pictures at 25 a second with all layers, keyframes whenever the SFU asks.
    pub(crate) fn film(&mut self, peer: PeerId, layers: &[u8], pictures: u16, from: u16) {
        for n in from..from + pictures {
            let key = n == from || self.client(peer).takes_keyframe_request();
            for &layer in layers {
                let picture = Picture {
                    key,
                    id: n,
                    tl0: n as u8,
                    time: u32::from(n) * 3600,
                    ..Picture::of(Track::Camera, layer)
                };
                self.client(peer).send_picture(picture);
            }
            let time = u32::from(n) * 1920;
            self.client(peer).send_voice(time, &n.to_be_bytes());
            self.settle();
            self.pass(Duration::from_millis(40));
        }
    }
}
