//! `POST /stills`.
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{LENGTH, METADATA, number, speaks, told};
use crate::auth::TerminalAuth;
use crate::cases::{Announced, Cases};
use crate::problem::Problem;

/// Announce the still that the clerk asked for. Announcing it again changes nothing.
#[utoipa::path(post, path = "/stills", tag = "stills", params(
        ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("Upload-Length" = u64, Header, description = "bytes, at most 12 MiB"),
        ("Upload-Metadata" = String, Header, description = "`still`, `call` and `digest` (SHA-256, hexadecimal), each followed by its Base64"),
    ), responses(
    (status = 201, description = "`Location` takes the pieces; `Upload-Offset` says how much is there"),
    (status = 400, description = "`bad_request`", body = Problem),
    (status = 403, description = "`not_your_call`: nobody asked for it in this terminal's call", body = Problem),
    (status = 409, description = "`other_still`: announced otherwise before", body = Problem),
    (status = 412, description = "`tus_version`", body = Problem),
    (status = 413, description = "`too_big`", body = Problem),
))]
pub(super) async fn create(
    who: TerminalAuth,
    State(cases): State<Cases>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    speaks(&headers)?;
    let length = number(&headers, &LENGTH)?;
    let metadata = headers.get(METADATA).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bad = |what| Problem::bad_request(format!("`Upload-Metadata` needs {what}"));
    let still =
        field(metadata, "still").and_then(|text| text.parse().ok()).ok_or_else(|| bad("`still`, an id"))?;
    let call =
        field(metadata, "call").and_then(|text| text.parse().ok()).ok_or_else(|| bad("`call`, an id"))?;
    let digest = field(metadata, "digest").map(|text| text.to_ascii_lowercase());
    let digest = digest.filter(|text| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let digest = digest.ok_or_else(|| bad("`digest`, SHA-256 in hexadecimal"))?;
    let progress = cases.announce_still(&who, Announced { still, call, length, digest }).await?;
    let location = HeaderValue::try_from(format!("/api/v1/stills/{still}"))
        .map_err(|fault| Problem::internal(&fault))?;
    Ok((StatusCode::CREATED, told(progress), [(header::LOCATION, location)]).into_response())
}

/// One value of `key base64,key base64`.
fn field(metadata: &str, key: &str) -> Option<String> {
    let pairs = metadata.split(',').filter_map(|pair| pair.trim().split_once(' '));
    let (_, value) = pairs.into_iter().find(|(name, _)| *name == key)?;
    String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()
}
