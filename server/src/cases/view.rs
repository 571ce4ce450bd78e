//! How a case looks to those who may see it.
use casework::{Basis, Blocked, Deadlines, IntakeClock};
use jiff::civil::Date;
use protocol::ids::{
    CallId, CaseId, DepartmentCode, EventId, ItemCode, ScenarioCode, SkillGroupCode, StaffId,
};
use protocol::{CaseBrief, CaseState, HandoffBrief, MaterialView, Timestamp};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::store::cases::{HandoffRow, IdentityCheck};

/// A case with its whole story. Identity and telephone numbers are masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseView {
    /// As the call sees it: `id`, `number`, `state`, `version`, `item`, `scenario`, `owner`, `owner_name`, `materials`,
    /// `papers`, `open_handoff`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub brief: CaseBrief,
    /// The call it was opened in.
    #[schema(value_type = String, format = Uuid)]
    pub call: CallId,
    /// Who is responsible for the item.
    #[schema(value_type = String)]
    pub department: DepartmentCode,
    /// Whose work it is.
    #[schema(value_type = String)]
    pub skill_group: SkillGroupCode,
    /// Who applies.
    pub applicant: ApplicantView,
    /// Who opened it.
    #[schema(value_type = String, format = Uuid)]
    pub opened_by: StaffId,
    /// Their name.
    pub opened_by_name: String,
    /// When it was received.
    #[schema(value_type = i64)]
    pub received_at: Timestamp,
    /// Only in intake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intake: Option<IntakeView>,
    /// Only once accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<AcceptanceView>,
    /// Only once refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub non_acceptance: Option<NonAcceptanceView>,
    /// Every handoff, oldest first.
    pub handoffs: Vec<HandoffStory>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineRow>,
}

/// Who applies, as much as a page shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApplicantView {
    /// The name.
    pub name: String,
    /// The identity number, masked.
    pub id_number: String,
    /// The telephone number, masked.
    pub phone: String,
    /// How the identity was checked.
    pub identity_check: IdentityCheck,
}

/// What intake waits for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IntakeView {
    /// The five working days.
    #[schema(value_type = Object)]
    pub clock: IntakeClock,
    /// What stands in the way of acceptance; empty means nothing does.
    #[schema(value_type = Vec<Object>)]
    pub blocked: Vec<Blocked>,
    /// The authority that is competent instead, if the scenario belongs to another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub competent_elsewhere: Option<String>,
}

/// What acceptance started.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AcceptanceView {
    /// `declared`, or `deemed` because nobody told the applicant anything within the five days.
    #[schema(value_type = String)]
    pub basis: Basis,
    /// When; deemed: when it was received.
    #[schema(value_type = i64)]
    pub at: Timestamp,
    /// Who.
    #[schema(value_type = String, format = Uuid)]
    pub by: StaffId,
    /// Their name.
    pub by_name: String,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// How it was reckoned.
    #[schema(value_type = Object)]
    pub deadlines: Deadlines,
}

/// Why it was not accepted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NonAcceptanceView {
    /// When.
    #[schema(value_type = i64)]
    pub at: Timestamp,
    /// Who.
    #[schema(value_type = String, format = Uuid)]
    pub by: StaffId,
    /// Their name.
    pub by_name: String,
    /// `ground` and, for another authority, its name.
    #[schema(value_type = Object)]
    pub ground: casework::Ground,
    /// In words for the applicant.
    pub explanation: String,
}

/// A handoff with how it ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HandoffStory {
    /// `id`, `case`, `case_number`, `from`, `from_name`, `to`, `reason`, `state`, `expires_at`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub brief: HandoffBrief,
    /// Since when.
    #[schema(value_type = i64)]
    pub offered_at: Timestamp,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub ended_at: Option<Timestamp>,
    /// Who answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub ended_by: Option<StaffId>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<String>,
}

/// A handoff with what its receiver must know to answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HandoffView {
    /// The handoff.
    #[serde(flatten)]
    pub story: HandoffStory,
    /// What the case is about.
    #[schema(value_type = String)]
    pub item: ItemCode,
    /// Its finest branch.
    #[schema(value_type = String)]
    pub scenario: ScenarioCode,
    /// Whose work it is.
    #[schema(value_type = String)]
    pub skill_group: SkillGroupCode,
    /// How the case stands.
    #[schema(value_type = String)]
    pub case_state: CaseState,
    /// The case's version.
    pub version: u32,
    /// Its owner now.
    #[schema(value_type = String, format = Uuid)]
    pub owner: StaffId,
    /// The applicant's name, masked.
    pub applicant: String,
    /// The state of every material.
    #[schema(value_type = Vec<Object>)]
    pub materials: Vec<MaterialView>,
    /// By when the case must be decided, or the applicant be told.
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    #[serde(skip)]
    pub(super) hub: String,
}

/// Something that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimelineRow {
    /// The event in the ledger.
    #[schema(value_type = String, format = Uuid)]
    pub id: EventId,
    /// When.
    #[schema(value_type = i64)]
    pub at: Timestamp,
    /// What, such as `case_accepted`.
    pub kind: String,
    /// `staff`, `terminal`, `system` or `operator`.
    pub actor: String,
    /// The name of the member of staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_name: Option<String>,
    /// Ids, codes, states, digests.
    #[schema(value_type = Object)]
    pub facts: Value,
}

/// A line of a list: everything personal is masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseLineView {
    /// The case.
    #[schema(value_type = String, format = Uuid)]
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// How it stands.
    #[schema(value_type = String)]
    pub state: CaseState,
    /// Its version.
    pub version: u32,
    /// What it is about.
    pub item: String,
    /// Its finest branch.
    pub scenario: String,
    /// Its owner.
    #[schema(value_type = String, format = Uuid)]
    pub owner: StaffId,
    /// The owner's name.
    pub owner_name: String,
    /// The applicant's name, masked.
    pub applicant: String,
    /// The identity number, masked.
    pub id_number: String,
    /// When it was received.
    #[schema(value_type = i64)]
    pub received_at: Timestamp,
    /// By when it is decided, once accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub due: Option<String>,
    /// The five working days of intake, only while it is in intake: when the owner is warned, and the last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub intake_clock: Option<IntakeClock>,
    /// Whether it is on offer to somebody.
    pub on_offer: bool,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CasePage {
    /// Newest first.
    pub cases: Vec<CaseLineView>,
    /// What to send as `before` for the next page; none after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub next: Option<CaseId>,
}

/// What was uncovered. The look is on record.
#[derive(Clone, Serialize, ToSchema)]
pub struct Revealed {
    /// The whole identity number.
    pub id_number: String,
    /// The whole telephone number.
    pub phone: String,
}

pub(super) fn handoff_brief(row: HandoffRow) -> HandoffBrief {
    let HandoffRow { id, case, case_number, from, from_name, to, reason, state, expires_at, .. } = row;
    HandoffBrief { id, case, case_number, from, from_name, to, reason, state, expires_at }
}

pub(super) fn handoff_story(row: HandoffRow) -> HandoffStory {
    HandoffStory {
        offered_at: row.offered_at,
        ended_at: row.ended_at,
        ended_by: row.ended_by,
        end_reason: row.end_reason.clone(),
        brief: handoff_brief(row),
    }
}
