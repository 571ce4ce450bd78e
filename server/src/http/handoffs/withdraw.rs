//! `POST /handoffs/{id}/withdraw`.
use axum::extract::State;
use protocol::ids::HandoffId;

use crate::auth::StaffAuth;
use crate::cases::Cases;
use crate::cases::view::HandoffView;
use crate::http::extract::{Json, Path};
use crate::problem::Problem;
use crate::store::staff::Role;

/// Take my offer back.
#[utoipa::path(post, path = "/handoffs/{id}/withdraw", tag = "handoffs", params(("id" = String, Path)), responses(
    (status = 200, description = "withdrawn", body = HandoffView),
    (status = 403, description = "`not_owner`, `not_for_you`", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`handoff_gone`: it was answered or has expired", body = Problem),
))]
pub(super) async fn withdraw(
    who: StaffAuth,
    State(cases): State<Cases>,
    Path(id): Path<HandoffId>,
) -> Result<Json<HandoffView>, Problem> {
    who.require(Role::Clerk)?;
    Ok(Json(cases.withdraw(&who.staff, id).await?))
}
