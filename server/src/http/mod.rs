//! The HTTP interface. One endpoint, one file: request, answer, errors, documentation, tests.
//!
//! Each file has a `router()` with its paths under `/api/v1`; [`api`] merges them. Endpoints take their input
//! through [`extract`] so that every refusal is a [`crate::problem::Problem`].
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::AppState;
use crate::{auth, ws};

mod cases;
mod catalogue;
mod colleagues;
mod demo;
pub mod extract;
mod handoffs;
pub(crate) mod health;
mod materials;
mod openapi;
mod page_config;
pub(crate) mod pages;
mod papers;
mod shell;
mod socket_pass;
mod staff;
mod stills;
mod terminals;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod whole;

/// Every endpoint of `/api/v1`, with its documentation.
#[must_use]
pub fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(cases::router())
        .merge(catalogue::router())
        .merge(colleagues::router())
        .merge(handoffs::router())
        .merge(materials::router())
        .merge(page_config::router())
        .merge(papers::router())
        .merge(socket_pass::router())
        .merge(staff::router())
        .merge(stills::router())
        .merge(terminals::router())
        .layer(from_fn(whole::whole))
}

/// Everything that the server answers: pages, REST, WebSocket, health.
pub fn router(state: &AppState) -> Router {
    let (api, document) = documented();
    let api = if state.showroom.is_some() { api.merge(demo::router().split_for_parts().0) } else { api };
    let api = api
        .route("/openapi.json", get(async move || openapi::serve(&document)))
        .fallback(shell::nothing_here)
        .method_not_allowed_fallback(shell::not_this_way)
        .layer(from_fn_with_state(state.auth.clone(), auth::guard));
    let all = Router::new()
        .nest("/api/v1", api)
        .route("/api/{*other}", axum::routing::any(shell::nothing_here))
        .merge(health::router())
        .merge(ws::router())
        .merge(pages::router())
        .method_not_allowed_fallback(shell::not_this_way)
        .fallback(shell::nothing_here)
        .with_state(state.clone());
    shell::around(all, state)
}

/// The endpoints with the document that describes them, the demonstration's included.
fn documented() -> (Router<AppState>, OpenApi) {
    let (_, demo) = demo::router().split_for_parts();
    let (router, mut document) = api().split_for_parts();
    document.merge(demo);
    (router, openapi::complete(document))
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
        .layer(from_fn(whole::whole))
}
