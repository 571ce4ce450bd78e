//! A whole server for one test, and clients that speak to it as pages do.
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{SinkExt, StreamExt};
use protocol::ids::{Party, StaffId, TerminalId};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::{AppState, Application, RunError, StartError};
use crate::auth::new_code;
use crate::auth::password::{Cost, Hasher};
use crate::catalogue;
use crate::clock::SystemClock;
use crate::config::{Config, Hours};
use crate::demo::Showroom;
use crate::lifecycle::Lifecycle;
use crate::store::ledger::Actor;
use crate::store::staff::{self, Profile, Role};
use crate::store::{calendar, sites};
use crate::ws::{Pace, Sockets};

/// Nothing that is awaited here takes longer, however busy the machine is.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A server that runs.
pub(crate) struct Running {
    pub(crate) state: AppState,
    pub(crate) address: SocketAddr,
    pub(crate) metrics: SocketAddr,
    _folder: TempDir,
    ended: JoinHandle<Result<(), RunError>>,
}

/// What a test wants otherwise than usual.
pub(crate) struct Wish {
    pub(crate) config: Config,
    pub(crate) showroom: Option<Showroom>,
    pub(crate) pace: Pace,
}

impl Wish {
    pub(crate) fn usual(folder: &TempDir) -> Self {
        let config = Config {
            data: folder.path().join("data"),
            listen: ([127, 0, 0, 1], 0).into(),
            metrics_listen: Some(([127, 0, 0, 1], 0).into()),
            media_listen: ([127, 0, 0, 1], 0).into(),
            hours: Hours::always(),
            fonts: Vec::new(),
            ..Config::default()
        };
        Self { config, showroom: None, pace: Pace::default() }
    }

    pub(crate) async fn build(self) -> Result<Application, StartError> {
        let (lifecycle, sockets) = (Lifecycle::default(), Sockets::paced(self.pace));
        Application::build_with(self.config, SystemClock::shared(), lifecycle, self.showroom, sockets).await
    }
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A server with the sample's sites and catalogue.
    pub(crate) async fn with(change: impl FnOnce(&mut Wish)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut wish = Wish::usual(&folder);
        change(&mut wish);
        let clock = SystemClock::shared();
        let (store, _) = super::open_store(&wish.config, &clock).await.unwrap();
        let places = catalogue::check_sites(include_str!("../../sample/sites.json")).unwrap();
        let years = catalogue::check_calendar(include_str!("../../sample/holidays.json")).unwrap();
        let sample = catalogue::check(include_str!("../../sample/catalogue.json")).unwrap();
        let mut tx = store.begin().await.unwrap();
        sites::import(&mut tx, sites::MAIN_HUB, &places, clock.now()).await.unwrap();
        calendar::import(&mut tx, &years, clock.now()).await.unwrap();
        crate::store::catalogue::import(&mut tx, &sample, "sample", clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        let app = wish.build().await.unwrap();
        let (state, address, metrics) =
            (app.state().clone(), app.local_addr().unwrap(), app.metrics_addr().unwrap());
        Self { state, address, metrics, _folder: folder, ended: tokio::spawn(app.run()) }
    }

    /// Waits until the server has stopped by itself.
    pub(crate) async fn ended(self) {
        timeout(PATIENCE, self.ended).await.expect("the server stops").unwrap().unwrap();
    }

    /// Stops it and waits.
    pub(crate) async fn stop(self) {
        self.state.lifecycle.stop();
        self.ended().await;
    }

    /// Somebody with an account: id and token.
    pub(crate) async fn staff(&self, login: &str, roles: &[Role]) -> (StaffId, String) {
        let clock = &self.state.clock;
        let hasher = Hasher::new(Cost { memory_kib: 8, passes: 1 }, clock).await;
        let hash = hasher.hash("correct horse", clock.random()).await.unwrap();
        let (id, now) = (StaffId(clock.ids().uuid(clock.now())), clock.now());
        let profile = Profile {
            hub: sites::MAIN_HUB.into(),
            number: format!("n-{login}"),
            name: "陈敏".into(),
            department: Some("civil".into()),
            languages: vec![protocol::Spoken::Zh],
            roles: roles.to_vec(),
            skill_groups: vec!["civil".into(), "general".into()],
        };
        let mut tx = self.state.store.begin().await.unwrap();
        staff::add(&mut tx, &self.state.keys, (id, login, &hash), &profile, (Actor::Operator, now))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        (id, self.state.auth.sign_in(login, "correct horse").await.unwrap().0)
    }

    /// An enrolled terminal: id and token.
    pub(crate) async fn terminal(&self, site: &str) -> (TerminalId, String) {
        let (code, _) = new_code(&self.state.store, &site.into(), &self.state.clock).await.unwrap();
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = pair.public_key().as_ref();
        let part = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
        let key = json!({"kty": "EC", "crv": "P-256", "x": part(1), "y": part(33)});
        let key = serde_json::from_value(key).unwrap();
        let auth = &self.state.auth;
        let id = auth.enrol(&code, &key).await.unwrap().unwrap();
        let challenge = auth.challenge(id);
        let text = format!("cloud-window.terminal.v1\n{challenge}");
        let signature = URL_SAFE_NO_PAD.encode(pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap());
        (id, auth.terminal_session(id, &challenge, &signature).await.unwrap().0)
    }

    /// A pass of the session.
    pub(crate) async fn pass(&self, token: &str) -> String {
        let who = self.state.auth.identify(token).await.unwrap();
        self.state.auth.issue_pass(who.session()).unwrap()
    }

    /// An open socket that has not greeted.
    pub(crate) async fn open(&self) -> Client {
        let mut request = format!("ws://{}/ws", self.address).into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("origin", format!("http://{}", self.address).parse().unwrap());
        headers.insert("sec-websocket-protocol", "cloud-window.v1".parse().unwrap());
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (socket, answer) = tokio_tungstenite::client_async(request, stream).await.unwrap();
        assert_eq!(answer.headers()["sec-websocket-protocol"], "cloud-window.v1");
        Client { socket, next: 1 }
    }

    /// A greeted socket, its welcome, and its first view.
    pub(crate) async fn greeted(&self, token: &str) -> (Client, Value, Value) {
        let mut client = self.open().await;
        client.say(&hello(&self.pass(token).await, None)).await;
        let welcome = client.hear().await;
        assert_eq!(welcome["body"]["type"], "welcome", "{welcome}");
        let view = client.view(|_| true).await;
        (client, welcome, view)
    }

    /// One request as raw text, and the whole answer.
    pub(crate) async fn raw(&self, request: &str) -> String {
        raw(self.address, request).await
    }

    /// One request: status, head, body.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Reply {
        let body = body.map(Value::to_string).unwrap_or_default();
        let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        let text = self
            .raw(&format!(
                "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\n\
                 content-length: {}\r\n{token}\r\n{body}",
                self.address,
                body.len()
            ))
            .await;
        Reply::read(&text)
    }
}

