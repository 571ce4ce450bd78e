//! Reading cases, and keeping a record of who looked where they should not.
use casework::{Case, IntakeClock, MaterialStatus, WorkingCalendar, mask_name};
use protocol::ids::{CallId, CaseId, PaperId, Party};
use protocol::{CaseBrief, CaseState, HandoffState, MaterialState, MaterialView, PaperBrief};
use serde_json::json;
use std::sync::Arc;

use super::view::{
    AcceptanceView, ApplicantView, CaseLineView, CasePage, CaseView, HandoffView, IntakeView,
    NonAcceptanceView, Revealed, TimelineRow, handoff_brief, handoff_story,
};
use super::{Cases, Refusal, by_staff, may_see};
use crate::auth::Identity;
use crate::papers::{Content, Rendered};
use crate::store::cases::{self as rows, Filter, HandoffRow, PaperRow, StillRow, Stored};
use crate::store::keys::LedgerKeys;
use crate::store::ledger::Actor;
use crate::store::staff::{self, Staff};
use crate::store::{Db, Store, StoreError};

/// Lines on one page of a list.
const PAGE: u32 = 50;

impl Cases {
    /// A case with its story.
    ///
    /// # Errors
    /// No such case, or no right to it (which is recorded).
    pub async fn get(&self, by: &Staff, id: CaseId) -> Result<CaseView, Refusal> {
        let calendar = self.calendar().await?;
        let mut db = self.parts().store.read().await?;
        let seen = self.assemble(&mut db, id, by, &calendar).await;
        drop(db);
        self.on_record(by, id, seen).await
    }

