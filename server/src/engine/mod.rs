//! The one task that owns the desk machine: commits records before it answers.
mod outbox;

pub use outbox::{Delivery, Inbox, OUTBOX_FRAMES, Outbox};

/// The way to the engine; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct EngineHandle;
