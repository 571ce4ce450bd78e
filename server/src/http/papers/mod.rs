//! Papers, for staff who may see their case, and for the terminal of their call while it goes on.
use axum::extract::FromRef;
use axum::http::{HeaderName, HeaderValue, header};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::Auth;
use crate::cases::Cases;

mod page;
mod pdf;
#[cfg(test)]
mod tests;

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth: FromRef<S>,
    Cases: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(pdf::pdf)).routes(routes!(page::page))
}

/// Somebody's papers stay in no cache, and are what their type says.
fn headers(media_type: &'static str) -> [(HeaderName, HeaderValue); 3] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ]
}
