//! What of a call is of legal weight, in the call's chain: who did what, when, and how far into the call.
use ::desk::{CallEnd, Fact, Record};
use protocol::ids::{CallId, TicketId};
use protocol::{CallResult, Capability, Hand, Timestamp};
use serde_json::{Value, json};

use super::{DAMAGED, tables};
use crate::store::keys::LedgerKeys;
use crate::store::ledger::{self, Actor, Aggregate, Entry};
use crate::store::{StoreError, Tx};

/// The kind of event that asks for assistance.
const ASKED: &str = "assist_asked";

/// Who did it, before the call's people are looked up.
enum By {
    Citizen,
    Clerk,
    System,
}

/// What is chained of a fact; none if it has no weight of its own.
struct Told {
    kind: &'static str,
    by: By,
    facts: Value,
    payload: Option<Value>,
}

pub(super) async fn append(
    tx: &mut Tx,
    keys: &LedgerKeys,
    Record { at, fact }: &Record,
) -> Result<(), StoreError> {
    let Some(id) = fact.call() else { return Ok(()) };
    let Some(told) = told(fact) else { return Ok(()) };
    let call = tables::call(tx, id).await?;
    let chain = Chain { keys, call: id, row: call, at: *at };
    if matches!(fact, Fact::CallStarted { .. }) {
        let facts = started(tx, chain.row.ticket, *at).await?;
        chain.append(tx, Told { facts, ..told }).await?;
        return chain.consents(tx).await;
    }
    chain.append(tx, told).await
}

/// What the last question for assistance asked for.
pub(super) async fn last_asked(tx: &mut Tx, call: CallId) -> Result<Vec<Capability>, StoreError> {
    let (kind, id) = Aggregate::Call(call).columns();
    let event: Option<String> = sqlx::query_scalar(
        "SELECT event FROM ledger WHERE aggregate_kind = $1 AND aggregate_id = $2 AND kind = $3 \
         ORDER BY sequence DESC LIMIT 1",
    )
    .bind(kind)
    .bind(id)
    .bind(ASKED)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(event) = event else { return Ok(Vec::new()) };
    let event: Value = serde_json::from_str(&event).map_err(|_| DAMAGED)?;
    serde_json::from_value(event["facts"]["capabilities"].clone()).map_err(|_| DAMAGED)
}

fn told(fact: &Fact) -> Option<Told> {
    let plain = |kind, by, facts| Some(Told { kind, by, facts, payload: None });
    match fact {
        Fact::CallStarted { .. } => plain("call_started", By::Clerk, Value::Null),
        Fact::CallEnded { how, .. } => {
            let by = match how {
                CallEnd::ByCitizen => By::Citizen,
                CallEnd::ByClerk => By::Clerk,
                CallEnd::TerminalGone | CallEnd::ClerkGone | CallEnd::Revoked => By::System,
            };
            plain("call_ended", by, json!({ "how": how }))
        }
        Fact::Held { on, .. } => plain("call_held", By::Clerk, json!({ "on": on })),
        Fact::MediaSet { hand, muted, camera_off, .. } => {
            plain("media_set", by(*hand), json!({ "muted": muted, "camera_off": camera_off }))
        }
        Fact::AssistAsked { capabilities, ends_at, .. } => {
            plain(ASKED, By::Clerk, json!({ "capabilities": capabilities, "ends_at": ends_at }))
        }
        Fact::AssistAnswered { granted, answered, shown, .. } => {
            let by = if *answered { By::Citizen } else { By::System };
            let facts = json!({ "granted": granted, "answered": answered, "shown": shown });
            plain("assist_answered", by, facts)
        }
        Fact::AssistStopped { by: hand, .. } => plain("assist_stopped", by(*hand), json!({})),
        Fact::Marked { surface, mark, .. } => {
            plain("marked", By::Clerk, json!({ "surface": surface, "mark": mark }))
        }
        Fact::FormWritten { field, text, by: hand, version, .. } => Some(Told {
            kind: "form_written",
            by: by(*hand),
            facts: json!({ "field": field, "version": version }),
            payload: Some(json!({ "text": text })),
        }),
        Fact::CaptureAsked { still, material, .. } => {
            plain("capture_asked", By::Clerk, json!({ "still": still, "material": material }))
        }
        Fact::CaptureEnded { still, arrived, .. } => {
            plain("capture_ended", By::Citizen, json!({ "still": still, "arrived": arrived }))
        }
        Fact::Shown { paper, .. } => plain("paper_shown", By::Clerk, json!({ "paper": paper })),
        Fact::WrapUpFinished { result, note, .. } => Some(Told {
            kind: "wrap_up_finished",
            by: if *result == CallResult::NoResult { By::System } else { By::Clerk },
            facts: json!({ "result": result }),
            payload: (!note.is_empty()).then(|| json!({ "note": note })),
        }),
        Fact::Rated { score, reason, .. } => Some(Told {
            kind: "rated",
            by: By::Citizen,
            facts: json!({ "score": score }),
            payload: reason.as_ref().map(|reason| json!({ "reason": reason })),
        }),
        Fact::ClerkStatus { .. }
        | Fact::NextStatus { .. }
        | Fact::TicketTaken(_)
        | Fact::OfferMade { .. }
        | Fact::OfferEnded { .. }
        | Fact::WrapUpExtended { .. }
        | Fact::TicketEnded { .. }
        | Fact::TerminalFreed { .. }
        | Fact::VisitClosed { .. } => None,
    }
}

