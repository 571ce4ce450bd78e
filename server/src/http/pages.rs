//! The pages: built by `make web` and embedded, or a page that says how to build them.
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::shell::{has, nothing_here};
use crate::app::AppState;

#[derive(RustEmbed)]
#[folder = "../client-web/dist"]
#[allow_missing = true]
struct Built;

/// A file whose name changes with its content may be kept for ever; everything else is asked for again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

const CHOOSER: &str = include_str!("pages/index.html");
const MISSING: &str = include_str!("pages/missing.html");
const STYLE: &str = include_str!("pages/plain.css");

/// `/`, `/kiosk`, `/desk` and what they load.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(async || html(StatusCode::OK, CHOOSER)))
        .route("/plain.css", get(async || text("text/css; charset=utf-8", STYLE)))
        .route("/kiosk", get(async |headers: HeaderMap| page("kiosk.html", &headers)))
        .route("/desk", get(async |headers: HeaderMap| page("desk.html", &headers)))
        .route("/kiosk/{*rest}", get(async |headers: HeaderMap| page("kiosk.html", &headers)))
        .route("/desk/{*rest}", get(async |headers: HeaderMap| page("desk.html", &headers)))
        .route("/{*path}", get(file))
}

/// Whether the pages are embedded.
pub(crate) fn built() -> bool {
    Built::get("kiosk.html").is_some()
}

fn page(name: &str, headers: &HeaderMap) -> Response {
    match Built::get(name) {
        Some(file) => serve(file, ASK_AGAIN, headers),
        None => html(StatusCode::SERVICE_UNAVAILABLE, MISSING),
    }
}

async fn file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    // Pages have paths of their own, so that each has one address.
    match Built::get(&path).filter(|_| !path.ends_with(".html")) {
        Some(file) => serve(file, if path.starts_with("assets/") { FOR_EVER } else { ASK_AGAIN }, &headers),
        None => nothing_here().await.into_response(),
    }
}

fn serve(file: EmbeddedFile, keep: &'static str, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..12]));
    let mut response = if has(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.data.into_owned().into_response()
    };
    let kind = match file.metadata.mimetype() {
        kind if kind.starts_with("text/") || kind.ends_with("javascript") => format!("{kind}; charset=utf-8"),
        kind => kind.to_owned(),
    };
    let set = response.headers_mut();
    for (name, value) in [(header::CONTENT_TYPE, kind), (header::ETAG, etag)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            set.insert(name, value);
        }
    }
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}

fn html(status: StatusCode, text: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, ASK_AGAIN)];
    (status, headers, text).into_response()
}

fn text(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, ASK_AGAIN)], text).into_response()
}
