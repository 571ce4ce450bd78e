//! What happens to cases by itself: offers that nobody answers end, deadlines follow the calendar, stills that nobody
//! finishes go.
use casework::{Case, NotAllowed};
use protocol::Timestamp;
use serde_json::json;
use std::time::Duration;

use super::{Cases, Change, Refusal};
use crate::store::calendar;
use crate::store::cases::{self as rows, Happened};
use crate::store::ledger::Actor;

/// Looks at least this often: the clock of the machine may have been set.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How often abandoned stills are looked for.
const SWEEP: Duration = Duration::from_secs(600);
/// After a fault of the database, tries again after this long.
const AFTER_FAULT: Duration = Duration::from_secs(2);

impl Cases {
    /// Ends every offer whose time is over, and says how long nothing will be due.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn expire_due(&self) -> Result<Duration, Refusal> {
        loop {
            let now = self.now();
            let (due, next) = rows::due_handoffs(&self.parts().store, now).await?;
            if due.is_empty() {
                return Ok(next.map_or(LONGEST_WAIT, |next| next.since(now).min(LONGEST_WAIT)));
            }
            let (all, mut failed) = (due.len(), None);
            for (case, handoff) in due {
                // One that cannot be ended must not keep all others from it.
                if let Err(error) = self.expire(case, handoff, now).await {
                    tracing::error!(%error, %case, %handoff, "an expired handoff could not be ended");
                    failed = Some((failed.map_or(1, |(many, _)| many + 1), error));
                }
            }
            if let Some((many, error)) = failed {
                // What failed comes first again: only others behind it are a reason to go on at once.
                return if many < all { Ok(AFTER_FAULT) } else { Err(error) };
            }
        }
    }

    /// Reckons deadlines anew that reached into a year which has been published since; how many moved.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn reckon_anew(&self) -> Result<usize, Refusal> {
        let parts = self.parts();
        let calendar = self.calendar().await?;
        let mut moved = 0;
        for id in rows::provisional(&mut *parts.store.read().await?).await? {
            let now = self.now();
            let decide = |case: Case| {
                let was = case.clone();
                let case = case.reckoned_anew(&calendar)?;
                let due = |case: &Case| match case {
                    Case::Accepted(case) => Some(case.deadlines.due().to_string()),
                    Case::Intake(_) | Case::NotAccepted(_) => None,
                };
                let provisional = matches!(&case, Case::Accepted(case) if case.deadlines.provisional());
                let facts = json!({ "was_due": due(&was), "due": due(&case), "provisional": provisional });
                let happened = Happened {
                    kind: "deadlines_reckoned_anew",
                    at: now,
                    actor: Actor::System,
                    facts,
                    payload: None,
                };
                Ok(Change { case, ended: None, happened })
            };
            match self.change(id, None, decide, None).await {
                Ok(()) => {
                    moved += 1;
                    self.tell(id, &[]).await;
                }
                Err(Refusal::NotAllowed(NotAllowed::NothingMoves)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(moved)
    }
}

/// Another program may have imported a year. At a start it is not known by which calendar was reckoned before.
async fn calendar_changed(cases: &Cases, reckoned_by: &mut Option<Timestamp>) -> Result<(), Refusal> {
    let imported = calendar::imported_at(&cases.parts().store).await?;
    if imported.is_some() && imported != *reckoned_by {
        let moved = cases.reckon_anew().await?;
        if moved > 0 {
            tracing::info!(moved, "a published year moved deadlines");
        }
        *reckoned_by = imported;
    }
    Ok(())
}

/// Runs for as long as the server does.
pub async fn run_timers(cases: Cases) {
    let mut swept: Option<Timestamp> = None;
    let mut reckoned_by = None;
    loop {
        let now = cases.now();
        if let Err(error) = calendar_changed(&cases, &mut reckoned_by).await {
            tracing::warn!(%error, "deadlines could not be reckoned anew; trying again later");
        }
        if swept.is_none_or(|at| now.since(at) >= SWEEP) {
            swept = Some(now);
            if let Err(error) = cases.sweep_stills().await {
                tracing::warn!(%error, "abandoned stills could not be taken away; trying again later");
            }
        }
        let wait = match cases.expire_due().await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::warn!(%error, "expired handoffs could not be ended; trying again");
                AFTER_FAULT
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = cases.0.offered.notified() => {}
        }
    }
}
