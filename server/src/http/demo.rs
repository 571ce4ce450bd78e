//! `POST /demo/enrolment-code`: exists in a demonstration and nowhere else.
use axum::extract::State;
use axum::http::StatusCode;
use protocol::Timestamp;
use protocol::ids::SiteCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::auth::new_code;
use crate::http::extract::Json;
use crate::problem::Problem;
use crate::store::{StoreError, sites};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(enrolment_code))
}

/// Which site a kiosk of the demonstration wants to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// Its code, such as `S10`.
    #[schema(value_type = String)]
    site: SiteCode,
}

/// A code for that site.
#[derive(Serialize, ToSchema)]
struct FreshCode {
    /// To be handed to `POST /terminals/enrol`.
    code: String,
    /// Until when it works, in microseconds since 1970, UTC.
    #[schema(value_type = i64)]
    expires_at: Timestamp,
}

/// Gives an enrolment code to everybody who asks. Only a demonstration has this path.
#[utoipa::path(post, path = "/demo/enrolment-code", tag = "demo", request_body = Wish, security(()), responses(
    (status = 201, description = "a code, good once", body = FreshCode),
    (status = 404, description = "`not_found`: no such site, or no demonstration", body = Problem),
))]
async fn enrolment_code(
    State(state): State<AppState>,
    Json(Wish { site }): Json<Wish>,
) -> Result<(StatusCode, Json<FreshCode>), Problem> {
    let internal = |error: StoreError| Problem::internal(&error);
    let found = sites::get(&state.store, &site).await.map_err(internal)?;
    if state.showroom.is_none() || found.is_none_or(|site| site.hub != sites::MAIN_HUB) {
        return Err(Problem::not_found("no such site in this demonstration"));
    }
    let (code, expires_at) = new_code(&state.store, &site, &state.clock).await.map_err(internal)?;
    Ok((StatusCode::CREATED, Json(FreshCode { code: code.to_string(), expires_at })))
}
