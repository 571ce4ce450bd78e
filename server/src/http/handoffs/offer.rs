//! `POST /cases/{id}/handoffs`.
use axum::extract::State;
use axum::http::StatusCode;
use protocol::ids::CaseId;

use crate::auth::StaffAuth;
use crate::cases::view::HandoffView;
use crate::cases::{Cases, NewHandoff};
use crate::http::extract::{Json, Path};
use crate::problem::Problem;
use crate::store::staff::Role;

/// Offer my case to a colleague or a department. I stay owner until somebody takes it over.
#[utoipa::path(post, path = "/cases/{id}/handoffs", tag = "handoffs", params(("id" = String, Path)),
    request_body = NewHandoff, responses(
    (status = 201, description = "the offer", body = HandoffView),
    (status = 403, description = "`not_owner`, `not_yours`", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`stale`; `handoff_open`: withdraw the other first; `not_entitled`; `to_oneself`; `closed`",
        body = Problem),
    (status = 422, description = "`invalid`: no reason, or no possible time", body = Problem),
))]
pub(super) async fn offer(
    who: StaffAuth,
    State(cases): State<Cases>,
    Path(id): Path<CaseId>,
    Json(new): Json<NewHandoff>,
) -> Result<(StatusCode, Json<HandoffView>), Problem> {
    who.require(Role::Clerk)?;
    Ok((StatusCode::CREATED, Json(cases.offer(&who.staff, id, new).await?)))
}
