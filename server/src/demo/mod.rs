//! A demonstration: sample data, default accounts that every page tells of, and neighbours that keep the queues alive.
//!
//! Nothing of this exists under `serve`: the accounts are made here, the path that gives enrolment codes is only routed
//! when a [`Showroom`] is set, and only [`run`] sets one.
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use utoipa::ToSchema;

use crate::app::{Application, open_store};
use crate::clock::SharedClock;
use crate::config::{Config, Hours, Log};
use crate::credentials::{self, Credentials};
use crate::lifecycle::Lifecycle;
use crate::store::Store;
use crate::telemetry;

mod folder;
mod greeting;
mod lan;
mod neighbours;
mod people;
mod stock;
#[cfg(test)]
mod tests;

pub use lan::Lan;

/// What pages are told in a demonstration.
#[derive(Clone, Debug)]
pub struct Showroom {
    /// Who may sign in.
    pub staff: Vec<DemoLogin>,
}

/// A default account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DemoLogin {
    /// The name to sign in with.
    pub login: String,
    /// The password, which everybody may know.
    pub password: String,
    /// The person's name.
    pub name: String,
    /// The staff number.
    pub number: String,
}

/// What `cloud-window demo` was asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Forget everything that earlier runs left behind.
    pub fresh: bool,
    /// Other sites that are played, with their own clerks.
    pub neighbours: u16,
    /// Let other devices of the network in, with a certificate of our own making.
    pub lan: Option<Lan>,
    /// Where to write that everything answers, and how to use it.
    pub ready_file: Option<PathBuf>,
}

/// What a demonstration is configured with unless somebody says otherwise: its own folder, free ports beside the one that
/// is typed into a browser, open day and night, quiet logs, and a stop that waits for nobody: the calls that go on are the
/// neighbours'.
#[must_use]
pub fn config() -> Config {
    Config {
        data: PathBuf::from("demo-data"),
        metrics_listen: Some(([127, 0, 0, 1], 0).into()),
        media_listen: ([0, 0, 0, 0], 0).into(),
        drain_limit_s: 0,
        hours: Hours::always(),
        log: Log { filter: "warn".to_owned(), json: false },
        ..Config::default()
    }
}

/// Runs the demonstration until it is stopped.
///
/// # Errors
/// What stands in the way of starting or running it.
pub async fn run(mut config: Config, clock: SharedClock, options: Options) -> anyhow::Result<()> {
    let data = config.data.clone();
    if options.fresh {
        folder::clear(&data)?;
    }
    if let Some(file) = &options.ready_file {
        // An old one would tell that this run is ready.
        credentials::remove(file)?;
    }
    if let Some(lan) = &options.lan {
        lan.prepare(&mut config, &data)?;
    }
    telemetry::log(&config.log);
    let lifecycle = Lifecycle::default();
    lifecycle.listen_to_signals().context("signals cannot be listened to")?;
    let stocked = fill(&config, &clock, options.neighbours).await?;
    let database = match &config.database_url {
        Some(_) => None,
        None => Some(Store::sqlite_url(&std::fs::canonicalize(&data)?.join("cloud-window.db"))),
    };
    let showroom = Showroom { staff: people::logins() };
    let app = Application::build(config, clock, lifecycle.clone(), Some(showroom)).await?;
    let (state, addresses) = (app.state().clone(), Addresses::of(&app, options.lan.as_ref())?);
    let mut running = Box::pin(app.run());
    let opening = async {
        neighbours::start(&state, stocked.neighbours, neighbours::Rhythm(1.0));
        while !crate::http::health::is_ready(&state).await {
            tokio::task::yield_now().await;
        }
        let told = Credentials { database, ..addresses.credentials(stock::codes(&state).await?) };
        greeting::print(&told, &addresses, &data, options.lan.as_ref());
        if let Some(file) = &options.ready_file {
            credentials::write(file, &told)?;
        }
        anyhow::Ok(())
    };
    tokio::select! {
        ended = &mut running => return Ok(ended?),
        opened = opening => if let Err(error) = opened {
            lifecycle.stop();
            let _ = running.await;
            return Err(error);
        },
    }
    Ok(running.await?)
}

/// Sample data, once.
async fn fill(config: &Config, clock: &SharedClock, neighbours: u16) -> anyhow::Result<stock::Stocked> {
    let (store, keys) = open_store(config, clock).await?;
    folder::mark(&config.data)?;
    let stocked = stock::fill(&store, &keys, clock, neighbours).await;
    store.close().await;
    stocked
}

/// Where everything is.
#[derive(Clone, Debug)]
struct Addresses {
    url: String,
    metrics: String,
}

impl Addresses {
    fn of(app: &Application, lan: Option<&Lan>) -> anyhow::Result<Self> {
        let port = app.local_addr()?.port();
        let url = match lan {
            Some(lan) => format!("https://{}:{port}", lan.address),
            // `localhost` and 127.0.0.1 may use the camera without TLS.
            None => format!("http://{}", app.local_addr()?),
        };
        let metrics = app.metrics_addr().map(|address| format!("http://{address}/metrics"));
        Ok(Self { url, metrics: metrics.unwrap_or_default() })
    }

    fn credentials(&self, terminals: Vec<credentials::Terminal>) -> Credentials {
        let staff = people::logins().into_iter().map(|DemoLogin { login, password, .. }| {
            credentials::Staff { login, password, totp_secret: None }
        });
        Credentials {
            url: Some(self.url.clone()),
            kiosk: Some(format!("{}/kiosk", self.url)),
            desk: Some(format!("{}/desk", self.url)),
            metrics: Some(self.metrics.clone()),
            database: None,
            staff: staff.collect(),
            terminals,
        }
    }
}

/// Where a path stands, for messages.
fn shown(path: &Path) -> String {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
