//! A call in progress, as both sides see it.
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AssistView, CaptureRequest, CaseBrief, ConsentAnswer, FormView, Hand, SiteView, TicketView};
use crate::Timestamp;
use crate::ids::{CallId, PaperId, StaffId, TerminalId};

/// Whether a side of a call can be relied on to see and hear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Presence {
    /// It is heard.
    #[default]
    Here,
    /// Nothing was heard of it for about two seconds; its connection has not ended, and no grace runs. Its pictures may
    /// still come.
    Quiet,
    /// Its connection ended.
    Away {
        /// When its grace ends, and with it the call, unless it comes back before.
        until: Timestamp,
    },
}

/// How one side of a call is heard and seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PartyView {
    /// Microphone muted by its owner: the server forwards no sound.
    pub muted: bool,
    /// Camera off by its owner: the server forwards no video.
    pub camera_off: bool,
    /// Whether it is there.
    pub presence: Presence,
}

/// A call in progress. The same snapshot goes to both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CallView {
    /// The call.
    pub id: CallId,
    /// When it was answered.
    pub started_at: Timestamp,
    /// The ticket it serves.
    pub ticket: TicketView,
    /// Where the terminal is.
    pub site: SiteView,
    /// The terminal.
    pub terminal_id: TerminalId,
    /// The terminal's side.
    pub terminal: PartyView,
    /// The clerk.
    pub clerk_id: StaffId,
    /// The clerk's name, shown once accepted.
    pub clerk_name: String,
    /// The clerk's staff number, such as `0312`.
    pub clerk_number: String,
    /// The clerk's side.
    pub clerk: PartyView,
    /// Whether the clerk holds the call: nothing is forwarded either way.
    pub on_hold: bool,
    /// Where media goes: slot numbers count the receive-only lines of one kind in the offer, from 0.
    pub slots: SlotMap,
    /// What the citizen let the clerk do.
    pub assist: AssistView,
    /// The shared form, once the clerk opened it or the item has one.
    pub form: FormView,
    /// The case of this call, once opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub case: Option<CaseBrief>,
    /// The paper that the clerk shows on the terminal, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub showing: Option<PaperId>,
    /// The still that the clerk asked for and the terminal has not yet delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub capture: Option<CaptureRequest>,
    /// The citizen's answers to consent questions.
    pub consents: Vec<ConsentAnswer>,
}

/// Which slot shows whom. The other side's microphone, camera and document camera (or screen).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SlotMap {
    /// Audio slot of the other side's microphone.
    pub voice: u8,
    /// Video slot of the other side's camera.
    pub face: u8,
    /// Video slot of the other side's aux track.
    pub aux: u8,
}

impl Default for SlotMap {
    fn default() -> Self {
        Self { voice: 0, face: 0, aux: 1 }
    }
}

/// Something one side typed for the other to read: at most 500 characters, not kept after the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Words {
    /// Who typed it.
    pub by: Hand,
    /// The text.
    pub text: String,
    /// When it reached the server.
    pub at: Timestamp,
}
