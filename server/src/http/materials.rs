//! `PUT /cases/{id}/materials/{code}`.
use axum::extract::{FromRef, State};
use casework::Judgement;
use protocol::ids::{CaseId, MaterialCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path};
use crate::auth::{Auth, StaffAuth};
use crate::cases::Cases;
use crate::cases::view::CaseView;
use crate::problem::{FieldError, Problem};
use crate::store::staff::Role;

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth: FromRef<S>,
    Cases: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(judge))
}

/// What the clerk says of a material.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Judged {
    /// `accepted`, `rejected`, or `captured`: it lies there and is not judged (any more).
    state: JudgedState,
    /// Why it is rejected, in words that the applicant can act on; only, and always, with `rejected`.
    reason: Option<String>,
    /// The version of the case that the clerk saw.
    version: u32,
}

/// How a material is judged.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum JudgedState {
    Accepted,
    Rejected,
    Captured,
}

/// Judge a material of a case in intake.
#[utoipa::path(put, path = "/cases/{id}/materials/{code}", tag = "cases",
    params(("id" = String, Path), ("code" = String, Path)), request_body = Judged, responses(
    (status = 200, description = "the case with the material judged", body = CaseView),
    (status = 403, description = "`not_owner`, `not_yours`", body = Problem),
    (status = 404, description = "`not_found`: no such case, or it has no such material", body = Problem),
    (status = 409, description = "`stale`, `not_in_intake`", body = Problem),
    (status = 422, description = "`invalid`: rejected without a reason", body = Problem),
))]
async fn judge(
    who: StaffAuth,
    State(cases): State<Cases>,
    Path((id, code)): Path<(CaseId, MaterialCode)>,
    Json(judged): Json<Judged>,
) -> Result<Json<CaseView>, Problem> {
    who.require(Role::Clerk)?;
    let judgement = match (judged.state, judged.reason) {
        (JudgedState::Accepted, None) => Judgement::Accept,
        (JudgedState::Captured, None) => Judgement::Leave,
        (JudgedState::Rejected, reason) => Judgement::Reject { reason: reason.unwrap_or_default() },
        (JudgedState::Accepted | JudgedState::Captured, Some(_)) => {
            return Err(Problem::invalid(vec![FieldError::new("reason", "only a rejection has a reason")]));
        }
    };
    cases.judge(&who.staff, id, judged.version, &code, judgement).await?;
    Ok(Json(cases.get(&who.staff, id).await?))
}

#[cfg(test)]
mod tests;
