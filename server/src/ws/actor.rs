//! One connection, from its upgrade to its end.
use desk::Outgoing;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use protocol::ids::{ConnectionId, Party};
use protocol::{
    ClerkNews, ClerkStatus, CloseReason, Common, ErrorBody, ErrorCode, MAX_MESSAGE_BYTES, ServerFrame,
    TerminalNews, TerminalStage,
};
use serde::Serialize;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role as Side, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tracing::Instrument;

use super::bucket::Bucket;
use super::greeting::{self, Guest};
use super::hearing::{Hearing, Silence, ping_every};
use super::words::{self, Request, Role, Wrong};
use crate::app::AppState;
use crate::engine::{Delivery, Inbox, Outbox};

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// How long a media offer waits for the view that allows it: the page may be a little faster than its own news.
const OFFER_PATIENCE: Duration = Duration::from_millis(500);
/// What is still read of somebody who is being closed.
const LAST_BYTES: u64 = 8 << 20;

/// How a connection ends.
enum End {
    /// With a reason that the client is told.
    Close(CloseReason),
    /// Nobody is there to be told.
    Gone,
}

/// Serves one connection.
pub(super) async fn run(stream: Upgraded, state: AppState) {
    let mut config = WebSocketConfig::default();
    config.read_buffer_size = 4 * 1024;
    config.write_buffer_size = 4 * 1024;
    config.max_message_size = Some(MAX_MESSAGE_BYTES);
    config.max_frame_size = Some(MAX_MESSAGE_BYTES);
    let socket = WebSocketStream::from_raw_socket(TokioIo::new(stream), Side::Server, Some(config)).await;
    let connection = state.engine.new_connection();
    let span = tracing::info_span!("socket", connection = connection.0);
    serve(socket, connection, state).instrument(span).await;
}

async fn serve(mut socket: Socket, connection: ConnectionId, state: AppState) {
    let pace = state.sockets.pace();
    let greeted = tokio::select! {
        biased;
        () = state.lifecycle.hard() => Err(End::Close(CloseReason::Restarting)),
        greeted = timeout(pace.greeting, greet(&mut socket, &state)) =>
            greeted.unwrap_or(Err(End::Close(CloseReason::Unauthenticated))),
    };
    let (end, (sink, stream)) = match greeted {
        Ok(guest) => converse(socket, connection, guest, &state).await,
        Err(end) => (end, socket.split()),
    };
    if let End::Close(reason) = end {
        tracing::debug!(reason = reason.name(), "closing");
        // Whoever reads nothing any more is not waited for.
        let _ = timeout(pace.farewell, farewell(sink, stream, reason)).await;
    }
}

async fn greet(socket: &mut Socket, state: &AppState) -> Result<Guest, End> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => {
                return greeting::greet(&text, state).await.map_err(End::Close);
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            other => return Err(end_of(other.as_ref())),
        }
    }
}

/// What a message that is no text means.
fn end_of(message: Option<&Result<Message, Error>>) -> End {
    match message {
        Some(Err(Error::Capacity(_))) => End::Close(CloseReason::TooBig),
        Some(Err(Error::Utf8(_)) | Ok(Message::Binary(_) | Message::Frame(_) | Message::Text(_))) => {
            End::Close(CloseReason::Malformed)
        }
        // The close is answered by the protocol itself.
        _ => End::Gone,
    }
}

type Halves = (SplitSink<Socket, Message>, SplitStream<Socket>);

async fn converse(socket: Socket, connection: ConnectionId, guest: Guest, state: &AppState) -> (End, Halves) {
    let Guest { identity, visitor, role, welcome } = guest;
    let (party, session) = (identity.party(), identity.session());
    let expires_at = match &identity {
        crate::auth::Identity::Staff(who) => who.expires_at,
        crate::auth::Identity::Terminal(who) => who.expires_at,
    };
    let (mut sink, mut stream) = socket.split();
    if write(&mut sink, &welcome).await.is_err() {
        return (End::Gone, (sink, stream));
    }
    let (outbox, inbox) = Outbox::channel();
    state.sockets.enter(party, connection, session, outbox.clone());
    state.engine.connected(connection, visitor, outbox.clone()).await;
    // The session may have ended between the pass and the entry, when nobody could be told.
    if !state.auth.is_open(session).await.unwrap_or(true) {
        outbox.close(CloseReason::Revoked);
    }
    let (shown, told) = watch::channel(Shown::default());
    let mut listener = Listener {
        state,
        connection,
        party,
        role,
        outbox,
        told,
        offer: None,
        bucket: Bucket::full(Instant::now()),
    };
    let expired = sleep(expires_at.since(state.clock.now()));
    let end = tokio::select! {
        biased;
        end = listener.listen(&mut stream) => end,
        end = speak(&mut sink, inbox, &shown, state) => end,
        () = expired => End::Close(CloseReason::Revoked),
        () = state.lifecycle.hard() => End::Close(CloseReason::Restarting),
    };
    state.sockets.leave(party, connection);
    state.engine.disconnected(connection).await;
    tracing::info!(?party, "disconnected");
    (end, (sink, stream))
}

