//! `GET /me`.
use super::Me;
use crate::auth::StaffAuth;
use crate::http::extract::Json;
use crate::problem::Problem;

/// Who I am and what I may do.
#[utoipa::path(get, path = "/me", tag = "staff", responses(
    (status = 200, description = "the account of the session", body = Me),
    (status = 401, description = "`unauthenticated`", body = Problem),
))]
pub(super) async fn me(who: StaffAuth) -> Result<Json<Me>, Problem> {
    Ok(Json(who.0.staff.into()))
}

#[cfg(test)]
mod tests {
    use crate::auth::testing::House;
    use crate::http::testing::call;

    #[tokio::test]
    async fn nobody_is_nobody() {
        let house = House::new().await;
        let token = house.clerk_token("chenmin").await;
        let mut bad = vec![None, Some("x".to_owned()), Some(token[..token.len() - 2].to_owned())];
        bad.push(Some(format!("{token} {token}")));
        for token in bad {
            let answer = call(&house, super::super::router(), "GET", "/me", token.as_deref(), None).await;
            assert_eq!(answer.status, 401, "{token:?}");
        }
    }
}
