//! `GET /stills/{id}`.
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use protocol::ids::StillId;

use crate::auth::AnyAuth;
use crate::cases::Cases;
use crate::http::extract::Path;
use crate::problem::Problem;

/// A still: for those who may see its case, the clerk of its call, and its terminal during the call.
#[utoipa::path(get, path = "/stills/{id}", tag = "stills", params(("id" = String, Path)), responses(
    (status = 200, description = "the picture", content_type = "image/jpeg", body = Vec<u8>),
    (status = 403, description = "`not_yours`", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
))]
pub(super) async fn picture(
    who: AnyAuth,
    State(cases): State<Cases>,
    Path(id): Path<StillId>,
) -> Result<Response, Problem> {
    let picture = cases.picture(&who.0, id).await?;
    let kind = HeaderValue::try_from(picture.media_type).map_err(|fault| Problem::internal(&fault))?;
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    Ok((headers, picture.bytes).into_response())
}
