//! Stills, by the resumable upload protocol tus 1.0 (core and creation), and to be looked at.
use axum::extract::FromRef;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::Auth;
use crate::cases::{Cases, Progress};
use crate::problem::Problem;

mod append;
mod create;
mod picture;
mod progress;
#[cfg(test)]
mod tests;

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const VERSION: &str = "1.0.0";

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth: FromRef<S>,
    Cases: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(create::create)).routes(routes!(
        progress::progress,
        append::append,
        picture::picture
    ))
}

/// The client must speak this version of tus.
fn speaks(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.get(RESUMABLE).is_some_and(|version| version == VERSION) {
        return Ok(());
    }
    let detail = "send `Tus-Resumable: 1.0.0`";
    Err(Problem::new(StatusCode::PRECONDITION_FAILED, "tus_version", detail))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Problem> {
    let value = headers.get(name).and_then(|value| value.to_str().ok()).and_then(|value| value.parse().ok());
    value.ok_or_else(|| Problem::bad_request(format!("`{name}` must be a number")))
}

/// What every answer about an upload says.
fn told(progress: Progress) -> [(HeaderName, HeaderValue); 4] {
    [
        (RESUMABLE, HeaderValue::from_static(VERSION)),
        (OFFSET, HeaderValue::from(progress.offset)),
        (LENGTH, HeaderValue::from(progress.length)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]
}
