//! `POST /cases`.
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::auth::StaffAuth;
use crate::cases::view::CaseView;
use crate::cases::{Cases, NewCase};
use crate::problem::Problem;
use crate::store::staff::Role;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Open a case in my own call. The intake receipt is issued in the same act.
#[utoipa::path(post, path = "/cases", tag = "cases", request_body = NewCase,
    params(("Idempotency-Key" = String, Header, description = "made by the client for this act: 8 to 100 visible ASCII characters")),
    responses(
    (status = 201, description = "the case; `Idempotency-Replayed: true` if it was opened by the same request before", body = CaseView),
    (status = 400, description = "`bad_request`: no JSON, or no key", body = Problem),
    (status = 403, description = "`not_your_call`", body = Problem),
    (status = 409, description = "`not_entitled`: not my skill group; `key_reused`; `no_glyph`", body = Problem),
    (status = 422, description = "`invalid`, with every field that is wrong", body = Problem),
    (status = 503, description = "`no_font`", body = Problem),
))]
pub(super) async fn open(
    who: StaffAuth,
    State(cases): State<Cases>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    who.require(Role::Clerk)?;
    let key = headers.get(KEY).and_then(|key| key.to_str().ok()).unwrap_or_default();
    if !(8..=100).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Problem::bad_request("send an Idempotency-Key of 8 to 100 visible ASCII characters"));
    }
    let body = body?;
    let new: NewCase =
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(error.to_string()))?;
    let opened = cases.open(&who.staff, key, &body, new).await?;
    let mut response = (StatusCode::CREATED, opened.body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if !opened.fresh {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

#[cfg(test)]
mod tests;
