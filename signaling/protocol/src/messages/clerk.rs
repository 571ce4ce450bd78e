//! What a clerk says and hears.
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::shared::*;
use super::{Common, Mark};
use crate::Timestamp;
use crate::ids::{
    CallId, ItemCode, MaterialCode, OfferId, PaperId, ScenarioCode, SiteCode, SkillGroupCode, StaffId,
};

/// From a clerk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum ClerkMessage {
    /// Change the status; in a call it is the next status, taken after wrap-up.
    SetStatus {
        /// The wished status.
        status: WishedStatus,
    },
    /// Answer the ring (接听).
    Accept {
        /// Which offer.
        offer: OfferId,
    },
    /// Do not answer; the ticket returns to its very place and the clerk becomes not ready.
    Decline {
        /// Which offer.
        offer: OfferId,
        /// Why: one of the list.
        reason: DeclineReason,
    },
    /// End the call. Acts at once.
    HangUp {
        /// Which.
        call: CallId,
    },
    /// Hold or go on. Acts at once.
    Hold {
        /// Which call.
        call: CallId,
        /// On or off.
        on: bool,
    },
    /// Microphone and camera, by the clerk. Acts at once; forwarding stops at the server.
    SetMedia {
        /// Which call.
        call: CallId,
        /// Microphone off.
        muted: bool,
        /// Camera off.
        camera_off: bool,
    },
    /// Ask the citizen for assistance.
    AskAssist {
        /// Which call.
        call: CallId,
        /// What for; at least one.
        capabilities: Vec<Capability>,
    },
    /// Stop all assistance. Acts at once.
    StopAssist {
        /// Which call.
        call: CallId,
    },
    /// Point or highlight. Needs `point`.
    Mark {
        /// Which call.
        call: CallId,
        /// On what.
        surface: Surface,
        /// What.
        mark: Mark,
    },
    /// Write a field of the shared form. Needs `fill`.
    FormSet {
        /// Which call.
        call: CallId,
        /// One of [`FORM_FIELDS`].
        field: String,
        /// The new text.
        text: String,
        /// The version the writer saw; 0 for an empty field.
        base: u32,
    },
    /// Type in a field (locks it for the other side), or in none. Needs `fill`.
    FormFocus {
        /// Which call.
        call: CallId,
        /// The field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        field: Option<String>,
    },
    /// Take a still of the document camera. Needs `capture`.
    Capture {
        /// Which call.
        call: CallId,
        /// For which material.
        material: MaterialCode,
    },
    /// Show a paper on the terminal, or none.
    Show {
        /// Which call.
        call: CallId,
        /// The paper.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        paper: Option<PaperId>,
    },
    /// Type words for the citizen to read.
    Say {
        /// Which call.
        call: CallId,
        /// At most 500 characters.
        text: String,
    },
    /// More time for wrap-up, once.
    ExtendWrapUp,
    /// Wrap-up is done (收尾完成).
    FinishWrapUp {
        /// What the call came to.
        result: CallResult,
        /// An internal note, at most 500 characters.
        note: String,
    },
    /// Offer media: the first offer, or an ICE restart of the same connection.
    MediaOffer {
        /// SDP offer (RFC 8866) with the fixed slots of media.md; at most 32 KiB.
        sdp: String,
        /// Whether it only restarts ICE.
        restart: bool,
    },
    /// How large a video slot is drawn, so that the fitting layer is sent. Zero means hidden.
    SlotSize {
        /// The video slot.
        slot: u8,
        /// Height in device pixels.
        height: u16,
    },
}

/// A status that a clerk may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum WishedStatus {
    /// Take calls (就绪).
    Ready,
    /// A break (小休).
    Break {
        /// Why.
        reason: BreakReason,
    },
    /// Off duty (离岗).
    OffDuty,
}

/// Why a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum BreakReason {
    /// Water, lavatory.
    Short,
    /// A meal.
    Meal,
    /// A meeting or training.
    Meeting,
    /// Paper work.
    Paperwork,
    /// A fault of device or line.
    Device,
}

/// Why a ring was not answered by choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DeclineReason {
    /// Somebody stands at the desk.
    Visitor,
    /// Work on a case that cannot wait.
    UrgentCase,
    /// A fault of device or line.
    Device,
    /// A matter of which the clerk knows too little.
    NotMyField,
    /// Something else.
    Other,
}

/// What a call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CallResult {
    /// A case was accepted.
    Accepted,
    /// A case was opened and is not yet accepted.
    Intake,
    /// A case was not accepted.
    NotAccepted,
    /// The case went to somebody else.
    HandedOver,
    /// Advice only.
    Advice,
    /// The citizen left early.
    LeftEarly,
    /// Set by the system when wrap-up ran out.
    NoResult,
}

