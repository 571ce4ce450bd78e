//! `HEAD /stills/{id}`.
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use protocol::ids::StillId;

use super::{speaks, told};
use crate::auth::TerminalAuth;
use crate::cases::Cases;
use crate::http::extract::Path;
use crate::problem::Problem;

/// How much of a still is there.
#[utoipa::path(head, path = "/stills/{id}", tag = "stills", params(("id" = String, Path),
        ("Tus-Resumable" = String, Header, description = "`1.0.0`")), responses(
    (status = 200, description = "`Upload-Offset` and `Upload-Length`"),
    (status = 404, description = "no such still of this terminal"),
    (status = 412, description = "another version of tus"),
))]
pub(super) async fn progress(
    who: TerminalAuth,
    State(cases): State<Cases>,
    Path(id): Path<StillId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    speaks(&headers)?;
    let progress = cases.still_progress(&who, id).await?;
    Ok((StatusCode::OK, told(progress)).into_response())
}
