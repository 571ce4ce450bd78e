//! A server of our own: a temporary database, everybody enrolled through the ordinary commands, a second process.
use anyhow::{Context as _, ensure};
use clap::Parser;
use cloud_window::cli::Cli;
use cloud_window::clock::SystemClock;
use cloud_window::credentials::Credentials;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::report::ServerUse;
use crate::clock::within;

/// The first argument of the second process; for nobody else.
pub const SERVE: &str = "serve-for-sites";

pub(crate) const CATALOGUE: &str = include_str!("../../../server/sample/catalogue.json");
const HOLIDAYS: &str = include_str!("../../../server/sample/holidays.json");
const SITES: &str = include_str!("../../../server/sample/sites.json");
const STARTS: Duration = Duration::from_secs(60);
const STOPS: Duration = Duration::from_secs(60);

/// How many people and places a house has.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Sites, one terminal each.
    pub sites: u32,
    /// Clerks; each serves every queue.
    pub clerks: u32,
}

/// A data folder in which everybody is enrolled. It is taken away with the value.
#[derive(Debug)]
pub struct House {
    folder: TempDir,
    /// Who may sign in, and codes of terminals.
    pub credentials: Credentials,
}

impl House {
    /// Imports the sample catalogue and `plan.sites` sites, and opens accounts, all by `cloud-window` commands.
    ///
    /// # Errors
    /// What a command said.
    pub async fn new(plan: Plan) -> anyhow::Result<Self> {
        Self::within(tempfile::tempdir()?, plan).await
    }

    /// The same on the disk that holds `folder`: one for temporary files may lie in memory, where everything is durable at
    /// once.
    ///
    /// # Errors
    /// What a command said.
    pub async fn beside(folder: &Path, plan: Plan) -> anyhow::Result<Self> {
        Self::within(TempDir::with_prefix_in("house-", folder)?, plan).await
    }

    async fn within(folder: TempDir, plan: Plan) -> anyhow::Result<Self> {
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("catalogue.json"), CATALOGUE)?;
        std::fs::write(path("holidays.json"), HOLIDAYS)?;
        std::fs::write(path("sites.json"), sites(plan.sites)?.to_string())?;
        let catalogue: Value = serde_json::from_str(CATALOGUE)?;
        let codes = |list: &str| -> Vec<String> {
            let list = catalogue[list].as_array().into_iter().flatten();
            list.filter_map(|entry| entry["code"].as_str().map(str::to_owned)).collect()
        };
        let (skills, departments) = (codes("skill_groups").join(","), codes("departments"));
        ensure!(!skills.is_empty() && !departments.is_empty(), "the sample catalogue has no queues");

        let credentials = path("credentials.json");
        let house = async |args: &[&str]| command(folder.path(), args).await;
        let file = |name: &str| path(name).display().to_string();
        house(&["terminal", "sites", "import", &file("sites.json")]).await?;
        house(&["catalogue", "import", &file("catalogue.json"), "--holidays", &file("holidays.json")])
            .await?;
        let into = credentials.display().to_string();
        for n in 0..plan.clerks {
            let (login, number) = (format!("clerk{n:04}"), format!("{:04}", 300 + n));
            let department = &departments[n as usize % departments.len()];
            let name = format!("值守员{}号", n + 1);
            let who =
                ["user", "add", &login, "--number", &number, "--name", &name, "--department", department];
            house(&[&who[..], &["--skills", &skills, "--credentials", &into]].concat()).await?;
        }
        house(&["terminal", "code", "--all", "--credentials", &into]).await?;
        let credentials = serde_json::from_slice(&std::fs::read(credentials)?)?;
        Ok(Self { folder, credentials })
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Its database.
    #[must_use]
    pub fn database(&self) -> String {
        format!("sqlite://{}", self.folder.path().join("cloud-window.db").display())
    }

    /// Checks every chain and checkpoint of the ledger.
    ///
    /// # Errors
    /// What `verify-ledger` said.
    pub async fn verify(&self) -> anyhow::Result<()> {
        command(self.data(), &["verify-ledger"]).await.map(|_| ())
    }
}

