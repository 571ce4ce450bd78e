//! What cases need of the live desk, and nothing more.
use desk::CallFacts;
use futures_util::future::BoxFuture;
use protocol::ids::{CallId, Party, StaffId, StillId};
use protocol::{CaseBrief, HandoffBrief};
use std::fmt;

/// Something that was committed and that people must hear of.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// A case changed.
    Case {
        /// The call in which it was opened, if that still runs.
        call: Option<CallId>,
        /// The case as it is now.
        case: CaseBrief,
        /// Staff who are told.
        concerns: Vec<StaffId>,
    },
    /// A handoff changed.
    Handoff {
        /// The handoff as it is now.
        handoff: HandoffBrief,
        /// Staff who are told.
        concerns: Vec<StaffId>,
    },
    /// A still arrived whole.
    Still {
        /// The call it was taken in.
        call: CallId,
        /// Which.
        still: StillId,
    },
}

/// The live desk, as cases see it.
pub trait Live: fmt::Debug + Send + Sync {
    /// Tells those whom it concerns.
    fn publish(&self, news: News) -> BoxFuture<'_, ()>;
    /// The call that somebody is in, or whose end they still see.
    fn call_of(&self, who: Party) -> BoxFuture<'_, Option<CallFacts>>;
    /// Clerks who are connected.
    fn present_staff(&self) -> BoxFuture<'_, Vec<StaffId>>;
}
