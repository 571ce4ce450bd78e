//! The table of peers, and the one gate that datagrams pass.
use crate::dtls::{Factory, Progress, Session, keep_allowed};
use crate::ice::{self, Agent, Credentials, Ufrag, stun};
use crate::random::Random;
use crate::router::Router;
use crate::sdp::{self, Identity, Offer, SlotSsrcs};
use crate::srtp::Profile;
use crate::uplink::Silenced;
use crate::{
    Config, ConfigError, Counters, Down, Event, FeedError, OfferError, PeerId, Slot, Source, Transmit, rtp,
};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// An address is taken from a peer by another's authentic check only when its own checks have ceased for so long:
/// Chromium checks every 2.5 s.
const ABANDONED: Duration = Duration::from_secs(10);

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
#[derive(Debug)]
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

    /// What of a peer is forwarded to nobody, whoever is fed: its voice, its camera and aux.
    pub fn silence(&mut self, peer: PeerId, voice: bool, video: bool) {
        self.router.silence(peer, Silenced { voice, video });
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
        self.router.counters.received += 1;
        let Some(&first) = datagram.first() else { return };
        if first < 4 {
            return self.stun(datagram, from, now, out);
        }
        // Nothing but STUN passes from an address that has not passed an authentic check.
        let Some(&place) = self.by_address.get(&remote(from)) else {
            self.router.counters.dropped_stranger += 1;
            return;
        };
        // RFC 7983 §7.
        match first {
            20..=63 => self.dtls(place, datagram, from, now, out),
            128..=191 if rtp::is_rtcp(datagram) => self.router.rtcp(place, datagram, now, out),
            128..=191 => self.router.rtp(place, datagram, now, out),
            _ => self.router.counters.dropped_forged += 1,
        }
    }

    /// Does what is due: repeats, reports, expiry, and what commands left to be sent.
    pub fn handle_timeout(&mut self, now: Instant, out: &mut impl Transmit) {
        let now = self.advance(now);
        for (to, mut session) in std::mem::take(&mut self.goodbyes) {
            session.close(&mut |datagram| send(out, to, datagram));
        }
        if self.router.is_due(now) {
            self.tick(now, out);
        }
    }

    fn tick(&mut self, now: Instant, out: &mut impl Transmit) {
        for place in 0..self.connections.len() {
            let Some(connection) = self.connections[place].as_mut() else { continue };
            if !connection.ice.has_consent(now) {
                self.router.counters.expired += 1;
                self.end(place, Down::ConsentLost, false);
            } else if connection.dtls.due().is_some_and(|due| due <= now) {
                let to = connection.ice.destination();
                let progress = connection.dtls.handle_timeout(now, &mut |datagram| {
                    if let Some(to) = to {
                        send(out, to, datagram);
                    }
                });
                self.follow(place, progress);
            }
        }
        self.router.handle_timeout(now, out);
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

    fn stun(&mut self, datagram: &[u8], from: SocketAddr, now: Instant, out: &mut impl Transmit) {
        if self.check(datagram, from, now, out).is_none() {
            self.router.counters.dropped_stun += 1;
        }
    }

    fn check(
        &mut self,
        datagram: &[u8],
        from: SocketAddr,
        now: Instant,
        out: &mut impl Transmit,
    ) -> Option<()> {
        let request = stun::Message::parse(datagram).filter(|m| m.kind() == stun::BINDING_REQUEST)?;
        let ours: Ufrag = request.attribute(stun::USERNAME)?.first_chunk().copied()?;
        let place = *self.by_ufrag.get(&ours)?;
        let connection = self.connections[place].as_mut()?;
        let generation = connection.ice.authenticate(&request)?;
        if let Some(&other) = self.by_address.get(&remote(from)).filter(|other| **other != place) {
            let holder = self.connections[other].as_mut()?;
            if now.saturating_duration_since(holder.ice.last_check()) < ABANDONED {
                return None;
            }
            holder.ice.release(from);
            self.router.set_destination(other, holder.ice.destination());
            self.by_address.remove(&remote(from));
        }
        let connection = self.connections[place].as_mut()?;
        let checked = connection.ice.check(&request, generation, from, now, out.room());
        self.router.set_destination(place, connection.ice.destination());
        if checked.new_address {
            self.by_address.insert(remote(from), place);
        }
        if let Some(evicted) = checked.evicted {
            self.by_address.remove(&remote(evicted));
        }
        if let Some(retired) = checked.retired {
            self.by_ufrag.remove(&retired);
        }
        out.commit(from, checked.response);
        Some(())
    }

    fn dtls(
        &mut self,
        place: usize,
        datagram: &mut [u8],
        from: SocketAddr,
        now: Instant,
        out: &mut impl Transmit,
    ) {
        let Some(connection) = self.connections[place].as_mut() else { return };
        let whole = datagram.len();
        let len = keep_allowed(datagram, connection.dtls.has_keys());
        self.router.counters.dropped_dtls += u64::from(len < whole);
        if len == 0 {
            return;
        }
        let progress = connection
            .dtls
            .receive(&datagram[..len], &self.factory, now, &mut |reply| send(out, from, reply));
        self.follow(place, progress);
    }

    fn follow(&mut self, place: usize, progress: Progress) {
        match progress {
            Progress::Nothing => {}
            Progress::Up(profile, opener, sealer) => {
                let Some(connection) = self.connections[place].as_mut() else { return };
                connection.profile = Some(profile);
                self.router.counters.joined += 1;
                self.events.push_back(Event::Up(connection.peer));
                self.router.set_keys(place, opener, sealer);
            }
            Progress::Closed => self.end(place, Down::Closed, false),
            Progress::WrongCertificate => self.end(place, Down::WrongCertificate, true),
            Progress::NoProtection => self.end(place, Down::NoProtection, true),
        }
    }

    /// Ends a connection by itself: the caller is told.
    fn end(&mut self, place: usize, why: Down, goodbye: bool) {
        let Some(connection) = self.connections[place].as_ref() else { return };
        self.events.push_back(Event::Down(connection.peer, why));
        let kept = self.goodbyes.len();
        self.close(place);
        if !goodbye {
            self.goodbyes.truncate(kept);
        }
    }

    fn close(&mut self, place: usize) {
        let Some(connection) = self.connections[place].take() else { return };
        for ufrag in connection.ice.ufrags() {
            self.by_ufrag.remove(&ufrag);
        }
        for address in connection.ice.addresses() {
            self.by_address.remove(&remote(*address));
        }
        self.peers.remove(&connection.peer);
        self.router.close(place);
        if let Some(to) = connection.ice.destination() {
            self.goodbyes.push((to, connection.dtls));
        }
    }
}

fn send(out: &mut impl Transmit, to: SocketAddr, datagram: &[u8]) {
    let room = out.room();
    if let Some(room) = room.get_mut(..datagram.len()) {
        room.copy_from_slice(datagram);
        out.commit(to, datagram.len());
    }
}
