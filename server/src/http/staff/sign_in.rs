//! `POST /staff/sign-in`.
use axum::extract::State;
use axum::http::StatusCode;
use protocol::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Me;
use crate::auth::{Auth, SignInError};
use crate::clock::SharedClock;
use crate::http::extract::Json;
use crate::problem::Problem;

/// Who wants in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// The name to sign in with.
    #[schema(example = "chenmin")]
    login: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
}

/// An open session.
#[derive(Serialize, ToSchema)]
pub(super) struct SignedIn {
    /// Sent as `Authorization: Bearer …` with every request. Kept no longer than the page's tab lives, never in a URL.
    token: String,
    /// When the session ends by itself, in microseconds since 1970, UTC.
    #[schema(value_type = i64)]
    expires_at: Timestamp,
    /// Who signed in.
    me: Me,
}

/// Opens a session. A wrong name and a wrong password get the same answer after the same time.
#[utoipa::path(post, path = "/staff/sign-in", tag = "staff", request_body = SignIn, security(()), responses(
    (status = 200, description = "signed in", body = SignedIn),
    (status = 401, description = "`wrong_credentials`", body = Problem),
    (status = 429, description = "`locked`: too many wrong passwords; see Retry-After", body = Problem),
    (status = 503, description = "`unavailable`: too many sign-ins at once; see Retry-After", body = Problem),
))]
pub(super) async fn sign_in(
    State(auth): State<Auth>,
    State(clock): State<SharedClock>,
    Json(body): Json<SignIn>,
) -> Result<Json<SignedIn>, Problem> {
    match auth.sign_in(&body.login, &body.password).await {
        Ok((token, who)) => Ok(Json(SignedIn { token, expires_at: who.expires_at, me: who.staff.into() })),
        Err(SignInError::Wrong) => {
            Err(Problem::new(StatusCode::UNAUTHORIZED, "wrong_credentials", "name or password is wrong"))
        }
        Err(SignInError::Locked { until }) => {
            let left = until.since(clock.now()).as_secs() + 1;
            let detail = "too many wrong passwords for this name; wait";
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "locked", detail);
            Err(problem.retry_after(u32::try_from(left).unwrap_or(u32::MAX)))
        }
        Err(SignInError::Busy) => {
            Err(Problem::unavailable("too many sign-ins at once; try again in a moment"))
        }
        Err(SignInError::Store(error)) => Err(Problem::internal(&error)),
    }
}

#[cfg(test)]
mod tests {
    use crate::auth::testing::{House, PASSWORD};
    use crate::http::testing::call;
    use crate::store::staff::Role;
    use serde_json::json;
    use std::time::Duration;

    #[tokio::test]
    async fn the_right_password_opens_a_session() {
        let house = House::new().await;
        house.clerk("chenmin", &[Role::Clerk]).await;
        let body = json!({"login": " chenmin ", "password": PASSWORD});
        let answer = call(&house, super::super::router(), "POST", "/staff/sign-in", None, Some(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        assert_eq!(answer.json["me"]["name"], "陈敏");
        assert_eq!(answer.json["me"]["skill_groups"], json!(["civil", "social"]));
        assert_eq!(answer.json["me"]["roles"], json!(["clerk"]));
        let token = answer.json["token"].as_str().unwrap();
        let me = call(&house, super::super::router(), "GET", "/me", Some(token), None).await;
        assert_eq!((me.status, &me.json), (200, &answer.json["me"]));
    }

    #[tokio::test]
    async fn wrong_names_and_wrong_passwords_cannot_be_told_apart_not_even_when_locked() {
        let house = House::new().await;
        house.clerk("chenmin", &[Role::Clerk]).await;
        let router = super::super::router::<House>;
        let mut answers = Vec::new();
        for login in ["chenmin", "nobody"] {
            let mut told = Vec::new();
            for _ in 0..6 {
                let body = json!({"login": login, "password": "wrong password"});
                let answer = call(&house, router(), "POST", "/staff/sign-in", None, Some(body)).await;
                told.push((answer.status, answer.json, answer.retry_after));
            }
            answers.push(told);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0].iter().map(|told| told.0).collect::<Vec<_>>(), [401, 401, 401, 401, 401, 429]);
        assert_eq!(answers[0][5].2.as_deref(), Some("6"));

        let right = json!({"login": "chenmin", "password": PASSWORD});
        let early = call(&house, router(), "POST", "/staff/sign-in", None, Some(right.clone())).await;
        assert_eq!(early.status, 429, "even the right one has to wait");
        house.rig.clock.advance(Duration::from_secs(5));
        let later = call(&house, router(), "POST", "/staff/sign-in", None, Some(right)).await;
        assert_eq!(later.status, 200);
    }

    #[tokio::test]
    async fn a_body_that_is_none_is_refused() {
        let house = House::new().await;
        for body in [
            json!({}),
            json!({"login": 1, "password": 2}),
            json!({"login": "a", "password": "b", "role": "x"}),
        ] {
            let answer =
                call(&house, super::super::router(), "POST", "/staff/sign-in", None, Some(body)).await;
            assert!((400..500).contains(&answer.status), "{}", answer.status);
        }
    }
}
