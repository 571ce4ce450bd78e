//! The HTTP interface. One endpoint, one file: request, answer, errors, documentation, tests.
//!
//! Each file has a `router()` with its paths under `/api/v1`; [`api`] merges them. Endpoints take their input
//! through [`extract`] so that every refusal is a [`crate::problem::Problem`].
use utoipa_axum::router::OpenApiRouter;

use crate::app::AppState;

mod cases;
mod catalogue;
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
        .merge(handoffs::router())
        .merge(materials::router())
        .merge(papers::router())
        .merge(socket_pass::router())
        .merge(staff::router())
        .merge(stills::router())
        .merge(terminals::router())
}
