//! The command line. Every subcommand is a file with `Command` (clap) and `run`.
use clap::{Parser, Subcommand};

use crate::clock::SharedClock;
use crate::config::Config;

mod catalogue;
mod demo;
mod migrate;
mod serve;
mod terminal;
mod user;
mod verify_ledger;

/// What every subcommand is handed.
#[derive(Clone, Debug)]
pub struct Context {
    /// Moments and randomness.
    pub clock: SharedClock,
    /// Defaults, file, environment and flags, validated.
    pub config: Config,
}

/// Remote government counters in one binary.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(serve::Command),
    /// Run a demonstration with sample data.
    Demo(demo::Command),
    /// Bring the database to this version.
    Migrate(migrate::Command),
    /// Administer staff.
    User(user::Command),
    /// Administer terminals.
    Terminal(terminal::Command),
    /// Import and show the catalogue.
    Catalogue(catalogue::Command),
    /// Check every chain and checkpoint.
    VerifyLedger(verify_ledger::Command),
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    /// Whatever the subcommand says; `main` prints it.
    pub async fn run(self, context: Context) -> anyhow::Result<()> {
        match self.command {
            Command::Serve(command) => command.run(context).await,
            Command::Demo(command) => command.run(context).await,
            Command::Migrate(command) => command.run(context).await,
            Command::User(command) => command.run(context).await,
            Command::Terminal(command) => command.run(context).await,
            Command::Catalogue(command) => command.run(context).await,
            Command::VerifyLedger(command) => command.run(context).await,
        }
    }
}
