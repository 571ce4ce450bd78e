//! Reading cases: one whole, or lines of a list.
use casework::{
    Accepted, Basis, Case, Checklist, Deadlines, Ground, Intake, MaterialRow, MaterialStatus, Matter,
    NotAccepted, Requirement,
};
use protocol::ids::{ApplicantId, CallId, CaseId, DepartmentCode, EventId, StaffId};
use protocol::{CaseState, Timestamp};
use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::str::FromStr;

use super::applicants::{id_number_term, name_term};
use super::{Origin, Stored, handoffs, unseal_text};
use crate::store::keys::LedgerKeys;
use crate::store::{Store, StoreError};

const DAMAGED: StoreError = StoreError::Damaged("case");

/// A case by its id.
///
/// # Errors
/// When the database refuses or a row is damaged.
pub async fn load(
    db: &mut AnyConnection,
    keys: &LedgerKeys,
    id: CaseId,
) -> Result<Option<Stored>, StoreError> {
    let row = sqlx::query("SELECT * FROM cases WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(&mut *db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let matter = Matter {
        id,
        owner: parsed(&row, "owner")?,
        version: u32::try_from(row.try_get::<i64, _>("version")?).map_err(|_| DAMAGED)?,
        skill_group: row.try_get::<&str, _>("skill_group")?.into(),
        handoff: handoffs::open(db, id).await?,
    };
    let origin = Origin {
        number: row.try_get("number")?,
        hub: row.try_get("hub")?,
        department: row.try_get::<&str, _>("department")?.into(),
        item: row.try_get::<&str, _>("item")?.into(),
        scenario: row.try_get::<&str, _>("scenario")?.into(),
        catalogue_version: row.try_get("catalogue_version")?,
        call: parsed(&row, "call_id")?,
        terminal: parsed(&row, "terminal")?,
        opened_by: parsed(&row, "opened_by")?,
        applicant: parsed(&row, "applicant")?,
    };
    let checklist = checklist(db, id).await?;
    let received_at = Timestamp(row.try_get("received_at")?);
    let case = match row.try_get::<&str, _>("state")? {
        "intake" => {
            let competent_elsewhere = row.try_get("competent_elsewhere")?;
            Case::Intake(Intake { matter, received_at, checklist, competent_elsewhere })
        }
        "accepted" => Case::Accepted(Accepted {
            matter,
            received_at,
            checklist,
            basis: match row.try_get::<&str, _>("basis")? {
                "declared" => Basis::Declared,
                "deemed" => Basis::Deemed,
                _ => return Err(DAMAGED),
            },
            accepted_at: Timestamp(row.try_get("accepted_at")?),
            accepted_by: parsed(&row, "accepted_by")?,
            deadlines: serde_json::from_str::<Deadlines>(row.try_get("deadlines")?).map_err(|_| DAMAGED)?,
        }),
        "not_accepted" => Case::NotAccepted(NotAccepted {
            matter,
            received_at,
            checklist,
            at: Timestamp(row.try_get("refused_at")?),
            by: parsed(&row, "refused_by")?,
            ground: match row.try_get::<Option<String>, _>("authority")? {
                Some(authority) => Ground::OtherAuthority { authority },
                None => Ground::NoSuchProcedure,
            },
            explanation: match row.try_get::<Option<String>, _>("explanation_sealed")? {
                Some(sealed) => unseal_text(keys, ("cases.explanation", id.to_string()), &sealed)?,
                None => String::new(),
            },
        }),
        _ => return Err(DAMAGED),
    };
    Ok(Some(Stored { case, origin }))
}

async fn checklist(db: &mut AnyConnection, case: CaseId) -> Result<Checklist, StoreError> {
    let rows: Vec<(String, i64, i64, String, Option<String>)> = sqlx::query_as(
        "SELECT code, is_primary, is_deferrable, state, reason FROM materials WHERE case_id = $1 ORDER BY place",
    )
    .bind(case.to_string())
    .fetch_all(db)
    .await?;
    let read = |(code, primary, deferrable, state, reason): (String, i64, i64, String, Option<String>)| {
        let requirement =
            Requirement { code: code.as_str().into(), primary: primary != 0, deferrable: deferrable != 0 };
        let status = match (state.as_str(), reason) {
            ("missing", None) => MaterialStatus::Missing,
            ("captured", None) => MaterialStatus::Captured,
            ("accepted", None) => MaterialStatus::Accepted,
            ("rejected", Some(reason)) => MaterialStatus::Rejected { reason },
            _ => return Err(StoreError::Damaged("material")),
        };
        Ok(MaterialRow { requirement, status })
    };
    rows.into_iter().map(read).collect::<Result<_, _>>().map(Checklist::restored)
}

