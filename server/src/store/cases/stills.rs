//! Stills: what was announced, what has arrived.
use protocol::Timestamp;
use protocol::ids::{CallId, CaseId, MaterialCode, StillId, TerminalId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::read::parsed;
use crate::store::{StoreError, Tx};

/// A still, announced or arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StillRow {
    /// The still.
    pub id: StillId,
    /// The call it was taken in.
    pub call: CallId,
    /// The terminal that takes it.
    pub terminal: TerminalId,
    /// The material it shows.
    pub material: MaterialCode,
    /// The case it is bound to.
    pub case: Option<CaseId>,
    /// Its length in bytes, as announced.
    pub length: u64,
    /// Its SHA-256, as announced and, once arrived, as checked.
    pub digest: String,
    /// What kind of picture, once arrived.
    pub media_type: Option<String>,
    /// When it was announced.
    pub created_at: Timestamp,
    /// When it had arrived whole.
    pub completed_at: Option<Timestamp>,
}

/// Stores the announcement. False: it was announced before.
///
/// # Errors
/// When the database refuses.
pub async fn add(tx: &mut Tx, still: &StillRow) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO stills (id, call_id, terminal, material, length, digest, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
    )
    .bind(still.id.to_string())
    .bind(still.call.to_string())
    .bind(still.terminal.to_string())
    .bind(still.material.as_str())
    .bind(i64::try_from(still.length).unwrap_or(i64::MAX))
    .bind(&still.digest)
    .bind(still.created_at.0)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A still by its id.
///
/// # Errors
/// When the database refuses or the row is damaged.
pub async fn get(db: &mut AnyConnection, id: StillId) -> Result<Option<StillRow>, StoreError> {
    let row =
        sqlx::query("SELECT * FROM stills WHERE id = $1").bind(id.to_string()).fetch_optional(db).await?;
    row.as_ref().map(read).transpose()
}

/// Notes that it arrived whole. False: it was noted before.
///
/// # Errors
/// When the database refuses.
pub async fn complete(tx: &mut Tx, id: StillId, media_type: &str, at: Timestamp) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE stills SET media_type = $1, completed_at = $2 WHERE id = $3 AND completed_at IS NULL",
    )
    .bind(media_type.to_owned())
    .bind(at.0)
    .bind(id.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Binds a still to a case.
///
/// # Errors
/// When the database refuses.
pub async fn bind(tx: &mut Tx, id: StillId, case: CaseId) -> Result<(), StoreError> {
    sqlx::query("UPDATE stills SET case_id = $1 WHERE id = $2 AND case_id IS NULL")
        .bind(case.to_string())
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The stills of a case that have arrived, oldest first.
///
/// # Errors
/// When the database refuses or a row is damaged.
pub async fn of_case(db: &mut AnyConnection, case: CaseId) -> Result<Vec<StillRow>, StoreError> {
    let sql =
        "SELECT * FROM stills WHERE case_id = $1 AND completed_at IS NOT NULL ORDER BY completed_at, id";
    let rows = sqlx::query(sql).bind(case.to_string()).fetch_all(db).await?;
    rows.iter().map(read).collect()
}

/// The stills of a call that have arrived and belong to no case yet, oldest first.
///
/// # Errors
/// When the database refuses or a row is damaged.
pub async fn of_call(db: &mut AnyConnection, call: CallId) -> Result<Vec<StillRow>, StoreError> {
    let sql = "SELECT * FROM stills WHERE call_id = $1 AND case_id IS NULL AND completed_at IS NOT NULL \
               ORDER BY completed_at, id";
    let rows = sqlx::query(sql).bind(call.to_string()).fetch_all(db).await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<StillRow, StoreError> {
    let damaged = || StoreError::Damaged("still");
    let case: Option<String> = row.try_get("case_id")?;
    Ok(StillRow {
        id: parsed(row, "id")?,
        call: parsed(row, "call_id")?,
        terminal: parsed(row, "terminal")?,
        material: row.try_get::<&str, _>("material")?.into(),
        case: case.map(|case| case.parse().map_err(|_| damaged())).transpose()?,
        length: u64::try_from(row.try_get::<i64, _>("length")?).map_err(|_| damaged())?,
        digest: row.try_get("digest")?,
        media_type: row.try_get("media_type")?,
        created_at: Timestamp(row.try_get("created_at")?),
        completed_at: row.try_get::<Option<i64>, _>("completed_at")?.map(Timestamp),
    })
}
