//! The SFU: fixed slots, no renegotiation, no sockets, no clock.
//!
//! # Contract
//! [`Sfu`] is a state machine. Datagrams, commands and the time go in; datagrams go out through [`Transmit`], news
//! through [`Sfu::poll_event`].
//!
//! 1. **Mutate, then drain.** After any call, take what [`Transmit`] was given and ask [`Sfu::poll_event`] until it has
//!    none. Commands that have something to send are finished by the next [`Sfu::handle_timeout`]; call it at once after
//!    a command, and again no later than [`Sfu::poll_timeout`] says.
//! 2. **Time only grows.** Every moment is an argument; a moment earlier than the one before counts as that one.
//! 3. **Nothing is forwarded unasked.** A peer's media reaches exactly the slots it was put into by [`Sfu::feed`], and
//!    none while [`Sfu::silence`] holds it back.
//! 4. **Wishes may come before connections.** [`Sfu::feed`], [`Sfu::silence`] and [`Sfu::want`] name peers by id; they are
//!    kept until changed or until [`Sfu::remove`], whether or not the peer has a connection at that moment.
//! 5. **Strangers cost little and change nothing.** What is not STUN is looked at only if it comes from an address that
//!    passed an authenticated check; nothing is allocated for what is not authentic.
//! 6. **No allocation per packet.** A datagram is opened in the buffer it arrived in, copied once into the layer's
//!    history, and once per receiver into the buffer it leaves from.
//!
//! # Rooms
//! `sfu` holds the peers and the one gate of datagrams; behind it `ice` answers checks, `dtls` agrees on keys and `sdp`
//! reads the offer and writes the answer. `router` forwards and knows none of these: `uplink` opens what a peer sends and
//! tells its streams apart, `slots` makes one unbroken stream of it for each receiver, `history` keeps what may be
//! missed, `feedback` carries what flows back, `srtp` and `rtp` are the formats. One `Sfu` serves one port on one
//! thread; several share nothing.
//!
//! Randomness is seeded by [`Config::seed`]. The one exception is the DTLS library, which draws its key exchange from
//! the cryptographic library itself.
//!
//! ```
//! use media::{Certificate, Config, Outbox, PeerId, Sfu, Slot, Source, Track};
//! use std::time::Instant;
//!
//! let config = Config::new(Certificate::generate()?, vec!["127.0.0.1:5000".parse()?], [7; 32]);
//! let mut sfu = Sfu::new(config)?;
//! let (terminal, clerk, now) = (PeerId(1), PeerId(2), Instant::now());
//!
//! // A wrong offer is a typed error and changes nothing.
//! assert!(sfu.offer(terminal, "v=0\r\n", now).is_err());
//!
//! // Who sees whom may be said before anybody is connected.
//! sfu.feed(clerk, Slot::Video(0), Some(Source { peer: terminal, track: Track::Camera }))?;
//!
//! // A stranger's datagram has no effect.
//! let mut out = Outbox::default();
//! sfu.receive(&mut [0x80; 100], "192.0.2.1:9".parse()?, now, &mut out);
//! assert!(out.is_empty() && sfu.poll_event().is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
mod config;
mod counters;
mod dtls;
mod event;
mod feedback;
mod history;
mod ice;
mod ids;
mod random;
mod router;
mod rtp;
mod sdp;
mod sfu;
mod slots;
mod srtp;
#[cfg(test)]
mod tests;
mod transmit;
mod uplink;

pub use config::{Certificate, CertificateError, Config, ConfigError};
pub use counters::Counters;
pub use event::{Down, Event};
pub use ids::{AUDIO_SLOTS, FeedError, PeerId, Slot, Source, Track, VIDEO_SLOTS};
pub use sdp::OfferError;
pub use sfu::Sfu;
pub use srtp::Profile;
pub use transmit::{Datagram, MAX_DATAGRAM, Outbox, Sample, Transmit};
pub use uplink::Silenced;
