//! The table of peers, and the one gate that datagrams pass.
use crate::{Config, ConfigError, Counters, Event, FeedError, OfferError, PeerId, Slot, Source, Transmit};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

/// One worker's SFU. See the crate's contract.
#[derive(Debug)]
pub struct Sfu {
    counters: Counters,
    events: VecDeque<Event>,
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
        Ok(Self { counters: Counters::default(), events: VecDeque::new() })
    }

    /// Begins a connection and gives the answer. A connection that the peer had is over at once, silently.
    ///
    /// # Errors
    /// When the offer cannot be used; then nothing changed.
    pub fn offer(&mut self, _peer: PeerId, _sdp: &str, _now: Instant) -> Result<String, OfferError> {
        Err(OfferError::NothingUsable)
    }

    /// Answers an ICE restart: new credentials beside the old ones; DTLS, SRTP and SSRCs stay.
    ///
    /// # Errors
    /// When there is no connection, or the offer changes more than its ICE credentials; then nothing changed.
    pub fn restart(&mut self, _peer: PeerId, _sdp: &str, _now: Instant) -> Result<String, OfferError> {
        Err(OfferError::NothingToRestart)
    }

    /// Ends a connection and forgets every wish about the peer. A goodbye is sent by the next [`Self::handle_timeout`].
    pub fn remove(&mut self, _peer: PeerId, _now: Instant) {}

    /// Puts a source into a viewer's slot, or nothing. Saying the same again changes nothing.
    ///
    /// # Errors
    /// When the slot does not exist or takes no such track.
    pub fn feed(&mut self, _viewer: PeerId, slot: Slot, source: Option<Source>) -> Result<(), FeedError> {
        if !slot.exists() {
            return Err(FeedError::NoSuchSlot);
        }
        if source.is_some_and(|s| !slot.takes(s.track)) {
            return Err(FeedError::WrongKind);
        }
        Ok(())
    }

    /// What of a peer is forwarded to nobody, whoever is fed: its voice, its camera and aux.
    pub fn silence(&mut self, _peer: PeerId, _voice: bool, _video: bool) {}

    /// How large a viewer draws a video slot, in device pixels; 0 hides it and nothing is sent. Until it is said, the
    /// best layer is sent.
    ///
    /// # Errors
    /// When there is no such slot.
    pub fn want(&mut self, _viewer: PeerId, video_slot: u8, _height_px: u16) -> Result<(), FeedError> {
        if !Slot::Video(video_slot).exists() {
            return Err(FeedError::NoSuchSlot);
        }
        Ok(())
    }

    /// Whether [`Transmit::sample`] is given the peer's packets.
    pub fn tap(&mut self, _peer: PeerId, _on: bool) {}

    /// Takes a datagram; it is opened in place.
    pub fn receive(
        &mut self,
        _datagram: &mut [u8],
        _from: SocketAddr,
        _now: Instant,
        _out: &mut impl Transmit,
    ) {
        self.counters.received += 1;
    }

    /// Does what is due: repeats, reports, expiry, and what commands left to be sent.
    pub fn handle_timeout(&mut self, _now: Instant, _out: &mut impl Transmit) {}

    /// When [`Self::handle_timeout`] wants to be called; none while there are no peers.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        None
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What was counted.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.counters
    }
}
