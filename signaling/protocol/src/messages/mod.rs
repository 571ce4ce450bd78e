//! Messages, by role and direction.
mod clerk;
mod error;
mod frame;
mod shared;
mod terminal;

pub use clerk::*;
pub use error::*;
pub use frame::*;
pub use shared::*;
pub use terminal::*;

/// Spoken on the wire; a change that an older peer cannot read raises it.
pub const PROTOCOL_VERSION: u32 = 1;
/// The WebSocket subprotocol (RFC 6455 §1.9).
pub const SUBPROTOCOL: &str = "cloud-window.v1";
/// The longest message in bytes that a server accepts; a longer one closes the connection with 1009.
pub const MAX_MESSAGE_BYTES: usize = 64 * 1024;
