//! The server as a client sees it: an address and REST.
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The way to the server for one participant.
#[derive(Clone, Debug)]
pub struct Server {
    host: String,
    http: reqwest::Client,
    local: IpAddr,
}

/// A refusal (RFC 9457), or an answer that is none.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{method} {path}: {status} {code}: {detail}")]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// The problem's code, such as `stale`.
    pub code: String,
    /// What happened.
    pub detail: String,
    method: Method,
    path: String,
}

impl Server {
    /// The server at `url` (`http://host:port`), for the participant of this number. On one machine every participant has
    /// a loopback address of its own, as the server counts connections by address.
    ///
    /// # Errors
    /// If the address cannot be used.
    pub fn at(url: &str, number: u32) -> anyhow::Result<Self> {
        let host = url.trim_end_matches('/').strip_prefix("http://").ok_or_else(|| {
            anyhow::anyhow!("{url}: name the server's own port, as http://HOST:PORT, not that of a TLS proxy")
        })?;
        let here = host.starts_with("127.") && cfg!(target_os = "linux");
        let local = if here { own_loopback(number) } else { Ipv4Addr::UNSPECIFIED };
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .local_address(here.then_some(IpAddr::V4(local)))
            .tcp_nodelay(true)
            .no_proxy()
            .build()?;
        Ok(Self { host: host.to_owned(), http, local: local.into() })
    }

    /// `host:port`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The address that the participant comes from; unspecified if the system chooses.
    #[must_use]
    pub fn local(&self) -> IpAddr {
        self.local
    }

    /// Reads.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn get<T: DeserializeOwned>(&self, token: &str, path: &str) -> Result<T, Refused> {
        self.call(Method::GET, path, Some(token), None::<&Value>, None).await
    }

    /// Posts.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        token: Option<&str>,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Refused> {
        self.call(Method::POST, path, token, Some(body), None).await
    }

    /// Posts an act that is done once however often it is sent.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn post_once<T: DeserializeOwned>(
        &self,
        token: &str,
        path: &str,
        key: &str,
        body: &impl Serialize,
    ) -> Result<T, Refused> {
        self.call(Method::POST, path, Some(token), Some(body), Some(key)).await
    }

    /// Puts.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn put<T: DeserializeOwned>(
        &self,
        token: &str,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Refused> {
        self.call(Method::PUT, path, Some(token), Some(body), None).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&impl Serialize>,
        key: Option<&str>,
    ) -> Result<T, Refused> {
        let refused = |status: StatusCode, code: &str, detail: String| Refused {
            status: status.as_u16(),
            code: code.to_owned(),
            detail,
            method: method.clone(),
            path: path.to_owned(),
        };
        let broken = |error: reqwest::Error| refused(StatusCode::default(), "unreachable", error.to_string());
        let mut request = self.http.request(method.clone(), format!("http://{}/api/v1{path}", self.host));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(broken)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(broken)?;
        if !status.is_success() {
            let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let text = |field: &str| problem[field].as_str().unwrap_or_default().to_owned();
            return Err(refused(status, &text("code"), format!("{} {}", text("detail"), problem["errors"])));
        }
        // A 204 says nothing; `null` reads as `()`.
        let bytes = if bytes.is_empty() { &b"null"[..] } else { &bytes };
        serde_json::from_slice(bytes).map_err(|error| refused(status, "unreadable", error.to_string()))
    }
}

fn own_loopback(number: u32) -> Ipv4Addr {
    let [_, high, low, _] = (number % 60_000 * 256).to_be_bytes();
    // 127.1.0.1 and above: 127.0.0.1 stays the server's.
    Ipv4Addr::new(127, 1 + high, low, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn participants_have_addresses_of_their_own() {
        let all: std::collections::BTreeSet<_> = (0..20_000).map(own_loopback).collect();
        assert_eq!(all.len(), 20_000);
        assert!(all.iter().all(|a| a.is_loopback() && *a != Ipv4Addr::LOCALHOST));
    }

    #[test]
    fn a_tls_address_is_refused_with_what_to_do() {
        let error = Server::at("https://window.example", 1).unwrap_err();
        assert!(error.to_string().contains("http://HOST:PORT"));
    }
}
