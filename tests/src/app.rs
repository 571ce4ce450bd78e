//! The application under test, within this process: its own data folder, free ports, everybody enrolled.
use cloud_window::app::Application;
use cloud_window::clock::SystemClock;
use cloud_window::config::Config;
use cloud_window::credentials::Credentials;
use cloud_window::lifecycle::Lifecycle;
use std::time::Duration;
use tokio::task::JoinHandle;

use crate::client::{Clerk, Terminal};
use crate::clock::within;
use crate::sites::{House, Plan};

const STOPS: Duration = Duration::from_secs(30);

/// A running application.
pub struct App {
    /// Its data.
    pub house: House,
    /// Where it answers.
    pub url: String,
    lifecycle: Lifecycle,
    running: JoinHandle<anyhow::Result<()>>,
}

impl App {
    /// Starts it.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn start(plan: Plan) -> anyhow::Result<Self> {
        let house = House::new(plan).await?;
        let here = ([127, 0, 0, 1], 0).into();
        let data = house.data().to_owned();
        let config =
            Config { data, listen: here, media_listen: here, metrics_listen: None, ..Config::default() };
        let lifecycle = Lifecycle::default();
        let app = Application::build(config, SystemClock::shared(), lifecycle.clone(), None).await?;
        let url = format!("http://{}", app.local_addr()?);
        let running = tokio::spawn(async move { Ok(app.run().await?) });
        Ok(Self { house, url, lifecycle, running })
    }

    /// Who may sign in.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.house.credentials
    }

    /// Enrols a terminal at the nth site; its number is `n`.
    ///
    /// # Errors
    /// If there is no such site, or the server refuses.
    pub async fn terminal(&self, n: u32) -> anyhow::Result<Terminal> {
        let place = self.credentials().terminals.get(n as usize);
        let place = place.ok_or_else(|| anyhow::anyhow!("there is no site {n}"))?;
        Terminal::enrol(&self.url, n, &place.enrolment_code).await
    }

    /// Signs the nth clerk in; the number is 1000 + `n`.
    ///
    /// # Errors
    /// If there is no such clerk, or the server refuses.
    pub async fn clerk(&self, n: u32) -> anyhow::Result<Clerk> {
        let who = self.credentials().staff.get(n as usize);
        let who = who.ok_or_else(|| anyhow::anyhow!("there is no clerk {n}"))?;
        Clerk::sign_in(&self.url, 1000 + n, &who.login, &who.password).await
    }

    /// Stops it at once and checks its ledger.
    ///
    /// # Errors
    /// If it does not stop in time, or the ledger is not whole.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.lifecycle.stop();
        within(STOPS, "the application's end", self.running).await???;
        self.house.verify().await
    }
}