/// To a clerk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(untagged)]
#[ts(export)]
pub enum ToClerk {
    /// What is said to either role.
    Common(Common),
    /// What is said to clerks.
    Own(ClerkNews),
}

/// News for a clerk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum ClerkNews {
    /// Everything about the clerk's own status and call; replaces the one before.
    View(Box<ClerkView>),
    /// The queues this clerk serves; replaces the one before.
    Queues {
        /// One row a queue.
        queues: Vec<QueueView>,
        /// The oldest tickets in them, at most 20; they cannot be cherry-picked.
        waiting: Vec<WaitingRow>,
    },
    /// A case, handoff or paper that concerns this clerk changed: fetch it again.
    CaseChanged {
        /// The case in its new state.
        case: Box<CaseBrief>,
    },
    /// A handoff that concerns this clerk was offered, answered or ended.
    HandoffChanged {
        /// The handoff in its new state.
        handoff: Box<HandoffBrief>,
    },
    /// A terminal asks for a person, or took it back.
    PersonCalled {
        /// Where.
        site: SiteCode,
        /// The site's name.
        site_name: String,
        /// On or off.
        on: bool,
    },
    /// Somebody typed.
    Said(Words),
}

/// One queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QueueView {
    /// The skill group.
    pub skill_group: SkillGroupCode,
    /// Tickets waiting.
    pub waiting: u32,
    /// When the oldest was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub oldest_taken_at: Option<Timestamp>,
    /// Clerks ready for it.
    pub ready: u32,
}

/// One waiting ticket in the clerk's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WaitingRow {
    /// The ticket.
    pub ticket: TicketView,
    /// The site's code.
    pub site: SiteCode,
    /// The site's name.
    pub site_name: String,
}

/// What a clerk shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ClerkView {
    /// The clerk.
    pub id: StaffId,
    /// The name.
    pub name: String,
    /// The staff number, such as `0312`.
    pub number: String,
    /// The queues served.
    pub skill_groups: Vec<SkillGroupCode>,
    /// When the status began.
    pub since: Timestamp,
    /// The status.
    pub status: ClerkStatus,
    /// The status after the present call and its wrap-up.
    pub next: WishedStatus,
}

/// A clerk's status. Each holds only its own fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "status", rename_all = "snake_case")]
#[ts(export)]
pub enum ClerkStatus {
    /// Signed in, not on duty.
    OffDuty,
    /// Ready.
    Ready,
    /// Set by the system (未就绪): one press back to ready.
    NotReady {
        /// Why.
        reason: NotReadyReason,
    },
    /// Chosen by the clerk (小休).
    Break {
        /// Why.
        reason: BreakReason,
    },
    /// Rung.
    Ringing {
        /// The offer.
        offer: Box<OfferView>,
    },
    /// In a call.
    InCall {
        /// The call.
        call: Box<CallView>,
    },
    /// After a call.
    WrapUp {
        /// The call.
        call: CallId,
        /// The ticket.
        ticket: TicketView,
        /// Where it was.
        site: SiteView,
        /// The case, if one was opened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        case: Option<Box<CaseBrief>>,
        /// When the call began and ended.
        started_at: Timestamp,
        /// When the call ended.
        ended_at: Timestamp,
        /// When wrap-up finishes by itself.
        ends_at: Timestamp,
        /// Whether it was extended already.
        extended: bool,
    },
}

/// Why the system made a clerk not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum NotReadyReason {
    /// The ring ended without an answer.
    NoAnswer,
    /// The ring was declined.
    Declined,
    /// The connection was gone for longer than the grace.
    ConnectionLost,
    /// The server was restarted while the clerk was away.
    Restarted,
}

/// A ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OfferView {
    /// The offer.
    pub id: OfferId,
    /// The ticket.
    pub ticket: TicketView,
    /// Where.
    pub site: SiteView,
    /// The item, as on the ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub item: Option<ItemCode>,
    /// The scenario, as on the ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub scenario: Option<ScenarioCode>,
    /// The wished spoken language.
    pub spoken: Spoken,
    /// Whether this clerk speaks it.
    pub speaks: bool,
    /// What the citizen says is missing.
    pub missing: Vec<MaterialCode>,
    /// The citizen's consents.
    pub consents: Vec<ConsentAnswer>,
    /// Whether 我在这里 was pressed.
    pub present: bool,
    /// When the ring ends by itself.
    pub ends_at: Timestamp,
}
