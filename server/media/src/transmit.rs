//! The way out: packets are built and sealed in the buffer that they leave from.
use crate::{PeerId, Track};
use std::net::SocketAddr;

/// The longest datagram that is ever written, in bytes.
pub const MAX_DATAGRAM: usize = 1500;

/// Where datagrams go. `media_io` implements it on its send buffer; [`Outbox`] is for everybody else.
pub trait Transmit {
    /// Room for the next datagram: at least [`MAX_DATAGRAM`] bytes. Asking again before [`Self::commit`] gives the same
    /// room.
    fn room(&mut self) -> &mut [u8];

    /// The first `len` bytes of the last room are a datagram for `to`.
    fn commit(&mut self, to: SocketAddr, len: usize);

    /// A media packet of a peer that is tapped ([`crate::Sfu::tap`]): the recording's place. It is called before the
    /// packet is forwarded and must not block.
    fn sample(&mut self, _sample: &Sample<'_>) {}
}

/// One authentic, not silenced media packet as its publisher sent it, each sequence number once.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// Whose.
    pub peer: PeerId,
    /// Which track.
    pub track: Track,
    /// Simulcast layer in the order of the offer, 0 if there is one.
    pub layer: u8,
    /// Sequence number, extended beyond 16 bits.
    pub sequence: u64,
    /// RTP time (48 kHz audio, 90 kHz video).
    pub time: u32,
    /// RTP marker: the last packet of a picture.
    pub marker: bool,
    /// Opus packet or VP8 payload with its descriptor (RFC 7587, RFC 7741).
    pub payload: &'a [u8],
}

/// A datagram in an [`Outbox`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// Where to.
    pub to: SocketAddr,
    /// What.
    pub bytes: Vec<u8>,
}

/// Collects datagrams.
#[derive(Clone, Debug)]
pub struct Outbox {
    room: Box<[u8; MAX_DATAGRAM]>,
    datagrams: Vec<Datagram>,
}

impl Default for Outbox {
    fn default() -> Self {
        Self { room: Box::new([0; MAX_DATAGRAM]), datagrams: Vec::new() }
    }
}

impl Outbox {
    /// Whether nothing was sent since the last [`Self::take`].
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.datagrams.is_empty()
    }

    /// Takes out what was sent, in order.
    pub fn take(&mut self) -> Vec<Datagram> {
        std::mem::take(&mut self.datagrams)
    }
}

impl Transmit for Outbox {
    fn room(&mut self) -> &mut [u8] {
        self.room.as_mut_slice()
    }

    fn commit(&mut self, to: SocketAddr, len: usize) {
        let bytes = self.room[..len].to_vec();
        self.datagrams.push(Datagram { to, bytes });
    }
}
