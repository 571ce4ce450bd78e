//! `POST /handoffs/{id}/refuse`.
use axum::extract::State;
use protocol::ids::HandoffId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::StaffAuth;
use crate::cases::Cases;
use crate::cases::view::HandoffView;
use crate::http::extract::{Json, Path};
use crate::problem::Problem;
use crate::store::staff::Role;

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandoffRefusal {
    /// In words for the sender, at most 500 characters.
    reason: String,
}

/// Refuse a handoff: the sender stays owner. Of a department, one clerk's refusal is the department's.
#[utoipa::path(post, path = "/handoffs/{id}/refuse", tag = "handoffs", params(("id" = String, Path)),
    request_body = HandoffRefusal, responses(
    (status = 200, description = "refused", body = HandoffView),
    (status = 403, description = "`not_for_you`", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`handoff_gone`, `handoff_expired`", body = Problem),
    (status = 422, description = "`invalid`: no reason", body = Problem),
))]
pub(super) async fn refuse(
    who: StaffAuth,
    State(cases): State<Cases>,
    Path(id): Path<HandoffId>,
    Json(refusing): Json<HandoffRefusal>,
) -> Result<Json<HandoffView>, Problem> {
    who.require(Role::Clerk)?;
    Ok(Json(cases.decline(&who.staff, id, &refusing.reason).await?))
}
