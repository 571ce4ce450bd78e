//! The media servers that are compared: each in a process of its own, so that its CPU time and its memory are its own,
//! and driven through the same pipe. A peer that joins a call sees and hears the call's other peer from then on.
mod ours;
mod reference;

use super::sys::cpu_time;
use anyhow::{Context, bail, ensure};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// The longest that an order may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest that a server may take to end once its pipe is closed.
const FAREWELL: Duration = Duration::from_secs(5);

/// Which media server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Server {
    /// The product's.
    Ours,
    /// A plain SFU on the `str0m` crate.
    Str0m,
}

impl Server {
    /// What reports call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Str0m => "str0m",
        }
    }
}

/// What a server is told, one JSON value a line.
#[derive(Debug, Serialize, Deserialize)]
enum Order {
    /// A peer joins a call with an offer.
    Join { peer: u32, call: u32, offer: String },
    /// A peer is gone.
    Leave { peer: u32 },
}

/// What a server says, one JSON value a line: `Ready` once, then one answer per order, in order.
#[derive(Debug, Serialize, Deserialize)]
enum Reply {
    /// It takes orders.
    Ready,
    /// The answer to a peer's offer.
    Joined { answer: String },
    /// The peer is forgotten.
    Left,
    /// The order could not be followed.
    Refused { reason: String },
}

/// A running media server.
pub struct Sfu {
    server: Server,
    child: Child,
    orders: Option<ChildStdin>,
    replies: Receiver<String>,
}

impl Sfu {
    /// Starts a media server: this very program once more.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(server: Server) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("this program does not know where it is")?;
        let mut child = Command::new(program)
            .args(["serve", server.name()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", server.name()))?;
        let orders = child.stdin.take();
        let lines = BufReader::new(child.stdout.take().context("a process without output")?).lines();
        let (sender, replies) = channel();
        // Ends with the process: its pipe is closed then, or with the receiver.
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut sfu = Self { server, child, orders, replies };
        match sfu.reply()? {
            Reply::Ready => Ok(sfu),
            other => bail!("{} began with {other:?}", server.name()),
        }
    }

    /// What reports call it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.server.name()
    }

    /// A peer joins a call; gives the answer to its offer.
    ///
    /// # Errors
    /// When the server refuses or does not answer.
    pub fn join(&mut self, peer: u32, call: u32, offer: &str) -> anyhow::Result<String> {
        match self.ask(&Order::Join { peer, call, offer: offer.into() })? {
            Reply::Joined { answer } => Ok(answer),
            other => bail!("{} answered an offer with {other:?}", self.name()),
        }
    }

    /// A peer is gone.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn leave(&mut self, peer: u32) -> anyhow::Result<()> {
        match self.ask(&Order::Leave { peer })? {
            Reply::Left => Ok(()),
            other => bail!("{} let a peer go with {other:?}", self.name()),
        }
    }

    /// CPU time, user and system, used so far.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        cpu_time(self.child.id()).with_context(|| format!("{} is gone", self.name()))
    }

    /// Memory that is the process's own and resident, in bytes: neither its program file nor what it only reserved.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn memory(&self) -> anyhow::Result<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&path).with_context(|| format!("{} is gone", self.name()))?;
        anonymous(&status).with_context(|| format!("{path} does not tell RssAnon"))
    }

    fn ask(&mut self, order: &Order) -> anyhow::Result<Reply> {
        let mut line = serde_json::to_string(order)?;
        line.push('\n');
        let name = self.server.name();
        let orders = self.orders.as_mut().context("the pipe is closed")?;
        orders.write_all(line.as_bytes()).with_context(|| format!("{name} takes no orders"))?;
        self.reply()
    }

    fn reply(&mut self) -> anyhow::Result<Reply> {
        match self.replies.recv_timeout(PATIENCE) {
            Ok(line) => {
                serde_json::from_str(&line).with_context(|| format!("{} said {line:?}", self.server.name()))
            }
            Err(RecvTimeoutError::Timeout) => bail!("{} does not answer", self.server.name()),
            Err(RecvTimeoutError::Disconnected) => bail!("{} ended", self.server.name()),
        }
    }

    /// Ends the server in good order.
    ///
    /// # Errors
    /// When it failed, or does not end by itself.
    pub fn stop(mut self) -> anyhow::Result<()> {
        self.orders = None;
        // The reader's channel closes when the process has closed its output, which it does by ending.
        if let Ok(line) = self.replies.recv_timeout(FAREWELL) {
            bail!("{} said {line:?} at its end", self.server.name());
        }
        match self.child.try_wait()? {
            Some(status) => ensure!(status.success(), "{} ended with {status}", self.server.name()),
            None => ensure!(self.child.wait()?.success(), "{} failed at its end", self.server.name()),
        }
        Ok(())
    }
}

impl Drop for Sfu {
    fn drop(&mut self) {
        // A process that ended already is no matter.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn anonymous(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// Is a media server until the pipe of orders is closed.
///
/// # Errors
/// When it cannot go on.
pub fn serve(server: Server) -> anyhow::Result<()> {
    match server {
        Server::Ours => ours::serve(),
        Server::Str0m => reference::serve(),
    }
}

/// The orders from the pipe, one after the other; none when it is closed.
fn orders() -> impl Iterator<Item = anyhow::Result<Order>> {
    std::io::stdin().lines().map(|line| {
        let line = line.context("the pipe of orders broke")?;
        serde_json::from_str(&line).with_context(|| format!("no order: {line:?}"))
    })
}

fn say(reply: &Reply) -> anyhow::Result<()> {
    let mut line = serde_json::to_string(reply)?;
    line.push('\n');
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes()).and_then(|()| out.flush()).context("nobody reads the replies")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_what_the_process_owns() {
        let status = "Name:\tbench\nVmRSS:\t    9000 kB\nRssAnon:\t    1234 kB\nRssFile:\t 5000 kB\n";
        assert_eq!(anonymous(status), Some(1234 * 1024));
        assert_eq!(anonymous("Name:\tbench\n"), None);
    }
}
