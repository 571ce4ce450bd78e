//! What changed. [`Desk::apply`](crate::Desk::apply) is the only place that acts on these.
use protocol::ids::{
    CallId, ConnectionId, ItemCode, MaterialCode, OfferId, PaperId, Party, SkillGroupCode, StaffId, StillId,
    TerminalId, TicketId,
};
use protocol::{
    CallResult, Capability, CaseBrief, Hand, Mark, Position, ShownText, Surface, Timestamp, WishedStatus,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod details;

pub use details::{CallEnd, Duty, OfferEnd, TicketEnd, TicketTaken};

use crate::input::Visitor;
use crate::policy::Served;

/// One change. Stored ones are records; unstored ones are lost with the process, and nothing of legal weight is one.
#[derive(Clone, Debug, PartialEq)]
pub enum DeskEvent {
    /// Unstored: somebody is here.
    Connected {
        /// The connection.
        connection: ConnectionId,
        /// Who.
        who: Visitor,
    },
    /// Unstored: somebody is away.
    Disconnected {
        /// Who.
        party: Party,
        /// Since when.
        at: Timestamp,
    },
    /// Unstored: a connection fell quiet, or is heard again. Whoever talks with that side sees it as quiet meanwhile, and
    /// nothing else changes: no grace runs and no typing ends before the connection does.
    Quiet {
        /// The connection.
        connection: ConnectionId,
        /// Quiet, or heard again.
        on: bool,
    },
    /// Unstored: what a waiting terminal was told last.
    PositionTold {
        /// The ticket.
        ticket: TicketId,
        /// What was said.
        position: Position,
    },
    /// Unstored: positions and queues were announced.
    Announced {
        /// When.
        at: Timestamp,
    },
    /// Unstored: 我在这里 was pressed.
    Present {
        /// The ticket.
        ticket: TicketId,
    },
    /// Unstored: who types in which field of the form.
    Typing {
        /// The call.
        call: CallId,
        /// Whose hand.
        hand: Hand,
        /// The field, or none.
        field: Option<String>,
    },
    /// Unstored: a terminal asks for a person, or took it back.
    PersonCalled {
        /// The terminal.
        terminal: TerminalId,
        /// On or off.
        on: bool,
    },
    /// Unstored (the case is stored by `cases`): how the case of a visit stands.
    CaseSeen {
        /// The ticket of the visit.
        ticket: TicketId,
        /// The case.
        case: CaseBrief,
    },
    /// Unstored: the last ticket number of a queue and day, read back at a restart.
    NumbersSeen {
        /// The queue.
        skill_group: SkillGroupCode,
        /// The day.
        day: i64,
        /// The last number used.
        last: u32,
    },
    /// Unstored (the catalogue is stored elsewhere): what is served from now on.
    CatalogueSeen {
        /// The items.
        items: BTreeMap<ItemCode, Served>,
    },
    /// Unstored: no new work is taken.
    Draining,
    /// Stored: a record about a visit or a clerk.
    Stored(Record),
}

/// A change that is durable before anybody hears of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// When.
    pub at: Timestamp,
    /// What.
    pub fact: Fact,
}

