//! What a terminal or a clerk is on the wire: one peer connection with the fixed slots of the protocol, a voice that can
//! be recognised and pictures that say who sent them and when.
//!
//! Nothing here knows the server's own media code: it is the `webrtc` crate, real Opus and well-formed VP8.
mod keyframes;
mod peer;
mod picture;
mod sending;
mod senses;
mod tone;

pub use peer::{AUDIO_SLOTS, Peer, Slot, State, VIDEO_SLOTS};
pub use picture::{Place, Seen, Stamp, build, parse};
pub use sending::Sending;
pub use senses::{AudioSlot, Senses, VideoSlot};
pub use tone::{FRAME, Heard, Listener, RATE, Singer, Voice};