pub(super) fn material_columns(status: &MaterialStatus) -> (&'static str, Option<String>) {
    match status {
        MaterialStatus::Missing => ("missing", None),
        MaterialStatus::Captured => ("captured", None),
        MaterialStatus::Accepted => ("accepted", None),
        MaterialStatus::Rejected { reason } => ("rejected", Some(reason.clone())),
    }
}

/// The cases opened in a call, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn of_call(db: &mut AnyConnection, call: CallId) -> Result<Vec<CaseId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM cases WHERE call_id = $1 ORDER BY id DESC")
        .bind(call.to_string())
        .fetch_all(db)
        .await?;
    ids.iter().map(|id| id.parse().map_err(|_| DAMAGED)).collect()
}

/// Of the cases opened in a call the one that changed last.
///
/// # Errors
/// When the database refuses.
pub async fn last_changed_of_call(
    db: &mut AnyConnection,
    call: CallId,
) -> Result<Option<CaseId>, StoreError> {
    let id: Option<String> = sqlx::query_scalar(
        "SELECT c.id FROM cases c JOIN case_events e ON e.case_id = c.id WHERE c.call_id = $1 \
         ORDER BY e.at DESC, c.id DESC LIMIT 1",
    )
    .bind(call.to_string())
    .fetch_optional(db)
    .await?;
    id.map(|id| id.parse().map_err(|_| DAMAGED)).transpose()
}

/// Cases with a deadline that touches a year which was not yet published, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn provisional(db: &mut AnyConnection) -> Result<Vec<CaseId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM cases WHERE due_provisional = 1 ORDER BY id")
        .fetch_all(db)
        .await?;
    ids.iter().map(|id| id.parse().map_err(|_| DAMAGED)).collect()
}

/// What a member of staff is called.
///
/// # Errors
/// When the database refuses, or [`StoreError::Missing`].
pub async fn staff_name(db: &mut AnyConnection, id: StaffId) -> Result<String, StoreError> {
    let name: Option<String> = sqlx::query_scalar("SELECT name FROM staff WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    name.ok_or_else(|| StoreError::Missing(format!("account {id}")))
}

/// What a list is asked for.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Only cases of this hub.
    pub hub: String,
    /// Only cases that this person may see: owned, opened, or of the department.
    pub viewer: StaffId,
    /// The viewer's department.
    pub department: Option<DepartmentCode>,
    /// Only cases that the viewer owns.
    pub mine: bool,
    /// A case number or its beginning, a whole identity number, or a whole name.
    pub query: Option<String>,
    /// Only cases older than this one.
    pub before: Option<CaseId>,
    /// At most so many.
    pub limit: u32,
}

/// One line of a list.
#[derive(Clone, Debug)]
pub struct CaseLine {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// How it stands.
    pub state: CaseState,
    /// Its version.
    pub version: u32,
    /// What it is about.
    pub item: String,
    /// Its finest branch.
    pub scenario: String,
    /// Its owner.
    pub owner: StaffId,
    /// The owner's name.
    pub owner_name: String,
    /// Who applies.
    pub applicant: ApplicantId,
    /// When it was received.
    pub received_at: Timestamp,
    /// By when it is decided, once accepted.
    pub due_on: Option<String>,
    /// Whether it is on offer to somebody.
    pub on_offer: bool,
}

