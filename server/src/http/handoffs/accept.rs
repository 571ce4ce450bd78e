//! `POST /handoffs/{id}/accept`.
use axum::extract::State;
use protocol::ids::HandoffId;

use crate::auth::StaffAuth;
use crate::cases::Cases;
use crate::cases::view::HandoffView;
use crate::http::extract::{Json, Path};
use crate::problem::Problem;
use crate::store::staff::Role;

/// Take a case over: I am its owner from now on.
#[utoipa::path(post, operation_id = "take_over", path = "/handoffs/{id}/accept", tag = "handoffs",
    params(("id" = String, Path)), responses(
    (status = 200, description = "taken over", body = HandoffView),
    (status = 403, description = "`not_for_you`", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`handoff_gone`: somebody was quicker, or it was withdrawn; `handoff_expired`; `not_entitled`",
        body = Problem),
))]
pub(super) async fn accept(
    who: StaffAuth,
    State(cases): State<Cases>,
    Path(id): Path<HandoffId>,
) -> Result<Json<HandoffView>, Problem> {
    who.require(Role::Clerk)?;
    Ok(Json(cases.take_over(&who.staff, id).await?))
}
