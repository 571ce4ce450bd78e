//! Handoffs: at most one open per case.
use casework::{Ended, Offer, Outcome, Target};
use protocol::ids::{CaseId, DepartmentCode, HandoffId, StaffId};
use protocol::{HandoffState, HandoffTarget, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::read::parsed;
use crate::store::{Store, StoreError, Tx};

const DAMAGED: StoreError = StoreError::Damaged("handoff");
const COLUMNS: &str = "SELECT h.id, h.case_id, c.number, c.hub, h.from_staff, s.name AS from_name, h.to_staff, \
     h.to_department, h.reason, h.state, h.offered_at, h.expires_at, h.ended_at, h.ended_by, h.end_reason \
     FROM handoffs h JOIN cases c ON c.id = h.case_id JOIN staff s ON s.id = h.from_staff ";

/// A handoff with the names that are shown.
#[derive(Clone, Debug)]
pub struct HandoffRow {
    /// The handoff.
    pub id: HandoffId,
    /// The case.
    pub case: CaseId,
    /// The case's number.
    pub case_number: String,
    /// The hub that the case belongs to.
    pub hub: String,
    /// Who offers.
    pub from: StaffId,
    /// The sender's name.
    pub from_name: String,
    /// To whom.
    pub to: HandoffTarget,
    /// Why.
    pub reason: String,
    /// How it stands.
    pub state: HandoffState,
    /// Since when.
    pub offered_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who answered.
    pub ended_by: Option<StaffId>,
    /// Why it was refused.
    pub end_reason: Option<String>,
}

pub(super) async fn add(tx: &mut Tx, case: CaseId, offer: &Offer) -> Result<(), StoreError> {
    let (staff, department) = match &offer.to {
        Target::Clerk { staff } => (Some(staff.to_string()), None),
        Target::Department { department } => (None, Some(department.0.clone())),
    };
    sqlx::query(
        "INSERT INTO handoffs (id, case_id, from_staff, to_staff, to_department, reason, state, offered_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 'offered', $7, $8)",
    )
    .bind(offer.id.to_string())
    .bind(case.to_string())
    .bind(offer.from.to_string())
    .bind(staff)
    .bind(department)
    .bind(&offer.reason)
    .bind(offer.offered_at.0)
    .bind(offer.expires_at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn end(tx: &mut Tx, ended: &Ended) -> Result<(), StoreError> {
    let (state, by, reason) = match &ended.outcome {
        Outcome::Accepted { by } => ("accepted", Some(*by), None),
        Outcome::Refused { by, reason } => ("refused", Some(*by), Some(reason.clone())),
        Outcome::Expired => ("expired", None, None),
        Outcome::Withdrawn => ("withdrawn", Some(ended.offer.from), None),
    };
    sqlx::query(
        "UPDATE handoffs SET state = $1, ended_at = $2, ended_by = $3, end_reason = $4 \
         WHERE id = $5 AND state = 'offered'",
    )
    .bind(state)
    .bind(ended.at.0)
    .bind(by.map(|by| by.to_string()))
    .bind(reason)
    .bind(ended.offer.id.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The offer of a case that stands, if one does.
pub(super) async fn open(db: &mut AnyConnection, case: CaseId) -> Result<Option<Offer>, StoreError> {
    let sql = const_format(" WHERE h.case_id = $1 AND h.state = 'offered'");
    let row = sqlx::query(sql).bind(case.to_string()).fetch_optional(db).await?;
    let Some(row) = row else { return Ok(None) };
    let HandoffRow { id, from, to, reason, offered_at, expires_at, .. } = read(&row)?;
    let to = match to {
        HandoffTarget::Clerk { staff } => Target::Clerk { staff },
        HandoffTarget::Department { department } => Target::Department { department },
    };
    Ok(Some(Offer { id, from, to, reason, offered_at, expires_at }))
}

/// A handoff by its id.
///
/// # Errors
/// When the database refuses or the row is damaged.
pub async fn get(db: &mut AnyConnection, id: HandoffId) -> Result<Option<HandoffRow>, StoreError> {
    let sql = const_format(" WHERE h.id = $1");
    let row = sqlx::query(sql).bind(id.to_string()).fetch_optional(db).await?;
    row.as_ref().map(read).transpose()
}

/// Every handoff of a case, oldest first.
///
/// # Errors
/// When the database refuses or a row is damaged.
pub async fn of_case(db: &mut AnyConnection, case: CaseId) -> Result<Vec<HandoffRow>, StoreError> {
    let sql = const_format(" WHERE h.case_id = $1 ORDER BY h.offered_at, h.id");
    let rows = sqlx::query(sql).bind(case.to_string()).fetch_all(db).await?;
    rows.iter().map(read).collect()
}

/// Offers that wait for this clerk's answer, those that end first in front; and offers that the clerk has made.
///
/// # Errors
/// When the database refuses or a row is damaged.
pub async fn for_clerk(
    store: &Store,
    (clerk, hub): (StaffId, &str),
    department: Option<&DepartmentCode>,
    sent: bool,
) -> Result<Vec<HandoffRow>, StoreError> {
    let sql = const_format(
        " WHERE h.state = 'offered' AND c.hub = $1 AND (($2 = 1 AND h.from_staff = $3) \
           OR ($2 = 0 AND h.from_staff <> $3 AND (h.to_staff = $3 OR h.to_department = $4))) \
          ORDER BY h.expires_at, h.id",
    );
    let rows = sqlx::query(sql)
        .bind(hub.to_owned())
        .bind(i64::from(sent))
        .bind(clerk.to_string())
        .bind(department.map_or("", DepartmentCode::as_str).to_owned())
        .fetch_all(store.reader())
        .await?;
    rows.iter().map(read).collect()
}

/// Offers whose time is over at `now`, and when the next one's will be.
///
/// # Errors
/// When the database refuses.
pub async fn due(
    store: &Store,
    now: Timestamp,
) -> Result<(Vec<(CaseId, HandoffId)>, Option<Timestamp>), StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT case_id, id FROM handoffs WHERE state = 'offered' AND expires_at <= $1 ORDER BY expires_at LIMIT 100",
    )
    .bind(now.0)
    .fetch_all(store.reader())
    .await?;
    let next: Option<i64> = sqlx::query_scalar(
        "SELECT MIN(expires_at) FROM handoffs WHERE state = 'offered' AND expires_at > $1",
    )
    .bind(now.0)
    .fetch_one(store.reader())
    .await?;
    let read = |(case, id): (String, String)| {
        Ok((case.parse().map_err(|_| DAMAGED)?, id.parse().map_err(|_| DAMAGED)?))
    };
    Ok((rows.into_iter().map(read).collect::<Result<_, StoreError>>()?, next.map(Timestamp)))
}

fn read(row: &AnyRow) -> Result<HandoffRow, StoreError> {
    let staff: Option<String> = row.try_get("to_staff")?;
    let department: Option<String> = row.try_get("to_department")?;
    let to = match (staff, department) {
        (Some(staff), None) => HandoffTarget::Clerk { staff: staff.parse().map_err(|_| DAMAGED)? },
        (None, Some(department)) => HandoffTarget::Department { department: department.as_str().into() },
        _ => return Err(DAMAGED),
    };
    let ended_by: Option<String> = row.try_get("ended_by")?;
    Ok(HandoffRow {
        id: parsed(row, "id")?,
        case: parsed(row, "case_id")?,
        case_number: row.try_get("number")?,
        hub: row.try_get("hub")?,
        from: parsed(row, "from_staff")?,
        from_name: row.try_get("from_name")?,
        to,
        reason: row.try_get("reason")?,
        state: match row.try_get::<&str, _>("state")? {
            "offered" => HandoffState::Offered,
            "accepted" => HandoffState::Accepted,
            "refused" => HandoffState::Refused,
            "expired" => HandoffState::Expired,
            "withdrawn" => HandoffState::Withdrawn,
            _ => return Err(DAMAGED),
        },
        offered_at: Timestamp(row.try_get("offered_at")?),
        expires_at: Timestamp(row.try_get("expires_at")?),
        ended_at: row.try_get::<Option<i64>, _>("ended_at")?.map(Timestamp),
        ended_by: ended_by.map(|by| by.parse().map_err(|_| DAMAGED)).transpose()?,
        end_reason: row.try_get("end_reason")?,
    })
}

/// The columns with an end of our own making: nothing that anybody typed.
fn const_format(end: &'static str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("{COLUMNS}{end}"))
}
