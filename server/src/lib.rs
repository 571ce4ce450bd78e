//! Cloud Window server: the thin shell around the pure crates `desk`, `casework` and `media`.
//!
//! Who may reach whom: `ws` and `http` reach state only through [`engine::EngineHandle`],
//! [`media_io::MediaHandle`], `cases` and `store`, never each other. `engine` is the one task that owns the
//! desk machine; `cases` is the one way to a case; `store` alone names sqlx; [`clock`] alone reads the ambient clock
//! and rng. [`app::Application`] puts the parts together; `main.rs` only parses and runs.
pub mod app;
pub mod auth;
pub mod cases;
pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod config;
pub mod credentials;
pub mod demo;
pub mod engine;
pub mod http;
pub mod lifecycle;
pub mod media_io;
pub mod papers;
pub mod problem;
pub mod store;
pub mod telemetry;
pub mod ws;
