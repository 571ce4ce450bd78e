//! One WebSocket that speaks `cloud-window.v1`, for either role.
use futures_util::{SinkExt, StreamExt};
use protocol::{
    ClerkMessage, ClerkNews, ClerkView, ClientFrame, Common, ErrorBody, Hello, PROTOCOL_VERSION, SUBPROTOCOL,
    ServerFrame, TerminalMessage, TerminalNews, TerminalView, ToClerk, ToTerminal, Welcome,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::Message;

use super::server::Server;
use crate::clock::within;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// News that may wait for somebody who listens for it.
const NEWS: usize = 256;

/// What a role says and hears.
pub trait Role: 'static {
    /// What it says.
    type Message: Serialize + Send + 'static;
    /// What it hears beyond answers.
    type News: Clone + Send + 'static;
    /// What it draws.
    type View: Clone + Send + Sync + 'static;
    /// One frame's body.
    type Heard: DeserializeOwned + Send;
    /// Tells answers from news.
    fn split(heard: Self::Heard) -> Result<Common, Self::News>;
    /// The view, if the news is one.
    fn view(news: &Self::News) -> Option<&Self::View>;
}

/// A terminal.
#[derive(Debug)]
pub struct TerminalRole;

impl Role for TerminalRole {
    type Message = TerminalMessage;
    type News = TerminalNews;
    type View = TerminalView;
    type Heard = ToTerminal;

    fn split(heard: ToTerminal) -> Result<Common, TerminalNews> {
        match heard {
            ToTerminal::Common(common) => Ok(common),
            ToTerminal::Own(news) => Err(news),
        }
    }

    fn view(news: &TerminalNews) -> Option<&TerminalView> {
        if let TerminalNews::View(view) = news { Some(view.as_ref()) } else { None }
    }
}

/// A clerk.
#[derive(Debug)]
pub struct ClerkRole;

impl Role for ClerkRole {
    type Message = ClerkMessage;
    type News = ClerkNews;
    type View = ClerkView;
    type Heard = ToClerk;

    fn split(heard: ToClerk) -> Result<Common, ClerkNews> {
        match heard {
            ToClerk::Common(common) => Ok(common),
            ToClerk::Own(news) => Err(news),
        }
    }

    fn view(news: &ClerkNews) -> Option<&ClerkView> {
        if let ClerkNews::View(view) = news { Some(view.as_ref()) } else { None }
    }
}

/// A greeted connection. Dropping it cuts the line without a word, as a pulled cable would.
pub struct Socket<R: Role> {
    welcome: Welcome,
    outgoing: mpsc::Sender<Message>,
    next: AtomicU32,
    shared: Arc<Shared<R>>,
    tasks: [JoinHandle<()>; 2],
}

struct Shared<R: Role> {
    answers: Mutex<BTreeMap<u32, oneshot::Sender<Common>>>,
    view: watch::Sender<Option<R::View>>,
    news: broadcast::Sender<R::News>,
    media_gone: watch::Sender<u32>,
    /// How the connection ended: the close code and its reason, or 1006 and none (RFC 6455 §7.4.1).
    closed: watch::Sender<Option<(u16, String)>>,
}

impl<R: Role> Socket<R> {
    /// Opens, greets and waits for the welcome.
    ///
    /// # Errors
    /// If the server does not let this client in.
    pub async fn open(server: &Server, token: &str, resume: Option<String>) -> anyhow::Result<Self> {
        let pass: serde_json::Value = server.post(Some(token), "/socket-pass", &()).await?;
        let pass = pass["pass"].as_str().unwrap_or_default().to_owned();
        let stream = upgraded(server).await?;
        let (mut sink, mut incoming) = stream.split();
        let hello = Hello { protocol: PROTOCOL_VERSION, pass, resume, client: "headless".to_owned() };
        let hello = serde_json::to_string(&ClientFrame { id: 1, body: hello })?;
        sink.send(Message::text(hello)).await?;

        let shared = Arc::new(Shared::<R> {
            answers: Mutex::default(),
            view: watch::Sender::new(None),
            news: broadcast::Sender::new(NEWS),
            media_gone: watch::Sender::new(0),
            closed: watch::Sender::new(None),
        });
        let (welcomed, welcome) = oneshot::channel();
        shared.answers().insert(1, welcomed);
        let (outgoing, mut queue) = mpsc::channel::<Message>(64);
        let reader = Arc::clone(&shared);
        let tasks = [
            tokio::spawn(async move {
                let mut end = (1006, String::new());
                while let Some(Ok(message)) = incoming.next().await {
                    match message {
                        Message::Text(text) => reader.take(&text),
                        Message::Close(Some(frame)) => end = (frame.code.into(), frame.reason.to_string()),
                        _ => {}
                    }
                }
                reader.closed.send_replace(Some(end));
                // Whoever waits for an answer will get none.
                reader.answers().clear();
            }),
            tokio::spawn(async move {
                while let Some(message) = queue.recv().await {
                    if sink.send(message).await.is_err() {
                        return;
                    }
                }
            }),
        ];
        let welcome = within(PATIENCE, "welcome", welcome).await?;
        let Ok(Common::Welcome(welcome)) = welcome else {
            anyhow::bail!("no welcome, but {:?}", shared.closed.borrow().clone())
        };
        Ok(Self { welcome, outgoing, next: AtomicU32::new(2), shared, tasks })
    }

