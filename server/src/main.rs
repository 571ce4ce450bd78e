//! `cloud-window`: parse, run, say what went wrong.
use clap::Parser;
use cloud_window::cli::{Cli, Context};
use cloud_window::clock::SystemClock;
use cloud_window::config::Config;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    cli.run(Context { clock: SystemClock::shared(), config: Config::default() }).await
}
