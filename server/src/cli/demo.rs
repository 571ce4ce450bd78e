//! `cloud-window demo`.
use serde::Serialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::Context;
use crate::demo::{self, Lan, Options};

/// Runs a demonstration: SQLite in ./demo-data, the sample catalogue, twelve sites, clerks with a password that everybody
/// may know. It prints where the pages are and how to sign in. A second run keeps the data.
///
/// Never use it for real work: every page says that default accounts exist.
#[derive(Debug, clap::Args)]
pub(super) struct Command {
    /// Forget what earlier runs left in the data folder.
    #[arg(long)]
    fresh: bool,
    /// Where the pages are served; 0 takes a free port.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Other sites that are played, each with a clerk of its own; they never take your calls.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(0..=50))]
    neighbours: u16,
    /// Let a second device of this network in, over HTTPS with a certificate that this machine signs itself.
    #[arg(long)]
    lan: bool,
    /// Written once everything answers: JSON with the addresses, who may sign in, and enrolment codes.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
}

#[derive(Serialize)]
struct Flags {
    listen: SocketAddr,
}

impl Command {
    pub(super) async fn run(self, context: Context) -> anyhow::Result<()> {
        let flags = Flags { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)) };
        let config = context.config(&demo::config(), &flags)?;
        let lan = if self.lan { Some(Lan::find()?) } else { None };
        let Self { fresh, neighbours, ready_file, .. } = self;
        demo::run(config, context.clock, Options { fresh, neighbours, lan, ready_file }).await
    }
}
