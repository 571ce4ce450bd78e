//! How soon both see each other once the clerk accepts: two real browsers with real pages, played by the rig of the
//! browser tests (`client-web/e2e/bench`), against the server of this build.
use super::stats::Samples;
use super::usual_file;
use crate::clock::within;
use crate::report::Measurement;
use anyhow::{Context, ensure};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// The fewest calls that make a percentile.
const LEAST_CALLS: usize = 20;
const MOST_MS: f64 = 100.0;
/// All calls, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// What the rig writes of one call: from the click on accept to the first picture that came after it.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
struct Call {
    desk_ms: f64,
    terminal_ms: f64,
}

impl Call {
    /// Both see each other when the later one does.
    fn both_ms(self) -> f64 {
        self.desk_ms.max(self.terminal_ms)
    }
}

/// Measures.
///
/// # Errors
/// When the browsers cannot be played, or a call did not come about.
pub(super) fn measure() -> anyhow::Result<Vec<Measurement>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let calls = runtime.block_on(play())?;
    let side = |of: fn(&Call) -> f64| calls.iter().map(of).collect::<Samples>().percentile(95.0);
    let both: Samples = calls.iter().map(|call| call.both_ms()).collect();
    tracing::info!(
        calls = calls.len(),
        p50 = both.median(),
        desk_p95 = side(|call| call.desk_ms),
        terminal_p95 = side(|call| call.terminal_ms),
        "face to face"
    );
    Ok(vec![figure(&both)?])
}

fn figure(both: &Samples) -> anyhow::Result<Measurement> {
    let value = both.percentile(95.0).context("no call")?;
    Ok(Measurement {
        name: "accept_to_first_frame_ms_p95".into(),
        value,
        unit: "ms".into(),
        spread: both.range().context("no call")?,
        goal: format!("≤ {MOST_MS} ms, both screens, Chromium"),
        holds: value <= MOST_MS,
        reference: None,
    })
}

async fn play() -> anyhow::Result<Vec<Call>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("calls.json");
    let server = std::env::current_exe()?.with_file_name("cloud-window");
    ensure!(server.exists(), "{} is missing: `make bench` builds it", server.display());
    let mut rig = Command::new("npm")
        .args(["run", "--silent", "bench"])
        .current_dir(web()?)
        .env("BENCH_OUT", &file)
        .env("CLOUD_WINDOW_BINARY", server)
        .stdin(Stdio::null())
        // The table alone belongs on the standard output.
        .stdout(Stdio::from(std::io::stderr()))
        .kill_on_drop(true)
        .spawn()
        .context("npm cannot be started")?;
    let status = within(PATIENCE, "the calls in the browsers", rig.wait()).await??;
    ensure!(status.success(), "the browsers were not played to the end: {status}");
    read(&std::fs::read(&file).context("the rig wrote nothing")?)
}

fn read(calls: &[u8]) -> anyhow::Result<Vec<Call>> {
    let calls: Vec<Call> = serde_json::from_slice(calls).context("the rig wrote something else")?;
    ensure!(calls.len() >= LEAST_CALLS, "only {} calls", calls.len());
    let sound = |ms: f64| ms.is_finite() && ms > 0.0;
    ensure!(calls.iter().all(|c| sound(c.desk_ms) && sound(c.terminal_ms)), "a picture before the click");
    Ok(calls)
}

/// The web client: beside the build folder, or below the current folder.
fn web() -> anyhow::Result<PathBuf> {
    let file = usual_file();
    let beside = file.parent().and_then(Path::parent).map(|root| root.join("client-web"));
    beside
        .into_iter()
        .chain([PathBuf::from("client-web")])
        .find(|folder| folder.join("package.json").exists())
        .context("client-web is not here: run this from the project's folder")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_screen_counts() {
        assert!((Call { desk_ms: 60.0, terminal_ms: 80.0 }.both_ms() - 80.0).abs() < f64::EPSILON);
    }

    #[test]
    fn what_the_rig_wrote_is_checked() {
        let call = r#"{"desk_ms":60.5,"terminal_ms":70}"#;
        let many = |call: &str| format!("[{}]", [call; LEAST_CALLS].join(","));
        assert_eq!(read(many(call).as_bytes()).unwrap().len(), LEAST_CALLS);
        assert!(read(format!("[{call}]").as_bytes()).is_err(), "too few");
        assert!(read(many(r#"{"desk_ms":-1,"terminal_ms":70}"#).as_bytes()).is_err(), "before the click");
        assert!(read(b"{}").is_err());
    }

    #[test]
    fn a_late_picture_misses_the_goal() {
        let calls = |slow: usize| (0..20).map(|n| if n < slow { 150.0 } else { 60.0 }).collect::<Samples>();
        assert!(figure(&calls(1)).unwrap().holds, "one of twenty lies beyond the percentile");
        assert!(!figure(&calls(2)).unwrap().holds);
    }
}
