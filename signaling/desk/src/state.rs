//! What the desk remembers. Each state holds only its own fields; indexes are kept by `apply` alone.
use protocol::ids::{
    CallId, ConnectionId, OfferId, PaperId, Party, SkillGroupCode, StaffId, StillId, TerminalId, TicketId,
};
use protocol::{
    AssistView, CaptureRequest, CaseBrief, FormView, NotReadyReason, PartyView, Position, SiteView,
    TicketView, Timestamp, WishedStatus,
};
use std::collections::{BTreeMap, BTreeSet};

use crate::event::TicketTaken;
use crate::input::ClerkProfile;

/// A queue: tickets are paired within one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct QueueKey {
    pub(crate) hub: String,
    pub(crate) skill_group: SkillGroupCode,
}

/// A place in a queue: when the ticket was taken, and which it is. It never changes.
pub(crate) type Place = (Timestamp, TicketId);

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Queue {
    /// Everybody who waits, rung or not reachable or not: people ahead are counted here.
    pub(crate) waiting: BTreeSet<Place>,
    /// Those who can be rung for now: their terminal is here and nobody is being rung for them.
    pub(crate) callable: BTreeSet<Place>,
    /// Clerks who can be rung, longest idle first.
    pub(crate) ready: BTreeSet<(Timestamp, StaffId)>,
    /// Clerks at work in this queue, whatever they do just now.
    pub(crate) on_duty: BTreeSet<StaffId>,
    /// Those of them who take calls now, or once what they do just now is over: a wait can be guessed by them alone.
    pub(crate) serving: BTreeSet<StaffId>,
}

/// What goes on in all queues of a hub, for those who have not begun yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bustle {
    /// Everybody who waits.
    pub(crate) waiting: usize,
    /// Somebody takes calls.
    pub(crate) staffed: bool,
}

/// An open connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) party: Party,
    /// Nothing was heard on it for a while.
    pub(crate) quiet: bool,
}

/// How near somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Here(ConnectionId),
    Away { since: Timestamp },
}