    /// Cases that somebody may see.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list(
        &self,
        by: &Staff,
        mine: bool,
        query: Option<String>,
        before: Option<CaseId>,
    ) -> Result<CasePage, Refusal> {
        let calendar = self.calendar().await?;
        let parts = self.parts();
        let filter = Filter {
            hub: by.profile.hub.clone(),
            viewer: by.id,
            department: by.profile.department.clone(),
            mine,
            query,
            before,
            limit: PAGE + 1,
        };
        let mut lines = rows::find(&parts.store, &parts.keys, &filter).await?;
        let more = lines.len() > PAGE as usize;
        lines.truncate(PAGE as usize);
        let next = if more { lines.last().map(|line| line.id) } else { None };
        let mut db = parts.store.read().await?;
        let mut cases = Vec::new();
        for line in lines {
            let (applicant, id_number) = match rows::applicant(&mut db, &parts.keys, line.applicant).await {
                Ok(applicant) => (mask_name(&applicant.name), applicant.id_number.masked()),
                // Erased by retention: the case stays, the person is gone.
                Err(StoreError::Missing(_)) => ("*".to_owned(), String::new()),
                Err(error) => return Err(error.into()),
            };
            cases.push(CaseLineView {
                id: line.id,
                number: line.number,
                state: line.state,
                version: line.version,
                item: line.item,
                scenario: line.scenario,
                owner: line.owner,
                owner_name: line.owner_name,
                applicant,
                id_number,
                received_at: line.received_at,
                due: line.due_on,
                intake_clock: (line.state == CaseState::Intake)
                    .then(|| IntakeClock::from_receipt(line.received_at, &calendar)),
                on_offer: line.on_offer,
            });
        }
        Ok(CasePage { cases, next })
    }

    /// The whole identity and telephone number, for the owner and the clerk of the call. The look is chained.
    ///
    /// # Errors
    /// No such case, or no right to it (which is recorded).
    pub async fn reveal(&self, by: &Staff, id: CaseId) -> Result<Revealed, Refusal> {
        let parts = self.parts();
        let call = parts.live.call_of(Party::Staff(by.id)).await.map(|facts| facts.call);
        let mut tx = parts.store.begin().await?;
        let stored = rows::load(&mut tx, &parts.keys, id).await?.ok_or(Refusal::NotFound)?;
        if stored.origin.hub != by.profile.hub {
            return Err(Refusal::NotFound);
        }
        if stored.case.matter().owner != by.id && call != Some(stored.origin.call) {
            drop(tx);
            return self.on_record(by, id, Err(Refusal::NotYours)).await;
        }
        let applicant = rows::applicant(&mut tx, &parts.keys, stored.origin.applicant).await?;
        let happened = by_staff("id_number_revealed", by.id, self.now(), json!({}), None);
        rows::record(&mut tx, &parts.keys, &stored.case, happened).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(Revealed {
            id_number: applicant.id_number.reveal().to_owned(),
            phone: applicant.phone.reveal().to_owned(),
        })
    }

    /// Passes an answer on. That somebody asked for what is not theirs is chained to their account before they hear it;
    /// no transaction and no reader may be held meanwhile.
    pub(super) async fn on_record<T>(
        &self,
        by: &Staff,
        id: CaseId,
        answer: Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if !matches!(answer, Err(Refusal::NotYours)) {
            return answer;
        }
        let parts = self.parts();
        let mut tx = parts.store.begin().await?;
        let who = (by.id, "case_access_refused");
        let when = (Actor::Staff(by.id), self.now());
        staff::note(&mut tx, &parts.keys, who, json!({ "case": id }), None, when).await?;
        tx.commit().await.map_err(StoreError::from)?;
        answer
    }

    pub(super) async fn brief(&self, id: CaseId) -> Result<(Stored, CaseBrief), Refusal> {
        let parts = self.parts();
        let mut db = parts.store.read().await?;
        let stored = rows::load(&mut db, &parts.keys, id).await?.ok_or(Refusal::NotFound)?;
        let brief = brief_of(&mut db, &stored).await?;
        Ok((stored, brief))
    }

    /// Everything is read on the one connection that is given: who holds one and waits for another may wait for ever.
    pub(super) async fn assemble(
        &self,
        db: &mut Db,
        id: CaseId,
        by: &Staff,
        calendar: &WorkingCalendar,
    ) -> Result<CaseView, Refusal> {
        let parts = self.parts();
        let stored = rows::load(db, &parts.keys, id).await?.ok_or(Refusal::NotFound)?;
        may_see(&stored, by)?;
        let applicant = rows::applicant(db, &parts.keys, stored.origin.applicant).await?;
        let brief = brief_of(db, &stored).await?;
        let (mut intake, mut acceptance, mut non_acceptance) = (None, None, None);
        match &stored.case {
            Case::Intake(case) => {
                intake = Some(IntakeView {
                    clock: case.clock(calendar),
                    blocked: case.blocked(),
                    competent_elsewhere: case.competent_elsewhere.clone(),
                });
            }
            Case::Accepted(case) => {
                acceptance = Some(AcceptanceView {
                    basis: case.basis,
                    at: case.accepted_at,
                    by: case.accepted_by,
                    by_name: rows::staff_name(db, case.accepted_by).await?,
                    due: case.deadlines.due(),
                    deadlines: case.deadlines.clone(),
                });
            }
            Case::NotAccepted(case) => {
                non_acceptance = Some(NonAcceptanceView {
                    at: case.at,
                    by: case.by,
                    by_name: rows::staff_name(db, case.by).await?,
                    ground: case.ground.clone(),
                    explanation: case.explanation.clone(),
                });
            }
        }
        let handoffs = rows::handoffs_of(db, id).await?.into_iter().map(handoff_story).collect();
        let timeline = rows::events(db, id).await?.into_iter().map(|event| TimelineRow {
            id: event.id,
            at: event.at,
            kind: event.kind,
            actor: event.actor_kind,
            actor_name: event.actor_name,
            facts: event.facts,
        });
        Ok(CaseView {
            brief,
            call: stored.origin.call,
            department: stored.origin.department.clone(),
            skill_group: stored.case.matter().skill_group.clone(),
            applicant: ApplicantView {
                name: applicant.name.clone(),
                id_number: applicant.id_number.masked(),
                phone: applicant.phone.masked(),
                identity_check: applicant.identity_check.clone(),
            },
            opened_by: stored.origin.opened_by,
            opened_by_name: rows::staff_name(db, stored.origin.opened_by).await?,
            received_at: stored.case.received_at(),
            intake,
            acceptance,
            non_acceptance,
            handoffs,
            timeline: timeline.collect(),
        })
    }

    pub(super) async fn handoff_view(&self, row: HandoffRow) -> Result<HandoffView, Refusal> {
        let parts = self.parts();
        let calendar = self.calendar().await?;
        let mut db = parts.store.read().await?;
        let stored = rows::load(&mut db, &parts.keys, row.case).await?.ok_or(Refusal::NotFound)?;
        let applicant = match rows::applicant(&mut db, &parts.keys, stored.origin.applicant).await {
            Ok(applicant) => mask_name(&applicant.name),
            Err(StoreError::Missing(_)) => "*".to_owned(),
            Err(error) => return Err(error.into()),
        };
        let due = match &stored.case {
            Case::Intake(case) => case.clock(&calendar).notice_due.due,
            Case::Accepted(case) => case.deadlines.due(),
            Case::NotAccepted(case) => casework::day_of(case.at),
        };
        let stills = rows::stills_of(&mut db, row.case).await?;
        let matter = stored.case.matter();
        Ok(HandoffView {
            item: stored.origin.item.clone(),
            scenario: stored.origin.scenario.clone(),
            skill_group: matter.skill_group.clone(),
            case_state: rows::state_of(&stored.case),
            version: matter.version,
            owner: matter.owner,
            applicant,
            materials: materials(&stored.case, &stills),
            due,
            hub: stored.origin.hub.clone(),
            story: handoff_story(row),
        })
    }

    /// The PDF of a paper, as it was issued.
    ///
    /// # Errors
    /// No such paper, or no right to it.
    pub async fn paper_pdf(&self, by: &Identity, id: PaperId) -> Result<(PaperRow, Vec<u8>), Refusal> {
        let (paper, _) = self.paper_for(by, id).await?;
        let parts = self.parts();
        let pdf = rows::pdf(&mut *parts.store.read().await?, &parts.keys, id).await?;
        Ok((paper, pdf))
    }

    /// The pages of a paper, as it was issued.
    ///
    /// # Errors
    /// No such paper, no right to it, or pages that cannot be made as they were.
    pub async fn paper_pages(&self, by: &Identity, id: PaperId) -> Result<Arc<Rendered>, Refusal> {
        let (paper, content) = self.paper_for(by, id).await?;
        let content: Content = serde_json::from_str(&content).map_err(|_| StoreError::Damaged("paper"))?;
        Ok(self.papers().again(&paper.digest, content).await?)
    }

    /// Staff who may see the case; the terminal while it is in the paper's call or shows its end.
    async fn paper_for(&self, by: &Identity, id: PaperId) -> Result<(PaperRow, String), Refusal> {
        let parts = self.parts();
        let mut db = parts.store.read().await?;
        let found = rows::paper(&mut db, &parts.keys, id).await?.ok_or(Refusal::NotFound)?;
        match by {
            Identity::Staff(who) => {
                let stored =
                    rows::load(&mut db, &parts.keys, found.0.case).await?.ok_or(Refusal::NotFound)?;
                drop(db);
                self.on_record(&who.staff, found.0.case, may_see(&stored, &who.staff)).await?;
            }
            Identity::Terminal(who) => {
                drop(db);
                let call = parts.live.call_of(Party::Terminal(who.id)).await.map(|facts| facts.call);
                if found.0.terminal != who.id || call != Some(found.0.call) {
                    return Err(Refusal::NotFound);
                }
            }
        }
        Ok(found)
    }
}

