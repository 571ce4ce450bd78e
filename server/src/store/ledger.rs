//! Chains of events of legal weight, one chain per case, call, terminal and staff account.
//!
//! `hash = SHA-256(previous ‖ sequence (8 bytes, big-endian) ‖ canonical JSON (RFC 8785) of the event)`; the first
//! event of a chain follows 32 zero bytes. An event holds no personal data: its payload lies encrypted in a row of its
//! own, and the chain holds a salted digest of it. The salt is encrypted together with the payload, so that with the
//! row gone not even guessing can tell what it said. [`erase`] takes the row away and chains an event that names it.
use aws_lc_rs::digest::{SHA256, digest};
use protocol::Timestamp;
use protocol::ids::{CallId, CaseId, EventId, StaffId, TerminalId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::keys::{KeyError, LedgerKeys};
use super::{StoreError, Tx};

/// The kind of event that erases a payload.
pub(super) const ERASED: &str = "payload_erased";
/// What the first event of a chain follows.
pub(super) const BEGINNING: [u8; 32] = [0; 32];
/// RFC 8785 writes numbers as doubles: beyond this two integers would have one text.
const LARGEST_EXACT: u64 = (1 << 53) - 1;

/// Whose chain it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Aggregate {
    /// A case (办件).
    Case(CaseId),
    /// A call with its ticket.
    Call(CallId),
    /// A staff account.
    Staff(StaffId),
    /// A terminal.
    Terminal(TerminalId),
}

impl Aggregate {
    /// The columns that name it.
    #[must_use]
    pub fn columns(self) -> (&'static str, String) {
        match self {
            Self::Case(id) => ("case", id.to_string()),
            Self::Call(id) => ("call", id.to_string()),
            Self::Staff(id) => ("staff", id.to_string()),
            Self::Terminal(id) => ("terminal", id.to_string()),
        }
    }
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// A member of staff.
    Staff(StaffId),
    /// The citizen at this terminal.
    Terminal(TerminalId),
    /// The server by itself: a deadline, a lost connection.
    System,
    /// Somebody with a shell on the server.
    Operator,
}

/// One thing that happened, about to be chained.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Whose chain it extends.
    pub aggregate: Aggregate,
    /// What happened, such as `case_accepted`.
    pub kind: &'static str,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What a stranger may read: ids, codes, states, digests. **No personal data.**
    pub facts: Value,
    /// What may have to be erased one day: names, numbers, words.
    pub payload: Option<Value>,
}

