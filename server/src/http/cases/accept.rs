//! `POST /cases/{id}/accept`.
use axum::extract::State;
use protocol::ids::CaseId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::StaffAuth;
use crate::cases::Cases;
use crate::cases::view::CaseView;
use crate::http::extract::{Json, Path};
use crate::problem::Problem;
use crate::store::staff::Role;

/// What the clerk saw.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenVersion {
    /// The case's version.
    version: u32,
    /// The clerk accepts although the identity check is doubtful; it goes on record.
    #[serde(default)]
    #[schema(default = false)]
    despite_doubt: bool,
}

/// Accept a case (受理): the clock runs, and the acceptance notice is issued in the same act.
#[utoipa::path(post, path = "/cases/{id}/accept", tag = "cases", params(("id" = String, Path)), request_body = SeenVersion,
    responses(
    (status = 200, description = "the case, accepted", body = CaseView),
    (status = 403, description = "`not_owner`, `not_yours`", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`stale`; `materials`, `errors` names each that stands in the way; `other_authority`; \
        `handoff_open`; `not_in_intake`; `identity_doubtful` without `despite_doubt`", body = Problem),
    (status = 503, description = "`no_font`", body = Problem),
))]
pub(super) async fn accept(
    who: StaffAuth,
    State(cases): State<Cases>,
    Path(id): Path<CaseId>,
    Json(seen): Json<SeenVersion>,
) -> Result<Json<CaseView>, Problem> {
    who.require(Role::Clerk)?;
    cases.accept(&who.staff, id, seen.version, seen.despite_doubt).await?;
    Ok(Json(cases.get(&who.staff, id).await?))
}

#[cfg(test)]
mod tests;
