//! The states of a case and what leads from one to the next.
use protocol::Timestamp;
use protocol::ids::{CaseId, MaterialCode, SkillGroupCode, StaffId};
use serde::{Deserialize, Serialize};

use crate::calendar::{WorkingCalendar, day_of};
use crate::checklist::{Checklist, Judgement, words};
use crate::deadline::{Deadlines, IntakeClock, Terms};
use crate::handoff::Offer;
use crate::{Blocked, NotAllowed};

/// Longest explanation in characters.
const LONGEST_EXPLANATION: usize = 500;
/// Longest name of an authority in characters.
const LONGEST_AUTHORITY: usize = 100;

/// Who does something, based on which version, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub by: StaffId,
    /// The version that they saw.
    pub version: u32,
    /// When.
    pub at: Timestamp,
}

/// What every state of a case has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// The case.
    pub id: CaseId,
    /// The one owner (责任人).
    pub owner: StaffId,
    /// Raised by every change, from 1.
    pub version: u32,
    /// Who may be handed it: clerks of this skill group.
    pub skill_group: SkillGroupCode,
    /// The handoff that is on offer. There is room for one.
    pub handoff: Option<Offer>,
}

impl Matter {
    /// A new matter, at version 1.
    #[must_use]
    pub fn new(id: CaseId, owner: StaffId, skill_group: SkillGroupCode) -> Self {
        Self { id, owner, version: 1, skill_group, handoff: None }
    }

    pub(crate) fn owned(&self, act: Act) -> Result<(), NotAllowed> {
        if self.version != act.version {
            return Err(NotAllowed::Stale { now: self.version, based_on: act.version });
        }
        if self.owner == act.by { Ok(()) } else { Err(NotAllowed::NotOwner) }
    }

    fn decidable(&self, act: Act) -> Result<(), NotAllowed> {
        self.owned(act)?;
        if self.handoff.is_none() { Ok(()) } else { Err(NotAllowed::HandoffOpen) }
    }

    pub(crate) fn changed(mut self) -> Self {
        self.version = self.version.saturating_add(1);
        self
    }
}

/// Received (收件).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intake {
    /// What every state has.
    pub matter: Matter,
    /// When it was received.
    pub received_at: Timestamp,
    /// The materials.
    pub checklist: Checklist,
    /// The authority that is competent instead, if the scenario belongs to another one.
    pub competent_elsewhere: Option<String>,
}

/// Accepted (受理): the clock runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// What every state has.
    pub matter: Matter,
    /// When it was received.
    pub received_at: Timestamp,
    /// The materials, all of them good.
    pub checklist: Checklist,
    /// On what the acceptance rests.
    pub basis: Basis,
    /// When it was accepted: with [`Basis::Deemed`], when it was received.
    pub accepted_at: Timestamp,
    /// Who accepted it; somebody else decides.
    pub accepted_by: StaffId,
    /// By when.
    pub deadlines: Deadlines,
}

/// On what an acceptance rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// It was declared in time.
    Declared,
    /// Nobody told the applicant anything within the five days: it counts as accepted from receipt, whenever somebody
    /// says so.
    Deemed,
}

/// Not accepted (不予受理). Final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAccepted {
    /// What every state has.
    pub matter: Matter,
    /// When it was received.
    pub received_at: Timestamp,
    /// The materials as they lay there.
    pub checklist: Checklist,
    /// When it was refused.
    pub at: Timestamp,
    /// Who refused it.
    pub by: StaffId,
    /// On which ground.
    pub ground: Ground,
    /// Why, in words for the applicant.
    pub explanation: String,
}

/// The two grounds of non-acceptance. Papers that are missing are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ground", rename_all = "snake_case")]
pub enum Ground {
    /// What is applied for needs no such procedure.
    NoSuchProcedure,
    /// Another authority is competent.
    OtherAuthority {
        /// Its name.
        authority: String,
    },
}

impl Intake {
    /// Receives an application.
    #[must_use]
    pub fn open(
        matter: Matter,
        received_at: Timestamp,
        checklist: Checklist,
        competent_elsewhere: Option<String>,
    ) -> Self {
        Self { matter, received_at, checklist, competent_elsewhere }
    }

    /// The five days that receipt started.
    #[must_use]
    pub fn clock(&self, calendar: &WorkingCalendar) -> IntakeClock {
        IntakeClock::from_receipt(self.received_at, calendar)
    }

    /// Judges a material.
    ///
    /// # Errors
    /// Stale, not the owner, no such material, or a rejection without a reason.
    pub fn judge(mut self, act: Act, code: &MaterialCode, judgement: Judgement) -> Result<Self, NotAllowed> {
        self.matter.owned(act)?;
        self.checklist.judge(code, judgement)?;
        Ok(Self { matter: self.matter.changed(), ..self })
    }

    /// A still of a material arrived: it waits for judgement, even if an older still was judged already. No version is
    /// asked for, because the machine that brings it acts for nobody.
    ///
    /// # Errors
    /// No such material.
    pub fn captured(mut self, code: &MaterialCode) -> Result<Self, NotAllowed> {
        self.checklist.judge(code, Judgement::Leave)?;
        Ok(Self { matter: self.matter.changed(), ..self })
    }