/// Cases that somebody may see, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn find(store: &Store, keys: &LedgerKeys, filter: &Filter) -> Result<Vec<CaseLine>, StoreError> {
    let query = filter.query.as_deref().map(str::trim).filter(|query| !query.is_empty());
    let number =
        query.and_then(|query| query.parse().ok()).map(|number| keys.blind(&id_number_term(&number)));
    let rows = sqlx::query(
        "SELECT c.id, c.number, c.state, c.version, c.item, c.scenario, c.owner, s.name AS owner_name, c.applicant, \
             c.received_at, c.due_on, \
             (SELECT COUNT(*) FROM handoffs h WHERE h.case_id = c.id AND h.state = 'offered') AS offers \
         FROM cases c JOIN staff s ON s.id = c.owner JOIN applicants a ON a.id = c.applicant \
         WHERE c.hub = $1 AND (c.owner = $2 OR ($3 = 0 AND (c.opened_by = $2 OR c.department = $4))) \
           AND ($5 = '' OR c.number LIKE $6 OR a.id_number_digest = $7 OR a.name_digest = $8) \
           AND c.id < $9 ORDER BY c.id DESC LIMIT $10",
    )
    .bind(&filter.hub)
    .bind(filter.viewer.to_string())
    .bind(i64::from(filter.mine))
    .bind(filter.department.as_ref().map_or("", DepartmentCode::as_str).to_owned())
    .bind(query.unwrap_or_default().to_owned())
    .bind(number_pattern(query))
    .bind(number.unwrap_or_default())
    .bind(query.map(|name| keys.blind(&name_term(name))).unwrap_or_default())
    .bind(filter.before.map_or_else(|| "z".to_owned(), |id| id.to_string()))
    .bind(i64::from(filter.limit))
    .fetch_all(store.reader())
    .await?;
    rows.iter().map(line).collect()
}

/// Only signs of a number: a pattern of the searcher's own would match everything.
fn number_pattern(query: Option<&str>) -> String {
    match query {
        Some(query) if query.chars().all(|c| c.is_ascii_digit() || c == '-') => format!("{query}%"),
        _ => String::new(),
    }
}

fn line(row: &AnyRow) -> Result<CaseLine, StoreError> {
    Ok(CaseLine {
        id: parsed(row, "id")?,
        number: row.try_get("number")?,
        state: match row.try_get::<&str, _>("state")? {
            "intake" => CaseState::Intake,
            "accepted" => CaseState::Accepted,
            "not_accepted" => CaseState::NotAccepted,
            _ => return Err(DAMAGED),
        },
        version: u32::try_from(row.try_get::<i64, _>("version")?).map_err(|_| DAMAGED)?,
        item: row.try_get("item")?,
        scenario: row.try_get("scenario")?,
        owner: parsed(row, "owner")?,
        owner_name: row.try_get("owner_name")?,
        applicant: parsed(row, "applicant")?,
        received_at: Timestamp(row.try_get("received_at")?),
        due_on: row.try_get("due_on")?,
        on_offer: row.try_get::<i64, _>("offers")? > 0,
    })
}

/// Something that happened to a case.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// The event, as the ledger names it.
    pub id: EventId,
    /// What.
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// `staff`, `terminal`, `system` or `operator`.
    pub actor_kind: String,
    /// The name of the member of staff who did it.
    pub actor_name: Option<String>,
    /// What a stranger may read.
    pub facts: Value,
}

/// What happened to a case, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn events(db: &mut AnyConnection, case: CaseId) -> Result<Vec<EventRow>, StoreError> {
    let rows: Vec<(String, String, i64, String, Option<String>, String)> = sqlx::query_as(
        "SELECT e.id, e.kind, e.at, e.actor_kind, s.name, e.facts \
         FROM case_events e LEFT JOIN staff s ON e.actor_kind = 'staff' AND s.id = e.actor_id \
             JOIN ledger l ON l.id = e.id \
         WHERE e.case_id = $1 ORDER BY l.sequence",
    )
    .bind(case.to_string())
    .fetch_all(db)
    .await?;
    let read = |(id, kind, at, actor_kind, actor_name, facts): (
        String,
        String,
        i64,
        String,
        Option<String>,
        String,
    )| {
        Ok(EventRow {
            id: id.parse().map_err(|_| DAMAGED)?,
            kind,
            at: Timestamp(at),
            actor_kind,
            actor_name,
            facts: serde_json::from_str(&facts).map_err(|_| DAMAGED)?,
        })
    };
    rows.into_iter().map(read).collect()
}

pub(super) fn parsed<T: FromStr>(row: &AnyRow, column: &str) -> Result<T, StoreError> {
    row.try_get::<&str, _>(column)?.parse().map_err(|_| DAMAGED)
}