pub(crate) async fn raw(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A reset after the answer is no fault: the body was refused unread.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

/// An answer over HTTP.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Self { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }
}

pub(crate) fn hello(pass: &str, resume: Option<&str>) -> Value {
    let mut body = json!({"type": "hello", "protocol": 1, "pass": pass, "client": "test"});
    if let Some(resume) = resume {
        body["resume"] = resume.into();
    }
    json!({"id": 0, "body": body})
}

/// The client's end of a socket.
pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<TcpStream>,
    next: u32,
}

impl Client {
    pub(crate) async fn say(&mut self, frame: &Value) {
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// Sends a request; its number.
    pub(crate) async fn request(&mut self, body: Value) -> u32 {
        let id = self.next;
        self.next += 1;
        self.say(&json!({"id": id, "body": body})).await;
        id
    }

    /// Sends a request and gives its answer; news meanwhile is lost.
    pub(crate) async fn ask(&mut self, body: Value) -> Value {
        let id = self.request(body).await;
        loop {
            let frame = self.hear().await;
            if frame["re"] == id {
                return frame["body"].clone();
            }
        }
    }

    /// The next message. Pings alone are not waited for.
    pub(crate) async fn hear(&mut self) -> Value {
        let message = async {
            loop {
                match self.next_frame().await {
                    Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                    Message::Ping(_) | Message::Pong(_) => {}
                    other => panic!("no message but {other:?}"),
                }
            }
        };
        timeout(PATIENCE, message).await.expect("a message in time")
    }

    /// The next view for which `is` holds.
    pub(crate) async fn view(&mut self, is: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.hear().await;
            if frame["body"]["type"] == "view" && is(&frame["body"]) {
                return frame["body"].clone();
            }
        }
    }

    /// Passes over everything until the close frame: code and reason.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.next_frame().await {
                let frame = frame.expect("a close code");
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }

    pub(crate) async fn next_frame(&mut self) -> Message {
        let next = timeout(PATIENCE, self.socket.next()).await;
        next.expect("a frame in time").expect("an open socket").expect("a good frame")
    }
}

/// Waits until the party has a connection.
pub(crate) async fn until_connected(state: &AppState, party: Party) {
    let there = async {
        while state.sockets.outbox(party).is_none() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, there).await.expect("connected in time");
}
