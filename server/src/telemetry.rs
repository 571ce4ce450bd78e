//! Logs, and figures for Prometheus. Figures are read when they are asked for; nothing is counted twice.
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use metrics::gauge;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use tracing_subscriber::EnvFilter;

use crate::app::AppState;
use crate::config::Log;

/// Starts logging to standard error. Only the first call of a process counts.
pub fn log(config: &Log) {
    // A test that runs a whole server must not make every test beside it print what it breaks on purpose.
    if cfg!(test) {
        return;
    }
    // The configured filter was checked; what comes from `RUST_LOG` may be anything.
    let filter = match std::env::var_os("RUST_LOG") {
        Some(_) => EnvFilter::from_default_env(),
        None => EnvFilter::new(&config.filter),
    };
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if config.json { lines.json().try_init() } else { lines.try_init() };
    if started.is_err() {
        tracing::debug!("logging runs already");
    }
}

/// `/metrics`, for an address of its own.
pub(crate) fn router(state: AppState) -> Router {
    recorder();
    Router::new().route("/metrics", get(figures)).with_state(state)
}

/// The recorder of this process; none if another library installed its own first.
fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).as_ref()
}

async fn figures(State(state): State<AppState>) -> Response {
    let Some(recorder) = recorder() else {
        return axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    measure(&state);
    recorder.run_upkeep();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], recorder.render()).into_response()
}

#[allow(clippy::cast_precision_loss, reason = "figures for a chart")]
fn measure(state: &AppState) {
    let (counts, health, media) = (state.engine.counts(), state.engine.health(), state.media.counters());
    let now = state.clock.now();
    let failing = health.failing_since.map_or(0.0, |since| now.since(since).as_secs_f64());
    for (name, value) in [
        ("cloud_window_terminals", counts.terminals as f64),
        ("cloud_window_clerks", counts.clerks as f64),
        ("cloud_window_waiting", counts.waiting as f64),
        ("cloud_window_calls", counts.calls as f64),
        ("cloud_window_sockets", state.sockets.count() as f64),
        ("cloud_window_engine_unwritten_records", health.unwritten as f64),
        ("cloud_window_engine_refused_records", health.refused as f64),
        ("cloud_window_engine_failing_seconds", failing),
        ("cloud_window_media_peers", media.peers as f64),
        ("cloud_window_media_received_datagrams", media.received as f64),
        ("cloud_window_media_sent_datagrams", media.sent as f64),
        ("cloud_window_media_dropped_datagrams", media.dropped as f64),
        ("cloud_window_media_forwarded_packets", media.forwarded as f64),
        ("cloud_window_media_restarts", media.restarts as f64),
        ("cloud_window_draining", f64::from(u8::from(state.lifecycle.draining()))),
    ] {
        gauge!(name).set(value);
    }
    for (name, value) in process() {
        gauge!(name).set(value);
    }
}

/// What Linux knows of this process: CPU seconds, resident bytes, open descriptors.
#[allow(clippy::cast_precision_loss, reason = "figures for a chart")]
fn process() -> Vec<(&'static str, f64)> {
    let mut found = Vec::new();
    if let Ok(stat) = std::fs::read_to_string("/proc/self/stat")
        && let Some((_, rest)) = stat.rsplit_once(')')
    {
        // Fields from the third on (proc(5)): utime is the 14th, stime the 15th, in hundredths of a second.
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
        found.push(("process_cpu_seconds_total", (ticks(11) + ticks(12)) as f64 / 100.0));
    }
    if let Ok(status) = std::fs::read_to_string("/proc/self/status")
        && let Some(line) = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))
        && let Some(kib) = line.split_ascii_whitespace().next().and_then(|text| text.parse::<u64>().ok())
    {
        found.push(("process_resident_memory_bytes", (kib * 1024) as f64));
    }
    if let Ok(descriptors) = std::fs::read_dir("/proc/self/fd") {
        found.push(("process_open_fds", descriptors.count() as f64));
    }
    found
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_process_knows_itself() {
        let found = super::process();
        assert_eq!(found.len(), 3);
        assert!(
            found
                .iter()
                .filter(|(name, _)| *name != "process_cpu_seconds_total")
                .all(|(_, value)| *value > 0.0)
        );
    }
}
