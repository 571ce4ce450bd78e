//! RTP, RTCP and the VP8 payload descriptor, read and written by hand: no allocation.
mod header;
pub(crate) mod rtcp;
mod vp8;

pub(crate) use header::{Header, Outgoing};
pub(crate) use vp8::Descriptor;

/// Whether a datagram from a peer is RTCP rather than RTP (RFC 5761 §4).
pub(crate) fn is_rtcp(datagram: &[u8]) -> bool {
    datagram.get(1).is_some_and(|kind| (192..=223).contains(kind))
}