/// What a [`Record`] says. Personal data stands only in [`TicketTaken::id_number`] and `FormWritten::text`, and typed
/// notes; the store encrypts the whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A clerk's status changed by choice or by the system.
    ClerkStatus {
        /// The clerk.
        clerk: StaffId,
        /// The new status.
        status: Duty,
        /// What follows the next call.
        next: WishedStatus,
    },
    /// A clerk chose what follows the present call.
    NextStatus {
        /// The clerk.
        clerk: StaffId,
        /// The wish.
        next: WishedStatus,
    },
    /// A ticket was taken; a visit begins.
    TicketTaken(Box<TicketTaken>),
    /// A ticket is offered to one clerk.
    OfferMade {
        /// The ticket.
        ticket: TicketId,
        /// The offer.
        offer: OfferId,
        /// To whom.
        clerk: StaffId,
        /// Until when.
        ends_at: Timestamp,
    },
    /// An offer ended without a call; the ticket is back at its very place.
    OfferEnded {
        /// The ticket.
        ticket: TicketId,
        /// The offer.
        offer: OfferId,
        /// How.
        how: OfferEnd,
    },
    /// A clerk answered.
    CallStarted {
        /// The ticket.
        ticket: TicketId,
        /// The offer that was accepted.
        offer: OfferId,
        /// The new call.
        call: CallId,
        /// The clerk.
        clerk: StaffId,
        /// The clerk's name, as the citizen sees it.
        clerk_name: String,
        /// The clerk's number.
        clerk_number: String,
    },
    /// A call ended.
    CallEnded {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// How.
        how: CallEnd,
        /// When wrap-up finishes by itself; none if the clerk is gone and the ticket waits again.
        wrap_up_ends_at: Option<Timestamp>,
    },
    /// Hold began or ended.
    Held {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// On or off.
        on: bool,
    },
    /// Microphone or camera went off or on, by its owner.
    MediaSet {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// Whose.
        hand: Hand,
        /// Microphone off.
        muted: bool,
        /// Camera off.
        camera_off: bool,
    },
    /// The clerk asked for assistance.
    AssistAsked {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// For what.
        capabilities: Vec<Capability>,
        /// Until when.
        ends_at: Timestamp,
    },
    /// The citizen answered, or the question ran out (then nothing is granted).
    AssistAnswered {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// What was granted, of what was asked.
        granted: Vec<Capability>,
        /// Whether a hand answered.
        answered: bool,
        /// The text that asked, as the terminal names it.
        #[serde(default)]
        shown: Option<ShownText>,
    },
    /// Assistance was stopped.
    AssistStopped {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// By whom.
        by: Hand,
    },
    /// The clerk pointed or highlighted: the begin of a gesture.
    Marked {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// On what.
        surface: Surface,
        /// What.
        mark: Mark,
    },
    /// A field of the form was written.
    FormWritten {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// The field.
        field: String,
        /// The text.
        text: String,
        /// Whose hand.
        by: Hand,
        /// The field's new version.
        version: u32,
    },
    /// The clerk triggered a still.
    CaptureAsked {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// The still to come.
        still: StillId,
        /// For which material.
        material: MaterialCode,
    },
    /// The still came, or will not.
    CaptureEnded {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// Which.
        still: StillId,
        /// Whether it came.
        arrived: bool,
    },
    /// The clerk shows a paper, or none.
    Shown {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// The paper.
        paper: Option<PaperId>,
    },
    /// Wrap-up was extended.
    WrapUpExtended {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// Until when.
        ends_at: Timestamp,
    },
    /// Wrap-up is over.
    WrapUpFinished {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// What the call came to.
        result: CallResult,
        /// The clerk's internal note.
        note: String,
    },
    /// The citizen rated the service.
    Rated {
        /// The ticket.
        ticket: TicketId,
        /// The call.
        call: CallId,
        /// 1 (best) to 5.
        score: u8,
        /// One reason.
        reason: Option<String>,
    },
    /// The ticket's life ended without a call in progress.
    TicketEnded {
        /// The ticket.
        ticket: TicketId,
        /// How.
        how: TicketEnd,
    },
    /// The terminal is free of the visit (wiped, or gone for good).
    TerminalFreed {
        /// The ticket.
        ticket: TicketId,
    },
    /// Nothing of the visit is open any more; a restart need not read it.
    VisitClosed {
        /// The ticket.
        ticket: TicketId,
    },
}

/// What a record belongs to: everything of one subject is read back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// A visit, named by its ticket.
    Visit(TicketId),
    /// A clerk; only the newest record of each kind counts.
    Clerk(StaffId),
}

impl Fact {
    /// What the record belongs to.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Self::ClerkStatus { clerk, .. } | Self::NextStatus { clerk, .. } => Subject::Clerk(*clerk),
            Self::TicketTaken(taken) => Subject::Visit(taken.ticket),
            Self::OfferMade { ticket, .. }
            | Self::OfferEnded { ticket, .. }
            | Self::CallStarted { ticket, .. }
            | Self::CallEnded { ticket, .. }
            | Self::Held { ticket, .. }
            | Self::MediaSet { ticket, .. }
            | Self::AssistAsked { ticket, .. }
            | Self::AssistAnswered { ticket, .. }
            | Self::AssistStopped { ticket, .. }
            | Self::Marked { ticket, .. }
            | Self::FormWritten { ticket, .. }
            | Self::CaptureAsked { ticket, .. }
            | Self::CaptureEnded { ticket, .. }
            | Self::Shown { ticket, .. }
            | Self::WrapUpExtended { ticket, .. }
            | Self::WrapUpFinished { ticket, .. }
            | Self::Rated { ticket, .. }
            | Self::TicketEnded { ticket, .. }
            | Self::TerminalFreed { ticket }
            | Self::VisitClosed { ticket } => Subject::Visit(*ticket),
        }
    }

    /// The call it belongs to, if any.
    #[must_use]
    pub fn call(&self) -> Option<CallId> {
        match self {
            Self::CallStarted { call, .. }
            | Self::CallEnded { call, .. }
            | Self::Held { call, .. }
            | Self::MediaSet { call, .. }
            | Self::AssistAsked { call, .. }
            | Self::AssistAnswered { call, .. }
            | Self::AssistStopped { call, .. }
            | Self::Marked { call, .. }
            | Self::FormWritten { call, .. }
            | Self::CaptureAsked { call, .. }
            | Self::CaptureEnded { call, .. }
            | Self::Shown { call, .. }
            | Self::WrapUpExtended { call, .. }
            | Self::WrapUpFinished { call, .. }
            | Self::Rated { call, .. } => Some(*call),
            _ => None,
        }
    }
}
