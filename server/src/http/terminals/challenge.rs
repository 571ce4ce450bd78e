//! `POST /terminals/challenge`.
use axum::extract::State;
use protocol::ids::TerminalId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Auth;
use crate::http::extract::Json;
use crate::problem::Problem;

/// Which terminal asks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ask {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    terminal: TerminalId,
}

/// Something to sign.
#[derive(Serialize, ToSchema)]
pub(super) struct Challenge {
    /// To be signed within a minute, once.
    challenge: String,
}

/// Gives a terminal something to sign with its device key. Everybody who asks gets one.
#[utoipa::path(post, path = "/terminals/challenge", tag = "terminals", request_body = Ask, security(()), responses(
    (status = 200, description = "a challenge", body = Challenge),
    (status = 400, description = "`bad_request`", body = Problem),
))]
pub(super) async fn challenge(State(auth): State<Auth>, Json(body): Json<Ask>) -> Json<Challenge> {
    Json(Challenge { challenge: auth.challenge(body.terminal) })
}
