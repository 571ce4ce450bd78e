//! Sockets and the worker thread around the `media` crate: one UDP port, no locks on the way of a packet.
//!
//! Everybody else reaches media through [`MediaHandle`]. What the desk wants ([`MediaIntent`]) is kept as a wish per
//! party, not as a queue of orders: a wish may come before the party's media connection exists, is never lost, and
//! takes no more room than there are parties.
mod mailbox;
#[cfg(any(test, not(target_os = "linux")))]
mod plain;
#[cfg(target_os = "linux")]
mod sys;
mod udp;
mod wishes;
mod worker;

use desk::MediaIntent;
use protocol::ErrorCode;
use protocol::ids::Party;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

use crate::clock::SharedClock;
use crate::config::Config;
use mailbox::{Mailbox, Offer};
use udp::Bell;

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
    /// No certificate.
    #[error("media: {0}")]
    Certificate(#[from] media::CertificateError),
    /// The addresses cannot be served, or DTLS cannot be set up.
    #[error("media: {0}; see media_public")]
    Config(#[from] media::ConfigError),
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
    /// Connections that are up.
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
pub struct MediaHandle(Option<Arc<Running>>);

struct Running {
    mailbox: Arc<Mailbox>,
    local: SocketAddr,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl MediaHandle {
    /// Opens the port and starts the worker. Events go to the receiver.
    ///
    /// # Errors
    /// If the port is in use or cannot be opened, or media cannot be set up on this machine.
    pub fn start(config: MediaIoConfig) -> Result<(Self, mpsc::Receiver<MediaEvent>), MediaIoError> {
        let MediaIoConfig { listen, public, clock } = config;
        let socket = udp::bind(listen)?;
        let bind = |e| MediaIoError::Bind(listen, e);
        let local = socket.local_addr().map_err(bind)?;
        let mailbox = Arc::new(Mailbox::new(Bell::new(local).map_err(bind)?));
        let (events, receiver) = mpsc::channel(EVENTS);
        let parts = worker::Parts {
            socket: Arc::new(socket),
            local,
            candidates: udp::candidates(&public, local),
            certificate: media::Certificate::generate()?,
            clock,
            mailbox: Arc::clone(&mailbox),
            events,
        };
        let sfu = parts.sfu()?;
        tracing::debug!(%local, candidates = ?parts.candidates, "media is served");
        let thread = std::thread::Builder::new()
            .name("media-0".to_owned())
            .spawn(move || worker::run(&parts, sfu))
            .map_err(MediaIoError::Thread)?;
        Ok((Self(Some(Arc::new(Running { mailbox, local, thread: Mutex::new(Some(thread)) }))), receiver))
    }

    /// Answers a party's offer. A new offer replaces the connection that the party had; `restart` keeps it and changes
    /// only its ICE credentials.
    ///
    /// # Errors
    /// If the SDP is not one of fixed slots, there is nothing to restart, or media does not run.
    pub async fn offer(&self, party: Party, sdp: String, restart: bool) -> Result<String, OfferError> {
        let running = self.0.as_ref().ok_or(OfferError::Unavailable)?;
        let (answer, answered) = oneshot::channel();
        running.mailbox.offer(Offer { party, sdp, restart, answer })?;
        answered.await.map_err(|_| OfferError::Unavailable)?
    }

    /// Does what the desk wants. Never waits; a wish for a party without connection is kept until it has one.
    pub fn apply(&self, intent: MediaIntent) {
        if let Some(running) = &self.0 {
            running.mailbox.intent(intent);
        }
    }

    /// Says how large (height in device pixels, 0 hidden) a party draws a video slot. Slots that do not exist are passed
    /// over.
    pub fn slot_size(&self, party: Party, slot: u8, height: u16) {
        if let Some(running) = &self.0 {
            running.mailbox.size(party, slot, height);
        }
    }

    /// Whether the party's connection is up.
    #[must_use]
    pub fn alive(&self, party: Party) -> bool {
        self.0.as_ref().is_some_and(|running| running.mailbox.alive(party))
    }

    /// Where media is served; none if it does not run.
    #[must_use]
    pub fn local_addr(&self) -> Option<SocketAddr> {
        Some(self.0.as_ref()?.local)
    }

    /// What was counted so far.
    #[must_use]
    pub fn counters(&self) -> MediaCounters {
        self.0.as_ref().map_or_else(MediaCounters::default, |running| running.mailbox.counters())
    }

    /// Stops the worker and waits for it (milliseconds). Connections end without a word; harmless when it has stopped
    /// already.
    pub fn stop(&self) {
        if let Some(running) = &self.0 {
            running.stop();
        }
    }
}

impl Running {
    fn stop(&self) {
        self.mailbox.stop();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|t| t.join().is_err()) {
            tracing::error!("media: the worker ended by a panic");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("local", &self.local).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
