//! What the owner decides: materials, acceptance, non-acceptance.
use casework::{Act, Case, Ground, Judgement, NotAllowed, Terms};
use protocol::ids::{CaseId, MaterialCode};
use serde_json::json;

use super::issue::Issued;
use super::{Cases, Change, Refusal, by_staff};
use crate::store::StoreError;
use crate::store::cases::{self as rows, Applicant, IdentityResult, Stored};
use crate::store::staff::Staff;

impl Cases {
    /// Judges a material.
    ///
    /// # Errors
    /// Stale, not the owner, no such material, no longer in intake, or a rejection without a reason.
    pub async fn judge(
        &self,
        by: &Staff,
        id: CaseId,
        version: u32,
        code: &MaterialCode,
        judgement: Judgement,
    ) -> Result<(), Refusal> {
        let act = Act { by: by.id, version, at: self.now() };
        let (word, reason) = match &judgement {
            Judgement::Accept => ("accepted", None),
            Judgement::Reject { reason } => ("rejected", Some(json!({ "reason": reason }))),
            Judgement::Leave => ("captured", None),
        };
        let decide = move |case: Case| {
            let case = Case::Intake(case.in_intake()?.judge(act, code, judgement)?);
            let facts = json!({ "material": code, "judged": word });
            Ok(Change {
                case,
                ended: None,
                happened: by_staff("material_judged", by.id, act.at, facts, reason),
            })
        };
        self.change(id, Some(by), decide, None).await?;
        self.tell(id, &[]).await;
        Ok(())
    }

    /// Accepts: the clock runs, and the notice is issued in the same act.
    ///
    /// # Errors
    /// What `casework` refuses, a doubtful identity that the clerk has not confirmed to accept, or a notice that cannot be made.
    pub async fn accept(
        &self,
        by: &Staff,
        id: CaseId,
        version: u32,
        despite_doubt: bool,
    ) -> Result<(), Refusal> {
        let act = Act { by: by.id, version, at: self.now() };
        let (stored, applicant) = self.to_decide(by, id).await?;
        let catalogue = self.catalogue_of(&stored).await?;
        let damaged = || StoreError::Damaged("catalogue version");
        let item = catalogue.item(&stored.origin.item).ok_or_else(damaged)?;
        let days = |days: u32| u16::try_from(days).map_err(|_| damaged());
        let terms = Terms {
            promised: days(item.promised_working_days)?,
            statutory: item.statutory_working_days.map(days).transpose()?,
        };
        let calendar = self.calendar().await?;
        let decide = |case: Case| case.in_intake()?.accept(act, terms, &calendar);
        let accepted = decide(stored.case.clone())?;
        let doubtful = applicant.identity_check.result == IdentityResult::Doubtful;
        if doubtful && !despite_doubt {
            return Err(Refusal::IdentityDoubtful);
        }
        let notice = self.acceptance_notice(&stored, (&applicant, by, act.at), &accepted).await?;
        let decide = |case: Case| {
            let accepted = decide(case)?;
            let mut facts = json!({
                "basis": accepted.basis, "promised_due": accepted.deadlines.promised.due.to_string(),
                "statutory_due": accepted.deadlines.statutory.as_ref().map(|one| one.due.to_string()),
                "provisional": accepted.deadlines.provisional(),
            });
            if doubtful {
                facts["despite_doubt"] = json!(true);
            }
            let happened = by_staff("case_accepted", by.id, act.at, facts, None);
            Ok(Change { case: Case::Accepted(accepted), ended: None, happened })
        };
        self.decided(by, id, decide, notice).await
    }

    /// Does not accept, on one of the two grounds, and issues the notice in the same act.
    ///
    /// # Errors
    /// What `casework` refuses, or a notice that cannot be made.
    pub async fn not_accept(
        &self,
        by: &Staff,
        id: CaseId,
        version: u32,
        ground: Ground,
        explanation: &str,
    ) -> Result<(), Refusal> {
        let act = Act { by: by.id, version, at: self.now() };
        let (stored, applicant) = self.to_decide(by, id).await?;
        let decide = |case: Case| case.in_intake()?.not_accept(act, ground.clone(), explanation);
        let refused = decide(stored.case.clone())?;
        let notice = self.non_acceptance_notice(&stored, (&applicant, by), &refused).await?;
        let decide = |case: Case| {
            let refused = decide(case)?;
            let facts = json!({ "ground": refused.ground });
            let words = json!({ "explanation": refused.explanation });
            let happened = by_staff("case_not_accepted", by.id, act.at, facts, Some(words));
            Ok(Change { case: Case::NotAccepted(refused), ended: None, happened })
        };
        self.decided(by, id, decide, notice).await
    }

    async fn to_decide(&self, by: &Staff, id: CaseId) -> Result<(Stored, Applicant), Refusal> {
        let parts = self.parts();
        let mut db = parts.store.read().await?;
        let stored = rows::load(&mut db, &parts.keys, id).await?.ok_or(Refusal::NotFound)?;
        if let Err(refusal) = super::may_see(&stored, by) {
            drop(db);
            return self.on_record(by, id, Err(refusal)).await;
        }
        let applicant = rows::applicant(&mut db, &parts.keys, stored.origin.applicant).await?;
        Ok((stored, applicant))
    }

    async fn decided(
        &self,
        by: &Staff,
        id: CaseId,
        decide: impl FnOnce(Case) -> Result<Change, NotAllowed> + Send,
        notice: Issued,
    ) -> Result<(), Refusal> {
        self.change(id, Some(by), decide, Some(notice)).await?;
        self.tell(id, &[]).await;
        Ok(())
    }
}
