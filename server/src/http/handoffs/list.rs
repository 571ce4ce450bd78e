//! `GET /handoffs`.
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::StaffAuth;
use crate::cases::Cases;
use crate::cases::view::HandoffView;
use crate::http::extract::{Json, Query};
use crate::problem::Problem;
use crate::store::staff::Role;

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// True: offers that wait for my answer. False: offers of mine that wait for somebody's.
    #[serde(default)]
    for_me: bool,
}

/// Handoffs that wait.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Waiting {
    /// Those that end first in front.
    handoffs: Vec<HandoffView>,
}

/// Handoffs that wait for an answer.
#[utoipa::path(get, operation_id = "list_handoffs", path = "/handoffs", tag = "handoffs", params(Wanted), responses(
    (status = 200, description = "those that end first in front", body = Waiting),
    (status = 403, description = "`forbidden`", body = Problem),
))]
pub(super) async fn list(
    who: StaffAuth,
    State(cases): State<Cases>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Waiting>, Problem> {
    who.require(Role::Clerk)?;
    let handoffs = cases.handoffs(&who.staff, !wanted.for_me).await?;
    Ok(Json(Waiting { handoffs }))
}
