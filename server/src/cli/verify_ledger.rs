//! `cloud-window verify-ledger`.
use anyhow::bail;
use serde_json::json;
use std::path::PathBuf;

use super::{Context, NoFlags};
use crate::app::{checkpoints_file, keys_folder};
use crate::config::Config;
use crate::store::Store;
use crate::store::keys::LedgerKeys;
use crate::store::verify::{Report, verify};

/// Recomputes every chain and every seal, and names what does not fit. Changes nothing.
///
/// Exit status 0: everything fits. What is younger than the last checkpoint is named as not sealed yet: it is consistent,
/// and that is all that can be said of it.
#[derive(Debug, clap::Args)]
pub(super) struct Command {
    /// The checkpoint file to hold against the database: best a copy from another machine. Without it, the one in the
    /// data folder.
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<PathBuf>,
    /// For programs.
    #[arg(long)]
    json: bool,
}

impl Command {
    pub(super) async fn run(self, mut context: Context) -> anyhow::Result<()> {
        let config = context.config(&Config::default(), &NoFlags {})?;
        if config.database_url.is_none() && !config.data.join("cloud-window.db").is_file() {
            bail!("there is no database in {}; name its folder with --data", config.data.display());
        }
        let file = match self.checkpoints {
            Some(file) if !file.is_file() => bail!("there is no checkpoint file {}", file.display()),
            Some(file) => Some(file),
            // One that is gone misses every checkpoint of the database; one that was never written misses none.
            None => Some(checkpoints_file(&config.data)),
        };
        let store = Store::open(&config.database()).await?;
        store.check_version().await?;
        let keys = LedgerKeys::open(&keys_folder(&config.data), context.clock.clone())?;
        store.bind_keys(&keys).await?;
        let report = verify(&store, &keys, file.as_deref()).await?;
        store.close().await;
        if self.json {
            context.say_json(&for_programs(&report))?;
        } else {
            for_people(&mut context, &report)?;
        }
        if report.is_good() {
            return Ok(());
        }
        bail!("the ledger does not fit: {} fault(s)", count(&report))
    }
}

fn count(report: &Report) -> u64 {
    u64::try_from(report.faults.len()).unwrap_or(u64::MAX).saturating_add(report.more_faults)
}

fn for_programs(report: &Report) -> serde_json::Value {
    let faults: Vec<_> = report.faults.iter().map(ToString::to_string).collect();
    let unsealed: Vec<_> = report
        .not_sealed
        .iter()
        .map(|end| json!({ "kind": end.chain.kind, "id": end.chain.id, "from": end.from, "to": end.to }))
        .collect();
    json!({
        "good": report.is_good(),
        "chains": report.chains,
        "events": report.events,
        "payloads": report.payloads,
        "erased": report.erased,
        "checkpoints": report.checkpoints,
        "checkpoints_in_file": report.checkpoints_in_file,
        "not_sealed": unsealed,
        "faults": faults,
        "more_faults": report.more_faults,
    })
}

fn for_people(context: &mut Context, report: &Report) -> anyhow::Result<()> {
    let in_file = format!("{} in the file", report.checkpoints_in_file.unwrap_or_default());
    context.say(format!(
        "{} chains, {} events, {} payloads ({} erased), {} checkpoints, {in_file}",
        report.chains, report.events, report.payloads, report.erased, report.checkpoints
    ))?;
    for end in &report.not_sealed {
        context.say(format!("not sealed yet: {}, rows {} to {}", end.chain, end.from, end.to))?;
    }
    for fault in &report.faults {
        context.say(format!("FAULT: {fault}"))?;
    }
    if report.more_faults > 0 {
        context.say(format!("and {} more faults", report.more_faults))?;
    }
    if report.is_good() { context.say("everything fits") } else { Ok(()) }
}
