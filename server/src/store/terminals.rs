//! Terminals (终端) and the codes that enrol them.
use protocol::Timestamp;
use protocol::ids::{SiteCode, TerminalId};
use serde_json::json;

use super::keys::LedgerKeys;
use super::ledger::{self, Actor, Aggregate, Entry};
use super::sessions::{self, Kind};
use super::{Store, StoreError, Tx};

/// An enrolled terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Its id.
    pub id: TerminalId,
    /// Where it stands.
    pub site: SiteCode,
    /// Its public key, as JSON (JWK).
    pub public_key: String,
    /// The key's thumbprint (RFC 7638).
    pub thumbprint: String,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
    /// When it last opened a session.
    pub last_seen_at: Option<Timestamp>,
    /// When it was locked out.
    pub revoked_at: Option<Timestamp>,
}

/// How an enrolment went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// The terminal with this id stands at the site from now on.
    Yes(TerminalId),
    /// No such code, or used, or expired: told apart by nobody outside.
    BadCode,
}

/// Makes a code good for one enrolment at a site.
///
/// # Errors
/// [`StoreError::Missing`] when there is no such site.
pub async fn add_code(
    tx: &mut Tx,
    code_hash: &str,
    site: &SiteCode,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let known: Option<String> = sqlx::query_scalar("SELECT code FROM sites WHERE code = $1")
        .bind(site.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    if known.is_none() {
        return Err(StoreError::Missing(format!("site {site}")));
    }
    sqlx::query(
        "INSERT INTO enrolment_codes (code_hash, site, created_at, expires_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(code_hash)
    .bind(site.as_str())
    .bind(now.0)
    .bind(expires_at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Enrols a device with a code. A key that is known already keeps its terminal and moves to the code's site: two
/// devices with one key are one terminal, and the older connection is told so.
///
/// # Errors
/// When the database refuses.
pub async fn enrol(
    tx: &mut Tx,
    keys: &LedgerKeys,
    code_hash: &str,
    (id, public_key, thumbprint): (TerminalId, &str, &str),
    now: Timestamp,
) -> Result<Enrolled, StoreError> {
    // One statement takes the code: of two devices with one code, one gets it.
    let site: Option<String> = sqlx::query_scalar(
        "UPDATE enrolment_codes SET used_at = $2 WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2 \
         RETURNING site",
    )
    .bind(code_hash)
    .bind(now.0)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(site) = site else { return Ok(Enrolled::BadCode) };
    let known: Option<String> = sqlx::query_scalar("SELECT id FROM terminals WHERE thumbprint = $1")
        .bind(thumbprint)
        .fetch_optional(&mut **tx)
        .await?;
    let id = match known {
        Some(known) => {
            sqlx::query("UPDATE terminals SET site = $2, enrolled_at = $3, revoked_at = NULL WHERE id = $1")
                .bind(&known)
                .bind(&site)
                .bind(now.0)
                .execute(&mut **tx)
                .await?;
            known.parse().map_err(|_| StoreError::Damaged("terminal id"))?
        }
        None => {
            sqlx::query(
                "INSERT INTO terminals (id, site, public_key, thumbprint, enrolled_at) VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(id.to_string())
            .bind(&site)
            .bind(public_key)
            .bind(thumbprint)
            .bind(now.0)
            .execute(&mut **tx)
            .await?;
            id
        }
    };
    sqlx::query("UPDATE enrolment_codes SET used_by = $2 WHERE code_hash = $1")
        .bind(code_hash)
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    sessions::revoke_all(tx, Kind::Terminal, id.0, now).await?;
    let facts = json!({ "site": site, "key": thumbprint });
    note(tx, keys, (id, "terminal_enrolled"), facts, (Actor::Terminal(id), now)).await?;
    Ok(Enrolled::Yes(id))
}

/// Locks a terminal out, which ends its sessions.
///
/// # Errors
/// [`StoreError::Missing`].
pub async fn revoke(
    tx: &mut Tx,
    keys: &LedgerKeys,
    id: TerminalId,
    (actor, now): (Actor, Timestamp),
) -> Result<(), StoreError> {
    let done = sqlx::query("UPDATE terminals SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id.to_string())
        .bind(now.0)
        .execute(&mut **tx)
        .await?;
    if done.rows_affected() != 1 {
        return Err(StoreError::Missing(format!("terminal {id} (or it is locked out already)")));
    }
    sessions::revoke_all(tx, Kind::Terminal, id.0, now).await?;
    note(tx, keys, (id, "terminal_revoked"), json!({}), (actor, now)).await
}

/// Notes that a terminal opened a session.
///
/// # Errors
/// When the database refuses.
pub async fn seen(tx: &mut Tx, id: TerminalId, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("UPDATE terminals SET last_seen_at = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(now.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A terminal by its id, locked out or not.
///
/// # Errors
/// When the database refuses or the row is damaged.
pub async fn get(store: &Store, id: TerminalId) -> Result<Option<Terminal>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, site, public_key, thumbprint, enrolled_at, last_seen_at, revoked_at FROM terminals WHERE id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(store.reader())
    .await?;
    row.map(read).transpose()
}

/// Every terminal, by site.
///
/// # Errors
/// When the database refuses or a row is damaged.
pub async fn list(store: &Store) -> Result<Vec<Terminal>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, site, public_key, thumbprint, enrolled_at, last_seen_at, revoked_at FROM terminals \
         ORDER BY site, enrolled_at",
    )
    .fetch_all(store.reader())
    .await?;
    rows.into_iter().map(read).collect()
}

type Row = (String, String, String, String, i64, Option<i64>, Option<i64>);

fn read(row: Row) -> Result<Terminal, StoreError> {
    let (id, site, public_key, thumbprint, enrolled_at, last_seen_at, revoked_at) = row;
    Ok(Terminal {
        id: id.parse().map_err(|_| StoreError::Damaged("terminal id"))?,
        site: SiteCode(site),
        public_key,
        thumbprint,
        enrolled_at: Timestamp(enrolled_at),
        last_seen_at: last_seen_at.map(Timestamp),
        revoked_at: revoked_at.map(Timestamp),
    })
}

async fn note(
    tx: &mut Tx,
    keys: &LedgerKeys,
    (id, kind): (TerminalId, &'static str),
    facts: serde_json::Value,
    (actor, at): (Actor, Timestamp),
) -> Result<(), StoreError> {
    let aggregate = Aggregate::Terminal(id);
    ledger::append(tx, keys, Entry { aggregate, kind, at, actor, facts, payload: None }).await.map(|_| ())
}
