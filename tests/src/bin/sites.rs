//! `sites`: plays many sites with real media; see `--help`.
use clap::Parser;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use system_tests::sites::{Options, Report, SERVE, run, serve};

#[tokio::main]
async fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() == Some(SERVE) {
        return serve(args).await;
    }
    let options = Options::parse();
    // Only what is wrong: the progress line has the rest.
    tracing_subscriber::fmt().with_env_filter("error,rtc=off,webrtc=off").with_writer(std::io::stderr).init();
    match run(&options, |line| progress(&line)).await.and_then(|report| tell(&options, &report)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("error: {error:#}\n"));
            ExitCode::from(2)
        }
    }
}

/// One line that rewrites itself on a screen, and a line each in a file.
fn progress(line: &str) {
    let (begin, end) = if std::io::stderr().is_terminal() { ("\r\x1b[2K", "") } else { ("", "\n") };
    say(&format!("{begin}{line}{end}"));
}

fn tell(options: &Options, report: &Report) -> anyhow::Result<bool> {
    let mut json = serde_json::to_string_pretty(report)?;
    json.push('\n');
    match &options.report {
        Some(file) => std::fs::write(file, json)?,
        None => std::io::stdout().write_all(json.as_bytes())?,
    }
    let good = report.good();
    let verdict = if good { "nothing lost" } else { "NOT GOOD: see the report" };
    let unread = if report.records.missing.is_none() { " (the database was not read)" } else { "" };
    say(&format!("{}{verdict}{unread}\n", if std::io::stderr().is_terminal() { "\n" } else { "" }));
    for error in report.errors.iter().take(5) {
        say(&format!("  {error}\n"));
    }
    Ok(good)
}

fn say(text: &str) {
    // Nobody reads it: then nobody needs it.
    let _ = std::io::stderr().write_all(text.as_bytes());
}
