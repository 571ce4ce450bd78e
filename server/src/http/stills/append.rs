//! `PATCH /stills/{id}`.
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::ids::StillId;

use super::{OFFSET, number, speaks, told};
use crate::auth::TerminalAuth;
use crate::cases::Cases;
use crate::http::extract::Path;
use crate::problem::Problem;

const PIECE: &str = "application/offset+octet-stream";

/// Send the next piece of a still. The last one brings the check and binds it to its material.
#[utoipa::path(patch, path = "/stills/{id}", tag = "stills", params(("id" = String, Path),
        ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("Upload-Offset" = u64, Header, description = "where the piece begins")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"), responses(
    (status = 204, description = "`Upload-Offset` says how much is there now"),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`other_offset`: ask with HEAD; `not_asked`: the citizen has stopped it", body = Problem),
    (status = 412, description = "`tus_version`", body = Problem),
    (status = 413, description = "`too_big`: more than was announced", body = Problem),
    (status = 415, description = "`not_a_piece`: wrong content type; `no_picture`: neither JPEG, PNG nor WebP", body = Problem),
    (status = 460, description = "`other_digest`: not what was announced; it begins anew", body = Problem),
))]
pub(super) async fn append(
    who: TerminalAuth,
    State(cases): State<Cases>,
    Path(id): Path<StillId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    speaks(&headers)?;
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != PIECE) {
        let detail = "pieces are `application/offset+octet-stream`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_a_piece", detail));
    }
    let offset = number(&headers, &OFFSET)?;
    let progress = cases.append_still(&who, id, offset, body).await?;
    Ok((StatusCode::NO_CONTENT, told(progress)).into_response())
}
