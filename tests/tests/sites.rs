//! The load tool itself, small: what it says of a good run and of one that cannot begin.
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use system_tests::sites::SERVE;

fn sites(args: &[&str]) -> std::io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_sites")).args(args).output()
}

#[test]
fn two_sites_and_two_clerks_lose_nothing() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let report = folder.path().join("report.json");
    let run = ["--spawn", "--sites", "2", "--clerks", "2", "--calls-per-site", "2", "--talk", "3"];
    let output = sites(&[&run[..], &["--report", &report.display().to_string()]].concat())?;
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&std::fs::read(&report)?)?;
    assert!(output.status.success(), "{said}\n{report:#}");
    let calls = serde_json::json!({"placed": 4, "answered": 4, "completed": 4, "without_media": 0});
    assert_eq!(report["calls"], calls);
    assert_eq!(report["records"]["missing"], 0);
    // Ticket, call, consent, gestures, case, acceptance, paper, rating, wrap-up in each of four calls, and handoffs.
    assert!(report["records"]["acknowledged"].as_u64() >= Some(4 * 9), "{report:#}");
    assert_eq!(report["handoffs"]["offered"], report["handoffs"]["accepted"]);
    assert!(
        report["handoffs"]["offered"].as_u64() >= Some(1),
        "seed 3 hands at least one case over: {report:#}"
    );
    assert_eq!(report["handoffs"]["without_single_owner"], 0);
    for path in
        ["/media/delay_ms/p99", "/latency_ms/ticket_to_position/p95", "/latency_ms/accept_to_first_media/p95"]
    {
        assert!(report.pointer(path).is_some_and(|v| v.as_f64() > Some(0.0)), "{path}: {report:#}");
    }
    assert!(
        report["server"]["cpu_s"].as_f64() > Some(0.0) && report["server"]["rss_mib"].as_f64() > Some(1.0)
    );
    assert!(said.contains("placed") && said.contains("nothing lost"), "{said}");
    Ok(())
}

/// A demonstration in a process of its own, ended with the value.
struct Demo {
    process: Child,
    folder: tempfile::TempDir,
}

impl Demo {
    /// Starts it and waits until it says that everything answers.
    fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name).display().to_string();
        let process = Command::new(env!("CARGO_BIN_EXE_sites"))
            .args([SERVE, "--data", &path("data"), "demo", "--port", "0", "--neighbours", "1"])
            .args(["--ready-file", &path("ready.json")])
            .stdout(Stdio::null())
            .spawn()?;
        let mut demo = Self { process, folder };
        while !demo.credentials().exists() {
            anyhow::ensure!(demo.process.try_wait()?.is_none(), "it ended");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(demo)
    }

    fn credentials(&self) -> PathBuf {
        self.folder.path().join("ready.json")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_running_demonstration_is_played_and_its_database_read() -> anyhow::Result<()> {
    let demo = Demo::start()?;
    let file = demo.credentials();
    let ready: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    let url = ready["url"].as_str().unwrap_or_default();
    let file = file.display().to_string();
    let few = ["--sites", "2", "--clerks", "2", "--calls-per-site", "1", "--talk", "2"];
    let args = [&["--url", url, "--credentials", &file], &few[..]].concat();
    let output = sites(&args)?;
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout)?;
    assert!(output.status.success(), "{said}\n{report:#}");
    assert_eq!((&report["calls"]["completed"], &report["records"]["missing"]), (&2.into(), &0.into()));

    // The same on another machine, which does not have the file of the database.
    let mut elsewhere = ready.clone();
    elsewhere["database"] = "sqlite:///no/such/cloud-window.db".into();
    let other = demo.folder.path().join("elsewhere.json");
    std::fs::write(&other, elsewhere.to_string())?;
    let other = other.display().to_string();
    let unread = [&["--url", url, "--credentials", &other], &few[..]].concat();
    let refused = sites(&unread)?;
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("--database") && said.contains("--unverified"), "{said}");

    // Codes are good once; the ordinary command writes others into the same file.
    let again = sites(&args)?;
    let said = String::from_utf8_lossy(&again.stderr);
    assert_eq!(again.status.code(), Some(2), "{said}");
    assert!(said.contains("terminal code SITE"), "{said}");
    let data = demo.folder.path().join("data").display().to_string();
    let places = ready["terminals"].as_array().into_iter().flatten().filter_map(|one| one["code"].as_str());
    let code = [&[SERVE, "--data", &data, "terminal", "code"], &places.collect::<Vec<_>>()[..]].concat();
    let codes = sites(&[&code[..], &["--credentials", &file]].concat())?;
    assert!(codes.status.success(), "{}", String::from_utf8_lossy(&codes.stderr));
    // The new codes are played where the database cannot be read, because somebody says that this is wanted.
    let mut written: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    written["database"] = elsewhere["database"].clone();
    std::fs::write(&other, written.to_string())?;
    let output = sites(&[&unread[..], &["--unverified"]].concat())?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("the database was not read"), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(report["records"]["missing"], Value::Null);
    Ok(())
}

#[test]
fn what_cannot_begin_says_why() -> anyhow::Result<()> {
    let output = sites(&["--url", "http://127.0.0.1:9", "--credentials", "/no/such/file"])?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("/no/such/file"), "{said}");
    Ok(())
}
