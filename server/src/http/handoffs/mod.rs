//! Handoffs.
use axum::extract::FromRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::Auth;
use crate::cases::Cases;

mod accept;
mod list;
mod offer;
mod refuse;
#[cfg(test)]
mod tests;
mod withdraw;

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth: FromRef<S>,
    Cases: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(offer::offer))
        .routes(routes!(list::list))
        .routes(routes!(accept::accept))
        .routes(routes!(refuse::refuse))
        .routes(routes!(withdraw::withdraw))
}
