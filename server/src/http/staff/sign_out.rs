//! `POST /staff/sign-out`.
use axum::extract::State;
use axum::http::StatusCode;

use crate::auth::{Auth, StaffAuth};
use crate::problem::Problem;

/// Ends the session: its token is worth nothing from now on, and its connections are closed.
#[utoipa::path(post, path = "/staff/sign-out", tag = "staff", responses(
    (status = 204, description = "signed out"),
    (status = 401, description = "`unauthenticated`", body = Problem),
))]
pub(super) async fn sign_out(State(auth): State<Auth>, who: StaffAuth) -> Result<StatusCode, Problem> {
    auth.sign_out(&who).await.map_err(|error| Problem::internal(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use crate::auth::testing::House;
    use crate::http::testing::call;
    use protocol::ids::Party;

    #[tokio::test]
    async fn after_signing_out_the_token_is_worth_nothing_and_connections_are_told() {
        let house = House::new().await;
        let token = house.clerk_token("chenmin").await;
        let other = house.auth.sign_in("chenmin", crate::auth::testing::PASSWORD).await.unwrap().0;
        let mut news = house.auth.revocations();
        let router = super::super::router::<House>;
        let out = call(&house, router(), "POST", "/staff/sign-out", Some(&token), None).await;
        assert_eq!(out.status, 204);
        assert!(matches!(news.try_recv().unwrap().party, Party::Staff(_)));
        let again = call(&house, router(), "POST", "/staff/sign-out", Some(&token), None).await;
        assert_eq!((again.status, again.json["code"].as_str()), (401, Some("unauthenticated")));
        let other = call(&house, router(), "GET", "/me", Some(&other), None).await;
        assert_eq!(other.status, 200, "another session of the same person goes on");
    }

    #[tokio::test]
    async fn a_terminal_cannot_sign_staff_out() {
        let house = House::new().await;
        let token = house.terminal_token("S01").await;
        let answer =
            call(&house, super::super::router(), "POST", "/staff/sign-out", Some(&token), None).await;
        assert_eq!((answer.status, answer.json["code"].as_str()), (403, Some("forbidden")));
    }
}
