//! What the rest of the server may ask of the engine.
use desk::{CallFacts, Counts, Input, MediaIntent, Outgoing, Policy, Served, Visitor};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use protocol::ids::{ConnectionId, ItemCode, PaperId, Party, StaffId, TerminalId};
use protocol::{ClerkMessage, CloseReason, Common, ErrorBody, ErrorCode, TerminalMessage, Timestamp};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::{mpsc, oneshot};

use super::Outbox;
use super::lines::Lines;
use super::task::Engine;
use crate::cases::{Cases, Live, News, Refusal};
use crate::clock::SharedClock;
use crate::lifecycle::Lifecycle;
use crate::media_io::{MediaEvent, MediaHandle};
use crate::store::keys::LedgerKeys;
use crate::store::{Store, StoreError};

/// How many commands may wait for the engine.
const QUEUE: usize = 1024;

/// What does as the desk says about media: never waits, and saying the same again changes nothing.
pub trait Intents: fmt::Debug + Send + Sync {
    /// Does it.
    fn apply(&self, intent: MediaIntent);
}

impl Intents for MediaHandle {
    fn apply(&self, intent: MediaIntent) {
        Self::apply(self, intent);
    }
}

/// What notes that a citizen received a paper, and says what the terminal is answered.
pub trait Receipts: fmt::Debug + Send + Sync {
    /// Notes it. The answer is only given once it is durable.
    fn received(&self, terminal: TerminalId, paper: PaperId) -> BoxFuture<'_, Common>;
}

impl Receipts for Cases {
    fn received(&self, terminal: TerminalId, paper: PaperId) -> BoxFuture<'_, Common> {
        self.answer_receipt(terminal, paper).boxed()
    }
}

/// What the engine is made of.
#[derive(Clone, Debug)]
pub struct EngineParts {
    /// The database.
    pub store: Store,
    /// What seals personal data.
    pub keys: LedgerKeys,
    /// Moments and ids.
    pub clock: SharedClock,
    /// Rules of queues and time.
    pub policy: Policy,
    /// What carries media: a [`MediaHandle`], or a witness in tests.
    pub media: Arc<dyn Intents>,
}

/// Why the engine cannot start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// What was open could not be read back.
    #[error("the desk could not be restored: {0}")]
    Restore(#[from] StoreError),
    /// The case of an open visit could not be read back.
    #[error("the desk could not be restored: {0}")]
    Case(#[from] Refusal),
    /// What the restart itself brought about could not be written.
    #[error("the desk could not be restored: {0}")]
    Write(String),
}

/// How the engine fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EngineHealth {
    /// Whether it runs at all.
    pub running: bool,
    /// Records of acts that protect a person and took effect already, not yet written.
    pub unwritten: usize,
    /// Records that the database refuses although it is well: a fault of this program, and work for an engineer.
    pub refused: usize,
    /// Since when nothing could be written; none if the last write went through.
    pub failing_since: Option<Timestamp>,
}

impl EngineHealth {
    /// Whether work can be taken: `/readyz`.
    #[must_use]
    pub fn ready(&self) -> bool {
        self.running && self.unwritten == 0 && self.failing_since.is_none()
    }
}

/// The way to the engine; cheap to clone. The default is connected to nothing: nobody is there and nothing is answered.
#[derive(Clone, Debug)]
pub struct EngineHandle(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    commands: mpsc::Sender<Command>,
    lines: Lines,
    shared: Shared,
    connections: AtomicU64,
}

/// What the task shows and is given aside of its queue.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared(Arc<SharedInner>);

#[derive(Debug, Default)]
struct SharedInner {
    seen: Mutex<(Counts, EngineHealth)>,
    receipts: OnceLock<Arc<dyn Receipts>>,
}

impl Shared {
    pub(super) fn show(&self, counts: Counts, health: EngineHealth) {
        *self.0.seen.lock().unwrap_or_else(PoisonError::into_inner) = (counts, health);
    }

    pub(super) fn receipts(&self) -> Option<Arc<dyn Receipts>> {
        self.0.receipts.get().cloned()
    }

