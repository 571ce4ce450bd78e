//! The product as it is run, in a process of its own with a database of its own, ready for terminals.
use anyhow::{Context, bail};
use serde::Deserialize;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What the ready file tells.
#[derive(Debug, Deserialize)]
pub(super) struct Ready {
    /// Where it is served.
    pub(super) url: String,
    /// Codes with which terminals enrol.
    pub(super) terminals: Vec<Place>,
}

/// A site and the code that enrols a terminal there.
#[derive(Debug, Deserialize)]
pub(super) struct Place {
    pub(super) enrolment_code: String,
}

/// A running server; it and its data end with this value.
pub(super) struct House {
    pub(super) ready: Ready,
    child: Child,
    _folder: TempDir,
}

impl House {
    /// Starts the server on SQLite in a fresh folder on the disk of `beside`, and waits until everything answers.
    pub(super) async fn start(beside: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(beside)?;
        let folder = TempDir::with_prefix_in("bench-", beside).context("no folder for the database")?;
        let file = folder.path().join("ready.json");
        let mut child = Command::new(program()?)
            .args(["demo", "--fresh", "--neighbours", "0", "--data"])
            .arg(folder.path().join("data"))
            .args(["--port", &free_port()?.to_string(), "--ready-file"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start cloud-window")?;
        match wait(&file, &mut child).await {
            Ok(ready) => Ok(Self { ready, child, _folder: folder }),
            Err(error) => {
                // It may have ended already.
                let _ = child.kill();
                let _ = child.wait();
                Err(error)
            }
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The binary of the same build, or the one that the environment names.
fn program() -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os("CLOUD_WINDOW_BINARY") {
        return Ok(named.into());
    }
    let beside = std::env::current_exe()?.with_file_name("cloud-window");
    if !beside.exists() {
        bail!("{} is missing: `make bench` builds it", beside.display());
    }
    Ok(beside)
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

async fn wait(file: &Path, child: &mut Child) -> anyhow::Result<Ready> {
    let end = Instant::now() + PATIENCE;
    while !file.exists() {
        if let Some(status) = child.try_wait()? {
            bail!("cloud-window ended with {status} before it was ready");
        }
        if Instant::now() >= end {
            bail!("cloud-window is not ready after {} s", PATIENCE.as_secs());
        }
        sleep(LOOK_EVERY).await;
    }
    let text = std::fs::read(file)?;
    serde_json::from_slice(&text).context("the ready file is of another form")
}
