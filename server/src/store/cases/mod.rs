//! Cases: their state, their applicants, their events.
//!
//! [`load`] gives a case as `casework` knows it, [`save`] writes what a transition changed, by compare-and-set on the
//! version, and [`record`] chains the event; all three in one transaction of the caller.
use casework::{Basis, Case, Ended};
use protocol::ids::{ApplicantId, CallId, DepartmentCode, ItemCode, ScenarioCode, StaffId, TerminalId};
use protocol::{CaseState, Timestamp};
use serde_json::Value;

use super::keys::LedgerKeys;
use super::ledger::{self, Actor, Aggregate, Entry};
use super::{StoreError, Tx};

mod applicants;
mod handoffs;
mod papers;
mod read;
mod stills;

pub use applicants::{Applicant, IdentityCheck, IdentityMethod, IdentityResult, get as applicant};
pub use handoffs::{
    HandoffRow, due as due_handoffs, for_clerk as handoffs_for_clerk, get as handoff, of_case as handoffs_of,
};
pub use papers::{
    PaperRow, add as add_paper, get as paper, of_case as papers_of, pdf, received as paper_received,
};
pub use read::{
    CaseLine, EventRow, Filter, events, find, last_changed_of_call, load, of_call, provisional, staff_name,
};
pub use stills::{
    StillRow, add as add_still, bind as bind_still, complete as complete_still, get as still,
    of_call as stills_of_call, of_case as stills_of,
};

/// A case with all that is stored of it.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The case, as the law knows it.
    pub case: Case,
    /// Where it comes from; never changes.
    pub origin: Origin,
}

/// Where a case comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Its number, such as `2026-000127`.
    pub number: String,
    /// The hub whose staff may see it at all.
    pub hub: String,
    /// The department responsible for the item.
    pub department: DepartmentCode,
    /// The item.
    pub item: ItemCode,
    /// Its finest branch.
    pub scenario: ScenarioCode,
    /// The catalogue by which it is decided.
    pub catalogue_version: i64,
    /// The call it was opened in.
    pub call: CallId,
    /// The terminal of that call.
    pub terminal: TerminalId,
    /// Who opened it.
    pub opened_by: StaffId,
    /// Who applies.
    pub applicant: ApplicantId,
}

/// Something that happened to a case.
#[derive(Clone, Debug)]
pub struct Happened {
    /// What, such as `case_accepted`.
    pub kind: &'static str,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What a stranger may read. **No personal data.**
    pub facts: Value,
    /// What may have to be erased one day.
    pub payload: Option<Value>,
}

/// The next case number of a year. A number is never given out twice; one may stay unused when what follows fails.
///
/// # Errors
/// When the database refuses.
pub async fn next_number(tx: &mut Tx, year: i16) -> Result<String, StoreError> {
    let last: i64 = sqlx::query_scalar(
        "INSERT INTO case_numbers (year, last) VALUES ($1, 1) \
         ON CONFLICT (year) DO UPDATE SET last = case_numbers.last + 1 RETURNING last",
    )
    .bind(i64::from(year))
    .fetch_one(&mut **tx)
    .await?;
    Ok(format!("{year:04}-{last:06}"))
}

