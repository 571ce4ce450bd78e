//! The server under test: the real program in a process of its own, on a folder that lives as long as the drill.
use anyhow::{Context, bail};
use cloud_window::auth::new_code;
use cloud_window::auth::password::{Cost, Hasher};
use cloud_window::clock::{SharedClock, SystemClock};
use cloud_window::store::keys::LedgerKeys;
use cloud_window::store::ledger::Actor;
use cloud_window::store::staff::{self, Profile, Role};
use cloud_window::store::{Store, calendar, sites, verify};
use cloud_window::{catalogue, store};
use protocol::Spoken;
use protocol::ids::{SiteCode, StaffId, TerminalId};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use system_tests::client::{ClerkRole, Server, Terminal, TerminalRole};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::cable::Cable;
use crate::line::{Account, Line};

const PASSWORD: &str = "a password for a drill";
const STARTS_WITHIN: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct House {
    folder: TempDir,
    port: u16,
    pub(crate) url: String,
    people: AtomicU32,
    pub(crate) store: Store,
    pub(crate) keys: LedgerKeys,
    pub(crate) clock: SharedClock,
    process: Option<Child>,
}

impl Drop for House {
    fn drop(&mut self) {
        self.kill();
    }
}

impl House {
    /// A folder with sample catalogue, sites and holidays, and nobody in it.
    pub(crate) async fn build() -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("cloud-window-drill-")?;
        let clock = SystemClock::shared();
        let store = Store::open(&Store::sqlite_url(&folder.path().join("cloud-window.db"))).await?;
        store.migrate().await?;
        let keys = LedgerKeys::open(&folder.path().join("keys"), clock.clone())?;
        store.bind_keys(&keys).await?;
        let now = clock.now();
        let sample = catalogue::check(include_str!("../../../../server/sample/catalogue.json"))?;
        let years = catalogue::check_calendar(include_str!("../../../../server/sample/holidays.json"))?;
        let places = catalogue::check_sites(include_str!("../../../../server/sample/sites.json"))?;
        let mut tx = store.begin().await?;
        store::catalogue::import(&mut tx, &sample, "sample", now).await?;
        calendar::import(&mut tx, &years, now).await?;
        sites::import(&mut tx, sites::MAIN_HUB, &places, now).await?;
        tx.commit().await?;
        // Free for a moment ago; the same port is needed again after a restart, so that everybody finds it.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let url = format!("http://127.0.0.1:{port}");
        Ok(Self { folder, port, url, people: AtomicU32::new(1), store, keys, clock, process: None })
    }

    /// Starts the program and waits until it takes work.
    pub(crate) async fn open(&mut self) -> anyhow::Result<()> {
        let program = program()?;
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.path().join("server.log"))?;
        let child = Command::new(&program)
            .arg("--data")
            .arg(self.folder.path())
            .arg("serve")
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .args(["--metrics-listen", "127.0.0.1:0", "--media-listen", "127.0.0.1:0"])
            .env("CLOUD_WINDOW_HOURS__FROM", "00:00")
            .env("CLOUD_WINDOW_HOURS__TO", "24:00")
            .env("CLOUD_WINDOW_HOURS__WEEKDAYS", "[1,2,3,4,5,6,7]")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        self.process = Some(child);
        let http = reqwest::Client::builder().no_proxy().build()?;
        let ready = async {
            loop {
                if let Some(child) = &mut self.process
                    && let Some(status) = child.try_wait()?
                {
                    let log = std::fs::read_to_string(self.folder.path().join("server.log"))?;
                    bail!("the server ended with {status}:\n{log}");
                }
                let answer = http.get(format!("{}/readyz", self.url)).send().await;
                if answer.is_ok_and(|answer| answer.status().is_success()) {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(STARTS_WITHIN, ready).await.context("the server does not become ready")?
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.process.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Opens an account for a clerk.
    pub(crate) async fn hire(&self, login: &str) -> anyhow::Result<StaffId> {
        let hasher = Hasher::new(Cost::default(), &self.clock).await;
        let now = self.clock.now();
        let id = StaffId(self.clock.ids().uuid(now));
        let profile = Profile {
            hub: sites::MAIN_HUB.into(),
            number: format!("n-{login}"),
            name: format!("职员{login}"),
            department: Some("civil-dpf".into()),
            languages: vec![Spoken::Zh],
            roles: vec![Role::Clerk],
            skill_groups: vec!["civil".into()],
        };
        let hash = hasher.hash(PASSWORD, self.clock.random()).await?;
        let mut tx = self.store.begin().await?;
        staff::add(&mut tx, &self.keys, (id, login, &hash), &profile, (Actor::Operator, now)).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A terminal at a site, enrolled and signed in as any other.
    pub(crate) async fn enrol(&self, site: &str) -> anyhow::Result<(TerminalId, Account)> {
        let (code, _) = new_code(&self.store, &SiteCode::from(site), &self.clock).await?;
        let number = self.next();
        let terminal = Terminal::enrol(&self.url, number, &code.to_string()).await?;
        let account =
            Account { number, server: Server::at(&self.url, number)?, token: terminal.session().await? };
        Ok((terminal.id, account))
    }

    /// A terminal on a line.
    pub(crate) async fn terminal(&self, site: &str) -> anyhow::Result<Line<TerminalRole>> {
        Ok(Line::open(&self.enrol(site).await?.1))
    }

    /// A clerk on a line.
    pub(crate) async fn clerk(&self, login: &str) -> anyhow::Result<Line<ClerkRole>> {
        self.hire(login).await?;
        let number = self.next();
        let server = Server::at(&self.url, number)?;
        let body = json!({ "login": login, "password": PASSWORD });
        let signed_in: Value = server.post(None, "/staff/sign-in", &body).await?;
        let token = signed_in["token"].as_str().context("no token")?.to_owned();
        Ok(Line::open(&Account { number, server, token }))
    }

    /// A cable to the server, which can be cut.
    pub(crate) async fn cable(&self) -> anyhow::Result<Cable> {
        Ok(Cable::lay((Ipv4Addr::LOCALHOST, self.port).into()).await?)
    }

    fn next(&self) -> u32 {
        self.people.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) async fn count(&self, sql: &'static str) -> anyhow::Result<i64> {
        Ok(sqlx::query_scalar(sql).fetch_one(self.store.reader()).await?)
    }

    pub(crate) async fn words(&self, sql: &'static str) -> anyhow::Result<Vec<String>> {
        Ok(sqlx::query_scalar(sql).fetch_all(self.store.reader()).await?)
    }

    /// Recomputes the ledger.
    pub(crate) async fn verifies(&self) -> anyhow::Result<()> {
        let report = verify::verify(&self.store, &self.keys, None).await?;
        anyhow::ensure!(report.is_good(), "the ledger does not verify: {:?}", report.faults);
        anyhow::ensure!(report.events > 0, "the ledger is empty");
        Ok(())
    }
}

/// The server's program: the one that was built beside this one, unless the environment names another.
fn program() -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os("CLOUD_WINDOW_BINARY") {
        return Ok(path.into());
    }
    let here = std::env::current_exe()?;
    let program = here.with_file_name("cloud-window");
    if !program.is_file() {
        bail!("{} is not built: cargo build --package cloud-window, in the same profile", program.display());
    }
    Ok(program)
}