/// `n` sites: the sample's, and again under other codes when there are too few.
fn sites(n: u32) -> anyhow::Result<Value> {
    let mut all: Value = serde_json::from_str(SITES)?;
    let sample = all["sites"].as_array().cloned().unwrap_or_default();
    let sites = (0..n).map(|i| {
        let mut site = sample[i as usize % sample.len()].clone();
        if i as usize >= sample.len() {
            site["code"] = json!(format!("S{:05}", i + 1));
        }
        site
    });
    all["sites"] = sites.collect();
    Ok(all)
}

/// Runs one command of `cloud-window` on the data folder, and gives what it said.
async fn command(data: &Path, args: &[&str]) -> anyhow::Result<String> {
    let data = data.display().to_string();
    let cli = Cli::try_parse_from([&["cloud-window", "--data", &data], args].concat())?;
    let said = Said::default();
    cli.run(SystemClock::shared(), Box::new(said.clone()))
        .await
        .with_context(|| format!("cloud-window {}", args.join(" ")))?;
    Ok(said.text())
}

#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What the second process does: `cloud-window serve` with the rest of the arguments.
pub async fn serve(args: impl Iterator<Item = String>) -> ExitCode {
    Cli::parse_from(std::iter::once("cloud-window".to_owned()).chain(args))
        .run_and_report(SystemClock::shared())
        .await
}

/// The second process.
pub(crate) struct Process {
    child: Child,
    pub(crate) url: String,
}

impl Process {
    /// Starts `cloud-window serve` on the house's data and waits until it says where it answers.
    pub(crate) async fn start(house: &House) -> anyhow::Result<Self> {
        let here = "127.0.0.1:0";
        let mut child = Command::new(std::env::current_exe()?)
            .arg(SERVE)
            .arg("--data")
            .arg(house.data())
            .args(["serve", "--listen", here, "--media-listen", here, "--metrics-listen", here])
            .env("CLOUD_WINDOW_LOG__FILTER", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let url = async {
            while let Some(line) = lines.next_line().await? {
                if let Some((_, url)) = line.split_once("http://") {
                    return Ok(format!("http://{}", url.trim()));
                }
            }
            anyhow::bail!("the server ended before it answered")
        };
        let url = within(STARTS, "the server's start", url).await??;
        // What it says later is read so that it never waits for us.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, url })
    }

    /// What it used so far.
    pub(crate) fn usage(&self) -> ServerUse {
        let Some(pid) = self.child.id() else { return ServerUse::default() };
        let folder = PathBuf::from(format!("/proc/{pid}"));
        ServerUse { cpu_s: cpu_seconds(&folder), rss_mib: peak_mib(&folder) }
    }

    /// Asks it to stop when it is idle, and waits for that.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.child.id().context("the server ended by itself")?;
        // The standard library can only kill.
        let asked = Command::new("kill").arg("-TERM").arg(pid.to_string()).status().await?;
        ensure!(asked.success(), "the server could not be asked to stop");
        let status = within(STOPS, "the server's end", self.child.wait()).await??;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

/// User and system time of a process (`/proc/PID/stat`, fields 14 and 15; the second field may hold spaces).
fn cpu_seconds(folder: &Path) -> Option<f64> {
    let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    // Linux counts in hundredths towards user space on every architecture.
    Some((user + system) / 100.0)
}

/// The most memory that was resident at once (`VmHWM`).
fn peak_mib(folder: &Path) -> Option<f64> {
    let status = std::fs::read_to_string(folder.join("status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some((kib / 1024.0 * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_sites_as_wanted_and_no_code_twice() {
        let all = sites(30).unwrap();
        let codes: std::collections::BTreeSet<_> =
            all["sites"].as_array().unwrap().iter().map(|s| s["code"].as_str().unwrap()).collect();
        assert_eq!(codes.len(), 30);
        assert!(codes.contains("S01") && codes.contains("S00030"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_uses_something() {
        let folder = PathBuf::from("/proc/self");
        assert!(peak_mib(&folder).unwrap() > 1.0);
        assert!(cpu_seconds(&folder).is_some());
    }
}
