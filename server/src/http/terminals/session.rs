//! `POST /terminals/session`.
use axum::extract::State;
use protocol::Timestamp;
use protocol::ids::TerminalId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::{Auth, AuthError};
use crate::http::extract::Json;
use crate::problem::Problem;

/// An answered challenge.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// The terminal.
    #[schema(value_type = String, format = Uuid)]
    terminal: TerminalId,
    /// The challenge as it was given.
    challenge: String,
    /// base64url of the raw 64-byte (IEEE P1363) ECDSA-P256-SHA256 signature over the UTF-8 bytes of
    /// `cloud-window.terminal.v1`, a line feed, and the challenge.
    signature: String,
}

/// An open session.
#[derive(Serialize, ToSchema)]
pub(super) struct Opened {
    /// Sent as `Authorization: Bearer …` with every request. Kept in memory only, never in a URL.
    token: String,
    /// When the session ends by itself, in microseconds since 1970, UTC.
    #[schema(value_type = i64)]
    expires_at: Timestamp,
}

/// Opens a session for a terminal that proves its device key.
#[utoipa::path(post, path = "/terminals/session", tag = "terminals", request_body = Answer, security(()), responses(
    (status = 200, description = "a session", body = Opened),
    (status = 401, description = "`unauthenticated`: unknown or locked-out terminal, or a challenge or signature that is not good",
        body = Problem),
))]
pub(super) async fn session(
    State(auth): State<Auth>,
    Json(body): Json<Answer>,
) -> Result<Json<Opened>, Problem> {
    match auth.terminal_session(body.terminal, &body.challenge, &body.signature).await {
        Ok((token, expires_at)) => Ok(Json(Opened { token, expires_at })),
        Err(AuthError::Bad(why)) => {
            tracing::debug!(why, terminal = %body.terminal, "terminal refused");
            Err(Problem::unauthenticated(
                "terminal, challenge or signature is not good; ask for a new challenge",
            ))
        }
        Err(AuthError::Store(error)) => Err(Problem::internal(&error)),
    }
}

#[cfg(test)]
mod tests {
    use crate::auth::testing::{Device, House};
    use crate::http::testing::call;
    use protocol::ids::TerminalId;
    use serde_json::{Value, json};
    use std::time::Duration;

    async fn post(house: &House, path: &str, body: Value) -> (u16, Value) {
        let answer = call(house, super::super::router(), "POST", path, None, Some(body)).await;
        (answer.status, answer.json)
    }

    async fn challenge(house: &House, terminal: TerminalId) -> String {
        let (status, json) = post(house, "/terminals/challenge", json!({"terminal": terminal})).await;
        assert_eq!(status, 200);
        json["challenge"].as_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_signed_challenge_opens_one_session() {
        let house = House::new().await;
        let (terminal, device) = house.terminal("S10").await;
        let challenge = challenge(&house, terminal).await;
        let answer =
            json!({"terminal": terminal, "challenge": challenge, "signature": device.sign(&challenge)});
        let (status, json) = post(&house, "/terminals/session", answer.clone()).await;
        assert_eq!(status, 200, "{json}");
        assert!(house.auth.identify(json["token"].as_str().unwrap()).await.is_ok());
        assert_eq!(post(&house, "/terminals/session", answer).await.0, 401, "replayed");
    }

    #[tokio::test]
    async fn every_way_to_fail_gets_the_same_answer() {
        let house = House::new().await;
        let (terminal, device) = house.terminal("S10").await;
        let nobody = TerminalId(uuid::Uuid::from_u128(9));
        let good = challenge(&house, terminal).await;
        let theirs = challenge(&house, nobody).await;
        let late = challenge(&house, terminal).await;
        let try_it = |who: TerminalId, challenge: &str, signature: String| {
            post(
                &house,
                "/terminals/session",
                json!({"terminal": who, "challenge": challenge, "signature": signature}),
            )
        };
        let wrong_key = try_it(terminal, &good, Device::new().sign(&good)).await;
        assert_eq!(wrong_key.0, 401);
        assert_eq!(try_it(nobody, &theirs, device.sign(&theirs)).await, wrong_key);
        assert_eq!(try_it(terminal, &theirs, device.sign(&theirs)).await, wrong_key);
        assert_eq!(try_it(terminal, "made up", device.sign("made up")).await, wrong_key);
        assert_eq!(try_it(terminal, &good, "no base64 !".into()).await, wrong_key);
        assert_eq!(try_it(terminal, &good, device.sign(&good)).await.0, 200, "failures use nothing up");
        house.rig.clock.advance(Duration::from_secs(60));
        assert_eq!(try_it(terminal, &late, device.sign(&late)).await, wrong_key);
    }
}