/// The case that a call is about, as it stands: of several the one that changed last.
///
/// # Errors
/// When the database refuses or a row is damaged.
pub async fn brief_of_call(
    store: &Store,
    keys: &LedgerKeys,
    call: CallId,
) -> Result<Option<CaseBrief>, Refusal> {
    let mut db = store.read().await?;
    let Some(id) = rows::last_changed_of_call(&mut db, call).await? else { return Ok(None) };
    let stored = rows::load(&mut db, keys, id).await?.ok_or(Refusal::NotFound)?;
    Ok(Some(brief_of(&mut db, &stored).await?))
}

async fn brief_of(db: &mut Db, stored: &Stored) -> Result<CaseBrief, Refusal> {
    let (matter, origin) = (stored.case.matter(), &stored.origin);
    let stills = rows::stills_of(db, matter.id).await?;
    let papers = rows::papers_of(db, matter.id).await?.into_iter().map(|paper| PaperBrief {
        id: paper.id,
        kind: paper.kind,
        number: paper.number,
        issued_at: paper.issued_at,
        pages: paper.pages,
        received_at: paper.received_at,
    });
    let open =
        rows::handoffs_of(db, matter.id).await?.into_iter().find(|row| row.state == HandoffState::Offered);
    Ok(CaseBrief {
        id: matter.id,
        number: origin.number.clone(),
        state: rows::state_of(&stored.case),
        version: matter.version,
        item: origin.item.clone(),
        scenario: origin.scenario.clone(),
        owner: matter.owner,
        owner_name: rows::staff_name(db, matter.owner).await?,
        materials: materials(&stored.case, &stills),
        papers: papers.collect(),
        open_handoff: open.map(handoff_brief),
    })
}

fn materials(case: &Case, stills: &[StillRow]) -> Vec<MaterialView> {
    let view = |row: &casework::MaterialRow| {
        let code = row.requirement.code.clone();
        let (state, reason) = match &row.status {
            MaterialStatus::Missing => (MaterialState::Missing, None),
            MaterialStatus::Captured => (MaterialState::Captured, None),
            MaterialStatus::Accepted => (MaterialState::Accepted, None),
            MaterialStatus::Rejected { reason } => (MaterialState::Rejected, Some(reason.clone())),
        };
        let stills = stills.iter().filter(|still| still.material == code).map(|still| still.id).collect();
        let (primary, deferrable) = (row.requirement.primary, row.requirement.deferrable);
        MaterialView { code, primary, deferrable, state, reason, stills }
    };
    case.checklist().rows().iter().map(view).collect()
}
