//! What every request passes through, outermost first: a number, the log, headers, compression, panics, time and size.
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tracing::Instrument;

use crate::app::AppState;
use crate::problem::Problem;

/// The longest body that an endpoint takes, unless it bounds its body itself.
const LONGEST_BODY: usize = 256 * 1024;
/// How long a request may take, its body included.
const REQUEST_WITHIN: Duration = Duration::from_secs(60);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// No inline script and no inline style; pictures that pages make themselves are `blob:` or `data:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), geolocation=(), usb=(), \
         payment=(), midi=(), accelerometer=(), gyroscope=(), magnetometer=()",
    ),
];

/// Puts the shell around `router`.
pub(super) fn around(router: Router, state: &AppState) -> Router {
    router
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(from_fn(in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.config.tls(), headers))
        .layer(from_fn_with_state(state.clone(), watched))
}

/// Gives the request a number, tells it to the client, and logs what came of it. The path is logged, never the query or a
/// header: pages put nothing secret into paths.
async fn watched(
    axum::extract::State(state): axum::extract::State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = hex::encode(state.clock.random::<8>());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let value = HeaderValue::from_str(&id).ok();
    if let Some(value) = &value {
        request.headers_mut().insert(REQUEST_ID, value.clone());
    }
    let span = tracing::info_span!("request", %id, %method, path = path.get(..200).unwrap_or(&path));
    let begun = tokio::time::Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took_ms) = (response.status().as_u16(), begun.elapsed().as_millis());
    span.in_scope(|| tracing::debug!(status, took_ms, "answered"));
    metrics::counter!("cloud_window_http_requests", "status" => status_class(response.status())).increment(1);
    if let Some(value) = value {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}

async fn headers(
    axum::extract::State(tls): axum::extract::State<bool>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let set = response.headers_mut();
    for (name, value) in HEADERS {
        set.entry(name).or_insert(HeaderValue::from_static(value));
    }
    set.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if tls {
        // This host alone: what else stands under its name is not ours to decide.
        set.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "the request took longer than a minute")
                .into_response()
        }
    }
}

/// One request's fault is that request's alone. What was said in the panic stays in the log.
#[allow(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panic");
    Problem::internal(&said).into_response()
}

/// 404 for what nobody serves.
pub(super) async fn nothing_here() -> Problem {
    Problem::not_found("there is nothing under this path")
}

/// 405 for a path that has other methods.
pub(super) async fn not_this_way() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this path has other methods; `Allow` lists them",
    )
}

/// Whether the client has this version already.
pub(super) fn has(headers: &HeaderMap, etag: &str) -> bool {
    let sent = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(|value| value.split(',')).any(|one| {
        let one = one.trim();
        one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag
    })
}
