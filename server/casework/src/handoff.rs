//! The handoff (转办): how a case changes its owner, and the only way it does.
use protocol::Timestamp;
use protocol::ids::{DepartmentCode, HandoffId, SkillGroupCode, StaffId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

use crate::case::{Act, Case};
use crate::checklist::words;
use crate::{Matter, NotAllowed};

/// Longest reason in characters.
const LONGEST_REASON: usize = 500;
/// How short and how long an offer may stand.
const OFFER_TIME: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(30 * 24 * 3600));

/// To whom a case is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    /// One clerk.
    Clerk {
        /// Who.
        staff: StaffId,
    },
    /// A department: one clerk of it takes it, or refuses it for the department.
    Department {
        /// Which.
        department: DepartmentCode,
    },
}

/// What must be known of somebody who may be handed work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clerk {
    /// Who.
    pub id: StaffId,
    /// Whether they work as a clerk and are in service.
    pub in_service: bool,
    /// Their department.
    pub department: Option<DepartmentCode>,
    /// The skill groups they serve.
    pub skill_groups: Vec<SkillGroupCode>,
}

/// Whether somebody may be handed work of a skill group.
pub type MayTake = Result<(), NotAllowed>;

impl Clerk {
    /// Whether they may be handed work of that skill group, and why not.
    ///
    /// # Errors
    /// Not in service, or they lack the skill.
    pub fn may_take(&self, skill_group: &SkillGroupCode) -> MayTake {
        if !self.in_service {
            return Err(NotAllowed::NotInService);
        }
        if self.skill_groups.contains(skill_group) {
            Ok(())
        } else {
            Err(NotAllowed::LacksSkill(skill_group.clone()))
        }
    }

    /// Whether an offer to that target is theirs to answer.
    #[must_use]
    pub fn is_meant_by(&self, target: &Target) -> bool {
        match target {
            Target::Clerk { staff } => *staff == self.id,
            Target::Department { department } => self.department.as_ref() == Some(department),
        }
    }
}

/// An offer as its sender makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOffer {
    /// Its id.
    pub id: HandoffId,
    /// To whom.
    pub to: Target,
    /// Why, in the sender's words.
    pub reason: String,
    /// How long it stands.
    pub answer_within: Duration,
}

/// A handoff on offer. The sender is owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its id.
    pub id: HandoffId,
    /// Who offers.
    pub from: StaffId,
    /// To whom.
    pub to: Target,
    /// Why.
    pub reason: String,
    /// Since when.
    pub offered_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// A handoff that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What was offered.
    pub offer: Offer,
    /// How it ended.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
}

/// How a handoff ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver is owner.
    Accepted {
        /// Who.
        by: StaffId,
    },
    /// The sender stays owner.
    Refused {
        /// Who refused.
        by: StaffId,
        /// Why.
        reason: String,
    },
    /// Nobody answered; the sender stays owner.
    Expired,
    /// The sender took it back.
    Withdrawn,
}

impl Case {
    /// Offers the case. The sender stays owner until somebody takes it over. `receivers` are the people whom the target
    /// names.
    ///
    /// # Errors
    /// Stale, not the owner, closed, on offer already, no reason, or nobody there may do this work.
    pub fn offer(self, act: Act, offer: NewOffer, receivers: &[Clerk]) -> Result<Self, NotAllowed> {
        let matter = self.matter();
        matter.owned(act)?;
        if matches!(self, Self::NotAccepted(_)) {
            return Err(NotAllowed::Closed);
        }
        if matter.handoff.is_some() {
            return Err(NotAllowed::HandoffOpen);
        }
        if !(OFFER_TIME.0..=OFFER_TIME.1).contains(&offer.answer_within) {
            return Err(NotAllowed::OfferTime);
        }
        entitled(matter, &offer.to, receivers)?;
        let offer = Offer {
            id: offer.id,
            from: act.by,
            to: offer.to,
            reason: words(&offer.reason, LONGEST_REASON)?,
            offered_at: act.at,
            expires_at: act.at.plus(offer.answer_within),
        };
        Ok(self.map_matter(|matter| Matter { handoff: Some(offer), ..matter.changed() }))
    }

