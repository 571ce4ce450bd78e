//! The HTTP interface. One endpoint, one file: request, answer, errors, documentation, tests.
//!
//! Each file has a `router()` with its paths under `/api/v1`; [`api`] merges them. Endpoints take their input
//! through [`extract`] so that every refusal is a [`crate::problem::Problem`].
use utoipa_axum::router::OpenApiRouter;

use crate::app::AppState;

mod cases;
mod catalogue;
mod colleagues;
pub mod extract;
mod handoffs;
mod materials;
mod papers;
mod socket_pass;
mod staff;
mod stills;
mod terminals;
#[cfg(test)]
pub(crate) mod testing;

/// Every endpoint of `/api/v1`, with its documentation.
#[must_use]
pub fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(cases::router())
        .merge(catalogue::router())
        .merge(colleagues::router())
        .merge(handoffs::router())
        .merge(materials::router())
        .merge(papers::router())
        .merge(socket_pass::router())
        .merge(staff::router())
        .merge(stills::router())
        .merge(terminals::router())
}

/// The endpoints of cases and of what belongs to them, over any state that has their parts.
#[cfg(test)]
pub(crate) fn cases_router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    crate::auth::Auth: axum::extract::FromRef<S>,
    crate::cases::Cases: axum::extract::FromRef<S>,
{
    OpenApiRouter::new()
        .merge(cases::router())
        .merge(colleagues::router())
        .merge(handoffs::router())
        .merge(materials::router())
        .merge(papers::router())
        .merge(stills::router())
}
