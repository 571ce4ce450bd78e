//! What the desk remembers: its records, and the same told in tables for whoever asks the database.
//!
//! [`write`] stores one record: encrypted as a whole in `desk_records`, told in `tickets`, `calls`, `call_parties`,
//! `consents` and `ratings`, and chained in the call's ledger if it is of legal weight. [`open`] reads back what is open
//! and nothing else: the price of a restart does not grow with the years.
use ::desk::{DeskEvent, Fact, Record, Subject};
use protocol::Timestamp;
use protocol::ids::{CallId, TicketId};
use serde::Serialize;

use super::keys::LedgerKeys;
use super::ledger::LedgerError;
use super::{Store, StoreError, Tx};

mod chain;
mod tables;

const DAMAGED: StoreError = StoreError::Damaged("desk record");

/// What is open, as events that restore the machine.
#[derive(Clone, Debug, Default)]
pub struct Open {
    /// Records in order, and before them the numbers given out.
    pub events: Vec<DeskEvent>,
    /// Every call of an open visit, oldest first.
    pub calls: Vec<(CallId, TicketId)>,
    /// The last record's number; 0 if there is none yet.
    pub last: i64,
}

/// Stores a record under its number.
///
/// # Errors
/// When the database refuses.
pub async fn write(tx: &mut Tx, keys: &LedgerKeys, sequence: i64, record: &Record) -> Result<(), StoreError> {
    let fact = &record.fact;
    let (subject_kind, subject) = match fact.subject() {
        Subject::Visit(ticket) => ("visit", ticket.to_string()),
        Subject::Clerk(clerk) => ("clerk", clerk.to_string()),
    };
    let text = serde_json::to_vec(record).map_err(|_| DAMAGED)?;
    let sealed = keys.seal(&place(sequence), &text).map_err(LedgerError::from)?;
    sqlx::query(
        "INSERT INTO desk_records (sequence, subject_kind, subject_id, kind, at, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(sequence)
    .bind(subject_kind)
    .bind(&subject)
    .bind(kind(fact)?)
    .bind(record.at.0)
    .bind(sealed)
    .execute(&mut **tx)
    .await?;
    if let Subject::Clerk(_) = fact.subject() {
        return newest_of_clerk(tx, &subject, fact, sequence).await;
    }
    tables::tell(tx, keys, record).await?;
    chain::append(tx, keys, record).await
}

/// Whether a record of this number is there.
///
/// # Errors
/// When the database cannot say.
pub async fn has(store: &Store, sequence: i64) -> Result<bool, StoreError> {
    let found: Option<i64> = sqlx::query_scalar("SELECT sequence FROM desk_records WHERE sequence = $1")
        .bind(sequence)
        .fetch_optional(store.reader())
        .await?;
    Ok(found.is_some())
}

/// Whether the database takes writes at all: writes a moment where nobody else does, whatever ails the records.
///
/// # Errors
/// When it does not.
pub async fn probe(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ('desk-probe', $1) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(now.0.to_string())
    .execute(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}

/// Reads what is open: records of visits that are not closed, each clerk's newest, and the newest numbers.
///
/// # Errors
/// When the database refuses or a record cannot be opened.
pub async fn open(store: &Store, keys: &LedgerKeys) -> Result<Open, StoreError> {
    let mut tx = store.snapshot().await?;
    let last: i64 =
        sqlx::query_scalar("SELECT COALESCE(MAX(sequence), 0) FROM desk_records").fetch_one(&mut *tx).await?;
    let numbers: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT skill_group, day, MAX(n) FROM tickets WHERE day >= (SELECT MAX(day) FROM tickets) - 1 \
         GROUP BY skill_group, day ORDER BY day, skill_group",
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut events = Vec::new();
    for (skill_group, day, last) in numbers {
        let last = u32::try_from(last).map_err(|_| StoreError::Damaged("ticket number"))?;
        events.push(DeskEvent::NumbersSeen { skill_group: skill_group.as_str().into(), day, last });
    }
    let records: Vec<(i64, String)> = sqlx::query_as(
        "SELECT r.sequence, r.sealed FROM desk_records r JOIN tickets t ON t.id = r.subject_id \
         WHERE r.subject_kind = 'visit' AND t.closed_at IS NULL \
         UNION ALL \
         SELECT r.sequence, r.sealed FROM desk_clerks c JOIN desk_records r ON r.sequence = c.record \
         ORDER BY 1",
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut calls = Vec::new();
    for (sequence, sealed) in records {
        let record = unseal(keys, sequence, &sealed)?;
        if let Fact::CallStarted { call, ticket, .. } = &record.fact {
            calls.push((*call, *ticket));
        }
        events.push(DeskEvent::Stored(record));
    }
    Ok(Open { events, calls, last })
}

async fn newest_of_clerk(tx: &mut Tx, clerk: &str, fact: &Fact, sequence: i64) -> Result<(), StoreError> {
    let kind = if matches!(fact, Fact::NextStatus { .. }) { "next" } else { "status" };
    sqlx::query(
        "INSERT INTO desk_clerks (clerk, kind, record) VALUES ($1, $2, $3) \
         ON CONFLICT (clerk, kind) DO UPDATE SET record = excluded.record",
    )
    .bind(clerk)
    .bind(kind)
    .bind(sequence)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn unseal(keys: &LedgerKeys, sequence: i64, sealed: &str) -> Result<Record, StoreError> {
    let text = keys.unseal(&place(sequence), sealed).map_err(LedgerError::from)?;
    serde_json::from_slice(&text).map_err(|_| DAMAGED)
}

fn place(sequence: i64) -> String {
    format!("desk_records|{sequence}")
}

/// The fact's name, as its JSON says it.
fn kind(fact: &Fact) -> Result<String, StoreError> {
    let value = serde_json::to_value(fact).map_err(|_| DAMAGED)?;
    value["fact"].as_str().map(ToOwned::to_owned).ok_or(DAMAGED)
}

/// The word that a fieldless variant has in JSON.
fn word(value: impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(DAMAGED),
    }
}
