//! Refusals that a client can act on.
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a request was refused. A client shows a text of its own for each; `detail` is for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ErrorCode {
    /// The message is not one of this protocol, or a field of it is out of bounds.
    BadMessage,
    /// The message exists, but another role's: a clerk can never consent, sign, submit or rate.
    WrongRole,
    /// No such ticket, call, offer, case, item, paper or field.
    NotFound,
    /// It exists but is somebody else's.
    NotYours,
    /// The thing is no longer in the state that the request assumed.
    Stale,
    /// The terminal already has a ticket.
    AlreadyWaiting,
    /// The offer was answered, withdrawn or expired before this came.
    OfferGone,
    /// The citizen has not consented, or has stopped it.
    NoConsent,
    /// The other side types in this field.
    FieldLocked,
    /// The same key was used for another request.
    KeyReused,
    /// The SDP offer cannot be used; `detail` names the part.
    BadOffer,
    /// The server takes no new work for the moment.
    Draining,
    /// The record could not be written; nothing changed, try again.
    NotStored,
    /// Too many requests; try again later.
    TooMany,
    /// Something broke that is not the client's fault.
    Internal,
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ErrorBody {
    /// What happened, for programs.
    pub code: ErrorCode,
    /// What happened, for logs; English, no personal data, at most 200 bytes.
    pub detail: String,
}

impl ErrorBody {
    /// A refusal with its detail.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}
