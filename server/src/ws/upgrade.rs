//! The opening handshake (RFC 6455 §4.2), with the two refusals that come before it: a foreign origin and a missing
//! subprotocol.
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use hyper::upgrade::OnUpgrade;
use protocol::SUBPROTOCOL;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::problem::Problem;

/// A handshake that was found good.
pub(super) struct Handshake {
    accept: HeaderValue,
    pub(super) stream: OnUpgrade,
}

impl Handshake {
    /// Looks at a request for `/ws`.
    ///
    /// # Errors
    /// 403 for a foreign or missing origin, 400 for a missing subprotocol, 426 for no upgrade at all.
    pub(super) fn check(parts: &mut Parts, origins: &[String], tls: bool) -> Result<Self, Problem> {
        if !own_origin(&parts.headers, &parts.uri, origins, tls) {
            return Err(Problem::forbidden("open the socket from a page of this server"));
        }
        if !lists(&parts.headers, &header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
            return Err(Problem::bad_request("send `Sec-WebSocket-Protocol: cloud-window.v1`"));
        }
        let no_upgrade = || {
            Problem::new(
                StatusCode::UPGRADE_REQUIRED,
                "no_upgrade",
                "this is a WebSocket (RFC 6455), version 13",
            )
        };
        let version = parts.headers.get(header::SEC_WEBSOCKET_VERSION);
        let fits = parts.method == Method::GET
            && lists(&parts.headers, &header::CONNECTION, "upgrade")
            && lists(&parts.headers, &header::UPGRADE, "websocket")
            && version.is_some_and(|version| version == "13");
        let key = parts.headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| fits).ok_or_else(no_upgrade)?;
        let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes())).map_err(|_| no_upgrade())?;
        let stream = parts.extensions.remove::<OnUpgrade>().ok_or_else(no_upgrade)?;
        Ok(Self { accept, stream })
    }

    /// The answer after which the stream is a WebSocket.
    pub(super) fn answer(&self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, self.accept.clone());
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
        response
    }
}

/// Whether a comma-separated header names `wanted`.
fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(wanted))
}

/// Whether the page that opens the socket is ours. Browsers always send `Origin` and no page can change it; what is no
/// browser can send what it likes, and still needs a pass.
fn own_origin(headers: &HeaderMap, uri: &Uri, allowed: &[String], tls: bool) -> bool {
    let mut sent = headers.get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (sent.next().and_then(|value| value.to_str().ok()), sent.next()) else {
        return false;
    };
    if !allowed.is_empty() {
        return allowed.iter().any(|one| one.eq_ignore_ascii_case(origin));
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let Some(host) = host.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str)) else {
        return false;
    };
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    // The page has the scheme that is served here. A proxy that ends TLS changes it: then `origins` says what is right.
    let (served, port) = if tls { ("https", ":443") } else { ("http", ":80") };
    let bare = |text: &str| text.strip_suffix(port).unwrap_or(text).to_ascii_lowercase();
    scheme == served && !authority.is_empty() && bare(authority) == bare(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(origin: Option<&str>, host: &str, allowed: &[&str], tls: bool) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        let allowed: Vec<String> = allowed.iter().map(|&one| one.to_owned()).collect();
        own_origin(&headers, &Uri::from_static("/ws"), &allowed, tls)
    }

    #[test]
    fn only_our_own_pages_may_open_a_socket() {
        for (sent, host, tls) in [
            ("http://127.0.0.1:8080", "127.0.0.1:8080", false),
            ("https://window.example.gov.cn", "window.example.gov.cn", true),
            ("https://window.example.gov.cn", "window.example.gov.cn:443", true),
            ("http://LOCALHOST", "localhost:80", false),
            ("http://[::1]:8080", "[::1]:8080", false),
        ] {
            assert!(origin(Some(sent), host, &[], tls), "{sent} {host}");
            let other = sent.replace("https:", "x:").replace("http:", "https:").replace("x:", "http:");
            assert!(!origin(Some(&other), host, &[], tls), "the other scheme: {other} {host}");
        }
        for (sent, host) in [
            ("http://evil.example", "127.0.0.1:8080"),
            ("http://127.0.0.1:8081", "127.0.0.1:8080"),
            ("http://127.0.0.1", "127.0.0.1:8080"),
            ("http://a.window.example", "window.example"),
            ("http://window.example.evil", "window.example"),
            ("file://127.0.0.1:8080", "127.0.0.1:8080"),
            ("null", "null"),
            ("https://", ""),
        ] {
            assert!(!origin(Some(sent), host, &[], false), "{sent} {host}");
        }
        assert!(!origin(None, "127.0.0.1:8080", &[], false), "missing");
    }

    #[test]
    fn a_list_of_origins_is_the_whole_list() {
        let allowed = ["https://window.example.gov.cn"];
        assert!(origin(Some("https://window.example.gov.cn"), "10.0.0.1:8080", &allowed, false));
        assert!(!origin(Some("http://10.0.0.1:8080"), "10.0.0.1:8080", &allowed, false));
    }

    #[test]
    fn two_origins_are_none() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("a"));
        headers.append(header::ORIGIN, HeaderValue::from_static("http://a"));
        headers.append(header::ORIGIN, HeaderValue::from_static("http://b"));
        assert!(!own_origin(&headers, &Uri::from_static("/ws"), &[], false));
    }

    #[test]
    fn headers_are_lists() {
        let mut headers = HeaderMap::new();
        headers.append(header::CONNECTION, HeaderValue::from_static("keep-alive, Upgrade"));
        headers.append(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("other"));
        headers.append(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("x,cloud-window.v1"));
        assert!(lists(&headers, &header::CONNECTION, "upgrade"));
        assert!(lists(&headers, &header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL));
        assert!(!lists(&headers, &header::SEC_WEBSOCKET_PROTOCOL, "cloud-window"));
    }
}
