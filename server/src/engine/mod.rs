//! The one task that owns the desk machine: commits records before it answers.
//!
//! # The way of an input
//! [`EngineHandle`] is the only way in. It takes *facts*, which cannot be refused and wait for a place in the queue, and
//! *requests*, which are answered through the connection's [`Outbox`] and refused with `too_many` when the queue is full.
//! The task keeps two machines: `ahead` decides about everything as it comes, `durable` follows with what is committed.
//! What waits (at most 64 inputs) shares one transaction; only when it has landed does anybody hear of it.
//!
//! # When a commit fails
//! Its outputs are dropped unsent and `ahead` begins again from `durable`. If the database is well, the inputs are tried
//! one by one, and only the request whose record is refused is answered `not_stored`. If not, all requests with records
//! are; facts wait and are decided when the database is back, by the clock of then, so that nobody misses a ring that was
//! never heard. Meanwhile time stands still for the machine, and what needs no record goes on.
//!
//! # The exception
//! What protects a person ([`desk::Input::protects`]) acts before its record is written: media stops and the answer goes
//! out at once. The record is kept in its order and tried until it is written; [`EngineHealth`] says so.
mod commit;
mod effects;
mod handle;
mod lines;
mod outbox;
mod steps;
mod task;
#[cfg(test)]
mod tests;
mod trouble;

pub use handle::{EngineError, EngineHandle, EngineHealth, EngineParts, Intents, Receipts};
pub use outbox::{Delivery, Inbox, OUTBOX_FRAMES, Outbox};
