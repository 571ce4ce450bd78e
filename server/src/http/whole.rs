//! An act that was begun is ended, also when whoever asked for it is gone.
//!
//! A server drops the work of a request whose connection breaks, wherever it stands. Between a commit and the news of it
//! that would leave people waiting for what has happened already; so what may change something runs on a task of its own.
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use crate::problem::Problem;

/// A middleware, to be laid with `from_fn`, inside of what measures and limits requests.
pub(super) async fn whole(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let work = tokio::spawn(next.run(request).in_current_span());
    work.await.unwrap_or_else(|fault| Problem::internal(&fault).into_response())
}
