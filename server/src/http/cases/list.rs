//! `GET /cases`.
use axum::extract::State;
use protocol::ids::CaseId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::StaffAuth;
use crate::cases::Cases;
use crate::cases::view::CasePage;
use crate::http::extract::{Json, Query};
use crate::problem::Problem;

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Only cases that I own.
    #[serde(default)]
    mine: bool,
    /// A case number or its beginning, a whole identity number, or a whole name.
    query: Option<String>,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    before: Option<CaseId>,
}

/// Cases that I may see, newest first. Everything personal is masked.
#[utoipa::path(get, path = "/cases", tag = "cases", params(Wanted), responses(
    (status = 200, description = "a page", body = CasePage),
    (status = 401, description = "`unauthenticated`", body = Problem),
))]
pub(super) async fn list(
    who: StaffAuth,
    State(cases): State<Cases>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<CasePage>, Problem> {
    let Wanted { mine, query, before } = wanted;
    Ok(Json(cases.list(&who.staff, mine, query, before).await?))
}
