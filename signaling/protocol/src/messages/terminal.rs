//! What a terminal says and hears.
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::shared::*;
use super::{Common, Mark};
use crate::Timestamp;
use crate::ids::{CallId, ItemCode, MaterialCode, PaperId, ScenarioCode, StillId, TicketId};

/// From a terminal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum TerminalMessage {
    /// Take a ticket (取号). The same key again gives the same ticket.
    TakeTicket {
        /// Made by the terminal for this press of the button.
        #[ts(type = "string")]
        key: Uuid,
        /// The item, or none to ask for advice (then the queue is the guide desk's).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        item: Option<ItemCode>,
        /// The scenario, once the questions are answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        scenario: Option<ScenarioCode>,
        /// The interface language.
        locale: Locale,
        /// The language the citizen wants to speak.
        spoken: Spoken,
        /// The typed identity number, if the citizen gave one: 18 characters with a valid check digit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        id_number: Option<String>,
        /// Materials that the citizen says are not at hand; never blocks a ticket.
        missing: Vec<MaterialCode>,
        /// Answers to the consent questions.
        consents: Vec<ConsentAnswer>,
    },
    /// Give up the ticket (退号).
    CancelTicket {
        /// Which.
        ticket: TicketId,
    },
    /// Somebody sits there (我在这里), told to the clerk who is being rung.
    Present {
        /// Which ticket.
        ticket: TicketId,
    },
    /// End the call. Acts at once.
    HangUp {
        /// Which.
        call: CallId,
    },
    /// Microphone and camera, by the citizen. Acts at once; forwarding stops at the server.
    SetMedia {
        /// Which call.
        call: CallId,
        /// Microphone off.
        muted: bool,
        /// Camera off.
        camera_off: bool,
    },
    /// Answer the clerk's question for assistance.
    AnswerAssist {
        /// Which call.
        call: CallId,
        /// What is granted of what was asked; empty means no.
        granted: Vec<Capability>,
        /// The text that asked; on record with the answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        shown: Option<ShownText>,
    },
    /// Stop all assistance. Acts at once.
    StopAssist {
        /// Which call.
        call: CallId,
    },
    /// Write a field of the shared form.
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
    /// Type in a field (locks it for the other side), or in none.
    FormFocus {
        /// Which call.
        call: CallId,
        /// The field.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        field: Option<String>,
    },
    /// The still cannot be delivered.
    CaptureFailed {
        /// Which call.
        call: CallId,
        /// Which still.
        still: StillId,
    },
    /// The paper was read and received (我收到了); its delivery receipt.
    PaperReceived {
        /// Which.
        paper: PaperId,
    },
    /// Type words for the clerk to read.
    Say {
        /// Which call.
        call: CallId,
        /// At most 500 characters.
        text: String,
    },
    /// Rate the service; only after the clerk has left.
    Rate {
        /// Which call.
        call: CallId,
        /// 1 (very satisfied) to 5 (very dissatisfied), as the rows stand on the screen.
        score: u8,
        /// One reason from the list, for a low rating.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        reason: Option<String>,
    },
    /// The terminal has erased everything of the visit; it becomes free.
    Wiped,
    /// Ring the site's helper and the guide desk (叫人帮忙), or take it back.
    CallPerson {
        /// On or off.
        on: bool,
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

/// To a terminal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(untagged)]
#[ts(export)]
pub enum ToTerminal {
    /// What is said to either role.
    Common(Common),
    /// What is said to terminals.
    Own(TerminalNews),
}

/// News for a terminal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum TerminalNews {
    /// Everything the terminal must show; replaces the one before.
    View(Box<TerminalView>),
    /// The clerk points.
    Marked {
        /// On what.
        surface: Surface,
        /// What.
        mark: Mark,
    },
    /// Somebody typed.
    Said(Words),
}

/// What a terminal shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TerminalView {
    /// Its own site.
    pub site: SiteView,
    /// People waiting in all queues, for the attract page.
    pub waiting: u32,
    /// Somebody of the window takes calls, now or after what is going on, for the attract page.
    pub staffed: bool,
    /// Somebody was called and is coming.
    pub person_called: bool,
    /// Where the visit is.
    pub stage: TerminalStage,
}

/// Where a visit is. Each stage holds only its own fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "stage", rename_all = "snake_case")]
#[ts(export)]
pub enum TerminalStage {
    /// No ticket: the terminal's own pages.
    Free,
    /// In the queue.
    Waiting {
        /// The ticket.
        ticket: TicketView,
        /// The place.
        position: Position,
    },
    /// A clerk is being rung.
    Ringing {
        /// The ticket.
        ticket: TicketView,
        /// Whether 我在这里 was pressed.
        present: bool,
    },
    /// In a call.
    InCall {
        /// The call.
        call: Box<CallView>,
    },
    /// The call is over: result and rating, then the wipe.
    Ended {
        /// The call.
        call: CallId,
        /// The ticket.
        ticket: TicketView,
        /// The case, if one was opened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        case: Option<CaseBrief>,
        /// Whether a rating is on record already.
        rated: bool,
        /// When it ended.
        ended_at: Timestamp,
    },
}
