//! `cloud-window serve`.
use anyhow::Context as _;
use serde::Serialize;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use super::Context;
use crate::app::Application;
use crate::config::Config;
use crate::lifecycle::Lifecycle;
use crate::telemetry;

/// Runs the server until it is stopped.
///
/// The database is brought to this version first; a database of a newer version is refused. SIGTERM drains: calls go on,
/// no new ones are taken, and the server stops when the last has ended or after `drain_limit_s`. SIGINT, or a second
/// signal, stops at once; nothing that was acknowledged is lost by it.
///
/// There is no default account: make one with `cloud-window user add`.
#[derive(Debug, clap::Args)]
pub(super) struct Command {
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, clap::Args, Serialize)]
struct Flags {
    /// Where pages, REST and WebSocket are served. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<SocketAddr>,
    /// Where /metrics is served.
    #[arg(long, value_name = "ADDRESS:PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics_listen: Option<SocketAddr>,
    /// The UDP port of media.
    #[arg(long, value_name = "ADDRESS:PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    media_listen: Option<SocketAddr>,
    /// An address under which clients reach media; may be given more than once.
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    media_public: Vec<IpAddr>,
    /// An origin from which the WebSocket may be opened, if not the one that was asked for; may be given more than once.
    #[arg(long = "origin", value_name = "ORIGIN")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    origins: Vec<String>,
    /// Certificate chain (PEM) for HTTPS.
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_cert: Option<PathBuf>,
    /// Its private key (PEM).
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_key: Option<PathBuf>,
}

impl Command {
    pub(super) async fn run(self, mut context: Context) -> anyhow::Result<()> {
        let config = context.config(&Config::default(), &self.flags)?;
        telemetry::log(&config.log);
        let lifecycle = Lifecycle::default();
        lifecycle.listen_to_signals().context("signals cannot be listened to")?;
        let scheme = if config.tls() { "https" } else { "http" };
        let app = Application::build(config, context.clock.clone(), lifecycle, None).await?;
        context.say(format!(
            "cloud-window {} at {scheme}://{}",
            env!("CARGO_PKG_VERSION"),
            app.local_addr()?
        ))?;
        Ok(app.run().await?)
    }
}