    fn seen(&self) -> (Counts, EngineHealth) {
        *self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What goes through the queue.
#[derive(Debug)]
pub(super) enum Command {
    /// Something happened, or is asked for.
    Input(Input),
    /// Who is in which call.
    CallOf(Party, oneshot::Sender<Option<CallFacts>>),
    /// Which clerks are connected.
    PresentStaff(oneshot::Sender<Vec<StaffId>>),
}

impl Default for EngineHandle {
    fn default() -> Self {
        let (commands, _) = mpsc::channel(1);
        Self::over(commands, Lines::default(), Shared::default())
    }
}

impl EngineHandle {
    /// Restores the desk from the database and starts the task.
    ///
    /// # Errors
    /// When what was open cannot be read, or the restart's own records cannot be written.
    pub async fn start(parts: EngineParts, lifecycle: &Lifecycle) -> Result<Self, EngineError> {
        let (sender, commands) = mpsc::channel(QUEUE);
        let (lines, shared) = (Lines::default(), Shared::default());
        let parts = Engine::restore(parts, (lines.clone(), shared.clone()), lifecycle.clone());
        let engine = parts.await?;
        lifecycle.spawn("engine", engine.run(commands));
        Ok(Self::over(sender, lines, shared))
    }

    fn over(commands: mpsc::Sender<Command>, lines: Lines, shared: Shared) -> Self {
        Self(Arc::new(Inner { commands, lines, shared, connections: AtomicU64::new(1) }))
    }

    /// A handle whose queue nobody empties.
    #[cfg(test)]
    pub(super) fn with_queue(places: usize) -> (Self, mpsc::Receiver<Command>) {
        let (commands, kept) = mpsc::channel(places);
        (Self::over(commands, Lines::default(), Shared::default()), kept)
    }

    /// Says who notes receipts of papers. Until then such a request is answered `internal`. Only the first counts.
    pub fn set_receipts(&self, receipts: Arc<dyn Receipts>) {
        let _ = self.0.shared.0.receipts.set(receipts);
    }

    /// A name for a new connection, never given twice.
    #[must_use]
    pub fn new_connection(&self) -> ConnectionId {
        ConnectionId(self.0.connections.fetch_add(1, Ordering::Relaxed))
    }

    /// Fact: a connection was greeted. From here on it is reached through `outbox`; a view follows at once.
    pub async fn connected(&self, connection: ConnectionId, who: Visitor, outbox: Outbox) {
        self.0.lines.open(connection, outbox);
        if !self.fact(Input::Connected { connection, who }).await {
            self.0.lines.close(connection, CloseReason::Restarting);
        }
    }

    /// Fact: a connection ended. Nothing more is said on it.
    pub async fn disconnected(&self, connection: ConnectionId) {
        self.0.lines.forget(connection);
        self.fact(Input::Disconnected { connection }).await;
    }

    /// Fact: nothing was heard on a connection for a while, though it has not ended.
    pub async fn quiet(&self, connection: ConnectionId) {
        self.fact(Input::Quiet { connection }).await;
    }

    /// Fact: a connection that was quiet is heard again.
    pub async fn heard(&self, connection: ConnectionId) {
        self.fact(Input::Heard { connection }).await;
    }

    /// A terminal's request. Answered through its outbox, once its record is durable.
    pub async fn terminal(&self, connection: ConnectionId, id: u32, message: TerminalMessage) {
        self.request((connection, id), Input::Terminal { connection, id, message }).await;
    }

    /// A clerk's request. Answered through the outbox, once its record is durable.
    pub async fn clerk(&self, connection: ConnectionId, id: u32, message: ClerkMessage) {
        self.request((connection, id), Input::Clerk { connection, id, message }).await;
    }

    /// Fact: somebody's media connection came up or ended.
    pub async fn media(&self, event: MediaEvent) {
        let input = match event {
            MediaEvent::Up(party) => Input::MediaUp { party },
            MediaEvent::Down(party) => Input::MediaDown { party },
        };
        self.fact(input).await;
    }

    /// Fact: somebody may no longer be here. Acts at once.
    pub async fn revoked(&self, party: Party) {
        self.fact(Input::Revoked { party }).await;
    }

    /// Fact: another catalogue is in force. Tickets that wait keep their queues.
    pub async fn catalogue(&self, items: BTreeMap<ItemCode, Served>) {
        self.fact(Input::CatalogueChanged { items }).await;
    }

    /// Fact: no new work is taken from now on; calls go on.
    pub async fn drain(&self) {
        self.fact(Input::Drain).await;
    }

    /// How much is going on.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.shared.seen().0
    }

    /// How the engine fares.
    #[must_use]
    pub fn health(&self) -> EngineHealth {
        self.0.shared.seen().1
    }

    /// Waits for a place: facts are never refused. False: the engine has ended and needs no facts.
    async fn fact(&self, input: Input) -> bool {
        self.0.commands.send(Command::Input(input)).await.is_ok()
    }

    async fn request(&self, (connection, re): (ConnectionId, u32), input: Input) {
        if input.protects() {
            self.fact(input).await;
            return;
        }
        let refusal = match self.0.commands.try_send(Command::Input(input)) {
            Ok(()) => return,
            Err(mpsc::error::TrySendError::Full(_)) => {
                ErrorBody::new(ErrorCode::TooMany, "the desk is overloaded; try again in a moment")
            }
            Err(mpsc::error::TrySendError::Closed(_)) => {
                ErrorBody::new(ErrorCode::Internal, "the desk has ended")
            }
        };
        self.0.lines.send(connection, Outgoing::Answer { re, body: Common::Error(refusal) });
    }

    async fn asked<T>(&self, command: Command, answer: oneshot::Receiver<T>) -> Option<T> {
        self.0.commands.send(command).await.ok()?;
        answer.await.ok()
    }
}

impl Live for EngineHandle {
    fn publish(&self, news: News) -> BoxFuture<'_, ()> {
        self.fact(match news {
            News::Case { call, case, concerns } => Input::CaseChanged { call, case, concerns },
            News::Handoff { handoff, concerns } => Input::HandoffChanged { handoff, concerns },
            News::Still { call, still } => Input::StillArrived { call, still },
        })
        .map(drop)
        .boxed()
    }

    fn call_of(&self, who: Party) -> BoxFuture<'_, Option<CallFacts>> {
        let (sender, answer) = oneshot::channel();
        self.asked(Command::CallOf(who, sender), answer).map(Option::flatten).boxed()
    }

    fn present_staff(&self) -> BoxFuture<'_, Vec<StaffId>> {
        let (sender, answer) = oneshot::channel();
        self.asked(Command::PresentStaff(sender), answer).map(Option::unwrap_or_default).boxed()
    }
}