    /// Takes the case over: from this moment, and not before, the taker is owner.
    ///
    /// # Errors
    /// Gone, expired, meant for somebody else, or the taker may not do this work.
    pub fn take_over(
        self,
        handoff: HandoffId,
        by: &Clerk,
        at: Timestamp,
    ) -> Result<(Self, Ended), NotAllowed> {
        self.answerable(handoff, by, at)?;
        by.may_take(&self.matter().skill_group)?;
        let owner = by.id;
        let (case, ended) = self.end(handoff, Outcome::Accepted { by: owner }, at)?;
        Ok((case.map_matter(|matter| Matter { owner, ..matter }), ended))
    }

    /// Refuses the handoff; of a department, one clerk's refusal is the department's.
    ///
    /// # Errors
    /// Gone, expired, meant for somebody else, or no reason.
    pub fn decline(
        self,
        handoff: HandoffId,
        by: &Clerk,
        reason: &str,
        at: Timestamp,
    ) -> Result<(Self, Ended), NotAllowed> {
        self.answerable(handoff, by, at)?;
        let reason = words(reason, LONGEST_REASON)?;
        self.end(handoff, Outcome::Refused { by: by.id, reason }, at)
    }

    /// Takes the offer back.
    ///
    /// # Errors
    /// Gone, or somebody else's.
    pub fn withdraw(
        self,
        handoff: HandoffId,
        by: StaffId,
        at: Timestamp,
    ) -> Result<(Self, Ended), NotAllowed> {
        if self.on_offer(handoff)?.from != by {
            return Err(NotAllowed::NotOwner);
        }
        self.end(handoff, Outcome::Withdrawn, at)
    }

    /// Ends an offer whose time is over.
    ///
    /// # Errors
    /// Gone, or not yet over.
    pub fn expire(self, handoff: HandoffId, at: Timestamp) -> Result<(Self, Ended), NotAllowed> {
        if at < self.on_offer(handoff)?.expires_at {
            return Err(NotAllowed::NotYet);
        }
        self.end(handoff, Outcome::Expired, at)
    }

    fn on_offer(&self, handoff: HandoffId) -> Result<&Offer, NotAllowed> {
        self.matter().handoff.as_ref().filter(|offer| offer.id == handoff).ok_or(NotAllowed::HandoffGone)
    }

    fn answerable(&self, handoff: HandoffId, by: &Clerk, at: Timestamp) -> Result<(), NotAllowed> {
        let offer = self.on_offer(handoff)?;
        // Of a department, its sender may be a member; the sender withdraws, and does not answer.
        if !by.is_meant_by(&offer.to) || by.id == offer.from {
            return Err(NotAllowed::NotForThem);
        }
        if at >= offer.expires_at { Err(NotAllowed::HandoffExpired) } else { Ok(()) }
    }

    fn end(self, handoff: HandoffId, outcome: Outcome, at: Timestamp) -> Result<(Self, Ended), NotAllowed> {
        let offer = self.on_offer(handoff)?.clone();
        let case = self.map_matter(|matter| Matter { handoff: None, ..matter.changed() });
        Ok((case, Ended { offer, outcome, at }))
    }
}

fn entitled(matter: &Matter, to: &Target, receivers: &[Clerk]) -> Result<(), NotAllowed> {
    match to {
        Target::Clerk { staff } if *staff == matter.owner => Err(NotAllowed::ToOneself),
        Target::Clerk { staff } => {
            let receiver =
                receivers.iter().find(|clerk| clerk.id == *staff).ok_or(NotAllowed::NotInService)?;
            receiver.may_take(&matter.skill_group)
        }
        Target::Department { .. } => {
            let able = |clerk: &Clerk| {
                clerk.id != matter.owner
                    && clerk.is_meant_by(to)
                    && clerk.may_take(&matter.skill_group).is_ok()
            };
            let nobody = || NotAllowed::NobodyEntitled(matter.skill_group.clone());
            receivers.iter().any(able).then_some(()).ok_or_else(nobody)
        }
    }
}
