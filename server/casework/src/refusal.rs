//! Why something may not be done now.
use protocol::ids::{MaterialCode, SkillGroupCode};

use crate::checklist::Blocked;

/// Why a transition is not allowed. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// The act is based on an older version.
    #[error("the case is at version {now}, the request was based on {based_on}: read it again")]
    Stale {
        /// The version it has.
        now: u32,
        /// The version the act was based on.
        based_on: u32,
    },
    /// Only the one owner may do this.
    #[error("only the case's owner may do this")]
    NotOwner,
    /// The case is on offer to somebody: withdraw that first.
    #[error("the case is on offer to somebody else: withdraw the handoff first")]
    HandoffOpen,
    /// The case has left intake.
    #[error("the case is no longer in intake")]
    NotInIntake,
    /// The case is closed for good.
    #[error("the case is closed")]
    Closed,
    /// Materials stand in the way; all of them are named.
    #[error("{} material(s) stand in the way of acceptance", .0.len())]
    Materials(Vec<Blocked>),
    /// This scenario belongs to another authority, which is named.
    #[error("another authority is competent: {0}")]
    OtherAuthority(String),
    /// The scenario asks for no such material.
    #[error("this case has no material {0}")]
    NoSuchMaterial(MaterialCode),
    /// Words are needed here.
    #[error("a reason is needed")]
    ReasonMissing,
    /// Words hold signs that nobody sees.
    #[error("control characters and signs that turn the direction of writing cannot stand here")]
    Unreadable,
    /// Words are too long.
    #[error("too long: at most {0} characters")]
    TooLong(usize),
    /// The authority that is competent must be named.
    #[error("the competent authority must be named")]
    AuthorityMissing,
    /// A case cannot be handed to its own owner.
    #[error("the case is already theirs")]
    ToOneself,
    /// Nobody there may do this work.
    #[error("nobody there serves skill group {0}")]
    NobodyEntitled(SkillGroupCode),
    /// That person does not serve the skill group.
    #[error("they do not serve skill group {0}")]
    LacksSkill(SkillGroupCode),
    /// That person is no clerk in service.
    #[error("they are no clerk in service")]
    NotInService,
    /// The handoff is offered to somebody else.
    #[error("the handoff is offered to somebody else")]
    NotForThem,
    /// The handoff is answered, withdrawn or expired already.
    #[error("the handoff is no longer on offer")]
    HandoffGone,
    /// Its time is over.
    #[error("the handoff has expired")]
    HandoffExpired,
    /// Its time is not over yet.
    #[error("the handoff has not expired yet")]
    NotYet,
    /// No deadline moves.
    #[error("no deadline of this case moves")]
    NothingMoves,
    /// An offer needs at least a minute and at most thirty days.
    #[error("an offer lasts between one minute and thirty days")]
    OfferTime,
}
