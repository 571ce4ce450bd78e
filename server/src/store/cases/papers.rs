//! Papers as they were issued: content and PDF sealed, digest and number open.
use protocol::ids::{CallId, CaseId, PaperId, StaffId, TerminalId};
use protocol::{PaperKind, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::read::parsed;
use super::{seal, unseal, unseal_text};
use crate::store::keys::LedgerKeys;
use crate::store::{StoreError, Tx};

const DAMAGED: StoreError = StoreError::Damaged("paper");

/// A paper without its content.
#[derive(Clone, Debug)]
pub struct PaperRow {
    /// The paper.
    pub id: PaperId,
    /// The case.
    pub case: CaseId,
    /// Which kind.
    pub kind: PaperKind,
    /// Its number.
    pub number: String,
    /// The call whose citizen it is for.
    pub call: CallId,
    /// The terminal of that call.
    pub terminal: TerminalId,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Who issued it.
    pub issued_by: StaffId,
    /// SHA-256 of the PDF.
    pub digest: String,
    /// How many pages.
    pub pages: u16,
    /// When the citizen received it.
    pub received_at: Option<Timestamp>,
}

/// Stores a paper with its content (JSON) and its PDF.
///
/// # Errors
/// When the database refuses.
pub async fn add(
    tx: &mut Tx,
    keys: &LedgerKeys,
    paper: &PaperRow,
    content: &str,
    pdf: &[u8],
) -> Result<(), StoreError> {
    let id = paper.id.to_string();
    sqlx::query(
        "INSERT INTO papers (id, case_id, kind, number, call_id, terminal, issued_at, issued_by, digest, pages, \
             content_sealed, pdf_sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(&id)
    .bind(paper.case.to_string())
    .bind(kind_word(paper.kind))
    .bind(&paper.number)
    .bind(paper.call.to_string())
    .bind(paper.terminal.to_string())
    .bind(paper.issued_at.0)
    .bind(paper.issued_by.to_string())
    .bind(&paper.digest)
    .bind(i64::from(paper.pages))
    .bind(seal(keys, ("papers.content", id.clone()), content.as_bytes())?)
    .bind(seal(keys, ("papers.pdf", id.clone()), pdf)?)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A paper by its id, with its content.
///
/// # Errors
/// When the database refuses, or [`StoreError::Missing`] when the content was erased.
pub async fn get(
    db: &mut AnyConnection,
    keys: &LedgerKeys,
    id: PaperId,
) -> Result<Option<(PaperRow, String)>, StoreError> {
    let row =
        sqlx::query("SELECT * FROM papers WHERE id = $1").bind(id.to_string()).fetch_optional(db).await?;
    let Some(row) = row else { return Ok(None) };
    let sealed: Option<String> = row.try_get("content_sealed")?;
    let sealed = sealed.ok_or_else(|| StoreError::Missing(format!("content of paper {id}")))?;
    Ok(Some((read(&row)?, unseal_text(keys, ("papers.content", id.to_string()), &sealed)?)))
}

/// The PDF as it was issued.
///
/// # Errors
/// When the database refuses, or [`StoreError::Missing`] when it was erased.
pub async fn pdf(db: &mut AnyConnection, keys: &LedgerKeys, id: PaperId) -> Result<Vec<u8>, StoreError> {
    let sealed: Option<Option<String>> = sqlx::query_scalar("SELECT pdf_sealed FROM papers WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    let sealed = sealed.flatten().ok_or_else(|| StoreError::Missing(format!("PDF of paper {id}")))?;
    unseal(keys, ("papers.pdf", id.to_string()), &sealed)
}

/// The papers of a case, oldest first.
///
/// # Errors
/// When the database refuses or a row is damaged.
pub async fn of_case(db: &mut AnyConnection, case: CaseId) -> Result<Vec<PaperRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, case_id, kind, number, call_id, terminal, issued_at, issued_by, digest, pages, received_at \
         FROM papers WHERE case_id = $1 ORDER BY issued_at, kind <> 'intake_receipt', id",
    )
    .bind(case.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(read).collect()
}

/// Notes that the citizen received a paper. False: it was noted before.
///
/// # Errors
/// When the database refuses.
pub async fn received(tx: &mut Tx, id: PaperId, at: Timestamp) -> Result<bool, StoreError> {
    let done = sqlx::query("UPDATE papers SET received_at = $1 WHERE id = $2 AND received_at IS NULL")
        .bind(at.0)
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

fn read(row: &AnyRow) -> Result<PaperRow, StoreError> {
    Ok(PaperRow {
        id: parsed(row, "id")?,
        case: parsed(row, "case_id")?,
        kind: match row.try_get::<&str, _>("kind")? {
            "intake_receipt" => PaperKind::IntakeReceipt,
            "acceptance_notice" => PaperKind::AcceptanceNotice,
            "non_acceptance_notice" => PaperKind::NonAcceptanceNotice,
            _ => return Err(DAMAGED),
        },
        number: row.try_get("number")?,
        call: parsed(row, "call_id")?,
        terminal: parsed(row, "terminal")?,
        issued_at: Timestamp(row.try_get("issued_at")?),
        issued_by: parsed(row, "issued_by")?,
        digest: row.try_get("digest")?,
        pages: u16::try_from(row.try_get::<i64, _>("pages")?).map_err(|_| DAMAGED)?,
        received_at: row.try_get::<Option<i64>, _>("received_at")?.map(Timestamp),
    })
}

fn kind_word(kind: PaperKind) -> &'static str {
    match kind {
        PaperKind::IntakeReceipt => "intake_receipt",
        PaperKind::AcceptanceNotice => "acceptance_notice",
        PaperKind::NonAcceptanceNotice => "non_acceptance_notice",
    }
}
