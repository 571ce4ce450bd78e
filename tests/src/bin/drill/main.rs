//! Breaks things on purpose and sees that nothing acknowledged is lost: `make drill`.
//!
//! Each drill runs against the real program in a process and a folder of its own, on loopback. What was measured goes to
//! `target/drill.json` and is printed; the exit status says whether everything held.
mod accept_race;
mod acts;
mod cable;
mod gone;
mod handoff_race;
mod house;
mod line;
mod restart;
mod twice;

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;
use system_tests::report::{self, Measurement};
use tokio::time::Instant;

const NAMES: [&str; 6] = [
    "restart_in_call",
    "late_accept_race",
    "handoff_race",
    "same_request_twice",
    "clerk_gone",
    "terminal_gone",
];

/// Breaks things and measures what becomes of them.
#[derive(Debug, Parser)]
struct Options {
    /// Only this drill.
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(NAMES))]
    only: Option<String>,
    /// How often each race is run.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    times: u32,
    /// Where the figures go.
    #[arg(long, value_name = "FILE", default_value = "target/drill.json")]
    report: PathBuf,
}

#[tokio::main]
#[allow(clippy::print_stdout, clippy::print_stderr, reason = "the program's answer")]
async fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    let mut all = Vec::new();
    for name in NAMES.into_iter().filter(|name| options.only.as_deref().is_none_or(|only| only == *name)) {
        eprintln!("drill {name} …");
        let began = Instant::now();
        match drill(name, options.times).await {
            Ok(measured) => all.extend(measured),
            Err(error) => {
                eprintln!("drill {name} failed: {error:#}");
                all.push(failed(name));
            }
        }
        eprintln!("drill {name}: {:.0} s", seconds(began));
    }
    report::store(&options.report, &all, options.only.is_some())?;
    report::table(&mut std::io::stdout().lock(), &all)?;
    let holds = all.iter().all(|one| one.holds);
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn drill(name: &str, times: u32) -> anyhow::Result<Vec<Measurement>> {
    match name {
        "restart_in_call" => Box::pin(restart::restart_in_call()).await,
        "late_accept_race" => Box::pin(accept_race::late_accept_race(times)).await,
        "handoff_race" => Box::pin(handoff_race::handoff_race(times)).await,
        "same_request_twice" => Box::pin(twice::same_request_twice()).await,
        "clerk_gone" => Box::pin(gone::clerk_gone()).await,
        _ => Box::pin(gone::terminal_gone()).await,
    }
}

/// The slowest of the samples counts.
fn absolute(name: &str, samples: &[f64], unit: &str, goal: &str, below: f64) -> Measurement {
    let least = samples.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = samples.iter().copied().fold(0.0, f64::max);
    Measurement {
        name: name.to_owned(),
        value: greatest,
        unit: unit.to_owned(),
        spread: [least.min(greatest), greatest],
        goal: goal.to_owned(),
        holds: !samples.is_empty() && greatest < below,
        reference: None,
    }
}

/// Something that held so many times; had it not, the drill would have failed.
fn count_of(name: &str, times: u32, unit: &str, goal: &str) -> Measurement {
    let value = f64::from(times);
    Measurement {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        spread: [value, value],
        goal: goal.to_owned(),
        holds: times > 0,
        reference: None,
    }
}

fn failed(name: &str) -> Measurement {
    Measurement {
        name: name.to_owned(),
        value: 0.0,
        unit: String::new(),
        spread: [0.0, 0.0],
        goal: "runs to its end".to_owned(),
        holds: false,
        reference: None,
    }
}

fn seconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}
