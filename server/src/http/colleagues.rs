//! `GET /colleagues`.
use axum::extract::{FromRef, State};
use protocol::ids::CaseId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Query};
use crate::auth::{Auth, StaffAuth};
use crate::cases::{Cases, Colleague};
use crate::problem::Problem;
use crate::store::staff::Role;

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth: FromRef<S>,
    Cases: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(colleagues))
}

/// For what.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// A case that may be handed over; without one `may_take` only says who is in service.
    #[param(value_type = Option<String>)]
    case: Option<CaseId>,
}

/// The clerks of my hub, those present first, and whether each may be handed the case.
#[utoipa::path(get, path = "/colleagues", tag = "handoffs", params(Wanted), responses(
    (status = 200, description = "everybody but me", body = [Colleague]),
    (status = 403, description = "`forbidden`, `not_yours`", body = Problem),
    (status = 404, description = "`not_found`: no such case", body = Problem),
))]
async fn colleagues(
    who: StaffAuth,
    State(cases): State<Cases>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Vec<Colleague>>, Problem> {
    who.require(Role::Clerk)?;
    Ok(Json(cases.colleagues(&who.staff, wanted.case).await?))
}
