//! Versions of the catalogue. The newest is in force; older ones stay, because cases refer to them.
use protocol::Timestamp;

use super::{Store, StoreError, Tx};
use crate::catalogue::Catalogue;

/// A version, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub version: i64,
    /// SHA-256 of its JSON.
    pub digest: String,
    /// Where it came from.
    pub source: String,
    /// When.
    pub imported_at: Timestamp,
    /// How many items it has.
    pub items: i64,
}

/// Stores a checked catalogue as the version in force. The same content again is no new version.
///
/// # Errors
/// When the database refuses.
pub async fn import(
    tx: &mut Tx,
    catalogue: &Catalogue,
    source: &str,
    now: Timestamp,
) -> Result<(i64, bool), StoreError> {
    let mut plain = catalogue.clone();
    plain.version = 0;
    let body = serde_json::to_string(&plain).map_err(|_| StoreError::Damaged("catalogue"))?;
    let digest = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body.as_bytes()));
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT version, digest FROM catalogue_versions ORDER BY version DESC LIMIT 1")
            .fetch_optional(&mut **tx)
            .await?;
    let version = match last {
        Some((version, known)) if known == digest => return Ok((version, false)),
        Some((version, _)) => version + 1,
        None => 1,
    };
    sqlx::query(
        "INSERT INTO catalogue_versions (version, digest, source, imported_at, body) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(version)
    .bind(digest)
    .bind(source)
    .bind(now.0)
    .bind(body)
    .execute(&mut **tx)
    .await?;
    for item in &catalogue.items {
        sqlx::query(
            "INSERT INTO catalogue_items (version, code, department, skill_group, name, initials) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(version)
        .bind(item.code.as_str())
        .bind(item.department.as_str())
        .bind(item.skill_group.as_str())
        .bind(&item.name)
        .bind(&item.initials)
        .execute(&mut **tx)
        .await?;
    }
    Ok((version, true))
}

/// The version in force; none before the first import.
///
/// # Errors
/// When the database refuses or the row is damaged.
pub async fn current(store: &Store) -> Result<Option<Catalogue>, StoreError> {
    let row: Option<(i64, String)> =
        sqlx::query_as("SELECT version, body FROM catalogue_versions ORDER BY version DESC LIMIT 1")
            .fetch_optional(store.reader())
            .await?;
    row.map(read).transpose()
}

/// A version by its number.
///
/// # Errors
/// When the database refuses or the row is damaged.
pub async fn version(store: &Store, version: i64) -> Result<Option<Catalogue>, StoreError> {
    let row: Option<(i64, String)> =
        sqlx::query_as("SELECT version, body FROM catalogue_versions WHERE version = $1")
            .bind(version)
            .fetch_optional(store.reader())
            .await?;
    row.map(read).transpose()
}

/// The number of the version in force; 0 before the first import. Cheap: a running server asks it often.
///
/// # Errors
/// When the database refuses.
pub async fn current_version(store: &Store) -> Result<i64, StoreError> {
    let newest = "SELECT COALESCE(MAX(version), 0) FROM catalogue_versions";
    Ok(sqlx::query_scalar(newest).fetch_one(store.reader()).await?)
}

/// Every version, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn versions(store: &Store) -> Result<Vec<Version>, StoreError> {
    let rows: Vec<(i64, String, String, i64, i64)> = sqlx::query_as(
        "SELECT v.version, v.digest, v.source, v.imported_at, \
             (SELECT COUNT(*) FROM catalogue_items i WHERE i.version = v.version) \
         FROM catalogue_versions v ORDER BY v.version DESC",
    )
    .fetch_all(store.reader())
    .await?;
    let read = |(version, digest, source, at, items)| Version {
        version,
        digest,
        source,
        imported_at: Timestamp(at),
        items,
    };
    Ok(rows.into_iter().map(read).collect())
}

fn read((version, body): (i64, String)) -> Result<Catalogue, StoreError> {
    let mut catalogue: Catalogue =
        serde_json::from_str(&body).map_err(|_| StoreError::Damaged("catalogue"))?;
    catalogue.version = version;
    Ok(catalogue)
}
