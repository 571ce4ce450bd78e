//! A case in short: checklist, papers, handoffs.
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Timestamp;
use crate::ids::{
    CaseId, DepartmentCode, HandoffId, ItemCode, MaterialCode, PaperId, ScenarioCode, StaffId, StillId,
};

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
