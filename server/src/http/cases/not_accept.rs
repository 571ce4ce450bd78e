//! `POST /cases/{id}/not-accept`.
use axum::extract::State;
use casework::Ground;
use protocol::ids::CaseId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::StaffAuth;
use crate::cases::Cases;
use crate::cases::view::CaseView;
use crate::http::extract::{Json, Path};
use crate::problem::{FieldError, Problem};
use crate::store::staff::Role;

/// Why the case is not accepted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NotAccepting {
    /// The version that the clerk saw.
    version: u32,
    /// One of the two grounds; papers that are missing are none.
    ground: GroundWord,
    /// The competent authority; only, and always, with `other_authority`.
    authority: Option<String>,
    /// In words for the applicant, at most 500 characters.
    explanation: String,
}

/// A ground of non-acceptance.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum GroundWord {
    /// What is applied for needs no such procedure.
    NoSuchProcedure,
    /// Another authority is competent.
    OtherAuthority,
}

/// Do not accept a case (不予受理). The notice with the right authority and the remedies is issued in the same act.
#[utoipa::path(post, path = "/cases/{id}/not-accept", tag = "cases", params(("id" = String, Path)),
    request_body = NotAccepting, responses(
    (status = 200, description = "the case, not accepted", body = CaseView),
    (status = 403, description = "`not_owner`, `not_yours`", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`stale`, `handoff_open`, `not_in_intake`", body = Problem),
    (status = 422, description = "`invalid`: no explanation, no authority", body = Problem),
))]
pub(super) async fn not_accept(
    who: StaffAuth,
    State(cases): State<Cases>,
    Path(id): Path<CaseId>,
    Json(refusing): Json<NotAccepting>,
) -> Result<Json<CaseView>, Problem> {
    who.require(Role::Clerk)?;
    let NotAccepting { version, ground, authority, explanation } = refusing;
    let ground = match (ground, authority) {
        (GroundWord::NoSuchProcedure, None) => Ground::NoSuchProcedure,
        (GroundWord::NoSuchProcedure, Some(_)) => {
            let detail = "only `other_authority` names an authority";
            return Err(Problem::invalid(vec![FieldError::new("authority", detail)]));
        }
        (GroundWord::OtherAuthority, authority) => {
            Ground::OtherAuthority { authority: authority.unwrap_or_default() }
        }
    };
    cases.not_accept(&who.staff, id, version, ground, &explanation).await?;
    Ok(Json(cases.get(&who.staff, id).await?))
}

#[cfg(test)]
mod tests;
