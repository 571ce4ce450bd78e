//! Types that messages of both roles are made of. All of them are snapshots: a client draws what it was last
//! told and keeps no state of its own that the server would not repeat after a reconnect.
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

use crate::Timestamp;
use crate::ids::{
    CallId, CaseId, DepartmentCode, HandoffId, ItemCode, MaterialCode, PaperId, ScenarioCode, SiteCode,
    SkillGroupCode, StaffId, StillId, TerminalId, TicketId,
};

/// An interface language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
pub enum Locale {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// Traditional Chinese, written Cantonese.
    #[serde(rename = "zh-HK")]
    ZhHk,
    /// English.
    #[serde(rename = "en")]
    En,
}

/// A spoken language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Spoken {
    /// Mandarin.
    #[default]
    Zh,
    /// Cantonese.
    Yue,
    /// Hakka.
    Hak,
    /// English.
    En,
}

/// What a consent is asked for. One purpose per question (domain.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ConsentPurpose {
    /// Recording of sound and video.
    Recording,
    /// Checking the face against the identity card.
    FaceCheck,
}

/// A citizen's answer to one consent question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct ConsentAnswer {
    /// What was asked for.
    pub purpose: ConsentPurpose,
    /// The version of the text that was shown, such as `recording-2026-01`.
    pub text_version: String,
    /// The language it was shown in.
    pub locale: Locale,
    /// Yes or no; a no never costs the place in the queue.
    pub granted: bool,
}

/// The text that a consent was asked with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct ShownText {
    /// Its version, such as `assist-2026-01`.
    pub version: String,
    /// The language it was shown in.
    pub locale: Locale,
}

/// What a clerk may be allowed to do on the terminal, each asked for on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Capability {
    /// Point at and highlight things on the terminal's page.
    Point,
    /// Fill fields of the shared form.
    Fill,
    /// Trigger a still of the document camera.
    Capture,
}

/// Whose hand did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Hand {
    /// The citizen at the terminal.
    Citizen,
    /// The clerk of the call.
    Clerk,
    /// Taken over from what was already known (identity typed before the call).
    System,
}

/// A place on a page, independent of its size: both in 0 ..= 10,000 of width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Spot {
    /// From the left edge.
    pub x: u16,
    /// From the top edge.
    pub y: u16,
}

/// Something shown on the terminal's page by the clerk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum Mark {
    /// A hand with the clerk's name; fades after four seconds.
    Pointer {
        /// Where.
        at: Spot,
        /// Whether this begins a gesture (recorded) or continues one (not recorded).
        begins: bool,
    },
    /// A frame around a part of the page; stays until cleared.
    Highlight {
        /// One corner.
        from: Spot,
        /// The opposite corner.
        to: Spot,
    },
    /// Takes every highlight away.
    Clear,
}

/// What a mark lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Surface {
    /// The shared form.
    Form,
    /// The picture of the document camera.
    DocumentCamera,
    /// The paper that is being shown.
    Paper,
    /// The whole page of the terminal.
    Page,
}

/// The state of one material in the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MaterialState {
    /// Nothing seen yet.
    Missing,
    /// A still or file lies there and waits for judgement.
    Captured,
    /// Judged good.
    Accepted,
    /// Judged bad, with a reason.
    Rejected,
}

/// One row of the checklist, live on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MaterialView {
    /// The material.
    pub code: MaterialCode,
    /// Whether acceptance is impossible without it (主件).
    pub primary: bool,
    /// Whether the catalogue lets it follow later.
    pub deferrable: bool,
    /// How far it is.
    pub state: MaterialState,
    /// Why it was rejected, in the clerk's words; only in `rejected`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
    /// The stills bound to it, oldest first.
    pub stills: Vec<StillId>,
}

/// How a case stands, as far as this version of the window brings it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CaseState {
    /// Received (收件): no legal effect yet.
    Intake,
    /// Accepted (受理): the clock runs.
    Accepted,
    /// Not accepted (不予受理): no such procedure, or another authority is competent.
    NotAccepted,
}

/// A case as the call sees it. Holds no personal data beyond what both sides know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CaseBrief {
    /// The case.
    pub id: CaseId,
    /// Its number, such as `2026-000127`.
    pub number: String,
    /// How it stands.
    pub state: CaseState,
    /// Raised by every change; a request based on an older one is `stale`.
    pub version: u32,
    /// What it is about.
    pub item: ItemCode,
    /// Its finest branch.
    pub scenario: ScenarioCode,
    /// The one owner (责任人).
    pub owner: StaffId,
    /// The owner's name.
    pub owner_name: String,
    /// The checklist.
    pub materials: Vec<MaterialView>,
    /// Papers issued so far, oldest first.
    pub papers: Vec<PaperBrief>,
    /// The handoff that is on offer, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub open_handoff: Option<HandoffBrief>,
}

