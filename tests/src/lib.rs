//! The application under test, headless terminals and clerks, `sites`, the load tool, and benchmarks.
//!
//! The clients share no code with the server beyond the types of `protocol`: what works here works for any client that
//! keeps to `PROTOCOL.md`.
pub mod app;
pub mod bench;
pub mod client;
pub mod clock;
pub mod media;
pub mod report;
pub mod sites;
