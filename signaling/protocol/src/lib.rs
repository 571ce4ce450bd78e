//! The vocabulary of Cloud Window.
//!
//! Everything that crosses the WebSocket is a type of this crate, and nothing else crosses it. There is one
//! enum per role and direction, so that a clerk has no words for what only a citizen may do:
//!
//! | from | to | type |
//! |---|---|---|
//! | anybody | server | [`ClientFrame`]`<`[`Hello`]`>`, once, first |
//! | terminal | server | [`ClientFrame`]`<`[`TerminalMessage`]`>` |
//! | clerk | server | [`ClientFrame`]`<`[`ClerkMessage`]`>` |
//! | server | terminal | [`ServerFrame`]`<`[`ToTerminal`]`>` |
//! | server | clerk | [`ServerFrame`]`<`[`ToClerk`]`>` |
//!
//! `PROTOCOL.md` beside this crate tells the same as prose, with walkthroughs. The TypeScript types of the web
//! client are generated from here by `cargo test -p protocol`.
//!
//! The feature `messages` (default) holds everything but [`ids`] and [`time`]; `casework` and `media` are built
//! without it and so cannot know a message.
pub mod ids;
pub mod time;

#[cfg(feature = "messages")]
mod messages;
#[cfg(feature = "messages")]
pub use messages::*;

pub use time::Timestamp;
