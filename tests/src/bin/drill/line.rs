//! Somebody at a page, without the page: a line that comes back by itself when it is lost.
use anyhow::{Context, anyhow, bail};
use protocol::Common;
use std::sync::Arc;
use std::time::Duration;
use system_tests::client::{Role, Server, Socket};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::cable::Cable;

/// Between two attempts to come back.
const AGAIN: Duration = Duration::from_millis(200);
/// Long enough for a message to be on its way, too short for most answers.
const SENT: Duration = Duration::from_millis(1);
/// How long an answer may take that no drill measures.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whoever signed in: an address of their own, and a session.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) number: u32,
    pub(crate) server: Server,
    pub(crate) token: String,
}

impl Account {
    /// The same, by way of a cable.
    pub(crate) fn over(&self, cable: &Cable) -> anyhow::Result<Self> {
        Ok(Self { server: Server::at(&cable.url, self.number)?, ..self.clone() })
    }
}

/// A line that is kept until it is dropped or dies.
pub(crate) struct Line<R: Role> {
    pub(crate) account: Account,
    now: watch::Receiver<Now<R>>,
    task: JoinHandle<()>,
}

struct Now<R: Role> {
    socket: Option<Arc<Socket<R>>>,
    /// How often it connected.
    connections: u32,
}

impl<R: Role> Drop for Line<R> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<R: Role> Line<R> {
    pub(crate) fn open(account: &Account) -> Self {
        let (shown, now) = watch::channel(Now { socket: None, connections: 0 });
        let task = tokio::spawn(keep(account.clone(), shown));
        Self { account: account.clone(), now, task }
    }

    /// Asks, and waits for the answer. An answer that is lost with the line is an error.
    pub(crate) async fn ask(&self, message: R::Message) -> anyhow::Result<Common> {
        let socket = self.socket().await?;
        timeout(PATIENCE, socket.ask(message)).await.context("no answer")?
    }

    /// Asks, and must be answered `done`.
    pub(crate) async fn done(&self, message: R::Message) -> anyhow::Result<()> {
        match self.ask(message).await? {
            Common::Done => Ok(()),
            other => bail!("not done: {other:?}"),
        }
    }

    /// Asks, and is gone before the answer is read, as when the power fails.
    pub(crate) async fn ask_and_die(self, message: R::Message) -> anyhow::Result<()> {
        let socket = self.socket().await?;
        let _ = timeout(SENT, socket.ask(message)).await;
        drop(socket);
        self.die().await;
        Ok(())
    }

    /// Waits until the page would show it, over as many connections as that takes.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        limit: Duration,
        mut find: impl FnMut(&R::View) -> Option<T>,
    ) -> anyhow::Result<T> {
        let until = Instant::now() + limit;
        loop {
            let socket =
                timeout_at(until, self.socket()).await.with_context(|| format!("{what}: no line"))??;
            let left = until.saturating_duration_since(Instant::now());
            match socket.until(what, left, &mut find).await {
                Ok(found) => return Ok(found),
                Err(error) if Instant::now() >= until => return Err(error),
                // The line was lost; the next one shows everything anew.
                Err(_) => sleep(AGAIN / 10).await,
            }
        }
    }

    /// Waits until it has connected so often.
    pub(crate) async fn connected(&self, times: u32, limit: Duration) -> anyhow::Result<()> {
        let mut now = self.now.clone();
        let back = now.wait_for(|now| now.connections >= times && now.socket.is_some());
        timeout(limit, back).await.context("did not come back")?.context("the line is dead")?;
        Ok(())
    }

    /// The process behind the page is gone: the system closes its connection without a word.
    pub(crate) async fn die(mut self) {
        self.task.abort();
        // Until the task's hold on the socket is dropped; the other one goes with `self`.
        let _ = (&mut self.task).await;
    }

    async fn socket(&self) -> anyhow::Result<Arc<Socket<R>>> {
        let mut now = self.now.clone();
        let now = timeout(PATIENCE, now.wait_for(|now| now.socket.is_some())).await.context("no line")?;
        now.ok().and_then(|now| now.socket.clone()).ok_or_else(|| anyhow!("the line is dead"))
    }
}

async fn keep<R: Role>(account: Account, shown: watch::Sender<Now<R>>) {
    let mut resume = None;
    loop {
        if let Ok(socket) = Socket::open(&account.server, &account.token, resume.clone()).await {
            let socket = Arc::new(socket);
            resume = Some(socket.welcome().resume.clone());
            shown.send_modify(|now| {
                now.socket = Some(Arc::clone(&socket));
                now.connections += 1;
            });
            while socket.ended(PATIENCE).await.is_err() {}
            shown.send_modify(|now| now.socket = None);
        }
        sleep(AGAIN).await;
    }
}
