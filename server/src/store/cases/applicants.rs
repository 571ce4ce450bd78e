//! Who applies. Everything personal is sealed; equal terms are found by keyed digests.
use casework::{IdNumber, Phone};
use protocol::Timestamp;
use protocol::ids::ApplicantId;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use utoipa::ToSchema;

use super::{seal, unseal_text};
use crate::store::keys::LedgerKeys;
use crate::store::{StoreError, Tx};

/// Who applies.
#[derive(Clone, Debug)]
pub struct Applicant {
    /// The record.
    pub id: ApplicantId,
    /// The name.
    pub name: String,
    /// The identity number.
    pub id_number: IdNumber,
    /// The telephone number.
    pub phone: Phone,
    /// How the identity was checked.
    pub identity_check: IdentityCheck,
}

/// How an identity was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityCheck {
    /// By what.
    pub method: IdentityMethod,
    /// What came out.
    pub result: IdentityResult,
    /// What the clerk notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// By what an identity was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityMethod {
    /// A person's eyes, card against face.
    ByEye,
    /// The card reader.
    CardReader,
}

/// What an identity check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityResult {
    /// Card and person belong together.
    Matches,
    /// Not sure; a note says why.
    Doubtful,
}

pub(super) async fn add(
    tx: &mut Tx,
    keys: &LedgerKeys,
    applicant: &Applicant,
    at: Timestamp,
) -> Result<(), StoreError> {
    let id = applicant.id;
    let check =
        serde_json::to_value(&applicant.identity_check).map_err(|_| StoreError::Damaged("identity check"))?;
    let text = |field: &str| check[field].as_str().map(str::to_owned);
    let note = applicant.identity_check.note.as_ref();
    let note = note.map(|note| seal(keys, ("applicants.identity_note", id.to_string()), note.as_bytes()));
    let note = note.transpose()?;
    sqlx::query(
        "INSERT INTO applicants (id, name_sealed, name_digest, id_number_sealed, id_number_digest, phone_sealed, \
             identity_method, identity_result, identity_note_sealed, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(id.to_string())
    .bind(seal(keys, ("applicants.name", id.to_string()), applicant.name.as_bytes())?)
    .bind(keys.blind(&name_term(&applicant.name)))
    .bind(seal(keys, ("applicants.id_number", id.to_string()), applicant.id_number.reveal().as_bytes())?)
    .bind(keys.blind(&id_number_term(&applicant.id_number)))
    .bind(seal(keys, ("applicants.phone", id.to_string()), applicant.phone.reveal().as_bytes())?)
    .bind(text("method"))
    .bind(text("result"))
    .bind(note)
    .bind(at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Who applies.
///
/// # Errors
/// [`StoreError::Missing`] when the record was erased.
pub async fn get(
    db: &mut AnyConnection,
    keys: &LedgerKeys,
    id: ApplicantId,
) -> Result<Applicant, StoreError> {
    type Row = (Option<String>, Option<String>, Option<String>, String, String, Option<String>);
    let row: Option<Row> = sqlx::query_as(
        "SELECT name_sealed, id_number_sealed, phone_sealed, identity_method, identity_result, \
             identity_note_sealed FROM applicants WHERE id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(db)
    .await?;
    let Some((Some(name), Some(id_number), Some(phone), method, result, note)) = row else {
        return Err(StoreError::Missing(format!("applicant {id}")));
    };
    let open = |place: &str, sealed: &str| unseal_text(keys, (place, id.to_string()), sealed);
    let note = note.map(|note| open("applicants.identity_note", &note)).transpose()?;
    let damaged = || StoreError::Damaged("applicant");
    let check = serde_json::json!({ "method": method, "result": result, "note": note });
    Ok(Applicant {
        id,
        name: open("applicants.name", &name)?,
        id_number: open("applicants.id_number", &id_number)?.parse().map_err(|_| damaged())?,
        phone: open("applicants.phone", &phone)?.parse().map_err(|_| damaged())?,
        identity_check: serde_json::from_value(check).map_err(|_| damaged())?,
    })
}

/// What equal identity numbers have in common.
pub(super) fn id_number_term(number: &IdNumber) -> String {
    format!("id_number|{}", number.reveal())
}

/// What equal names have in common.
pub(super) fn name_term(name: &str) -> String {
    format!("name|{}", name.trim())
}
