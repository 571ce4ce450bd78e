//! The table of peers and what callers may ask of it.
mod gate;

use crate::dtls::{Factory, Session};
use crate::ice::{self, Agent, Credentials, Ufrag};
use crate::random::Random;
use crate::router::Router;
use crate::sdp::{self, Identity, Offer, SlotSsrcs};
use crate::srtp::Profile;
use crate::uplink::Silenced;
use crate::{Config, ConfigError, Counters, Event, FeedError, OfferError, PeerId, Slot, Source, Transmit};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

/// One peer's connection, without its media.
#[derive(Debug)]
struct Connection {
    peer: PeerId,
    ice: Agent,
    dtls: Session,
    offer: Offer,
    ssrcs: Vec<SlotSsrcs>,
    session: (u32, u32),
    profile: Option<Profile>,
}

/// An address as a key: a mapped IPv4 address is the same as the plain one, and flow labels do not count.
type Remote = (IpAddr, u16);

fn remote(address: SocketAddr) -> Remote {
    (address.ip().to_canonical(), address.port())
}

/// One worker's SFU. See the crate's contract.
pub struct Sfu {
    config: Config,
    fingerprint: [u8; 32],
    factory: Factory,
    random: Random,
    connections: Vec<Option<Connection>>,
    peers: BTreeMap<PeerId, usize>,
    by_ufrag: HashMap<Ufrag, usize>,
    /// The demultiplexer. An entry comes from an authentic check only, and ends with its connection.
    by_address: HashMap<Remote, usize>,
    router: Router,
    events: VecDeque<Event>,
    /// Goodbyes of removed peers, sent by the next time-out.
    goodbyes: Vec<(SocketAddr, Session)>,
    now: Option<Instant>,
}

impl fmt::Debug for Sfu {
    /// Counts only: what peers offered holds addresses and secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sfu")
            .field("peers", &self.peers.len())
            .field("counters", &self.counters())
            .finish_non_exhaustive()
    }
}

