//! `POST /socket-pass`.
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::{AnyAuth, Auth, PASS_LIFE};
use crate::http::extract::Json;
use crate::problem::Problem;

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(socket_pass))
}

/// A pass for one WebSocket.
#[derive(Serialize, ToSchema)]
struct SocketPass {
    /// Said in the first message on the socket.
    pass: String,
    /// How many seconds it is good.
    expires_in_s: u64,
}

/// Gives a pass for one WebSocket connection, for terminals and staff alike.
#[utoipa::path(post, path = "/socket-pass", tag = "session", responses(
    (status = 200, description = "a pass", body = SocketPass),
    (status = 401, description = "`unauthenticated`", body = Problem),
    (status = 429, description = "`too_many`: this session holds too many unused passes", body = Problem),
))]
async fn socket_pass(State(auth): State<Auth>, AnyAuth(who): AnyAuth) -> Result<Json<SocketPass>, Problem> {
    let Some(pass) = auth.issue_pass(who.session()) else {
        let detail = "use the passes you have, or wait until they expire";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many", detail);
        return Err(problem.retry_after(u32::try_from(PASS_LIFE.as_secs()).unwrap_or(u32::MAX)));
    };
    Ok(Json(SocketPass { pass, expires_in_s: PASS_LIFE.as_secs() }))
}

#[cfg(test)]
mod tests {
    use crate::auth::Identity;
    use crate::auth::testing::House;
    use crate::http::testing::call;

    #[tokio::test]
    async fn a_pass_says_who_it_is_once() {
        let house = House::new().await;
        for token in [house.clerk_token("chenmin").await, house.terminal_token("S10").await] {
            let answer = call(&house, super::router(), "POST", "/socket-pass", Some(&token), None).await;
            assert_eq!((answer.status, answer.json["expires_in_s"].as_u64()), (200, Some(30)));
            let pass = answer.json["pass"].as_str().unwrap();
            let who = house.auth.redeem_pass(pass).await.unwrap();
            assert_eq!(who, house.auth.identify(&token).await.unwrap());
            assert!(house.auth.redeem_pass(pass).await.is_err(), "a second time");
        }
        assert_eq!(call(&house, super::router(), "POST", "/socket-pass", None, None).await.status, 401);
    }

    #[tokio::test]
    async fn a_pass_dies_with_its_session() {
        let house = House::new().await;
        let token = house.clerk_token("chenmin").await;
        let Identity::Staff(who) = house.auth.identify(&token).await.unwrap() else { panic!("a clerk") };
        let pass = house.auth.issue_pass(who.session).unwrap();
        house.auth.sign_out(&who).await.unwrap();
        assert!(house.auth.redeem_pass(&pass).await.is_err());
    }

    #[tokio::test]
    async fn hoarding_passes_is_refused() {
        let house = House::new().await;
        let token = house.clerk_token("chenmin").await;
        let mut statuses = Vec::new();
        for _ in 0..17 {
            let answer = call(&house, super::router(), "POST", "/socket-pass", Some(&token), None).await;
            statuses.push(answer.status);
        }
        assert!(statuses[..16].iter().all(|status| *status == 200));
        assert_eq!(statuses[16], 429);
    }
}
