//! The command line. Every subcommand is a file with `Command` (clap) and `run`.
//!
//! What is asked for goes to standard output, as text or with `--json` for programs; logs and errors go to standard
//! error. No secret is ever taken from the command line, where everybody on the machine could read it.
use clap::{Parser, Subcommand};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use crate::app::open_store;
use crate::clock::SharedClock;
use crate::config::{self, Config, ConfigError};
use crate::store::Store;
use crate::store::keys::LedgerKeys;

mod catalogue;
mod demo;
mod migrate;
mod serve;
mod table;
mod terminal;
#[cfg(test)]
mod tests;
mod user;
mod verify_ledger;

/// Remote government counters in one binary.
///
/// Everything is decided by four layers, later ones winning: defaults, a TOML file (--config), the environment
/// (CLOUD_WINDOW_LISTEN is `listen`, CLOUD_WINDOW_DESK__RING_S is `desk.ring_s`), and flags.
///
/// To try it:            cloud-window demo
/// To put it to work:    cloud-window terminal sites import sites.json
///                       cloud-window catalogue import catalogue.json --holidays holidays.json
///                       cloud-window user add chenmin --number 0312 --name 陈敏 --roles clerk --skills civil,general
///                       cloud-window terminal code S10
///                       cloud-window serve
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, verbatim_doc_comment)]
pub struct Cli {
    /// A TOML file with settings.
    #[arg(long, global = true, value_name = "FILE", env = "CLOUD_WINDOW_CONFIG")]
    config: Option<PathBuf>,
    /// The folder of the database, the keys, the checkpoints and the stills.
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(serve::Command),
    /// Run a demonstration with sample data and default accounts.
    Demo(demo::Command),
    /// Bring the database to this version.
    Migrate(migrate::Command),
    /// Administer staff.
    User(user::Command),
    /// Administer sites and terminals.
    Terminal(terminal::Command),
    /// Import, check and show the catalogue.
    Catalogue(catalogue::Command),
    /// Check every chain and checkpoint of the ledger.
    VerifyLedger(verify_ledger::Command),
}

/// What every subcommand is handed.
pub(crate) struct Context {
    clock: SharedClock,
    config: Option<PathBuf>,
    data: Option<PathBuf>,
    out: Box<dyn Write + Send>,
}

/// Flags that only some subcommands have.
#[derive(Debug, Default, Serialize)]
struct NoFlags {}

#[derive(Serialize)]
struct Flags<'a, T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a PathBuf>,
    #[serde(flatten)]
    more: &'a T,
}

impl Context {
    /// All layers over `base`.
    fn config(&self, base: &Config, flags: &impl Serialize) -> Result<Config, ConfigError> {
        config::load(base, self.config.as_deref(), &Flags { data: self.data.as_ref(), more: flags })
    }

    /// The configuration of a subcommand that has no flags for it, with the database it names.
    async fn store(&self) -> anyhow::Result<(Config, Store, LedgerKeys)> {
        let config = self.config(&Config::default(), &NoFlags {})?;
        let (store, keys) = open_store(&config, &self.clock).await?;
        Ok((config, store, keys))
    }

    /// Says a line of the answer.
    fn say(&mut self, line: impl AsRef<str>) -> anyhow::Result<()> {
        Ok(writeln!(self.out, "{}", line.as_ref())?)
    }

    /// Says the answer for programs.
    fn say_json(&mut self, answer: &impl Serialize) -> anyhow::Result<()> {
        self.say(serde_json::to_string_pretty(answer)?)
    }
}

impl Cli {
    /// Does what was asked and says what went wrong: exit status 0 if all is well, 1 if not.
    #[allow(clippy::print_stderr, reason = "the command's error")]
    pub async fn run_and_report(self, clock: SharedClock) -> ExitCode {
        match self.run(clock, Box::new(std::io::stdout())).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error:#}");
                ExitCode::FAILURE
            }
        }
    }

    /// Does what was asked; the answer goes to `out`.
    ///
    /// # Errors
    /// Whatever the subcommand says.
    pub async fn run(self, clock: SharedClock, out: Box<dyn Write + Send>) -> anyhow::Result<()> {
        let Self { config, data, command } = self;
        let context = Context { clock, config, data, out };
        match command {
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

/// A file to be imported.
fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// Whoever reads the answer has had enough, as with `| head`.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let cause = error.downcast_ref::<std::io::Error>();
    cause.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
