//! The same told in tables.
use ::desk::{CallEnd, Fact, Record, TicketEnd, TicketTaken};
use protocol::ids::{CallId, StaffId, TicketId};
use protocol::{Capability, ShownText, Timestamp};

use super::{DAMAGED, word};
use crate::store::keys::LedgerKeys;
use crate::store::ledger::LedgerError;
use crate::store::{StoreError, Tx};

/// What is said of a call that exists.
pub(super) struct CallRow {
    pub(super) ticket: TicketId,
    pub(super) terminal: protocol::ids::TerminalId,
    pub(super) clerk: StaffId,
    pub(super) started_at: Timestamp,
}

pub(super) async fn tell(
    tx: &mut Tx,
    keys: &LedgerKeys,
    Record { at, fact }: &Record,
) -> Result<(), StoreError> {
    let at = *at;
    match fact {
        Fact::TicketTaken(taken) => ticket_taken(tx, taken, at).await,
        Fact::OfferMade { ticket, .. } => state(tx, *ticket, "offered").await,
        Fact::OfferEnded { ticket, .. } => state(tx, *ticket, "waiting").await,
        Fact::CallStarted { ticket, offer, call, clerk, .. } => {
            state(tx, *ticket, "in_call").await?;
            call_started(tx, (*call, *ticket, *clerk), &offer.to_string(), at).await
        }
        Fact::CallEnded { ticket, call, how, .. } => {
            call_ended(tx, *call, *how, at).await?;
            match how {
                CallEnd::ClerkGone | CallEnd::Revoked => state(tx, *ticket, "waiting").await,
                _ => ended(tx, *ticket, "served", at).await,
            }
        }
        Fact::TicketEnded { ticket, how } => {
            let state = match how {
                TicketEnd::Cancelled => "cancelled",
                TicketEnd::Abandoned => "abandoned",
                TicketEnd::Revoked => "revoked",
            };
            ended(tx, *ticket, state, at).await
        }
        Fact::VisitClosed { ticket } => {
            let sql = "UPDATE tickets SET closed_at = $1 WHERE id = $2 AND closed_at IS NULL";
            one(sqlx::query(sql).bind(at.0).bind(ticket.to_string()).execute(&mut **tx).await?)
        }
        Fact::AssistAnswered { ticket, call, granted, answered, shown } => {
            assist_answered(tx, (*ticket, *call), granted, (*answered, shown.as_ref()), at).await
        }
        Fact::AssistStopped { call, .. } => {
            sqlx::query(
                "UPDATE consents SET withdrawn_at = $1 \
                 WHERE call = $2 AND granted = 1 AND withdrawn_at IS NULL AND purpose LIKE 'assist_%'",
            )
            .bind(at.0)
            .bind(call.to_string())
            .execute(&mut **tx)
            .await?;
            Ok(())
        }
        Fact::WrapUpFinished { call, result, .. } => {
            let sql =
                "UPDATE calls SET result = $1, wrapped_up_at = $2 WHERE id = $3 AND wrapped_up_at IS NULL";
            let done = sqlx::query(sql).bind(word(result)?).bind(at.0).bind(call.to_string());
            one(done.execute(&mut **tx).await?)
        }
        Fact::Rated { call, score, reason, .. } => {
            let seal = |text: &String| keys.seal(&format!("ratings.reason|{call}"), text.as_bytes());
            let sealed = reason.as_ref().map(seal).transpose().map_err(LedgerError::from)?;
            sqlx::query("INSERT INTO ratings (call, score, reason_sealed, at) VALUES ($1, $2, $3, $4)")
                .bind(call.to_string())
                .bind(i64::from(*score))
                .bind(sealed)
                .bind(at.0)
                .execute(&mut **tx)
                .await?;
            Ok(())
        }
        Fact::ClerkStatus { .. }
        | Fact::NextStatus { .. }
        | Fact::Held { .. }
        | Fact::MediaSet { .. }
        | Fact::AssistAsked { .. }
        | Fact::Marked { .. }
        | Fact::FormWritten { .. }
        | Fact::CaptureAsked { .. }
        | Fact::CaptureEnded { .. }
        | Fact::Shown { .. }
        | Fact::WrapUpExtended { .. }
        | Fact::TerminalFreed { .. } => Ok(()),
    }
}

