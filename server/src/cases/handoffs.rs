//! Handing a case over (转办).
use casework::{Act, Case, Clerk, Ended, NewOffer, NotAllowed, Offer, Outcome, Target};
use protocol::ids::{CaseId, HandoffId, StaffId};
use protocol::{HandoffTarget, Timestamp};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use utoipa::ToSchema;

use super::{Cases, Change, Happened, News, Refusal, as_clerk, by_staff, view};
use crate::store::cases::{self as rows, HandoffRow};
use crate::store::ledger::Actor;
use crate::store::staff::{self, Staff};

/// What a clerk sends to hand a case over.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHandoff {
    /// To whom: `{"kind": "clerk", "staff": …}` or `{"kind": "department", "department": …}`.
    #[schema(value_type = Object)]
    pub to: HandoffTarget,
    /// Why.
    pub reason: String,
    /// How long the offer stands.
    pub answer_within_minutes: u32,
    /// The version of the case that the clerk saw.
    pub version: u32,
}

impl Cases {
    /// Offers a case. The sender stays owner until somebody takes it over.
    ///
    /// # Errors
    /// What `casework` refuses.
    pub async fn offer(&self, by: &Staff, id: CaseId, new: NewHandoff) -> Result<view::HandoffView, Refusal> {
        let now = self.now();
        let people = self.people_of(&by.profile.hub).await?;
        let handoff = HandoffId(self.parts().clock.ids().uuid(now));
        let to = match new.to {
            HandoffTarget::Clerk { staff } => Target::Clerk { staff },
            HandoffTarget::Department { department } => Target::Department { department },
        };
        let offer = NewOffer {
            id: handoff,
            to,
            reason: new.reason,
            answer_within: Duration::from_secs(60 * u64::from(new.answer_within_minutes)),
        };
        let act = Act { by: by.id, version: new.version, at: now };
        let decide = |case: Case| {
            let case = case.offer(act, offer, &people)?;
            let stands = case.matter().handoff.as_ref();
            let facts = json!({
                "handoff": handoff, "from": by.id, "to": stands.map(|offer| &offer.to),
                "expires_at": stands.map(|offer| offer.expires_at), "materials": materials(&case),
            });
            let words = json!({ "reason": stands.map(|offer| &offer.reason) });
            Ok(Change {
                case,
                ended: None,
                happened: by_staff("handoff_offered", by.id, now, facts, Some(words)),
            })
        };
        self.change(id, Some(by), decide, None).await?;
        self.0.offered.notify_one();
        self.tell_handoff(id, handoff).await
    }

    /// Takes a case over: the taker is owner from this commit on.
    ///
    /// # Errors
    /// What `casework` refuses; of several who try at once, all but one find it gone.
    pub async fn take_over(&self, by: &Staff, handoff: HandoffId) -> Result<view::HandoffView, Refusal> {
        let (clerk, now) = (as_clerk(by), self.now());
        self.end(by, handoff, now, |case| case.take_over(handoff, &clerk, now)).await
    }

    /// Refuses a handoff.
    ///
    /// # Errors
    /// What `casework` refuses.
    pub async fn decline(
        &self,
        by: &Staff,
        handoff: HandoffId,
        reason: &str,
    ) -> Result<view::HandoffView, Refusal> {
        let (clerk, now) = (as_clerk(by), self.now());
        self.end(by, handoff, now, |case| case.decline(handoff, &clerk, reason, now)).await
    }

    /// Takes an offer back.
    ///
    /// # Errors
    /// What `casework` refuses.
    pub async fn withdraw(&self, by: &Staff, handoff: HandoffId) -> Result<view::HandoffView, Refusal> {
        let now = self.now();
        self.end(by, handoff, now, |case| case.withdraw(handoff, by.id, now)).await
    }