/// Why an event cannot be chained or its payload not be read.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// An integer that canonical JSON cannot hold exactly.
    #[error("number {0} has no exact canonical form: write it as text")]
    Number(String),
    /// It has no canonical form at all.
    #[error("event has no canonical form: {0}")]
    Canonical(#[from] serde_json::Error),
    /// A key does not fit.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Extends the chain, in the transaction that changes the state.
///
/// # Errors
/// When the facts have no canonical form, or the database refuses. On PostgreSQL two transactions that extend one chain
/// at once collide on its primary key: one fails whole and may be tried again.
pub async fn append(tx: &mut Tx, keys: &LedgerKeys, entry: Entry) -> Result<EventId, StoreError> {
    let id = keys.event_id(entry.at);
    let (digest, sealed) = match &entry.payload {
        Some(payload) => {
            let mut salted = keys.salt().to_vec();
            salted.extend(canonical(payload)?);
            let sealed = keys.seal(&place(id), &salted).map_err(LedgerError::from)?;
            (Some(sha256(&[&salted])), Some(sealed))
        }
        None => (None, None),
    };
    let mut event = json!({
        "v": 1, "id": id, "aggregate": entry.aggregate, "kind": entry.kind, "at": entry.at,
        "actor": entry.actor, "facts": entry.facts,
    });
    if let Some(digest) = digest {
        event["payload"] = Value::String(hex::encode(digest));
    }
    let event = canonical(&event)?;
    let (kind, aggregate) = entry.aggregate.columns();
    let (length, head) = head(tx, kind, &aggregate).await?;
    let sequence = length + 1;
    let hash = hex::encode(link(&head, sequence, &event));

    sqlx::query(
        "INSERT INTO ledger (aggregate_kind, aggregate_id, sequence, id, kind, at, event, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(kind)
    .bind(&aggregate)
    .bind(sequence)
    .bind(id.to_string())
    .bind(entry.kind)
    .bind(entry.at.0)
    .bind(String::from_utf8_lossy(&event).into_owned())
    .bind(&hash)
    .execute(&mut **tx)
    .await?;
    if let Some(sealed) = sealed {
        sqlx::query("INSERT INTO ledger_payloads (event, sealed) VALUES ($1, $2)")
            .bind(id.to_string())
            .bind(sealed)
            .execute(&mut **tx)
            .await?;
    }
    sqlx::query(
        "INSERT INTO ledger_heads (aggregate_kind, aggregate_id, length, head, sealed) VALUES ($1, $2, $3, $4, 0) \
         ON CONFLICT (aggregate_kind, aggregate_id) DO UPDATE SET length = excluded.length, head = excluded.head",
    )
    .bind(kind)
    .bind(&aggregate)
    .bind(sequence)
    .bind(&hash)
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// Erases the payload of an event and chains that it was done, by whom and on what ground.
///
/// # Errors
/// [`StoreError::Missing`] when there is no such payload (any more).
pub async fn erase(
    tx: &mut Tx,
    keys: &LedgerKeys,
    event: EventId,
    ground: &str,
    actor: Actor,
    at: Timestamp,
) -> Result<EventId, StoreError> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT l.event FROM ledger l JOIN ledger_payloads p ON p.event = l.id WHERE l.id = $1",
    )
    .bind(event.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(found) = found else { return Err(StoreError::Missing(format!("payload of event {event}"))) };
    let row: Value = serde_json::from_str(&found).map_err(|_| StoreError::Damaged("event"))?;
    let aggregate = Aggregate::deserialize(&row["aggregate"]).map_err(|_| StoreError::Damaged("event"))?;
    sqlx::query("DELETE FROM ledger_payloads WHERE event = $1")
        .bind(event.to_string())
        .execute(&mut **tx)
        .await?;
    let facts = json!({ "event": event, "ground": ground });
    append(tx, keys, Entry { aggregate, kind: ERASED, at, actor, facts, payload: None }).await
}

/// An event, as it stands in its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// Its place in the chain, from 1.
    pub sequence: u64,
    /// What happened.
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What a stranger may read.
    pub facts: Value,
    /// What is personal; none if there was nothing or it was erased.
    pub payload: Option<Value>,
}

/// A whole chain, oldest first, with the payloads that are left.
///
/// # Errors
/// When a row cannot be read or a payload not be opened.
pub async fn chain(
    db: &sqlx::AnyPool,
    keys: &LedgerKeys,
    aggregate: Aggregate,
) -> Result<Vec<Event>, StoreError> {
    #[derive(Deserialize)]
    struct Stored {
        id: EventId,
        kind: String,
        at: Timestamp,
        actor: Actor,
        facts: Value,
    }
    let (kind, id) = aggregate.columns();
    let rows: Vec<(i64, String, Option<String>)> = sqlx::query_as(
        "SELECT l.sequence, l.event, p.sealed FROM ledger l LEFT JOIN ledger_payloads p ON p.event = l.id \
         WHERE l.aggregate_kind = $1 AND l.aggregate_id = $2 ORDER BY l.sequence",
    )
    .bind(kind)
    .bind(id)
    .fetch_all(db)
    .await?;
    let read = |(sequence, event, sealed): (i64, String, Option<String>)| {
        let stored: Stored = serde_json::from_str(&event).map_err(|_| StoreError::Damaged("event"))?;
        let payload = match sealed {
            Some(sealed) => {
                let (_, payload) = open(keys, stored.id, &sealed)?;
                Some(serde_json::from_slice(&payload).map_err(|_| StoreError::Damaged("payload"))?)
            }
            None => None,
        };
        let Stored { id, kind, at, actor, facts } = stored;
        Ok(Event { id, sequence: sequence.unsigned_abs(), kind, at, actor, facts, payload })
    };
    rows.into_iter().map(read).collect()
}

/// The salted digest and the text of a payload.
pub(super) fn open(
    keys: &LedgerKeys,
    event: EventId,
    sealed: &str,
) -> Result<([u8; 32], Vec<u8>), LedgerError> {
    let salted = keys.unseal(&place(event), sealed)?;
    let text = salted.get(16..).ok_or(KeyError::Unsealing)?.to_vec();
    Ok((sha256(&[&salted]), text))
}

/// The hash that binds an event to all before it.
pub(super) fn link(previous: &[u8; 32], sequence: i64, event: &[u8]) -> [u8; 32] {
    sha256(&[previous, &sequence.to_be_bytes(), event])
}

pub(super) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, &parts.concat()).as_ref());
    out
}

/// RFC 8785, and only values that it holds exactly.
pub(super) fn canonical(value: &Value) -> Result<Vec<u8>, LedgerError> {
    exact(value)?;
    Ok(serde_json_canonicalizer::to_vec(value)?)
}

fn exact(value: &Value) -> Result<(), LedgerError> {
    match value {
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            if size.is_some_and(|size| size > LARGEST_EXACT) {
                return Err(LedgerError::Number(number.to_string()));
            }
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(exact),
        Value::Object(fields) => fields.values().try_for_each(exact),
        _ => Ok(()),
    }
}

async fn head(tx: &mut Tx, kind: &str, id: &str) -> Result<(i64, [u8; 32]), StoreError> {
    let last: Option<(i64, String)> = sqlx::query_as(
        "SELECT sequence, hash FROM ledger WHERE aggregate_kind = $1 AND aggregate_id = $2 \
         ORDER BY sequence DESC LIMIT 1",
    )
    .bind(kind)
    .bind(id)
    .fetch_optional(&mut **tx)
    .await?;
    let Some((length, hash)) = last else { return Ok((0, BEGINNING)) };
    let mut head = [0; 32];
    hex::decode_to_slice(hash, &mut head).map_err(|_| StoreError::Damaged("ledger hash"))?;
    Ok((length, head))
}

fn place(event: EventId) -> String {
    format!("ledger_payloads|{event}")
}

#[cfg(test)]
mod tests;
