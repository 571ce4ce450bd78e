//! Does what was decided. One exhaustive `match`.
use desk::{Outgoing, Output};
use protocol::ids::{ConnectionId, PaperId, TerminalId};
use protocol::{Common, ErrorBody, ErrorCode};
use std::sync::Arc;
use tokio::sync::Semaphore;

use super::handle::{Intents, Shared};
use super::lines::Lines;
use crate::lifecycle::Lifecycle;

/// How many receipts of papers may be written at a time.
const RECEIPTS: usize = 32;

/// Everything outside that the engine acts on.
#[derive(Debug)]
pub(super) struct Effects {
    pub(super) lines: Lines,
    media: Arc<dyn Intents>,
    shared: Shared,
    lifecycle: Lifecycle,
    receipts: Arc<Semaphore>,
}

impl Effects {
    pub(super) fn new(lines: Lines, media: Arc<dyn Intents>, shared: Shared, lifecycle: Lifecycle) -> Self {
        Self { lines, media, shared, lifecycle, receipts: Arc::new(Semaphore::new(RECEIPTS)) }
    }

    pub(super) fn execute(&self, output: Output) {
        match output {
            // The machine has applied it already.
            Output::Event(_) => {}
            Output::Send(connection, what) => self.lines.send(connection, what),
            Output::Close(connection, reason) => self.lines.close(connection, reason),
            Output::Media(intent) => self.media.apply(intent),
            Output::PaperReceived { connection, re, terminal, paper } => {
                self.paper_received((connection, re), terminal, paper);
            }
        }
    }

    pub(super) fn refuse(&self, (connection, re): (ConnectionId, u32), code: ErrorCode, detail: &str) {
        let body = Common::Error(ErrorBody::new(code, detail));
        self.lines.send(connection, Outgoing::Answer { re, body });
    }

    /// In a task of its own: `cases` publishes what it noted through this very engine.
    fn paper_received(&self, asked: (ConnectionId, u32), terminal: TerminalId, paper: PaperId) {
        let Some(receipts) = self.shared.receipts() else {
            return self.refuse(asked, ErrorCode::Internal, "nobody notes receipts");
        };
        let Ok(permit) = Arc::clone(&self.receipts).try_acquire_owned() else {
            return self.refuse(asked, ErrorCode::TooMany, "too many receipts at a time");
        };
        let (lines, (connection, re)) = (self.lines.clone(), asked);
        self.lifecycle.spawn("receipt", async move {
            let body = receipts.received(terminal, paper).await;
            lines.send(connection, Outgoing::Answer { re, body });
            drop(permit);
        });
    }
}