fn by(hand: Hand) -> By {
    match hand {
        Hand::Citizen => By::Citizen,
        Hand::Clerk => By::Clerk,
        Hand::System => By::System,
    }
}

/// A call's chain begins with the ticket it grew out of.
async fn started(tx: &mut Tx, ticket: TicketId, at: Timestamp) -> Result<Value, StoreError> {
    type Row = (String, String, String, Option<String>, Option<String>, i64);
    let row: Row = sqlx::query_as(
        "SELECT number, site, skill_group, item, scenario, taken_at FROM tickets WHERE id = $1",
    )
    .bind(ticket.to_string())
    .fetch_one(&mut **tx)
    .await?;
    let (number, site, skill_group, item, scenario, taken_at) = row;
    let waited = at.since(Timestamp(taken_at)).as_millis();
    Ok(json!({
        "ticket": ticket, "number": number, "site": site, "skill_group": skill_group, "item": item,
        "scenario": scenario, "taken_at": taken_at, "waited_ms": u64::try_from(waited).unwrap_or(u64::MAX),
    }))
}

struct Chain<'a> {
    keys: &'a LedgerKeys,
    call: CallId,
    row: tables::CallRow,
    at: Timestamp,
}

impl Chain<'_> {
    async fn append(&self, tx: &mut Tx, told: Told) -> Result<(), StoreError> {
        let Told { kind, by, mut facts, payload } = told;
        facts["terminal"] = json!(self.row.terminal);
        facts["clerk"] = json!(self.row.clerk);
        let offset = self.at.since(self.row.started_at).as_millis();
        facts["offset_ms"] = json!(u64::try_from(offset).unwrap_or(u64::MAX));
        let actor = match by {
            By::Citizen => Actor::Terminal(self.row.terminal),
            By::Clerk => Actor::Staff(self.row.clerk),
            By::System => Actor::System,
        };
        let aggregate = Aggregate::Call(self.call);
        ledger::append(tx, self.keys, Entry { aggregate, kind, at: self.at, actor, facts, payload }).await?;
        Ok(())
    }

    /// What the citizen answered before the call, so that the chain alone shows it.
    async fn consents(&self, tx: &mut Tx) -> Result<(), StoreError> {
        type Row = (String, Option<String>, Option<String>, i64, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT purpose, text_version, locale, granted, at FROM consents \
             WHERE ticket = $1 AND call IS NULL ORDER BY place",
        )
        .bind(self.row.ticket.to_string())
        .fetch_all(&mut **tx)
        .await?;
        for (purpose, text_version, locale, granted, at) in rows {
            let facts = json!({
                "purpose": purpose, "text_version": text_version, "locale": locale, "granted": granted == 1,
                "answered_at": at,
            });
            self.append(tx, Told { kind: "consent", by: By::Citizen, facts, payload: None }).await?;
        }
        Ok(())
    }
}
