//! Terminals: enrolled once, then recognised by their device key.
use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::Auth;
use crate::store::Store;

mod challenge;
mod enrol;
mod session;

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth: FromRef<S>,
    Store: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(enrol::enrol))
        .routes(routes!(challenge::challenge))
        .routes(routes!(session::session))
}
