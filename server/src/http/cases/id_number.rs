//! `GET /cases/{id}/id-number`.
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use protocol::ids::CaseId;

use crate::auth::StaffAuth;
use crate::cases::Cases;
use crate::cases::view::Revealed;
use crate::http::extract::{Json, Path};
use crate::problem::Problem;
use crate::store::staff::Role;

/// The whole identity and telephone number, for the owner and the clerk of the call. The look is on record.
#[utoipa::path(get, path = "/cases/{id}/id-number", tag = "cases", params(("id" = String, Path)), responses(
    (status = 200, description = "uncovered", body = Revealed),
    (status = 403, description = "`not_yours`; the attempt is on record", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
))]
pub(super) async fn id_number(
    who: StaffAuth,
    State(cases): State<Cases>,
    Path(id): Path<CaseId>,
) -> Result<Response, Problem> {
    who.require(Role::Clerk)?;
    let mut response = Json(cases.reveal(&who.staff, id).await?).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