    /// Whether `accept` would be allowed as far as the matter itself goes: what stands in the way, all of it.
    #[must_use]
    pub fn blocked(&self) -> Vec<Blocked> {
        self.checklist.blocked()
    }

    /// Accepts: from now on the clock runs; if the five days of intake had passed in silence, from receipt on.
    ///
    /// # Errors
    /// Stale, not the owner, on offer to somebody, another authority's, or materials in the way.
    pub fn accept(self, act: Act, terms: Terms, calendar: &WorkingCalendar) -> Result<Accepted, NotAllowed> {
        self.matter.decidable(act)?;
        if let Some(authority) = self.competent_elsewhere {
            return Err(NotAllowed::OtherAuthority(authority));
        }
        let blocked = self.checklist.blocked();
        if !blocked.is_empty() {
            return Err(NotAllowed::Materials(blocked));
        }
        let overrun = IntakeClock::from_receipt(self.received_at, calendar).overrun(day_of(act.at));
        let (basis, accepted_at) =
            if overrun { (Basis::Deemed, self.received_at) } else { (Basis::Declared, act.at) };
        Ok(Accepted {
            matter: self.matter.changed(),
            received_at: self.received_at,
            checklist: self.checklist,
            basis,
            accepted_at,
            accepted_by: act.by,
            deadlines: Deadlines::from_acceptance(accepted_at, terms, calendar),
        })
    }

    /// Refuses to accept, on one of the two grounds.
    ///
    /// # Errors
    /// Stale, not the owner, on offer to somebody, no explanation, or no authority named.
    pub fn not_accept(self, act: Act, ground: Ground, explanation: &str) -> Result<NotAccepted, NotAllowed> {
        self.matter.decidable(act)?;
        let explanation = words(explanation, LONGEST_EXPLANATION)?;
        let ground = match ground {
            Ground::NoSuchProcedure => Ground::NoSuchProcedure,
            Ground::OtherAuthority { authority } => Ground::OtherAuthority {
                authority: words(&authority, LONGEST_AUTHORITY).map_err(|refusal| match refusal {
                    NotAllowed::ReasonMissing => NotAllowed::AuthorityMissing,
                    other => other,
                })?,
            },
        };
        Ok(NotAccepted {
            matter: self.matter.changed(),
            received_at: self.received_at,
            checklist: self.checklist,
            at: act.at,
            by: act.by,
            ground,
            explanation,
        })
    }
}

/// A case in one of its states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Case {
    /// Received.
    Intake(Intake),
    /// Accepted.
    Accepted(Accepted),
    /// Not accepted.
    NotAccepted(NotAccepted),
}

impl Case {
    /// What every state has.
    #[must_use]
    pub fn matter(&self) -> &Matter {
        match self {
            Self::Intake(case) => &case.matter,
            Self::Accepted(case) => &case.matter,
            Self::NotAccepted(case) => &case.matter,
        }
    }

    /// The materials.
    #[must_use]
    pub fn checklist(&self) -> &Checklist {
        match self {
            Self::Intake(case) => &case.checklist,
            Self::Accepted(case) => &case.checklist,
            Self::NotAccepted(case) => &case.checklist,
        }
    }

    /// When it was received.
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        match self {
            Self::Intake(case) => case.received_at,
            Self::Accepted(case) => case.received_at,
            Self::NotAccepted(case) => case.received_at,
        }
    }

    /// The case while it is in intake.
    ///
    /// # Errors
    /// [`NotAllowed::NotInIntake`].
    pub fn in_intake(self) -> Result<Intake, NotAllowed> {
        match self {
            Self::Intake(case) => Ok(case),
            Self::Accepted(_) | Self::NotAccepted(_) => Err(NotAllowed::NotInIntake),
        }
    }

    /// Reckons deadlines anew that were provisional, because a year was published since. Nobody acts: no version is asked
    /// for.
    ///
    /// # Errors
    /// [`NotAllowed::NothingMoves`] when nothing was provisional, or comes out as it was.
    pub fn reckoned_anew(self, calendar: &WorkingCalendar) -> Result<Self, NotAllowed> {
        let Self::Accepted(case) = self else { return Err(NotAllowed::NothingMoves) };
        let deadlines = case.deadlines.reckoned_anew(calendar);
        if !case.deadlines.provisional() || deadlines == case.deadlines {
            return Err(NotAllowed::NothingMoves);
        }
        Ok(Self::Accepted(Accepted { matter: case.matter.changed(), deadlines, ..case }))
    }

    pub(crate) fn map_matter(self, change: impl FnOnce(Matter) -> Matter) -> Self {
        match self {
            Self::Intake(case) => Self::Intake(Intake { matter: change(case.matter), ..case }),
            Self::Accepted(case) => Self::Accepted(Accepted { matter: change(case.matter), ..case }),
            Self::NotAccepted(case) => Self::NotAccepted(NotAccepted { matter: change(case.matter), ..case }),
        }
    }
}
