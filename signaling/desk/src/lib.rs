//! Who waits, who is ready, who is paired with whom, who is in which call.
//!
//! # Contract
//! [`Desk`] is a pure state machine. [`Desk::handle`] takes one [`Input`] and the moment at which it happened, decides, and
//! gives back [`Output`]s in the order in which they are wanted. It changes itself only through [`Desk::apply`], with the
//! very events that it gives out; so a machine that applied the same events is the same machine. It reads no clock, makes
//! no id but from the [`IdSource`] it is handed, awaits nothing and never panics.
//!
//! - After each input the caller asks [`Desk::due`] and hands in [`Input::Tick`] at that moment or later.
//! - Time never runs backwards between two calls.
//! - A request is answered by exactly one [`Outgoing::Answer`] (or by whoever executes [`Output::PaperReceived`]); a
//!   refused request gives that answer and no event.
//! - Between two inputs no queue holds both a clerk who can be rung and a ticket that can be called.
//!
//! ```
//! use desk::{ClerkProfile, Desk, Input, Output, Policy, Visitor};
//! use protocol::{ClerkMessage, ClerkNews, ClerkStatus, Timestamp, WishedStatus};
//! use protocol::ids::{ConnectionId, IdSource, StaffId};
//!
//! let (mut ids, now) = (IdSource::seeded(1), Timestamp(1_000_000));
//! let mut desk = Desk::new(Policy::usual("general".into()));
//! let clerk = ClerkProfile {
//!     id: StaffId(ids.uuid(now)),
//!     name: "陈敏".into(),
//!     number: "0312".into(),
//!     hub: "hub".into(),
//!     skill_groups: vec!["general".into()],
//!     languages: vec![],
//! };
//! desk.handle(Input::Connected { connection: ConnectionId(1), who: Visitor::Clerk(clerk) }, now, &mut ids);
//! let ready = ClerkMessage::SetStatus { status: WishedStatus::Ready };
//! let out = desk.handle(Input::Clerk { connection: ConnectionId(1), id: 1, message: ready }, now, &mut ids);
//! assert!(matches!(out.first(), Some(Output::Event(_))), "first the record, then the answer");
//! ```
mod apply;
mod assist;
mod call;
mod clerk;
mod event;
mod input;
mod output;
mod policy;
mod queue;
mod state;
mod terminal;
mod turn;
mod view;

use protocol::ids::{CallId, ConnectionId, IdSource, Party, SkillGroupCode, StaffId, TerminalId, TicketId};
use protocol::{CaseBrief, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

pub use event::{CallEnd, DeskEvent, Duty, Fact, OfferEnd, Record, Subject, TicketEnd, TicketTaken};
pub use input::{ClerkProfile, Input, Visitor};
pub use output::{MediaIntent, Outgoing, Output};
pub use policy::{Policy, Served, Unserved};

use state::{Bustle, Call, Clerk, Line, Presence, Queue, QueueKey, Terminal, Timers, Visit};

/// The machine. See the crate's documentation for its contract.
#[derive(Clone, Debug)]
pub struct Desk {
    policy: Policy,
    connections: BTreeMap<ConnectionId, Line>,
    terminals: BTreeMap<TerminalId, Terminal>,
    clerks: BTreeMap<StaffId, Clerk>,
    visits: BTreeMap<TicketId, Visit>,
    /// Every call of an open visit, over or not.
    calls: BTreeMap<CallId, TicketId>,
    queues: BTreeMap<QueueKey, Queue>,
    /// The last number of each queue and day.
    numbers: BTreeMap<(SkillGroupCode, i64), u32>,
    timers: Timers,
    /// Queues that changed since they were announced.
    stale_queues: BTreeSet<QueueKey>,
    /// What the free terminals of each hub were told last.
    shown: BTreeMap<String, Bustle>,
    announced_at: Timestamp,
    draining: bool,
    /// Kept by `apply` alone.
    counts: Counts,
}

/// Who talks with whom, for the parts that serve a call from outside of the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallFacts {
    /// The call.
    pub call: CallId,
    /// Its ticket.
    pub ticket: TicketId,
    /// The terminal.
    pub terminal: TerminalId,
    /// The clerk.
    pub clerk: StaffId,
    /// When it was answered.
    pub started_at: Timestamp,
    /// Whether it still goes on; if not, the terminal shows its end or the clerk wraps up.
    pub running: bool,
    /// The still that is awaited, with its material.
    pub capture: Option<protocol::CaptureRequest>,
}