/// What the client says.
struct Listener<'a> {
    state: &'a AppState,
    connection: ConnectionId,
    party: Party,
    role: Role,
    outbox: Outbox,
    told: watch::Receiver<Shown>,
    /// The offer that is being answered.
    offer: Option<JoinHandle<()>>,
    bucket: Bucket,
}

impl Listener<'_> {
    async fn listen(&mut self, stream: &mut SplitStream<Socket>) -> End {
        let mut hearing = Hearing::since(Instant::now());
        loop {
            let message = match self.hear(stream, &mut hearing).await {
                Ok(message) => message,
                Err(end) => return end,
            };
            if !self.bucket.take(Instant::now()) {
                return End::Close(CloseReason::TooMany);
            }
            match message {
                Some(Ok(Message::Text(text))) => match words::request(self.role, &text) {
                    Ok((id, request)) => self.request(id, request).await,
                    Err(Wrong::Refused { id, error }) => self.answer(id, Common::Error(error)),
                    Err(Wrong::Malformed) => return End::Close(CloseReason::Malformed),
                },
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => return end_of(other.as_ref()),
            }
        }
    }

    /// The next message. Silences are told to the desk meanwhile.
    async fn hear(
        &mut self,
        stream: &mut SplitStream<Socket>,
        hearing: &mut Hearing,
    ) -> Result<Option<Result<Message, Error>>, End> {
        let pace = self.state.sockets.pace();
        loop {
            tokio::select! {
                biased;
                message = stream.next() => {
                    if hearing.heard(Instant::now()) {
                        self.state.engine.heard(self.connection).await;
                    }
                    return Ok(message);
                }
                // The other half holds the sender for as long as this one lives.
                Ok(()) = self.told.changed() => {
                    hearing.watch(self.told.borrow_and_update().in_call, Instant::now());
                }
                () = sleep_until(hearing.due(pace)) => match hearing.silence(Instant::now(), pace) {
                    Some(Silence::Quiet) => self.state.engine.quiet(self.connection).await,
                    Some(Silence::Gone) => {
                        tracing::info!("silent for too long");
                        return Err(End::Gone);
                    }
                    None => {}
                },
            }
        }
    }

    async fn request(&mut self, id: u32, request: Request) {
        let state = self.state;
        match request {
            Request::Terminal(message) => state.engine.terminal(self.connection, id, message).await,
            Request::Clerk(message) => state.engine.clerk(self.connection, id, message).await,
            Request::Offer { sdp, restart } => self.offer(id, sdp, restart),
            Request::SlotSize { slot, height } => {
                state.media.slot_size(self.party, slot, height);
                self.answer(id, Common::Done);
            }
        }
    }

    /// Answers an offer aside, so that a hang-up never waits for it.
    fn offer(&mut self, id: u32, sdp: String, restart: bool) {
        if self.offer.as_ref().is_some_and(|offer| !offer.is_finished()) {
            let detail = "an offer of this page is being answered";
            return self.answer(id, Common::Error(ErrorBody::new(ErrorCode::TooMany, detail)));
        }
        let (media, party, outbox) = (self.state.media.clone(), self.party, self.outbox.clone());
        let mut told = self.told.clone();
        self.offer = Some(tokio::spawn(async move {
            let waited = timeout(OFFER_PATIENCE, told.wait_for(|shown| shown.may_offer)).await;
            let allowed = waited.is_ok_and(|allowed| allowed.is_ok());
            let body = if allowed {
                match media.offer(party, sdp, restart).await {
                    Ok(sdp) => Common::MediaAnswer { sdp },
                    Err(error) => Common::Error(ErrorBody::new(error.code(), error.to_string())),
                }
            } else {
                let detail = "media is for a ticket, for duty or for a call";
                Common::Error(ErrorBody::new(ErrorCode::Stale, detail))
            };
            outbox.send(Outgoing::Answer { re: id, body });
        }));
    }

    fn answer(&self, re: u32, body: Common) {
        self.outbox.send(Outgoing::Answer { re, body });
    }
}

