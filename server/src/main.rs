//! `cloud-window`: parse, run, say what went wrong.
use clap::Parser;
use cloud_window::cli::Cli;
use cloud_window::clock::SystemClock;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    Cli::parse().run_and_report(SystemClock::shared()).await
}
