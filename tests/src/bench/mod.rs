//! `make bench`: figures beside references of the same run (quality.md), as a table and in `target/bench.json`.
//!
//! What is compared runs by turns in the same run, so that a noisy machine is noisy for both. A figure that would not be
//! honest (lost packets, a client that did not connect) is measured again, and then refused.
pub mod client;
mod face_to_face;
mod forward;
mod join;
mod pairing;
pub mod sfu;
pub mod stats;
pub mod sys;
mod tickets;

pub use sfu::{Server, serve};

use crate::report::{Measurement, store, table};
use anyhow::{Context, ensure};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What is asked for on the command line.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// Only figures whose name begins so.
    pub only: Option<String>,
    /// Where the figures are written.
    pub out: PathBuf,
}

/// One experiment and the figures it gives.
struct Experiment {
    names: &'static [&'static str],
    run: fn() -> anyhow::Result<Vec<Measurement>>,
}

const EXPERIMENTS: [Experiment; 6] = [
    Experiment { names: &["pairing_decision_us"], run: pairing::measure },
    Experiment { names: &["ticket_to_position_ms_p99"], run: tickets::measure },
    Experiment { names: &["accept_to_first_frame_ms_p95"], run: face_to_face::measure },
    Experiment { names: &["native_join_ms_p50"], run: join::measure },
    Experiment { names: &["forward_cpu_us_12", "forward_cpu_us_12_scattered"], run: || forward::measure(12) },
    Experiment {
        names: &["forward_cpu_us_48", "call_memory_mib", "forward_cpu_us_48_scattered"],
        run: || forward::measure(48),
    },
];

/// Measures what is asked for, prints the table to `screen` and writes the file.
///
/// # Errors
/// When there is no such figure, when one could not be measured honestly (the others are written all the same), or when
/// the file cannot be written. A goal that is missed is no error: it is said in the table.
pub fn run(wishes: &Wishes, screen: &mut impl std::io::Write) -> anyhow::Result<()> {
    let wanted = |name: &str| wishes.only.as_ref().is_none_or(|only| name.starts_with(only.as_str()));
    let chosen: Vec<&Experiment> =
        EXPERIMENTS.iter().filter(|experiment| experiment.names.iter().any(|name| wanted(name))).collect();
    ensure!(!chosen.is_empty(), "no such benchmark; there are: {}", all_names().join(", "));
    let _precedence = sys::Precedence::take();
    let (mut measured, mut failed) = (Vec::new(), Vec::new());
    for experiment in chosen {
        let names = experiment.names.join(", ");
        tracing::info!("measuring {names}");
        match (experiment.run)() {
            Ok(figures) => measured.extend(figures.into_iter().filter(|figure| wanted(&figure.name))),
            Err(error) => failed.push(format!("{names}: {error:#}")),
        }
    }
    table(screen, &measured)?;
    if let Some(folder) = wishes.out.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    store(&wishes.out, &measured, wishes.only.is_some())?;
    ensure!(failed.is_empty(), "not measured: {}", failed.join("; "));
    Ok(())
}

fn all_names() -> Vec<&'static str> {
    EXPERIMENTS.iter().flat_map(|experiment| experiment.names).copied().collect()
}

/// `target/bench.json` of the build that this program belongs to; in the current folder if it was moved elsewhere.
#[must_use]
pub fn usual_file() -> PathBuf {
    let program = std::env::current_exe().ok();
    let target = program.as_deref().and_then(Path::parent).and_then(Path::parent);
    target.unwrap_or_else(|| Path::new("target")).join("bench.json")
}

/// The present moment. Benchmarks measure real time; this is where they take it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_one_experiment() {
        let mut names = all_names();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        let wishes = Wishes { only: Some("nonsense".into()), out: "unused".into() };
        let error = run(&wishes, &mut Vec::new()).unwrap_err().to_string();
        assert!(error.contains("forward_cpu_us_12"), "{error}");
    }
}