impl Drop for Listener<'_> {
    /// An offer of a page that is gone must not take the place of its successor's.
    fn drop(&mut self) {
        if let Some(offer) = &self.offer {
            offer.abort();
        }
    }
}

/// What the engine says, and the pings.
async fn speak(
    sink: &mut SplitSink<Socket, Message>,
    mut inbox: Inbox,
    shown: &watch::Sender<Shown>,
    state: &AppState,
) -> End {
    let pace = state.sockets.pace();
    let mut next_ping = Instant::now();
    loop {
        let delivery = tokio::select! {
            biased;
            delivery = inbox.next() => Some(delivery),
            () = sleep_until(next_ping) => None,
        };
        let message = match delivery {
            Some(Delivery::Close(reason)) => return End::Close(reason),
            Some(Delivery::Frame(frame)) => {
                if let Some(now) = Shown::of(&frame) {
                    if now.in_call && !shown.borrow().in_call {
                        next_ping = Instant::now();
                    }
                    shown.send_replace(now);
                }
                match text(&frame) {
                    Ok(message) => message,
                    Err(error) => {
                        tracing::error!(%error, "a message could not be written as JSON");
                        return End::Close(CloseReason::Internal);
                    }
                }
            }
            None => {
                next_ping = Instant::now() + ping_every(shown.borrow().in_call, pace);
                Message::Ping(bytes::Bytes::new())
            }
        };
        let given_up = async {
            inbox.ending().await;
            sleep(pace.farewell).await;
        };
        tokio::select! {
            biased;
            sent = sink.send(message) => if sent.is_err() { return End::Gone },
            // What is left unwritten stays so; the reason stands behind it.
            () = given_up => loop {
                if let Delivery::Close(reason) = inbox.next().await {
                    return End::Close(reason);
                }
            },
        }
    }
}

/// What the last view means for the connection itself.
#[derive(Clone, Copy, Debug, Default)]
struct Shown {
    /// Its page may offer media.
    may_offer: bool,
    /// Somebody talks with this side, and must soon know if it is gone.
    in_call: bool,
}

impl Shown {
    /// None if the frame is no view. A terminal without ticket has nobody to show itself to; a clerk tests camera and line
    /// before going on duty.
    fn of(frame: &Outgoing) -> Option<Self> {
        match frame {
            Outgoing::Terminal(TerminalNews::View(view)) => {
                let in_call = matches!(view.stage, TerminalStage::InCall { .. });
                let before =
                    matches!(view.stage, TerminalStage::Waiting { .. } | TerminalStage::Ringing { .. });
                Some(Self { may_offer: in_call || before, in_call })
            }
            Outgoing::Clerk(ClerkNews::View(view)) => {
                let in_call = matches!(view.status, ClerkStatus::InCall { .. });
                Some(Self { may_offer: true, in_call })
            }
            _ => None,
        }
    }
}

fn text(frame: &Outgoing) -> Result<Message, serde_json::Error> {
    match frame {
        Outgoing::Answer { re, body } => json(&ServerFrame { re: Some(*re), body }),
        Outgoing::Common(body) => json(&ServerFrame { re: None, body }),
        Outgoing::Terminal(body) => json(&ServerFrame { re: None, body }),
        Outgoing::Clerk(body) => json(&ServerFrame { re: None, body }),
    }
}

fn json(frame: &impl Serialize) -> Result<Message, serde_json::Error> {
    Ok(Message::Text(Utf8Bytes::from(serde_json::to_string(frame)?)))
}

async fn write(sink: &mut SplitSink<Socket, Message>, frame: &impl Serialize) -> Result<(), End> {
    let message = json(frame).map_err(|_| End::Gone)?;
    sink.send(message).await.map_err(|_| End::Gone)
}

/// Says why, and waits until the other side has heard it: a socket that is dropped with unread bytes resets, and a reset
/// destroys the close frame on its way.
async fn farewell(mut sink: SplitSink<Socket, Message>, stream: SplitStream<Socket>, reason: CloseReason) {
    let frame =
        CloseFrame { code: CloseCode::from(reason.code()), reason: Utf8Bytes::from_static(reason.name()) };
    if sink.send(Message::Close(Some(frame))).await.is_err() {
        return;
    }
    let Ok(socket) = stream.reunite(sink) else { return };
    // Past a message that is too long, frames can no longer be told apart: bytes are read, not messages.
    let mut raw = socket.into_inner().take(LAST_BYTES);
    let mut bytes = [0; 4096];
    while raw.read(&mut bytes).await.is_ok_and(|read| read > 0) {}
}
