//! What was decided and is not durable yet.
use desk::{DeskEvent, Input, Outgoing, Output, Record};
use futures_util::future::BoxFuture;
use protocol::Timestamp;
use protocol::ids::ConnectionId;
use std::fmt;

use super::commit::Failure;

/// An input with what the machine decided about it.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) input: Input,
    pub(super) at: Timestamp,
    pub(super) out: Vec<Output>,
    pub(super) effects: Effects,
}

/// When the outside sees what was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effects {
    /// Once the records are durable.
    AfterCommit,
    /// They were seen at once, because they protect a person.
    Done,
    /// The same, but then it was decided anew: all but the answer is said once more, once the records are durable.
    Again,
}

impl Step {
    pub(super) fn has_records(&self) -> bool {
        records(&self.out).next().is_some()
    }

    /// Whether it took effect already, and so must be written whatever happens.
    pub(super) fn acted(&self) -> bool {
        self.effects != Effects::AfterCommit
    }

    /// Whether it can be refused.
    pub(super) fn refusable(&self) -> bool {
        self.input.is_request() && !self.acted()
    }
}

/// An act that stands although its records could not be written yet.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) events: Vec<DeskEvent>,
}

impl Kept {
    pub(super) fn of(out: &[Output]) -> Self {
        Self { events: events(out).cloned().collect() }
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        self.events.iter().filter_map(stored)
    }
}

/// A commit under way: of the first kept acts and the first steps.
pub(super) struct Flight {
    pub(super) kept: usize,
    pub(super) steps: usize,
    /// How many records it writes.
    pub(super) records: usize,
    pub(super) began: Timestamp,
    pub(super) write: BoxFuture<'static, Result<(), Failure>>,
}

impl Flight {
    /// How many acts and steps stand or fall with it.
    pub(super) fn units(&self) -> usize {
        self.kept + self.steps
    }
}

impl fmt::Debug for Flight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flight").field("kept", &self.kept).field("steps", &self.steps).finish_non_exhaustive()
    }
}

pub(super) fn events(out: &[Output]) -> impl Iterator<Item = &DeskEvent> {
    out.iter().filter_map(|output| match output {
        Output::Event(event) => Some(event),
        _ => None,
    })
}

pub(super) fn records(out: &[Output]) -> impl Iterator<Item = &Record> {
    events(out).filter_map(stored)
}

/// Whether it answers a request, rather than telling news.
pub(super) fn is_answer(output: &Output) -> bool {
    matches!(output, Output::Send(_, Outgoing::Answer { .. }))
}

/// Where and under which number a request is answered.
pub(super) fn asked_by(input: &Input) -> Option<(ConnectionId, u32)> {
    match input {
        Input::Terminal { connection, id, .. } | Input::Clerk { connection, id, .. } => {
            Some((*connection, *id))
        }
        _ => None,
    }
}

/// The connection that an input comes from, unless it is the one that opens it.
pub(super) fn comes_from(input: &Input) -> Option<ConnectionId> {
    match input {
        Input::Disconnected { connection } | Input::Quiet { connection } | Input::Heard { connection } => {
            Some(*connection)
        }
        _ => asked_by(input).map(|(connection, _)| connection),
    }
}

fn stored(event: &DeskEvent) -> Option<&Record> {
    match event {
        DeskEvent::Stored(record) => Some(record),
        _ => None,
    }
}
