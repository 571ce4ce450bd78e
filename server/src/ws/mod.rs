//! `GET /ws`: the opening handshake, the greeting, and one actor per connection.
//!
//! A connection is two loops in one task: what the client says goes to the engine or the media worker as a typed request,
//! what the engine says is written. Nothing here decides anything about tickets, calls or consent; nothing here is logged
//! but ids, counts and close reasons.
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;
use tokio::sync::oneshot;

use crate::app::AppState;
use crate::problem::Problem;

mod actor;
mod bucket;
mod greeting;
mod hearing;
mod sockets;
#[cfg(test)]
mod tests;
mod upgrade;
mod words;

pub use sockets::{Pace, Sockets};

/// `/ws`.
pub fn router() -> Router<AppState> {
    Router::new().route("/ws", any(open))
}

async fn open(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let handshake = upgrade::Handshake::check(&mut parts, &state.config.origins, state.config.tls())?;
    let answer = handshake.answer();
    // The stop waits for the connection to say goodbye, and ends it when there is none to say.
    let (alive, ended) = oneshot::channel::<()>();
    state.lifecycle.spawn_to_end(async move {
        let _ = ended.await;
    });
    let stream = handshake.stream;
    tokio::spawn(async move {
        let _alive = alive;
        match stream.await {
            Ok(stream) => actor::run(stream, state).await,
            Err(error) => tracing::debug!(%error, "no upgrade"),
        }
    });
    Ok(answer)
}
