//! Headless terminals and clerks: what the two pages do, over the same interfaces, without a browser.
mod clerk;
mod device;
mod server;
mod socket;
mod terminal;

pub use clerk::Clerk;
pub use device::Device;
pub use server::{Refused, Server};
pub use socket::{ClerkRole, Refusal, Role, Socket, TerminalRole};
pub use terminal::{Terminal, Visit};