/// Stores a case that was just opened, with its applicant.
///
/// # Errors
/// When the database refuses.
pub async fn add(
    tx: &mut Tx,
    keys: &LedgerKeys,
    stored: &Stored,
    applicant: &Applicant,
) -> Result<(), StoreError> {
    applicants::add(tx, keys, applicant, stored.case.received_at()).await?;
    let (case, origin) = (&stored.case, &stored.origin);
    let matter = case.matter();
    let elsewhere = match case {
        Case::Intake(case) => case.competent_elsewhere.clone(),
        Case::Accepted(_) | Case::NotAccepted(_) => None,
    };
    sqlx::query(
        "INSERT INTO cases (id, number, hub, state, version, owner, skill_group, department, item, scenario, \
             catalogue_version, competent_elsewhere, applicant, call_id, terminal, opened_by, received_at) \
         VALUES ($1, $2, $3, 'intake', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(matter.id.to_string())
    .bind(&origin.number)
    .bind(&origin.hub)
    .bind(i64::from(matter.version))
    .bind(matter.owner.to_string())
    .bind(matter.skill_group.as_str())
    .bind(origin.department.as_str())
    .bind(origin.item.as_str())
    .bind(origin.scenario.as_str())
    .bind(origin.catalogue_version)
    .bind(elsewhere)
    .bind(origin.applicant.to_string())
    .bind(origin.call.to_string())
    .bind(origin.terminal.to_string())
    .bind(origin.opened_by.to_string())
    .bind(case.received_at().0)
    .execute(&mut **tx)
    .await?;
    for (place, row) in (0i64..).zip(case.checklist().rows()) {
        let (state, reason) = read::material_columns(&row.status);
        sqlx::query(
            "INSERT INTO materials (case_id, code, place, is_primary, is_deferrable, state, reason) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(matter.id.to_string())
        .bind(row.requirement.code.as_str())
        .bind(place)
        .bind(i64::from(row.requirement.primary))
        .bind(i64::from(row.requirement.deferrable))
        .bind(state)
        .bind(reason)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Writes what a transition changed. `ended` is the handoff that it ended, if it did. False: somebody was quicker.
///
/// # Errors
/// When the database refuses, be it because the change is not legal.
pub async fn save(
    tx: &mut Tx,
    keys: &LedgerKeys,
    before: &Case,
    after: &Case,
    ended: Option<&Ended>,
) -> Result<bool, StoreError> {
    let (old, new) = (before.matter(), after.matter());
    if let Some(ended) = ended {
        handoffs::end(tx, ended).await?;
    }
    let columns = Decision::of(keys, after)?;
    let done = sqlx::query(
        "UPDATE cases SET state = $1, version = $2, owner = $3, accepted_at = $4, accepted_by = $5, deadlines = $6, \
             due_on = $7, refused_at = $8, refused_by = $9, ground = $10, authority = $11, explanation_sealed = $12, \
             basis = $13, due_provisional = $14 \
         WHERE id = $15 AND version = $16 AND owner = $17",
    )
    .bind(state_word(after))
    .bind(i64::from(new.version))
    .bind(new.owner.to_string())
    .bind(columns.accepted_at)
    .bind(columns.accepted_by)
    .bind(columns.deadlines)
    .bind(columns.due_on)
    .bind(columns.refused_at)
    .bind(columns.refused_by)
    .bind(columns.ground)
    .bind(columns.authority)
    .bind(columns.explanation_sealed)
    .bind(columns.basis)
    .bind(columns.due_provisional)
    .bind(new.id.to_string())
    .bind(i64::from(old.version))
    .bind(old.owner.to_string())
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() != 1 {
        return Ok(false);
    }
    for (was, is) in before.checklist().rows().iter().zip(after.checklist().rows()) {
        if was.status != is.status {
            let (state, reason) = read::material_columns(&is.status);
            sqlx::query("UPDATE materials SET state = $1, reason = $2 WHERE case_id = $3 AND code = $4")
                .bind(state)
                .bind(reason)
                .bind(new.id.to_string())
                .bind(is.requirement.code.as_str())
                .execute(&mut **tx)
                .await?;
        }
    }
    if let (None, Some(offer)) = (&old.handoff, &new.handoff) {
        handoffs::add(tx, new.id, offer).await?;
    }
    Ok(true)
}

/// Columns that only decided cases have.
#[derive(Default)]
struct Decision {
    accepted_at: Option<i64>,
    accepted_by: Option<String>,
    basis: Option<&'static str>,
    deadlines: Option<String>,
    due_on: Option<String>,
    due_provisional: i64,
    refused_at: Option<i64>,
    refused_by: Option<String>,
    ground: Option<&'static str>,
    authority: Option<String>,
    explanation_sealed: Option<String>,
}

impl Decision {
    fn of(keys: &LedgerKeys, case: &Case) -> Result<Self, StoreError> {
        Ok(match case {
            Case::Intake(_) => Self::default(),
            Case::Accepted(case) => Self {
                accepted_at: Some(case.accepted_at.0),
                accepted_by: Some(case.accepted_by.to_string()),
                basis: Some(match case.basis {
                    Basis::Declared => "declared",
                    Basis::Deemed => "deemed",
                }),
                deadlines: serde_json::to_string(&case.deadlines).ok(),
                due_on: Some(case.deadlines.due().to_string()),
                due_provisional: i64::from(case.deadlines.provisional()),
                ..Self::default()
            },
            Case::NotAccepted(case) => {
                let (ground, authority) = match &case.ground {
                    casework::Ground::NoSuchProcedure => ("no_such_procedure", None),
                    casework::Ground::OtherAuthority { authority } => {
                        ("other_authority", Some(authority.clone()))
                    }
                };
                let place = ("cases.explanation", case.matter.id.to_string());
                Self {
                    refused_at: Some(case.at.0),
                    refused_by: Some(case.by.to_string()),
                    ground: Some(ground),
                    authority,
                    explanation_sealed: Some(seal(keys, place, case.explanation.as_bytes())?),
                    ..Self::default()
                }
            }
        })
    }
}

/// Chains an event and lists it with the case.
///
/// # Errors
/// When the database refuses.
pub async fn record(
    tx: &mut Tx,
    keys: &LedgerKeys,
    case: &Case,
    happened: Happened,
) -> Result<(), StoreError> {
    let Happened { kind, at, actor, mut facts, payload } = happened;
    let matter = case.matter();
    facts["version"] = matter.version.into();
    facts["state"] = state_word(case).into();
    let aggregate = Aggregate::Case(matter.id);
    let entry = Entry { aggregate, kind, at, actor, facts: facts.clone(), payload };
    let event = ledger::append(tx, keys, entry).await?;
    let (actor_kind, actor_id) = match actor {
        Actor::Staff(id) => ("staff", Some(id.to_string())),
        Actor::Terminal(id) => ("terminal", Some(id.to_string())),
        Actor::System => ("system", None),
        Actor::Operator => ("operator", None),
    };
    sqlx::query(
        "INSERT INTO case_events (id, case_id, version, kind, at, actor_kind, actor_id, facts) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(event.to_string())
    .bind(matter.id.to_string())
    .bind(i64::from(matter.version))
    .bind(kind)
    .bind(at.0)
    .bind(actor_kind)
    .bind(actor_id)
    .bind(facts.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A case's state, as the wire names it.
#[must_use]
pub fn state_of(case: &Case) -> CaseState {
    match case {
        Case::Intake(_) => CaseState::Intake,
        Case::Accepted(_) => CaseState::Accepted,
        Case::NotAccepted(_) => CaseState::NotAccepted,
    }
}

fn state_word(case: &Case) -> &'static str {
    match case {
        Case::Intake(_) => "intake",
        Case::Accepted(_) => "accepted",
        Case::NotAccepted(_) => "not_accepted",
    }
}

fn seal(keys: &LedgerKeys, (place, id): (&str, String), plain: &[u8]) -> Result<String, StoreError> {
    Ok(keys.seal(&format!("{place}|{id}"), plain).map_err(ledger::LedgerError::from)?)
}

fn unseal(keys: &LedgerKeys, (place, id): (&str, String), sealed: &str) -> Result<Vec<u8>, StoreError> {
    Ok(keys.unseal(&format!("{place}|{id}"), sealed).map_err(ledger::LedgerError::from)?)
}

fn unseal_text(keys: &LedgerKeys, place: (&str, String), sealed: &str) -> Result<String, StoreError> {
    String::from_utf8(unseal(keys, place, sealed)?).map_err(|_| StoreError::Damaged("sealed text"))
}

#[cfg(test)]
mod tests;
