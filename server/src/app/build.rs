//! From a configuration to a server that is ready to run, with an error for everything that can stand in the way.
use axum_server::tls_rustls::RustlsConfig;
use std::fs::{File, TryLockError};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc;

use super::policy::policy;
use super::tls::{self, TlsError};
use super::{AppState, Parts};
use crate::auth::Auth;
use crate::cases::{CaseParts, Cases};
use crate::catalogue::{self, Catalogue};
use crate::clock::SharedClock;
use crate::config::Config;
use crate::demo::Showroom;
use crate::engine::{EngineError, EngineHandle, EngineParts};
use crate::lifecycle::Lifecycle;
use crate::media_io::{MediaEvent, MediaHandle, MediaIoConfig, MediaIoError};
use crate::papers::Papers;
use crate::store::keys::{KeyError, LedgerKeys};
use crate::store::{Store, StoreError};
use crate::ws::Sockets;

/// A server that has everything it needs; it answers once it runs.
#[derive(Debug)]
pub struct Application {
    pub(super) state: AppState,
    pub(super) pages: TcpListener,
    pub(super) tls: Option<RustlsConfig>,
    pub(super) metrics: Option<TcpListener>,
    pub(super) media_events: mpsc::Receiver<MediaEvent>,
    /// Held for as long as the server lives, however it ends.
    pub(super) alone: File,
}

/// Why the server cannot start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database, or its folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Two desks over one database would each ring the same people.
    #[error("another server runs on the data folder {}: stop it, or choose another folder with --data", .0.display())]
    Occupied(PathBuf),
    /// The keys in the data folder.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// A TCP port.
    #[error("{field} {address} cannot be opened: {why}")]
    Listen {
        /// Which field of the configuration.
        field: &'static str,
        /// Which address.
        address: SocketAddr,
        /// What the system said, and what to do.
        why: String,
    },
    /// Certificate or key.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The media port.
    #[error(transparent)]
    Media(#[from] MediaIoError),
    /// The live desk.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The catalogue cannot be served.
    #[error("the stored catalogue cannot be served: {0}")]
    Catalogue(#[from] serde_json::Error),
}

impl Application {
    /// Opens everything. The database is brought to this program's version by itself: a step forward is one transaction
    /// and loses nothing; a database of a newer program is refused.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn build(
        config: Config,
        clock: SharedClock,
        lifecycle: Lifecycle,
        showroom: Option<Showroom>,
    ) -> Result<Self, StartError> {
        Self::build_with(config, clock, lifecycle, showroom, Sockets::default()).await
    }

    pub(crate) async fn build_with(
        config: Config,
        clock: SharedClock,
        lifecycle: Lifecycle,
        showroom: Option<Showroom>,
        sockets: Sockets,
    ) -> Result<Self, StartError> {
        let tls = match (&config.tls_cert, &config.tls_key) {
            (Some(cert), Some(key)) => Some(tls::read(cert, key)?),
            _ => None,
        };
        // Ports first: a second server on the same data must not touch it.
        let pages = listen("listen", config.listen)?;
        let metrics = config.metrics_listen.map(|address| listen("metrics_listen", address)).transpose()?;
        let alone = alone(&config.data)?;
        let (store, keys) = open_store(&config, &clock).await?;
        let auth = Auth::open(store.clone(), keys.clone(), clock.clone(), &keys_folder(&config.data)).await?;
        let stored = crate::store::catalogue::current(&store).await?;
        if stored.is_none() {
            tracing::warn!("there is no catalogue yet: import one with `cloud-window catalogue import FILE`");
        }
        let catalogue = catalogue::Shared::new(stored.unwrap_or_default())?;
        let papers = Papers::new(&config.fonts, &config.authority, &config.help_line);
        let (media, media_events) = MediaHandle::start(MediaIoConfig::new(&config, clock.clone()))?;
        let engine =
            start_engine(&config, &catalogue.get().catalogue, &store, &keys, &clock, &media, &lifecycle)
                .await?;
        let cases = Cases::new(CaseParts {
            store: store.clone(),
            keys: keys.clone(),
            clock: clock.clone(),
            catalogue: catalogue.clone(),
            papers,
            live: Arc::new(engine.clone()),
            stills: config.data.join("stills"),
        });
        engine.set_receipts(Arc::new(cases.clone()));
        let parts = Parts {
            clock,
            config,
            lifecycle,
            store,
            engine,
            media,
            auth,
            cases,
            keys,
            catalogue,
            sockets,
            showroom,
        };
        Ok(Self { state: AppState::new(parts), pages, tls, metrics, media_events, alone })
    }

    /// Where pages, REST and WebSocket are served.
    ///
    /// # Errors
    /// When the system does not know.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.pages.local_addr()
    }

    /// Where `/metrics` is served, if anywhere.
    #[must_use]
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// The parts.
    #[must_use]
    pub fn state(&self) -> &AppState {
        &self.state
    }
}

/// Where keys lie.
pub(crate) fn keys_folder(data: &Path) -> PathBuf {
    data.join("keys")
}

/// The file outside of the database that checkpoints are appended to.
pub(crate) fn checkpoints_file(data: &Path) -> PathBuf {
    data.join("checkpoints.jsonl")
}

/// The database at this program's version, with the keys that belong to it.
///
/// # Errors
/// When either cannot be used, or they do not belong together.
pub(crate) async fn open_store(
    config: &Config,
    clock: &SharedClock,
) -> Result<(Store, LedgerKeys), StartError> {
    let store = Store::open(&config.database()).await?;
    store.migrate().await?;
    let keys = LedgerKeys::open(&keys_folder(&config.data), clock.clone())?;
    store.bind_keys(&keys).await?;
    Ok((store, keys))
}

async fn start_engine(
    config: &Config,
    catalogue: &Catalogue,
    store: &Store,
    keys: &LedgerKeys,
    clock: &SharedClock,
    media: &MediaHandle,
    lifecycle: &Lifecycle,
) -> Result<EngineHandle, EngineError> {
    let parts = EngineParts {
        store: store.clone(),
        keys: keys.clone(),
        clock: clock.clone(),
        policy: policy(config, catalogue),
        media: Arc::new(media.clone()),
    };
    EngineHandle::start(parts, lifecycle).await
}

/// The one server of a data folder. The system frees the lock with the process, also after `kill -9`.
fn alone(data: &Path) -> Result<File, StartError> {
    let unwritable = |source| StoreError::Folder { folder: data.to_owned(), source };
    let open = || File::options().create(true).truncate(false).write(true).open(data.join("server.lock"));
    let file = std::fs::create_dir_all(data).and_then(|()| open()).map_err(unwritable)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StartError::Occupied(data.to_owned())),
        // Some network file systems know no locks.
        Err(TryLockError::Error(error)) => tracing::warn!(%error, "the data folder cannot be locked"),
    }
    Ok(file)
}

fn listen(field: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "another program listens there; stop it, or choose another port (0 takes a free one)"
                    .to_owned()
            }
            io::ErrorKind::PermissionDenied => "not allowed; choose a port above 1023".to_owned(),
            io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
            _ => error.to_string(),
        };
        StartError::Listen { field, address, why }
    })
}
