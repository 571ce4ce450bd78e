//! A terminal without a screen: enrols, opens its session, and speaks over the socket as the page does.
use anyhow::{Context, bail, ensure};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{SinkExt, StreamExt};
use protocol::{ClientFrame, Common, PROTOCOL_VERSION, SUBPROTOCOL, ServerFrame, ToTerminal};
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// The longest that one answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A terminal that is connected.
pub(super) struct Terminal {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last: u32,
}

impl Terminal {
    /// Enrols with a code and connects.
    pub(super) async fn connect(url: &str, code: &str) -> anyhow::Result<Self> {
        let url = url.trim_end_matches('/');
        let door = Door { http: reqwest::Client::new(), api: format!("{url}/api/v1") };
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).context("no device key")?;
        let point = key.public_key().as_ref();
        ensure!(point.len() == 65, "a point of another curve");
        let public = json!({
            "kty": "EC", "crv": "P-256",
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..]),
        });
        let enrolled =
            door.post("terminals/enrol", None, json!({ "code": code, "public_key": public })).await?;
        let terminal = &enrolled["terminal"];
        let challenge = text(
            &door.post("terminals/challenge", None, json!({ "terminal": terminal })).await?,
            "challenge",
        )?;
        let signed = format!("cloud-window.terminal.v1\n{challenge}");
        let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).context("no signature")?;
        let answer = json!({
            "terminal": terminal, "challenge": challenge, "signature": URL_SAFE_NO_PAD.encode(signature),
        });
        let token = text(&door.post("terminals/session", None, answer).await?, "token")?;
        let pass = text(&door.post("socket-pass", Some(&token), Value::Null).await?, "pass")?;
        let mut terminal = Self { socket: open(url).await?, last: 0 };
        let hello = json!({ "type": "hello", "protocol": PROTOCOL_VERSION, "pass": pass, "client": "bench" });
        let re = terminal.send(hello).await?;
        match terminal.until(|frame| frame.re == Some(re)).await?.body {
            ToTerminal::Common(Common::Welcome(_)) => Ok(terminal),
            other => bail!("greeted with {other:?}"),
        }
    }

    /// Sends a request; gives its number.
    pub(super) async fn send(&mut self, body: impl Serialize) -> anyhow::Result<u32> {
        self.last += 1;
        let frame = serde_json::to_string(&ClientFrame { id: self.last, body })?;
        self.socket.send(Message::text(frame)).await?;
        Ok(self.last)
    }

    /// Reads until a frame that is `wanted`.
    ///
    /// # Errors
    /// When none comes in time, or the socket ends.
    pub(super) async fn until(
        &mut self,
        wanted: impl Fn(&ServerFrame<ToTerminal>) -> bool,
    ) -> anyhow::Result<ServerFrame<ToTerminal>> {
        let read = async {
            while let Some(message) = self.socket.next().await {
                match message? {
                    Message::Text(text) => {
                        let frame =
                            serde_json::from_str(text.as_str()).context("no frame of the protocol")?;
                        if wanted(&frame) {
                            return Ok(frame);
                        }
                    }
                    Message::Close(why) => bail!("the server closed the socket: {why:?}"),
                    _ => {}
                }
            }
            bail!("the socket ended")
        };
        timeout(PATIENCE, read).await.context("what was awaited did not come")?
    }
}

/// The REST side.
struct Door {
    http: reqwest::Client,
    api: String,
}

impl Door {
    async fn post(&self, path: &str, token: Option<&str>, body: Value) -> anyhow::Result<Value> {
        let mut request = self.http.post(format!("{}/{path}", self.api));
        if !body.is_null() {
            request = request.json(&body);
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.with_context(|| format!("{path} cannot be reached"))?;
        let status = response.status();
        let body: Value =
            response.json().await.with_context(|| format!("{path} answered {status} without JSON"))?;
        ensure!(status.is_success(), "{path} answered {status}: {body}");
        Ok(body)
    }
}

fn text(body: &Value, field: &str) -> anyhow::Result<String> {
    Ok(body[field].as_str().with_context(|| format!("no {field} in the answer"))?.to_owned())
}

async fn open(url: &str) -> anyhow::Result<WebSocketStream<MaybeTlsStream<TcpStream>>> {
    let host = url.strip_prefix("http://").context("benchmarks go over plain HTTP")?;
    let mut request = format!("ws://{host}/ws").into_client_request()?;
    let headers = request.headers_mut();
    headers.insert("Origin", HeaderValue::from_str(url)?);
    headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(SUBPROTOCOL));
    let (socket, _) = connect_async_with_config(request, None, true).await.context("no WebSocket")?;
    Ok(socket)
}
