//! Puts the parts together.
use axum::extract::FromRef;
use std::ops::Deref;
use std::sync::Arc;

use crate::auth::Auth;
use crate::cases::Cases;
use crate::catalogue;
use crate::clock::SharedClock;
use crate::config::Config;
use crate::demo::Showroom;
use crate::engine::EngineHandle;
use crate::lifecycle::Lifecycle;
use crate::media_io::MediaHandle;
use crate::store::Store;
use crate::store::keys::LedgerKeys;
use crate::ws::Sockets;

mod build;
mod door;
mod hours;
mod notify;
mod policy;
mod run;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod tls;

pub use build::{Application, StartError};
pub(crate) use build::{checkpoints_file, keys_folder, open_store};
pub use hours::{next_open, open_now};
pub use run::RunError;

/// What every endpoint may use. Cheap to clone; `state.store` and so on read through.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Parts>);

/// The parts.
#[derive(Debug)]
pub struct Parts {
    /// Moments and randomness.
    pub clock: SharedClock,
    /// What the server was told.
    pub config: Config,
    /// Soft and hard stop.
    pub lifecycle: Lifecycle,
    /// The database.
    pub store: Store,
    /// The live desk.
    pub engine: EngineHandle,
    /// The media workers.
    pub media: MediaHandle,
    /// Sessions and passes.
    pub auth: Auth,
    /// Cases, handoffs, papers and stills.
    pub cases: Cases,
    /// What seals personal data and signs checkpoints.
    pub keys: LedgerKeys,
    /// The catalogue in force.
    pub catalogue: catalogue::Shared,
    /// Who is connected.
    pub sockets: Sockets,
    /// Default accounts, in a demonstration and nowhere else.
    pub showroom: Option<Showroom>,
}

impl AppState {
    /// Shares the parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Endpoints take the part they use, so that a test needs only that part.
macro_rules! part {
    ($($field:ident: $part:ty),* $(,)?) => {$(
        impl FromRef<AppState> for $part {
            fn from_ref(state: &AppState) -> Self {
                state.$field.clone()
            }
        }
    )*};
}

part! {
    clock: SharedClock,
    store: Store,
    auth: Auth,
    cases: Cases,
    keys: LedgerKeys,
    catalogue: catalogue::Shared,
}
