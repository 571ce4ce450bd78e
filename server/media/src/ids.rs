//! Who and where: peers, tracks, slots.
use std::fmt;

/// How many audio slots a viewer has at the most.
pub const AUDIO_SLOTS: u8 = 5;
/// How many video slots a viewer has at the most.
pub const VIDEO_SLOTS: u8 = 6;

/// One party's media connection, by a number that the caller chose. A new offer under the same number replaces the
/// connection; what the peer is fed and whom it feeds stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u32);

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "peer {}", self.0)
    }
}

/// What a peer sends, by the order of its offer's lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Track {
    /// The first line that sends audio.
    Mic,
    /// The first line that sends video; may have simulcast layers.
    Camera,
    /// The second line that sends video: document camera or screen.
    Aux,
}

impl Track {
    /// Whether it is heard rather than seen.
    #[must_use]
    pub fn is_audio(self) -> bool {
        self == Self::Mic
    }
}

/// Where a viewer receives, counted within its kind in the order of its offer's receiving lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// Below [`AUDIO_SLOTS`].
    Audio(u8),
    /// Below [`VIDEO_SLOTS`].
    Video(u8),
}

impl Slot {
    /// Whether there can be such a slot.
    #[must_use]
    pub fn exists(self) -> bool {
        match self {
            Self::Audio(n) => n < AUDIO_SLOTS,
            Self::Video(n) => n < VIDEO_SLOTS,
        }
    }

    /// Whether the track may be put there.
    #[must_use]
    pub fn takes(self, track: Track) -> bool {
        matches!(self, Self::Audio(_)) == track.is_audio()
    }
}

/// One track of one peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// Whose.
    pub peer: PeerId,
    /// Which.
    pub track: Track,
}

/// Why a command about a slot was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// The slot's number is too large.
    #[error("there is no such slot: {AUDIO_SLOTS} for audio, {VIDEO_SLOTS} for video")]
    NoSuchSlot,
    /// A voice in a video slot, or a picture in an audio slot.
    #[error("the slot does not take a track of this kind")]
    WrongKind,
}