/// The call with whom and when, as it was stored when it started.
pub(super) async fn call(tx: &mut Tx, id: CallId) -> Result<CallRow, StoreError> {
    let row: Option<(String, String, String, i64)> =
        sqlx::query_as("SELECT ticket, terminal, clerk, started_at FROM calls WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&mut **tx)
            .await?;
    let (ticket, terminal, clerk, started_at) =
        row.ok_or_else(|| StoreError::Missing(format!("call {id}")))?;
    Ok(CallRow {
        ticket: ticket.parse().map_err(|_| DAMAGED)?,
        terminal: terminal.parse().map_err(|_| DAMAGED)?,
        clerk: clerk.parse().map_err(|_| DAMAGED)?,
        started_at: Timestamp(started_at),
    })
}

async fn ticket_taken(tx: &mut Tx, taken: &TicketTaken, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO tickets (id, request_key, number, day, n, hub, site, terminal, skill_group, item, scenario, \
             locale, spoken, state, taken_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'waiting', $14)",
    )
    .bind(taken.ticket.to_string())
    .bind(taken.key.to_string())
    .bind(&taken.number)
    .bind(taken.day)
    .bind(i64::from(taken.n))
    .bind(&taken.hub)
    .bind(taken.site.code.as_str())
    .bind(taken.terminal.to_string())
    .bind(taken.skill_group.as_str())
    .bind(taken.item.as_ref().map(|one| one.as_str().to_owned()))
    .bind(taken.scenario.as_ref().map(|one| one.as_str().to_owned()))
    .bind(word(taken.locale)?)
    .bind(word(taken.spoken)?)
    .bind(at.0)
    .execute(&mut **tx)
    .await?;
    for answer in &taken.consents {
        let consent = Consent {
            ticket: taken.ticket,
            call: None,
            purpose: word(answer.purpose)?,
            text: Some((answer.text_version.clone(), word(answer.locale)?)),
            granted: answer.granted,
            answered: true,
        };
        consent.store(tx, at).await?;
    }
    Ok(())
}

struct Consent {
    ticket: TicketId,
    call: Option<CallId>,
    purpose: String,
    text: Option<(String, String)>,
    granted: bool,
    answered: bool,
}

impl Consent {
    async fn store(self, tx: &mut Tx, at: Timestamp) -> Result<(), StoreError> {
        let (text_version, locale) = self.text.unzip();
        sqlx::query(
            "INSERT INTO consents (ticket, place, at, call, purpose, text_version, locale, granted, answered) \
             SELECT $1, COALESCE(MAX(c.place), 0) + 1, $2, $3, $4, $5, $6, $7, $8 \
             FROM consents c WHERE c.ticket = $1",
        )
        .bind(self.ticket.to_string())
        .bind(at.0)
        .bind(self.call.map(|call| call.to_string()))
        .bind(self.purpose)
        .bind(text_version)
        .bind(locale)
        .bind(i64::from(self.granted))
        .bind(i64::from(self.answered))
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

/// One row per capability that was asked for, granted or not.
async fn assist_answered(
    tx: &mut Tx,
    (ticket, call): (TicketId, CallId),
    granted: &[Capability],
    (answered, shown): (bool, Option<&ShownText>),
    at: Timestamp,
) -> Result<(), StoreError> {
    let text = match shown {
        Some(shown) => Some((shown.version.clone(), word(shown.locale)?)),
        None => None,
    };
    for capability in super::chain::last_asked(tx, call).await? {
        let consent = Consent {
            ticket,
            call: Some(call),
            purpose: format!("assist_{}", word(capability)?),
            text: text.clone(),
            granted: granted.contains(&capability),
            answered,
        };
        consent.store(tx, at).await?;
    }
    Ok(())
}

async fn call_started(
    tx: &mut Tx,
    (call, ticket, clerk): (CallId, TicketId, StaffId),
    offer: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let done = sqlx::query(
        "INSERT INTO calls (id, ticket, offer, terminal, clerk, started_at) \
         SELECT $1, t.id, $2, t.terminal, $3, $4 FROM tickets t WHERE t.id = $5",
    )
    .bind(call.to_string())
    .bind(offer)
    .bind(clerk.to_string())
    .bind(at.0)
    .bind(ticket.to_string())
    .execute(&mut **tx)
    .await?;
    one(done)?;
    sqlx::query(
        "INSERT INTO call_parties (call, party_kind, party_id, role, joined_at) \
         SELECT c.id, 'terminal', c.terminal, 'citizen', c.started_at FROM calls c WHERE c.id = $1 \
         UNION ALL \
         SELECT c.id, 'staff', c.clerk, 'clerk', c.started_at FROM calls c WHERE c.id = $1",
    )
    .bind(call.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn call_ended(tx: &mut Tx, call: CallId, how: CallEnd, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE calls SET ended_at = $1, how = $2 WHERE id = $3 AND ended_at IS NULL";
    let done = sqlx::query(sql).bind(at.0).bind(word(how)?).bind(call.to_string());
    one(done.execute(&mut **tx).await?)?;
    sqlx::query("UPDATE call_parties SET left_at = $1 WHERE call = $2 AND left_at IS NULL")
        .bind(at.0)
        .bind(call.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn state(tx: &mut Tx, ticket: TicketId, state: &'static str) -> Result<(), StoreError> {
    let sql = "UPDATE tickets SET state = $1 WHERE id = $2 AND ended_at IS NULL";
    one(sqlx::query(sql).bind(state).bind(ticket.to_string()).execute(&mut **tx).await?)
}

async fn ended(tx: &mut Tx, ticket: TicketId, state: &'static str, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE tickets SET state = $1, ended_at = $2 WHERE id = $3 AND ended_at IS NULL";
    one(sqlx::query(sql).bind(state).bind(at.0).bind(ticket.to_string()).execute(&mut **tx).await?)
}

/// A record that changes no row speaks of something that is not there.
#[allow(clippy::needless_pass_by_value, reason = "reads as a wrapper around the statement")]
fn one(done: sqlx::any::AnyQueryResult) -> Result<(), StoreError> {
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StoreError::Missing("what a record is about".to_owned()))
    }
}
