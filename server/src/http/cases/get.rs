//! `GET /cases/{id}`.
use axum::extract::State;
use protocol::ids::CaseId;

use crate::auth::StaffAuth;
use crate::cases::Cases;
use crate::cases::view::CaseView;
use crate::http::extract::{Json, Path};
use crate::problem::Problem;

/// A case with its story.
#[utoipa::path(get, path = "/cases/{id}", tag = "cases", params(("id" = String, Path)), responses(
    (status = 200, description = "the case", body = CaseView),
    (status = 403, description = "`not_yours`; the attempt is on record", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
))]
pub(super) async fn get(
    who: StaffAuth,
    State(cases): State<Cases>,
    Path(id): Path<CaseId>,
) -> Result<Json<CaseView>, Problem> {
    Ok(Json(cases.get(&who.staff, id).await?))
}
