//! `/healthz` for a supervisor that restarts, `/readyz` for a balancer that sends work.
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::get};
use serde::Serialize;

use crate::app::AppState;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready))
}

/// What work needs.
#[derive(Debug, Serialize)]
struct Readiness {
    /// Everything below is well and no drain has begun.
    ready: bool,
    /// The database answers.
    database: bool,
    /// The live desk runs and its records are written.
    desk: bool,
    /// Records of acts that took effect and are not written yet.
    unwritten_records: usize,
    /// Media runs.
    media: bool,
    /// No new work is taken.
    draining: bool,
}

/// Whether work may be sent here.
pub(crate) async fn is_ready(state: &AppState) -> bool {
    readiness(state).await.ready
}

async fn readiness(state: &AppState) -> Readiness {
    let health = state.engine.health();
    let (database, desk) = (state.store.alive().await, health.ready());
    let (media, draining) = (state.media.local_addr().is_some(), state.lifecycle.draining());
    let ready = database && desk && media && !draining;
    Readiness { ready, database, desk, unwritten_records: health.unwritten, media, draining }
}

async fn ready(State(state): State<AppState>) -> Response {
    let told = readiness(&state).await;
    let status = if told.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(told)).into_response()
}
