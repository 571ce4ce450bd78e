//! What the caller is told.
use crate::PeerId;

/// Something happened to a peer's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// ICE and DTLS are through and the certificate is the offered one: media can flow.
    Up(PeerId),
    /// The connection is over and forgotten. It is told once, also if it was never up; not after [`crate::Sfu::remove`].
    Down(PeerId, Down),
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Down {
    /// No authenticated check came for 30 s (RFC 7675).
    ConsentLost,
    /// The peer said goodbye (DTLS close_notify).
    Closed,
    /// The certificate is not the one whose fingerprint was offered (RFC 8122).
    WrongCertificate,
    /// DTLS gave no keys for SRTP: no common protection profile (RFC 5764).
    NoProtection,
}
