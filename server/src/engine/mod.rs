//! The one task that owns the desk machine: commits records before it answers.
//!
//! [`EngineHandle`] is the only way in. It takes *facts*, which cannot be refused and wait for a place in the queue, and
//! *requests*, which are answered through the connection's [`Outbox`] and refused with `too_many` when the queue is full.
//! What protects a person (hang up, mute, stop assistance) is never refused for want of a place.
mod commit;
mod effects;
mod handle;
mod lines;
mod outbox;
mod steps;
mod task;
mod trouble;

pub use handle::{EngineError, EngineHandle, EngineHealth, EngineParts, Intents, Receipts};
pub use outbox::{Delivery, Inbox, OUTBOX_FRAMES, Outbox};