    async fn end(
        &self,
        by: &Staff,
        handoff: HandoffId,
        now: Timestamp,
        decide: impl FnOnce(Case) -> Result<(Case, Ended), NotAllowed> + Send,
    ) -> Result<view::HandoffView, Refusal> {
        let row = self.handoff_row(handoff).await?;
        // Departments of different hubs may bear the same code: to another hub this handoff does not exist.
        if row.hub != by.profile.hub {
            return Err(Refusal::NotFound);
        }
        let decide = |case: Case| {
            // Who comes too late to see it at all is told that it is gone, not that it is none of theirs.
            let (case, ended) = decide(case)?;
            let happened = ended_event(&case, &ended, Actor::Staff(by.id));
            Ok(Change { case, ended: Some(ended), happened })
        };
        match self.change(row.case, None, |case| visible(&row, by).and_then(|()| decide(case)), None).await {
            Ok(_) => self.tell_handoff(row.case, handoff).await,
            Err(Refusal::NotAllowed(NotAllowed::HandoffExpired)) => {
                self.expire(row.case, handoff, now).await?;
                Err(NotAllowed::HandoffExpired.into())
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// Ends an offer whose time is over. Somebody may have answered in the last moment: then nothing happens.
    pub(super) async fn expire(
        &self,
        case: CaseId,
        handoff: HandoffId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let decide = |case: Case| {
            let (case, ended) = case.expire(handoff, now)?;
            let happened = ended_event(&case, &ended, Actor::System);
            Ok(Change { case, ended: Some(ended), happened })
        };
        match self.change(case, None, decide, None).await {
            Ok(_) => self.tell_handoff(case, handoff).await.map(|_| ()),
            Err(Refusal::NotAllowed(NotAllowed::HandoffGone | NotAllowed::NotYet)) => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }

    /// Offers that wait for this clerk's answer, or those that the clerk has made.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn handoffs(&self, by: &Staff, sent: bool) -> Result<Vec<view::HandoffView>, Refusal> {
        let hub = (by.id, by.profile.hub.as_str());
        let found =
            rows::handoffs_for_clerk(&self.parts().store, hub, by.profile.department.as_ref(), sent).await?;
        let mut views = Vec::new();
        for row in found {
            views.push(self.handoff_view(row).await?);
        }
        // What they may not take is not theirs to see in the inbox: a department's offer is for those with the skill.
        let clerk = as_clerk(by);
        views.retain(|one| sent || clerk.may_take(&one.skill_group).is_ok());
        Ok(views)
    }

    pub(super) async fn handoff_row(&self, handoff: HandoffId) -> Result<HandoffRow, Refusal> {
        let mut db = self.parts().store.read().await?;
        rows::handoff(&mut db, handoff).await?.ok_or(Refusal::NotFound)
    }

    /// Tells sender and receivers how the handoff is, and everybody of the case how the case is.
    async fn tell_handoff(&self, case: CaseId, handoff: HandoffId) -> Result<view::HandoffView, Refusal> {
        let row = self.handoff_row(handoff).await?;
        let seen = self.handoff_view(row.clone()).await?;
        let mut concerns = self.receivers(&row, &seen).await?;
        concerns.extend([row.from, seen.owner]);
        concerns.sort_unstable();
        concerns.dedup();
        self.tell(case, &concerns).await;
        let brief = view::handoff_brief(row);
        self.parts().live.publish(News::Handoff { handoff: brief, concerns }).await;
        Ok(seen)
    }

    async fn receivers(&self, row: &HandoffRow, seen: &view::HandoffView) -> Result<Vec<StaffId>, Refusal> {
        Ok(match &row.to {
            HandoffTarget::Clerk { staff } => vec![*staff],
            HandoffTarget::Department { department } => {
                let people = self.people_of(&seen.hub).await?;
                let able = |clerk: &&Clerk| {
                    clerk.department.as_ref() == Some(department) && clerk.may_take(&seen.skill_group).is_ok()
                };
                people.iter().filter(able).map(|clerk| clerk.id).collect()
            }
        })
    }

    async fn people_of(&self, hub: &str) -> Result<Vec<Clerk>, Refusal> {
        let all = staff::list(&self.parts().store).await?;
        Ok(all.iter().filter(|one| one.profile.hub == hub).map(as_clerk).collect())
    }
}

/// An offer to somebody else is none of one's business, whatever became of it.
fn visible(row: &HandoffRow, by: &Staff) -> Result<(), NotAllowed> {
    let meant = match &row.to {
        HandoffTarget::Clerk { staff } => *staff == by.id,
        HandoffTarget::Department { department } => by.profile.department.as_ref() == Some(department),
    };
    if meant || row.from == by.id { Ok(()) } else { Err(NotAllowed::NotForThem) }
}

fn ended_event(case: &Case, ended: &Ended, actor: Actor) -> Happened {
    let Offer { id, from, .. } = &ended.offer;
    let (kind, words) = match &ended.outcome {
        Outcome::Accepted { .. } => ("handoff_accepted", None),
        Outcome::Refused { reason, .. } => ("handoff_refused", Some(json!({ "reason": reason }))),
        Outcome::Expired => ("handoff_expired", None),
        Outcome::Withdrawn => ("handoff_withdrawn", None),
    };
    let facts = json!({ "handoff": id, "from": from, "owner": case.matter().owner });
    Happened { kind, at: ended.at, actor, facts, payload: words }
}

/// The state of every material goes on record with a handoff.
fn materials(case: &Case) -> serde_json::Value {
    let word = |row: &casework::MaterialRow| {
        let state = match row.status {
            casework::MaterialStatus::Missing => "missing",
            casework::MaterialStatus::Captured => "captured",
            casework::MaterialStatus::Accepted => "accepted",
            casework::MaterialStatus::Rejected { .. } => "rejected",
        };
        (row.requirement.code.0.clone(), state.into())
    };
    case.checklist().rows().iter().map(word).collect::<serde_json::Map<_, _>>().into()
}
