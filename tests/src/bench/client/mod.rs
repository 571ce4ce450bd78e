//! The generator: lean clients that put the least load on the machine which two cores share with what is measured. They
//! share no code with either media server, check every packet they get, and count what arrives.
mod peer;
mod rtcp;
mod rtp;
mod sdp;
mod srtp;
mod stun;
mod swarm;
mod tally;

pub use peer::{Cadence, Peer};
pub use sdp::Slots;
pub use swarm::{Rhythm, Swarm};
