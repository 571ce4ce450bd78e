//! The crate under test, in virtual time: one behaviour a file, told as a story with [`world::World`].
mod allocations;
mod client;
mod fallback;
mod gate;
mod hostile;
mod join;
mod layers;
mod lifecycle;
pub(crate) mod offers;
mod publisher;
mod random_life;
mod repeats;
mod silence;
mod switching;
mod world;

use std::time::Instant;

/// The moment at which virtual time begins. Which it is does not matter: only differences are looked at.
#[allow(clippy::disallowed_methods)]
pub(crate) fn start() -> Instant {
    Instant::now()
}
