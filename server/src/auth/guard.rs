//! Turns away everybody without a session from everything that is not public. Endpoints ask for themselves whom they
//! serve; this is for the one that forgot.
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use super::Auth;
use super::extract::identify;
use crate::problem::Problem;

/// Below the API's prefix: what anybody may ask. Everything else needs a session.
pub const PUBLIC: &[(Method, &str)] = &[
    (Method::POST, "/staff/sign-in"),
    (Method::POST, "/terminals/enrol"),
    (Method::POST, "/terminals/challenge"),
    (Method::POST, "/terminals/session"),
    (Method::GET, "/catalogue"),
    (Method::GET, "/page-config"),
    (Method::GET, "/openapi.json"),
    (Method::POST, "/demo/enrolment-code"),
];

/// A middleware for the whole of `/api/v1`, to be laid with `from_fn_with_state(auth, guard)`.
///
/// # Errors
/// 401 without a session.
pub async fn guard(State(auth): State<Auth>, request: Request, next: Next) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    if !is_public(&parts.method, parts.uri.path()) {
        identify(&mut parts, &auth).await?;
    }
    Ok(next.run(Request::from_parts(parts, body)).await)
}

fn is_public(method: &Method, path: &str) -> bool {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    // A HEAD asks no more than a GET.
    let method = if method == Method::HEAD { &Method::GET } else { method };
    PUBLIC.iter().any(|(public, at)| public == method && *at == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_listed_is_public_and_only_with_its_method() {
        assert!(is_public(&Method::GET, "/api/v1/catalogue"));
        assert!(is_public(&Method::HEAD, "/catalogue"));
        for (method, path) in [
            (Method::POST, "/api/v1/catalogue"),
            (Method::GET, "/api/v1/catalogue/"),
            (Method::GET, "/api/v1/me"),
            (Method::GET, "/api/v1//catalogue"),
            (Method::GET, "/"),
        ] {
            assert!(!is_public(&method, path), "{method} {path}");
        }
    }
}
