//! Why `cases` did not do something.
use axum::http::StatusCode;
use casework::{Blocking, NotAllowed};

use crate::papers::PaperError;
use crate::problem::{FieldError, Problem};
use crate::store::StoreError;

/// Why something was not done. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No such case, handoff, paper or still.
    #[error("no such thing")]
    NotFound,
    /// It exists and is not theirs.
    #[error("you have no right to this; the attempt is on record")]
    NotYours,
    /// Cases are opened, and stills announced, in a call of one's own.
    #[error("you are not in this call")]
    NotYourCall,
    /// The law says no.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// The identity check came to no decision, and the clerk has not said that they accept all the same.
    #[error("the identity check is doubtful: confirm explicitly, or check again")]
    IdentityDoubtful,
    /// Fields are wrong, all of them named.
    #[error("fields are wrong")]
    Invalid(Vec<FieldError>),
    /// The key came with another request before.
    #[error("this idempotency key belongs to another request: make a new one")]
    KeyReused,
    /// Something about an upload.
    #[error("{detail}")]
    Upload {
        /// The HTTP status that the upload protocol gives it.
        status: StatusCode,
        /// For programs.
        code: &'static str,
        /// What to do.
        detail: &'static str,
    },
    /// A paper could not be made; therefore nothing was decided.
    #[error(transparent)]
    Paper(#[from] PaperError),
    /// A file could not be read or written.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
    /// The database refused or is gone.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let text = refusal.to_string();
        match refusal {
            Refusal::NotFound => Self::not_found(text),
            Refusal::NotYours => Self::new(StatusCode::FORBIDDEN, "not_yours", text),
            Refusal::NotYourCall => Self::new(StatusCode::FORBIDDEN, "not_your_call", text),
            Refusal::NotAllowed(why) => not_allowed(why),
            Refusal::IdentityDoubtful => Self::conflict("identity_doubtful", text),
            Refusal::Invalid(errors) => Self::invalid(errors),
            Refusal::KeyReused => Self::conflict("key_reused", text),
            Refusal::Upload { status, code, detail } => Self::new(status, code, detail),
            Refusal::Paper(why @ PaperError::NoFont { .. }) => {
                tracing::error!(%why, "paper not issued");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "no_font",
                    "papers cannot be issued: the server has no Chinese font; tell the administrator",
                )
            }
            Refusal::Paper(PaperError::NoGlyph { .. }) => Self::conflict("no_glyph", text),
            Refusal::Paper(PaperError::Changed) => Self::conflict("paper_changed", text),
            Refusal::Paper(why) => Self::internal(&why),
            Refusal::File(why) => Self::internal(&why),
            Refusal::Store(StoreError::Missing(_)) => Self::not_found("it was erased"),
            Refusal::Store(why) => Self::internal(&why),
        }
    }
}

fn not_allowed(why: NotAllowed) -> Problem {
    let text = why.to_string();
    let field = |name: &str| Problem::invalid(vec![FieldError::new(name, text.clone())]);
    let forbidden = |code| Problem::new(StatusCode::FORBIDDEN, code, text.clone());
    match why {
        NotAllowed::Stale { .. } => Problem::stale(text),
        NotAllowed::NotOwner => forbidden("not_owner"),
        NotAllowed::NotForThem => forbidden("not_for_you"),
        NotAllowed::HandoffOpen => Problem::conflict("handoff_open", text),
        NotAllowed::NotInIntake => Problem::conflict("not_in_intake", text),
        NotAllowed::Closed => Problem::conflict("closed", text),
        NotAllowed::OtherAuthority(_) => Problem::conflict("other_authority", text),
        NotAllowed::NoSuchMaterial(_) => Problem::not_found(text),
        NotAllowed::ReasonMissing | NotAllowed::TooLong(_) | NotAllowed::Unreadable => field("reason"),
        NotAllowed::AuthorityMissing => field("ground.authority"),
        NotAllowed::OfferTime => field("answer_within_minutes"),
        NotAllowed::ToOneself => Problem::conflict("to_oneself", text),
        NotAllowed::NobodyEntitled(_) | NotAllowed::LacksSkill(_) | NotAllowed::NotInService => {
            Problem::conflict("not_entitled", text)
        }
        NotAllowed::HandoffGone => Problem::conflict("handoff_gone", text),
        NotAllowed::HandoffExpired => Problem::conflict("handoff_expired", text),
        NotAllowed::NotYet => Problem::conflict("not_yet", text),
        NotAllowed::NothingMoves => Problem::conflict("nothing_moves", text),
        NotAllowed::Materials(blocked) => {
            let error =
                |one: &casework::Blocked| FieldError::new(one.material.as_str(), blocking_word(one.why));
            Problem::conflict("materials", text).with(blocked.iter().map(error).collect())
        }
    }
}

fn blocking_word(why: Blocking) -> &'static str {
    match why {
        Blocking::PrimaryMissing => "primary_missing",
        Blocking::Missing => "missing",
        Blocking::MissingDeferrable => "missing_deferrable",
        Blocking::NotJudged => "not_judged",
        Blocking::Rejected => "rejected",
    }
}
