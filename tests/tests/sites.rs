//! The load tool itself, small: what it says of a good run and of one that cannot begin.
use serde_json::Value;
use std::process::{Command, Output};

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

#[test]
fn what_cannot_begin_says_why() -> anyhow::Result<()> {
    let output = sites(&["--url", "http://127.0.0.1:9", "--credentials", "/no/such/file"])?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("/no/such/file"), "{said}");
    Ok(())
}
