//! The little SDP that one bundled offer with fixed slots needs (RFC 8866, RFC 8829 in part).
mod answer;
mod error;
mod parse;

pub(crate) use answer::{Identity, SlotSsrcs, answer};
pub use error::OfferError;
pub(crate) use parse::{Offer, parse};

use crate::{Slot, Track};
use smallvec::SmallVec;

/// Header extensions that we know.
pub(crate) mod extmap {
    pub(crate) const MID: usize = 0;
    pub(crate) const RID: usize = 1;
    pub(crate) const REPEATED_RID: usize = 2;
    pub(crate) const AUDIO_LEVEL: usize = 3;
    pub(crate) const TRANSPORT_SEQUENCE: usize = 4;
    pub(super) const KNOWN: [&str; 5] = [
        "urn:ietf:params:rtp-hdrext:sdes:mid",
        "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
        "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
        "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    ];
}

/// The id of each extension in [`extmap`], 0 where it was not offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extensions([u8; 5]);

impl Extensions {
    pub(crate) fn id(self, which: usize) -> u8 {
        self.0[which]
    }

    /// Whether each of these has the id that it had before. Browsers do not offer again what was not answered.
    fn are_among(self, before: Self) -> bool {
        self.0.iter().zip(before.0).all(|(now, before)| *now == 0 || *now == before)
    }
}

/// Name of a simulcast layer.
pub(crate) type Rid = SmallVec<[u8; 16]>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    Audio,
    Video,
    /// Data, or no SRTP: refused.
    #[default]
    Other,
}

/// What a line is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Use {
    Sends(Track),
    HearsIn(u8),
    SeesIn(u8),
    /// It is answered with port 0.
    #[default]
    Refused,
}

/// Feedback that both sides can speak (RFC 4585, RFC 5104).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feedback {
    Nack,
    Pli,
    Fir,
    Remb,
    TransportWide,
}

impl Feedback {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Nack, "nack"),
        (Self::Pli, "nack pli"),
        (Self::Fir, "ccm fir"),
        (Self::Remb, "goog-remb"),
        (Self::TransportWide, "transport-cc"),
    ];

    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.1 == text).map(|f| f.0)
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The one codec that a line uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Payload {
    pub(crate) format: u8,
    /// Format of repeats (RFC 4588), if offered.
    pub(crate) repeats: Option<u8>,
    /// As offered; printable.
    parameters: String,
    feedback: u8,
}

impl Payload {
    pub(crate) fn has(&self, feedback: Feedback) -> bool {
        self.feedback & feedback.bit() != 0
    }
}

/// One m-line of an offer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) kind: Kind,
    pub(crate) used: Use,
    pub(crate) mid: String,
    pub(crate) payload: Payload,
    pub(crate) rids: SmallVec<[Rid; 3]>,
    /// SSRCs of media, as far as they were declared.
    pub(crate) ssrcs: Vec<u32>,
    /// Media and repeats that belong together.
    pub(crate) repeats: Vec<(u32, u32)>,
    pub(crate) extensions: Extensions,
    reduced_size: bool,
    /// Media, protocol and formats as offered, to refuse it.
    head: (String, String, String),
}

impl Line {
    /// The slot in which the client receives, if it does.
    pub(crate) fn slot(&self) -> Option<Slot> {
        match self.used {
            Use::HearsIn(n) => Some(Slot::Audio(n)),
            Use::SeesIn(n) => Some(Slot::Video(n)),
            Use::Sends(_) | Use::Refused => None,
        }
    }

    /// The track that the client sends, if it does.
    pub(crate) fn track(&self) -> Option<Track> {
        if let Use::Sends(track) = self.used { Some(track) } else { None }
    }
}

impl Offer {
    /// What a restart must not change: everything but ICE credentials. Gives the name of what changed.
    pub(crate) fn differs_from(&self, before: &Self) -> Option<&'static str> {
        if self.fingerprint != before.fingerprint {
            return Some("the certificate (a=fingerprint)");
        }
        let same = |(a, b): (&Line, &Line)| {
            a.mid == b.mid
                && a.used == b.used
                && a.payload.format == b.payload.format
                && a.payload.repeats == b.payload.repeats
                && a.extensions.are_among(b.extensions)
                && a.rids == b.rids
        };
        let lines_kept =
            self.lines.len() == before.lines.len() && self.lines.iter().zip(&before.lines).all(same);
        (!lines_kept).then_some("the media lines")
    }
}

#[cfg(test)]
#[path = "sdp_tests.rs"]
mod tests;