impl Presence {
    pub(crate) fn connection(self) -> Option<ConnectionId> {
        match self {
            Self::Here(connection) => Some(connection),
            Self::Away { .. } => None,
        }
    }
    pub(crate) fn away(self) -> bool {
        matches!(self, Self::Away { .. })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Terminal {
    pub(crate) presence: Presence,
    pub(crate) hub: String,
    pub(crate) site: SiteView,
    pub(crate) visit: Option<TicketId>,
    pub(crate) person_called: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Clerk {
    pub(crate) presence: Presence,
    /// Known from the first connection on.
    pub(crate) profile: Option<ClerkProfile>,
    pub(crate) since: Timestamp,
    pub(crate) status: Status,
    pub(crate) next: WishedStatus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Wished(WishedStatus),
    NotReady(NotReadyReason),
    Ringing { ticket: TicketId, offer: OfferId },
    InCall { ticket: TicketId, call: CallId },
    WrapUp { ticket: TicketId, call: CallId },
}

impl Status {
    /// Takes calls now or after what is going on: counts as staff of the queue.
    pub(crate) fn on_duty(self) -> bool {
        !matches!(
            self,
            Self::Wished(WishedStatus::OffDuty | WishedStatus::Break { .. })
                | Self::NotReady(NotReadyReason::ConnectionLost | NotReadyReason::Restarted)
        )
    }
    /// Takes calls without first having to say so.
    pub(crate) fn serves(self) -> bool {
        matches!(
            self,
            Self::Wished(WishedStatus::Ready)
                | Self::Ringing { .. }
                | Self::InCall { .. }
                | Self::WrapUp { .. }
        )
    }
    pub(crate) fn ready(self) -> bool {
        self == Self::Wished(WishedStatus::Ready)
    }
}

/// A visit: a ticket's whole life, with its calls.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Visit {
    pub(crate) taken: TicketTaken,
    pub(crate) taken_at: Timestamp,
    pub(crate) stage: Stage,
    /// The terminal still shows this visit.
    pub(crate) at_terminal: bool,
    pub(crate) present: bool,
    pub(crate) told: Option<Position>,
    /// Microphone and camera as the citizen left them: a choice that outlives the call in which it was made.
    pub(crate) chosen: PartyView,
    pub(crate) case: Option<CaseBrief>,
    /// Calls that are over and whose wrap-up is not.
    pub(crate) wrapping: BTreeMap<CallId, WrapUp>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    Waiting,
    Offered {
        offer: OfferId,
        clerk: StaffId,
        ends_at: Timestamp,
    },
    InCall(Box<Call>),
    /// A call ended and none will follow.
    Ended {
        call: CallId,
        at: Timestamp,
        rated: bool,
    },
    /// Ended without a call.
    Gone,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) offer: OfferId,
    pub(crate) started_at: Timestamp,
    pub(crate) clerk: StaffId,
    pub(crate) clerk_name: String,
    pub(crate) clerk_number: String,
    pub(crate) on_hold: bool,
    pub(crate) terminal_side: PartyView,
    pub(crate) clerk_side: PartyView,
    pub(crate) assist: AssistView,
    /// When the citizen last granted nothing of what was asked.
    pub(crate) refused_at: Option<Timestamp>,
    pub(crate) form: FormView,
    pub(crate) capture: Option<CaptureRequest>,
    pub(crate) showing: Option<PaperId>,
}

impl Call {
    pub(crate) fn capture_is(&self, still: StillId) -> bool {
        self.capture.as_ref().is_some_and(|c| c.still == still)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrapUp {
    pub(crate) clerk: StaffId,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) extended: bool,
}

impl Visit {
    pub(crate) fn place(&self) -> Place {
        (self.taken_at, self.taken.ticket)
    }
    pub(crate) fn queue(&self) -> QueueKey {
        QueueKey { hub: self.taken.hub.clone(), skill_group: self.taken.skill_group.clone() }
    }
    pub(crate) fn call(&self) -> Option<&Call> {
        match &self.stage {
            Stage::InCall(call) => Some(call),
            _ => None,
        }
    }
    pub(crate) fn call_mut(&mut self) -> Option<&mut Call> {
        match &mut self.stage {
            Stage::InCall(call) => Some(call),
            _ => None,
        }
    }
    /// Still in the queue, rung or not.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.stage, Stage::Waiting | Stage::Offered { .. })
    }
    /// Nothing of it can happen any more.
    pub(crate) fn over(&self) -> bool {
        !self.at_terminal
            && self.wrapping.is_empty()
            && matches!(self.stage, Stage::Ended { .. } | Stage::Gone)
    }
    pub(crate) fn view(&self) -> TicketView {
        TicketView {
            id: self.taken.ticket,
            number: self.taken.number.clone(),
            skill_group: self.taken.skill_group.clone(),
            item: self.taken.item.clone(),
            scenario: self.taken.scenario.clone(),
            taken_at: self.taken_at,
        }
    }
}

/// What may become due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// A ring ends.
    Ring(TicketId),
    /// A question for assistance ends.
    Ask(TicketId),
    /// Wrap-up ends.
    WrapUp(TicketId, CallId),
    /// A clerk was away too long.
    Clerk(StaffId),
    /// A terminal was away too long.
    Terminal(TerminalId),
}

/// Timers, each at most once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Timers {
    at: BTreeMap<Timer, Timestamp>,
    order: BTreeSet<(Timestamp, Timer)>,
}

impl Timers {
    pub(crate) fn set(&mut self, timer: Timer, at: Option<Timestamp>) {
        if let Some(old) = self.at.remove(&timer) {
            self.order.remove(&(old, timer));
        }
        if let Some(at) = at {
            self.at.insert(timer, at);
            self.order.insert((at, timer));
        }
    }
    pub(crate) fn next(&self) -> Option<(Timestamp, Timer)> {
        self.order.first().copied()
    }
}