impl Desk {
    /// An empty desk.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            connections: BTreeMap::new(),
            terminals: BTreeMap::new(),
            clerks: BTreeMap::new(),
            visits: BTreeMap::new(),
            calls: BTreeMap::new(),
            queues: BTreeMap::new(),
            numbers: BTreeMap::new(),
            timers: Timers::default(),
            stale_queues: BTreeSet::new(),
            shown: BTreeMap::new(),
            announced_at: Timestamp::default(),
            draining: false,
            counts: Counts::default(),
        }
    }

    /// A desk that goes on where another one was cut off: `events` are the stored records of everything open, in order
    /// (and [`DeskEvent::NumbersSeen`], [`DeskEvent::CaseSeen`]). Everybody is away from `now` on. The outputs are what
    /// that alone brings about; they are committed like any other.
    #[must_use]
    pub fn restore(
        policy: Policy,
        events: &[DeskEvent],
        now: Timestamp,
        ids: &mut IdSource,
    ) -> (Self, Vec<Output>) {
        let mut desk = Self::new(policy);
        for event in events {
            desk.apply(event);
        }
        let out = desk.everybody_left(now, ids);
        (desk, out)
    }

    /// Decides about one input. See the crate's contract.
    pub fn handle(&mut self, input: Input, now: Timestamp, ids: &mut IdSource) -> Vec<Output> {
        let mut turn = turn::Turn::new(self, now, ids);
        turn.input(input);
        turn.finish()
    }

    /// When the machine wants its next [`Input::Tick`].
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        let announce =
            (!self.stale_queues.is_empty()).then(|| self.announced_at.plus(self.policy.announce_every));
        let timer = self.timers.next().map(|(at, _)| at);
        match (announce, timer) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// The call that a party is in, or whose end it still sees.
    #[must_use]
    pub fn call_of(&self, party: Party) -> Option<CallFacts> {
        let (ticket, wanted) = match party {
            Party::Terminal(id) => (self.terminals.get(&id)?.visit?, None),
            Party::Staff(id) => match self.clerks.get(&id)?.status {
                state::Status::InCall { ticket, call } | state::Status::WrapUp { ticket, call } => {
                    (ticket, Some(call))
                }
                _ => return None,
            },
        };
        let visit = self.visits.get(&ticket)?;
        let wanted = wanted.or(match &visit.stage {
            state::Stage::InCall(call) => Some(call.id),
            state::Stage::Ended { call, .. } => Some(*call),
            _ => None,
        })?;
        self.call_facts(wanted)
    }

    /// What is known of a call of an open visit.
    #[must_use]
    pub fn call_facts(&self, call: CallId) -> Option<CallFacts> {
        let ticket = *self.calls.get(&call)?;
        let visit = self.visits.get(&ticket)?;
        let terminal = visit.taken.terminal;
        if let Some(running) = visit.call().filter(|c| c.id == call) {
            return Some(CallFacts {
                call,
                ticket,
                terminal,
                clerk: running.clerk,
                started_at: running.started_at,
                running: true,
                capture: running.capture.clone(),
            });
        }
        let wrap = visit.wrapping.get(&call)?;
        Some(CallFacts {
            call,
            ticket,
            terminal,
            clerk: wrap.clerk,
            started_at: wrap.started_at,
            running: false,
            capture: None,
        })
    }

    /// Clerks who are connected, on duty or not, in the order of their ids.
    #[must_use]
    pub fn present_staff(&self) -> Vec<StaffId> {
        self.clerks.iter().filter(|(_, c)| !c.presence.away()).map(|(id, _)| *id).collect()
    }

    /// Tickets that wait, oldest first, over all queues.
    #[must_use]
    pub fn waiting(&self) -> Vec<TicketId> {
        let mut all: Vec<_> = self.queues.values().flat_map(|q| q.waiting.iter().copied()).collect();
        all.sort_unstable();
        all.into_iter().map(|(_, ticket)| ticket).collect()
    }

    /// Terminals, clerks, waiting tickets and running calls that are known now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether anything is going on that a drain must wait for.
    #[must_use]
    pub fn idle(&self) -> bool {
        self.counts().calls == 0
    }

    /// Whether two machines hold the same state that outlives connections: the test of "restored ≡ went on".
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.terminals == other.terminals
            && self.clerks == other.clerks
            && self.visits == other.visits
            && self.calls == other.calls
            && self.numbers == other.numbers
            && self.timers == other.timers
            && self.queues == other.queues
    }

    /// Whose connection it is.
    fn party_on(&self, connection: ConnectionId) -> Option<Party> {
        self.connections.get(&connection).map(|line| line.party)
    }

    /// Whether somebody who is there cannot be relied on to see and hear: away, or not heard for a while.
    fn out_of_reach(&self, presence: Presence) -> bool {
        presence.connection().and_then(|c| self.connections.get(&c)).is_none_or(|line| line.quiet)
    }

    fn call_mut(&mut self, id: CallId) -> Option<&mut Call> {
        let ticket = self.calls.get(&id)?;
        self.visits.get_mut(ticket)?.call_mut().filter(|c| c.id == id)
    }

    /// The case of a call, as last seen.
    #[must_use]
    pub fn case_of(&self, call: CallId) -> Option<&CaseBrief> {
        self.visits.get(self.calls.get(&call)?)?.case.as_ref()
    }
}

/// How much is going on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Terminals connected.
    pub terminals: usize,
    /// Clerks connected.
    pub clerks: usize,
    /// Tickets waiting.
    pub waiting: usize,
    /// Calls in progress.
    pub calls: usize,
}
