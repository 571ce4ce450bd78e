//! The crate under test, in virtual time: one behaviour a file, told as a story with [`world::World`].
mod client;
mod join;
mod offers;
mod world;

use std::time::Instant;

/// The moment at which virtual time begins. Which it is does not matter: only differences are looked at.
#[allow(clippy::disallowed_methods)]
pub(crate) fn start() -> Instant {
    Instant::now()
}
