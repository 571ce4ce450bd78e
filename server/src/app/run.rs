//! Running and stopping.
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsAcceptor;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::build::{Application, checkpoints_file};
use super::door::Door;
use super::{AppState, notify};
use crate::media_io::MediaEvent;
use crate::store::checkpoint;
use crate::{cases, http, telemetry};

/// From the first byte of a connection to the end of a request's header.
const HEADER_WITHIN: Duration = Duration::from_secs(10);
/// How long connections may take to close once everything stops.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);
/// How long an answer to a repeated request is remembered.
const REMEMBER: Duration = Duration::from_secs(24 * 3600);
/// How often it is looked whether another catalogue was imported.
const CATALOGUE_EVERY: Duration = Duration::from_secs(5);

/// Why the server stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The listening socket failed.
    #[error("the server's socket failed: {0}")]
    Socket(#[from] io::Error),
}

impl Application {
    /// Serves until the lifecycle stops. A drain takes no new work and stops by itself when the last call has ended, or
    /// after the configured limit.
    ///
    /// # Errors
    /// [`RunError`].
    pub async fn run(self) -> Result<(), RunError> {
        let Self { state, pages, tls, metrics: metrics_listener, media_events, alone: _alone } = self;
        let lifecycle = state.lifecycle.clone();
        background(&state, media_events);
        if let Some(listener) = metrics_listener {
            let router = telemetry::router(state.clone());
            let serving = serve(listener, router, Door::new(64), None, state.clone());
            lifecycle.spawn_to_end(async move {
                if let Err(error) = serving.await {
                    tracing::error!(%error, "metrics are no longer served");
                }
            });
        }
        notify::systemd("READY=1");
        let door = Door::new(state.config.connections_per_address);
        let served = serve(pages, http::router(&state), door, tls, state.clone()).await;
        // A socket that failed stops the rest too.
        lifecycle.stop();
        state.media.stop();
        if timeout(CLOSE_WITHIN * 2, lifecycle.finished()).await.is_err() {
            tracing::warn!("some tasks did not end in time");
        }
        seal(&state).await;
        state.store.close().await;
        Ok(served?)
    }
}

/// Serves one port until the hard stop.
async fn serve(
    listener: TcpListener,
    router: Router,
    door: Door,
    tls: Option<axum_server::tls_rustls::RustlsConfig>,
    state: AppState,
) -> io::Result<()> {
    let handle: Handle<SocketAddr> = Handle::new();
    let (stopper, lifecycle) = (handle.clone(), state.lifecycle.clone());
    lifecycle.clone().spawn_to_end(async move {
        lifecycle.hard().await;
        stopper.graceful_shutdown(Some(CLOSE_WITHIN));
    });
    let mut server = axum_server::from_tcp(listener)?
        .handle(handle)
        .first_request_timeout(HEADER_WITHIN)
        .accept_error_handler(|peer, error| tracing::debug!(?peer, %error, "connection not taken"));
    server.http_builder().http1().header_read_timeout(HEADER_WITHIN).max_headers(64);
    server.http_builder().http2().max_concurrent_streams(64);
    let service = router.into_make_service();
    match tls {
        None => server.acceptor(door).serve(service).await,
        Some(tls) => {
            let acceptor = RustlsAcceptor::new(tls).handshake_timeout(HEADER_WITHIN).acceptor(door);
            server.acceptor(acceptor).serve(service).await
        }
    }
}

/// What runs beside the requests.
fn background(state: &AppState, media_events: mpsc::Receiver<MediaEvent>) {
    let lifecycle = &state.lifecycle;
    let (auth, hard) = (state.auth.clone(), lifecycle.hard_token());
    lifecycle.spawn_to_end(async move { auth.watch(hard).await });
    lifecycle.spawn("revocations", state.sockets.clone().watch(state.auth.clone(), state.engine.clone()));
    lifecycle.spawn("cases", cases::run_timers(state.cases.clone()));
    lifecycle.spawn("media events", carry(state.clone(), media_events));
    lifecycle.spawn("catalogue", follow_catalogue(state.clone()));
    lifecycle.spawn("idempotency", forget(state.clone()));
    lifecycle.spawn("drain", drain(state.clone()));
    lifecycle.spawn_to_end(checkpoint::run(
        state.store.clone(),
        state.keys.clone(),
        checkpoints_file(&state.config.data),
        state.clock.clone(),
        checkpoint::INTERVAL,
        lifecycle.hard_token(),
    ));
}

/// Tells the desk how media connections fare; it tells the pages.
async fn carry(state: AppState, mut events: mpsc::Receiver<MediaEvent>) {
    while let Some(event) = events.recv().await {
        state.engine.media(event).await;
    }
}

/// Serves a catalogue that `cloud-window catalogue import` brought meanwhile. The desk hears of it first, so that no page
/// offers what is refused; tickets that wait keep their queues.
async fn follow_catalogue(state: AppState) {
    let mut ticks = interval(CATALOGUE_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let known = state.catalogue.get().catalogue.version;
        match crate::store::catalogue::current_version(&state.store).await {
            Ok(version) if version == known => continue,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "the catalogue's version could not be read");
                continue;
            }
        }
        let Ok(Some(catalogue)) = crate::store::catalogue::current(&state.store).await else { continue };
        let version = catalogue.version;
        state.engine.catalogue(catalogue.served()).await;
        match state.catalogue.replace(catalogue) {
            Ok(()) => tracing::info!(version, "another catalogue is in force"),
            Err(error) => tracing::error!(%error, "the new catalogue cannot be served"),
        }
    }
}

/// Forgets answers to requests that nobody repeats any more, and sessions that ended long ago.
async fn forget(state: AppState) {
    let mut ticks = interval(Duration::from_secs(600));
    loop {
        ticks.tick().await;
        let before = protocol::Timestamp(
            state.clock.now().0 - i64::try_from(REMEMBER.as_micros()).unwrap_or_default(),
        );
        let done = async {
            let mut tx = state.store.begin().await?;
            crate::store::idempotency::forget_before(&mut tx, before).await?;
            // Who signed in and out is in the ledger; a session that ended by itself says nothing more.
            crate::store::sessions::forget_before(&mut tx, before).await?;
            tx.commit().await.map_err(crate::store::StoreError::from)
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, "old idempotency keys and sessions are kept for now");
        }
    }
}

/// Waits for the drain, then for the last call.
async fn drain(state: AppState) {
    state.lifecycle.soft().await;
    notify::systemd("STOPPING=1");
    state.engine.drain().await;
    let end = Instant::now() + state.config.drain_limit();
    let mut ticks = interval(Duration::from_millis(200));
    loop {
        ticks.tick().await;
        let calls = state.engine.counts().calls;
        if calls == 0 || Instant::now() >= end {
            tracing::info!(calls, "drained");
            return state.lifecycle.stop();
        }
    }
}

/// Seals what the last minute brought.
async fn seal(state: &AppState) {
    let file = checkpoints_file(&state.config.data);
    if let Err(error) = checkpoint::seal_now(&state.store, &state.keys, &file, state.clock.now()).await {
        tracing::warn!(%error, "the last changes are not sealed yet; the next start does it");
    }
}
