//! Why an offer was refused. Texts name the part that is wrong and its line, never what stood there: an SDP holds
//! addresses and secrets, and these texts go into logs.

/// What is wrong with an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// More than 32 KiB.
    #[error("the offer is longer than 32 KiB")]
    TooLong,
    /// It does not begin like SDP, or a line is not `x=…`.
    #[error("line {line} is not SDP")]
    NotSdp {
        /// Counted from 1.
        line: u16,
    },
    /// An attribute's value cannot be read.
    #[error("line {line}: a={attribute} cannot be read")]
    Malformed {
        /// Counted from 1.
        line: u16,
        /// Its name.
        attribute: &'static str,
    },
    /// More m-lines than any client of ours has.
    #[error("the offer has more than {} media lines", OfferError::MAX_LINES)]
    TooManyLines,
    /// Something that must stand in the offer is not there.
    #[error("a={attribute} is missing")]
    Missing {
        /// Its name.
        attribute: &'static str,
    },
    /// Two media lines have the same mid, or the bundle leaves one out.
    #[error(
        "media line {media}: a=mid must be there once, be different for each line, and be in a=group:BUNDLE"
    )]
    NotBundled {
        /// Counted from 1.
        media: u8,
    },
    /// The client wants to be the DTLS server.
    #[error("a=setup must be actpass or active: this side is the DTLS server")]
    WrongSetup,
    /// No line can be used: Opus audio or VP8 video over UDP/TLS/RTP/SAVPF.
    #[error("no media line offers Opus or VP8")]
    NothingUsable,
    /// More simulcast layers than three.
    #[error("media line {media}: more than {} simulcast layers", OfferError::MAX_LAYERS)]
    TooManyLayers {
        /// Counted from 1.
        media: u8,
    },
    /// A restart of a connection that does not exist.
    #[error("there is no connection to restart: offer a new one")]
    NothingToRestart,
    /// A restart that changes more than ICE credentials.
    #[error("a restart must keep {what}")]
    RestartChanges {
        /// What changed.
        what: &'static str,
    },
}

impl OfferError {
    /// The longest offer that is read, in bytes.
    pub const MAX_BYTES: usize = 32 * 1024;
    /// The most media lines that are read.
    pub const MAX_LINES: usize = 32;
    /// The most simulcast layers of a line.
    pub const MAX_LAYERS: usize = 3;
}