impl Sfu {
    /// An SFU without peers.
    ///
    /// # Errors
    /// When the configuration cannot be served.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        if config.candidates.is_empty() {
            return Err(ConfigError::NoCandidate);
        }
        if config.candidates.iter().any(|c| c.ip().is_unspecified() || c.port() == 0) {
            return Err(ConfigError::UnspecifiedCandidate);
        }
        Ok(Self {
            fingerprint: config.certificate.fingerprint(),
            factory: Factory::new(config.certificate.clone())?,
            random: Random::new(&config.seed),
            config,
            connections: Vec::new(),
            peers: BTreeMap::new(),
            by_ufrag: HashMap::new(),
            by_address: HashMap::new(),
            router: Router::new(),
            events: VecDeque::new(),
            goodbyes: Vec::new(),
            now: None,
        })
    }

    /// Begins a connection and gives the answer. A connection that the peer had is over at once, silently; what it was fed
    /// and whom it fed is taken over.
    ///
    /// # Errors
    /// When the offer cannot be used; then nothing changed.
    pub fn offer(&mut self, peer: PeerId, sdp: &str, now: Instant) -> Result<String, OfferError> {
        let offer = sdp::parse(sdp)?;
        let now = self.advance(now);
        if let Some(&before) = self.peers.get(&peer) {
            self.close(before);
        }
        let place = self.connections.iter().position(Option::is_none).unwrap_or_else(|| {
            self.connections.push(None);
            self.connections.len() - 1
        });
        let (credentials, password) = self.new_credentials(&offer, place);
        let ssrcs = self.router.open(place, peer, &offer, &mut self.random);
        let session = (self.random.u32() >> 1, 1);
        let answer = self.answer(&offer, &credentials.ufrag, &password, session, &ssrcs);
        let dtls = Session::new(offer.fingerprint);
        let ice = Agent::new(credentials, now);
        self.connections[place] = Some(Connection { peer, ice, dtls, offer, ssrcs, session, profile: None });
        self.peers.insert(peer, place);
        Ok(answer)
    }

    /// Answers an ICE restart: new credentials beside the old ones, which end when the new have carried a nomination. DTLS,
    /// SRTP and SSRCs stay.
    ///
    /// # Errors
    /// When there is no connection, or the offer changes more than its ICE credentials; then nothing changed.
    pub fn restart(&mut self, peer: PeerId, sdp: &str, now: Instant) -> Result<String, OfferError> {
        let offer = sdp::parse(sdp)?;
        self.advance(now);
        let place = *self.peers.get(&peer).ok_or(OfferError::NothingToRestart)?;
        let connection = self.connections[place].as_ref().ok_or(OfferError::NothingToRestart)?;
        if let Some(what) = offer.differs_from(&connection.offer) {
            return Err(OfferError::RestartChanges { what });
        }
        let (credentials, password) = self.new_credentials(&offer, place);
        let ufrag = credentials.ufrag;
        let Some(connection) = self.connections[place].as_mut() else {
            return Err(OfferError::NothingToRestart);
        };
        if let Some(unused) = connection.ice.restart(credentials) {
            self.by_ufrag.remove(&unused);
        }
        connection.session.1 = connection.session.1.wrapping_add(1);
        let (session, ssrcs) = (connection.session, connection.ssrcs.clone());
        self.router.counters.restarts += 1;
        Ok(self.answer(&offer, &ufrag, &password, session, &ssrcs))
    }

    /// Ends a connection and forgets every wish about the peer. A goodbye is sent by the next [`Self::handle_timeout`].
    pub fn remove(&mut self, peer: PeerId, now: Instant) {
        self.advance(now);
        self.router.forget(peer);
        if let Some(&place) = self.peers.get(&peer) {
            self.close(place);
        }
    }

    /// Puts a source into a viewer's slot, or nothing. Saying the same again changes nothing.
    ///
    /// # Errors
    /// When the slot does not exist or takes no such track.
    pub fn feed(&mut self, viewer: PeerId, slot: Slot, source: Option<Source>) -> Result<(), FeedError> {
        if !slot.exists() {
            return Err(FeedError::NoSuchSlot);
        }
        if source.is_some_and(|s| !slot.takes(s.track)) {
            return Err(FeedError::WrongKind);
        }
        self.router.feed(viewer, slot, source);
        Ok(())
    }

    /// What of a peer is forwarded to nobody, whoever is fed.
    pub fn silence(&mut self, peer: PeerId, silenced: Silenced) {
        self.router.silence(peer, silenced);
    }

    /// How large a viewer draws a video slot, in device pixels; 0 hides it and nothing is sent. Until it is said, the
    /// best layer is sent.
    ///
    /// # Errors
    /// When there is no such slot.
    pub fn want(&mut self, viewer: PeerId, video_slot: u8, height_px: u16) -> Result<(), FeedError> {
        if !Slot::Video(video_slot).exists() {
            return Err(FeedError::NoSuchSlot);
        }
        self.router.want(viewer, video_slot, height_px);
        Ok(())
    }

    /// Whether [`Transmit::sample`] is given the peer's packets.
    pub fn tap(&mut self, peer: PeerId, on: bool) {
        self.router.tap(peer, on);
    }

    /// How a peer's media is protected, once it is up.
    #[must_use]
    pub fn profile(&self, peer: PeerId) -> Option<Profile> {
        self.connections[*self.peers.get(&peer)?].as_ref()?.profile
    }

    /// Takes a datagram; it is opened in place.
    pub fn receive(&mut self, datagram: &mut [u8], from: SocketAddr, now: Instant, out: &mut impl Transmit) {
        let now = self.advance(now);
        self.pass(datagram, from, now, out);
    }

    /// Does what is due: repeats, reports, expiry, and what commands left to be sent.
    pub fn handle_timeout(&mut self, now: Instant, out: &mut impl Transmit) {
        let now = self.advance(now);
        for (to, mut session) in std::mem::take(&mut self.goodbyes) {
            session.close(&mut |datagram| gate::send(out, to, datagram));
        }
        if self.router.is_due(now) {
            self.tick(now, out);
        }
    }

    /// When [`Self::handle_timeout`] wants to be called; none while there is nothing to do.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        if !self.goodbyes.is_empty() {
            return self.now;
        }
        if self.peers.is_empty() { None } else { self.router.next_tick().or(self.now) }
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What was counted.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.router.counters
    }

    fn advance(&mut self, now: Instant) -> Instant {
        let now = self.now.map_or(now, |before| before.max(now));
        self.now = Some(now);
        now
    }

    fn new_credentials(&mut self, offer: &Offer, place: usize) -> (Credentials, [u8; ice::PASSWORD]) {
        let ufrag = loop {
            let ufrag = self.random.ice_chars();
            if !self.by_ufrag.contains_key(&ufrag) {
                break ufrag;
            }
        };
        let password = self.random.ice_chars();
        self.by_ufrag.insert(ufrag, place);
        (Credentials::new(ufrag, &password, &offer.ufrag), password)
    }

    fn answer(
        &self,
        offer: &Offer,
        ufrag: &Ufrag,
        password: &[u8; ice::PASSWORD],
        session: (u32, u32),
        ssrcs: &[SlotSsrcs],
    ) -> String {
        let identity = Identity {
            ufrag: &String::from_utf8_lossy(ufrag),
            password: &String::from_utf8_lossy(password),
            fingerprint: &self.fingerprint,
            candidates: &self.config.candidates,
            session,
        };
        sdp::answer(offer, &identity, ssrcs)
    }
}
