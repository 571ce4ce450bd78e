//! Cases.
use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::Auth;
use crate::cases::Cases;

mod accept;
mod get;
mod id_number;
mod list;
mod not_accept;
mod open;

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth: FromRef<S>,
    Cases: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(open::open, list::list))
        .routes(routes!(get::get))
        .routes(routes!(id_number::id_number))
        .routes(routes!(accept::accept))
        .routes(routes!(not_accept::not_accept))
}