    /// What the server said in greeting.
    #[must_use]
    pub fn welcome(&self) -> &Welcome {
        &self.welcome
    }

    /// Asks for something; gives the answer, which for most is `done`: it is durable.
    ///
    /// # Errors
    /// The server's refusal ([`ErrorBody`], to be had by `downcast_ref`), or the end of the connection.
    pub async fn ask(&self, message: R::Message) -> anyhow::Result<Common> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        self.shared.answers().insert(id, answer);
        let text = serde_json::to_string(&ClientFrame { id, body: message })?;
        self.outgoing.send(Message::text(text)).await?;
        match within(PATIENCE, "answer", answered).await? {
            Ok(Common::Error(error)) => Err(Refusal(error).into()),
            Ok(answer) => Ok(answer),
            Err(_) => anyhow::bail!("the connection ended: {:?}", self.shared.closed.borrow().clone()),
        }
    }

    /// Waits until the view has what is looked for.
    ///
    /// # Errors
    /// If it does not in time, or the connection ends.
    pub async fn until<T>(
        &self,
        what: &str,
        limit: Duration,
        mut find: impl FnMut(&R::View) -> Option<T>,
    ) -> anyhow::Result<T> {
        let (mut views, mut closed) = (self.shared.view.subscribe(), self.shared.closed.subscribe());
        let found = async {
            loop {
                if let Some(found) = views.borrow_and_update().as_ref().and_then(&mut find) {
                    return Ok(found);
                }
                tokio::select! {
                    changed = views.changed() => changed?,
                    end = closed.wait_for(Option::is_some) => {
                        anyhow::bail!("{what}: the connection ended: {:?}", *end?)
                    }
                }
            }
        };
        within(limit, what, found).await?
    }

    /// The latest view.
    #[must_use]
    pub fn view(&self) -> Option<R::View> {
        self.shared.view.borrow().clone()
    }

    /// News from now on.
    #[must_use]
    pub fn news(&self) -> broadcast::Receiver<R::News> {
        self.shared.news.subscribe()
    }

    /// How often the server said that the media connection is gone.
    #[must_use]
    pub fn media_gone(&self) -> watch::Receiver<u32> {
        self.shared.media_gone.subscribe()
    }

    /// Waits for the end of the connection; gives the close code and its reason.
    ///
    /// # Errors
    /// If it does not end in time.
    pub async fn ended(&self, limit: Duration) -> anyhow::Result<(u16, String)> {
        let mut closed = self.shared.closed.subscribe();
        let end = within(limit, "end of the connection", closed.wait_for(Option::is_some)).await??;
        Ok(end.clone().unwrap_or_default())
    }
}

impl<R: Role> Drop for Socket<R> {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl<R: Role> Shared<R> {
    fn answers(&self) -> MutexGuard<'_, BTreeMap<u32, oneshot::Sender<Common>>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, text: &str) {
        let frame: ServerFrame<R::Heard> = match serde_json::from_str(text) {
            Ok(frame) => frame,
            Err(error) => {
                // The end of the connection with a reason that no close code has: the test that sees it fails.
                let unreadable = format!("unreadable: {error}: {text}");
                self.closed.send_replace(Some((0, unreadable)));
                return;
            }
        };
        match (frame.re, R::split(frame.body)) {
            (Some(re), Ok(answer)) => {
                if let Some(waiting) = self.answers().remove(&re) {
                    // Whoever asked may have stopped waiting.
                    let _ = waiting.send(answer);
                }
            }
            (None, Ok(Common::MediaGone)) => self.media_gone.send_modify(|n| *n += 1),
            (_, Ok(_)) => {}
            (_, Err(news)) => {
                if let Some(view) = R::view(&news) {
                    self.view.send_replace(Some(view.clone()));
                }
                let _ = self.news.send(news);
            }
        }
    }
}

/// The server refused a request.
#[derive(Clone, Debug, thiserror::Error)]
#[error("refused: {:?}: {}", .0.code, .0.detail)]
pub struct Refusal(pub ErrorBody);

async fn upgraded(server: &Server) -> anyhow::Result<WebSocketStream<TcpStream>> {
    let mut request = format!("ws://{}/ws", server.host()).into_client_request()?;
    let headers = request.headers_mut();
    headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(SUBPROTOCOL));
    headers.insert("Origin", HeaderValue::try_from(format!("http://{}", server.host()))?);
    let to = tokio::net::lookup_host(server.host()).await?.next();
    let to = to.ok_or_else(|| anyhow::anyhow!("{} has no address", server.host()))?;
    let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if to.is_ipv4() {
        socket.bind(SocketAddr::new(server.local(), 0))?;
    }
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    let (stream, _) = tokio_tungstenite::client_async(request, stream).await?;
    Ok(stream)
}