/// Which paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PaperKind {
    /// 收件凭证.
    IntakeReceipt,
    /// 受理通知书.
    AcceptanceNotice,
    /// 不予受理通知书.
    NonAcceptanceNotice,
}

/// A paper, by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PaperBrief {
    /// The paper; pages at `GET /api/v1/papers/{id}/pages/{n}.png`, whole at `/api/v1/papers/{id}.pdf`.
    pub id: PaperId,
    /// What it is.
    pub kind: PaperKind,
    /// Its number, such as `2026-000127-受理-1`.
    pub number: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// How many pages it has.
    pub pages: u16,
    /// When the citizen pressed 我收到了, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub received_at: Option<Timestamp>,
}

/// To whom a case is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum HandoffTarget {
    /// One other clerk.
    Clerk {
        /// Who.
        staff: StaffId,
    },
    /// A department: one clerk of it takes it.
    Department {
        /// Which.
        department: DepartmentCode,
    },
}

/// How a handoff stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum HandoffState {
    /// Waits for an answer; the sender is owner.
    Offered,
    /// The receiver is owner.
    Accepted,
    /// The sender stays owner; a reason was given.
    Refused,
    /// Nobody answered in time; the sender stays owner.
    Expired,
    /// The sender took it back.
    Withdrawn,
}

/// A handoff (转办) in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HandoffBrief {
    /// The handoff.
    pub id: HandoffId,
    /// The case.
    pub case: CaseId,
    /// The case's number.
    pub case_number: String,
    /// Who offers and is owner until acceptance.
    pub from: StaffId,
    /// The sender's name.
    pub from_name: String,
    /// Whom it is offered to.
    pub to: HandoffTarget,
    /// Why, in the sender's words.
    pub reason: String,
    /// How it stands.
    pub state: HandoffState,
    /// When the offer ends by itself.
    pub expires_at: Timestamp,
}

/// A site, as every page knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SiteView {
    /// Its code.
    pub code: SiteCode,
    /// Its name (zh-CN).
    pub name: String,
    /// Its name in zh-HK.
    pub name_zh_hk: String,
    /// Its name in English.
    pub name_en: String,
    /// The languages spoken there, best first.
    pub languages: Vec<Spoken>,
}

/// A ticket, as both sides see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TicketView {
    /// The ticket.
    pub id: TicketId,
    /// Its number on the screen, such as `C023`; restarts each day and queue.
    pub number: String,
    /// The queue.
    pub skill_group: SkillGroupCode,
    /// The item, unless the citizen only wants to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub item: Option<ItemCode>,
    /// The scenario, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub scenario: Option<ScenarioCode>,
    /// When it was taken: waits are counted from here for ever.
    pub taken_at: Timestamp,
}

/// A place in the queue, in words that may be said aloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Position {
    /// People ahead.
    pub ahead: u32,
    /// How long it may take.
    pub estimate: Estimate,
}

/// How long a wait may take: a guess, or that nobody can guess. Never both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Estimate {
    /// Somebody who serves this queue is on duty.
    Minutes {
        /// Least minutes to wait, rounded to a step (1, 3, 5, 10, 15, 20, 30).
        from: u32,
        /// Most minutes to wait; none above thirty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        to: Option<u32>,
    },
    /// Nobody who serves this queue is on duty; places are kept and called in order once somebody is.
    NobodyOnDuty,
}

/// How one side of a call is heard and seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PartyView {
    /// Microphone muted by its owner: the server forwards no sound.
    pub muted: bool,
    /// Camera off by its owner: the server forwards no video.
    pub camera_off: bool,
    /// Connection lost with its grace running, or nothing heard of it for about two seconds.
    pub away: bool,
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

/// Consent to assistance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AssistView {
    /// Asked for and not yet answered; unanswered after 30 s means no.
    pub asked: Vec<Capability>,
    /// When the question ends by itself; none if nothing is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ask_ends_at: Option<Timestamp>,
    /// Granted and in force.
    pub granted: Vec<Capability>,
}

/// The shared form. Its fields and their order are those of [`FORM_FIELDS`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FormView {
    /// Values by field, with whose hand wrote them.
    pub values: BTreeMap<String, FormValue>,
    /// Who types where at this moment: the other side's field is locked.
    pub typing: BTreeMap<String, Hand>,
}

/// One value of the shared form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FormValue {
    /// The text, at most 200 characters.
    pub text: String,
    /// Whose hand wrote it.
    pub by: Hand,
    /// Raised by every change of this field, from 1.
    pub version: u32,
}

/// The fields of the short shared form, in order: key and longest text in characters.
pub const FORM_FIELDS: [(&str, usize); 6] =
    [("name", 40), ("id_number", 18), ("phone", 20), ("address", 120), ("household", 2), ("remark", 200)];

/// A still that the clerk triggered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CaptureRequest {
    /// The still to be delivered, by `POST /api/v1/stills` and resumable upload.
    pub still: StillId,
    /// The material it is for.
    pub material: MaterialCode,
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
