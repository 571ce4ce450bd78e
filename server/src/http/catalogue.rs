//! `GET /catalogue`.
use axum::extract::{FromRef, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::catalogue::{Catalogue, Shared};

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Shared: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(catalogue))
}

/// What the window offers, with pinyin initials for search. Asked again with `If-None-Match`, it costs nothing.
#[utoipa::path(get, path = "/catalogue", tag = "catalogue", security(()), responses(
    (status = 200, description = "the version in force", body = Catalogue, headers(("ETag" = String))),
    (status = 304, description = "unchanged"),
))]
async fn catalogue(State(catalogue): State<Shared>, headers: HeaderMap) -> Response {
    let loaded = catalogue.get();
    let caching = [(header::ETAG, loaded.etag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if known(&headers, &loaded.etag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, "application/json")], loaded.json.clone()).into_response()
}

/// Whether the client names this very version. Compression may have made its tag a weak one.
fn known(headers: &HeaderMap, etag: &str) -> bool {
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|value| value.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::testing::House;
    use crate::http::testing::call;

    #[tokio::test]
    async fn anybody_gets_the_catalogue() {
        let house = House::new().await;
        let answer = call(&house, super::router(), "GET", "/catalogue", None, None).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json["items"].as_array().unwrap().len(), 26);
        assert_eq!(answer.json["items"][0]["initials"], "cxjmylbxcbdj");
    }

    #[test]
    fn an_unchanged_catalogue_is_not_sent_again() {
        let asked = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, value.parse().unwrap());
            known(&headers, "\"abc\"")
        };
        for yes in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            assert!(asked(yes), "{yes}");
        }
        for no in ["\"abd\"", "abc", ""] {
            assert!(!asked(no), "{no}");
        }
        assert!(!known(&HeaderMap::new(), "\"abc\""));
    }
}
