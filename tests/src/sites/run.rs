//! From the options to the report.
use anyhow::{Context as _, ensure};
use cloud_window::credentials::Credentials;
use protocol::ids::{StaffId, TerminalId};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::options::Options;
use super::report::{Records, Report, ServerUse};
use super::spawn::{House, Plan, Process};
use super::tally::Tally;
use super::work::{Matter, matters};
use super::{clerk, records, terminal};
use crate::client::{Clerk, Server, Terminal};
use crate::clock::within;

/// How long handoffs that were offered last may still take.
const HANDOFFS: Duration = Duration::from_secs(30);
/// How often the progress line is said.
const PROGRESS: Duration = Duration::from_secs(1);
/// Signing in is costly by intent; the server takes only some at once.
const SIGN_IN_TRIES: u32 = 20;
const SIGN_IN_PAUSE: Duration = Duration::from_millis(500);

/// What every player knows.
pub(super) struct Play {
    pub(super) tally: Tally,
    pub(super) matters: Vec<Matter>,
    pub(super) talk: Duration,
    /// No citizen comes any more.
    pub(super) day_over: CancellationToken,
    /// No handoff comes any more.
    pub(super) all_over: CancellationToken,
    clerks: BTreeMap<StaffId, u32>,
    terminals: BTreeMap<TerminalId, u32>,
}

impl Play {
    pub(super) fn clerk_number(&self, id: StaffId) -> anyhow::Result<u32> {
        self.clerks.get(&id).copied().with_context(|| format!("clerk {id} is nobody of ours"))
    }

    pub(super) fn terminal_number(&self, id: TerminalId) -> anyhow::Result<u32> {
        self.terminals.get(&id).copied().with_context(|| format!("terminal {id} is none of ours"))
    }
}

/// Plays, and reports. `progress` is told how far it is, about once a second.
///
/// # Errors
/// If it could not even begin, or the database cannot be read. What goes wrong later stands in the report.
pub async fn run(options: &Options, progress: impl Fn(String) + Send + 'static) -> anyhow::Result<Report> {
    if let Some(url) = &options.url {
        let file = options.credentials.as_ref().context("--credentials is missing")?;
        let read = std::fs::read(file).with_context(|| file.display().to_string())?;
        let credentials: Credentials =
            serde_json::from_slice(&read).with_context(|| file.display().to_string())?;
        let here = |url: &&str| url.strip_prefix("sqlite://").is_some_and(|file| Path::new(file).exists());
        let told = credentials.database.as_deref().filter(here);
        let database = options.database.as_deref().or(told);
        // Said before anybody is troubled: a run that cannot be verified proves nothing about what was kept.
        ensure!(
            database.is_some() || options.unverified,
            "no database of {url} can be read here, so nobody could say whether anything was lost: name it with \
             --database, or play without that with --unverified"
        );
        let tally = play(options, url, &credentials, progress).await?;
        return report(&tally, database, ServerUse::default()).await;
    }
    progress("enrolling everybody".to_owned());
    let house = House::new(Plan { sites: options.sites.get(), clerks: options.clerks.get() }).await?;
    let server = Process::start(&house).await?;
    let tally = play(options, &server.url.clone(), &house.credentials, progress).await?;
    let usage = server.usage();
    if let Err(error) = server.stop().await {
        tally.failed("the server", &error);
    }
    if let Err(error) = house.verify().await {
        tally.failed("the ledger", &error);
    }
    report(&tally, Some(&house.database()), usage).await
}

async fn report(tally: &Tally, database: Option<&str>, server: ServerUse) -> anyhow::Result<Report> {
    let (calls, mut handoffs, media, latency_ms) = tally.figures();
    let all = tally.records();
    let mut errors = tally.errors();
    let mut records = Records { acknowledged: u32::try_from(all.len()).unwrap_or(u32::MAX), missing: None };
    if let Some(database) = database {
        let found = records::look(database, &all, &tally.owners()).await.context("the database")?;
        errors.extend(found.missing.iter().take(10).map(|record| format!("missing: {record:?}")));
        records.missing = Some(u32::try_from(found.missing.len()).unwrap_or(u32::MAX));
        handoffs.without_single_owner += found.without_single_owner;
    }
    Ok(Report { calls, records, handoffs, media, latency_ms, server, errors })
}

async fn play(
    options: &Options,
    url: &str,
    credentials: &Credentials,
    progress: impl Fn(String) + Send + 'static,
) -> anyhow::Result<Tally> {
    let (sites, clerks) = (options.sites.get(), options.clerks.get());
    ensure!(
        credentials.terminals.len() >= sites as usize,
        "the credentials hold fewer than {sites} terminals"
    );
    ensure!(credentials.staff.len() >= clerks as usize, "the credentials hold fewer than {clerks} staff");
    let mut seeds = ChaCha12Rng::seed_from_u64(options.seed);
    let mut terminals = Vec::new();
    for (number, place) in (0..sites).zip(&credentials.terminals) {
        let terminal = Terminal::enrol(url, number, &place.enrolment_code).await;
        terminals.push(terminal.with_context(|| {
            format!(
                "terminal at {}: each code is good once and not for long; a demonstration writes new ones when it \
                 starts, `cloud-window terminal code SITE... --credentials FILE` at any time",
                place.code
            )
        })?);
    }
    let mut staff = Vec::new();
    for (number, who) in (sites..).zip(credentials.staff.iter().take(clerks as usize)) {
        let clerk = sign_in(url, number, &who.login, &who.password).await;
        staff.push(Arc::new(clerk.with_context(|| format!("clerk {}", who.login))?));
    }
    let queues: BTreeSet<_> = staff.iter().flat_map(|c| c.skill_groups.iter().map(|s| s.0.clone())).collect();
    let catalogue = Server::at(url, 0)?.get("", "/catalogue").await?;
    let play = Arc::new(Play {
        tally: Tally::default(),
        matters: matters(catalogue, &queues)?,
        talk: Duration::from_secs_f32(options.talk),
        day_over: CancellationToken::new(),
        all_over: CancellationToken::new(),
        clerks: staff.iter().map(|c| (c.id, c.number)).collect(),
        terminals: terminals.iter().map(|t| (t.id, t.number)).collect(),
    });
    let ticker = tokio::spawn(tell(Arc::clone(&play), options.calls(), progress));

    let (mut on_duty, mut receivers, mut visits) = (JoinSet::new(), JoinSet::new(), JoinSet::new());
    for clerk in staff {
        receivers.spawn(clerk::take_over(Arc::clone(&play), Arc::clone(&clerk)));
        on_duty.spawn(clerk::play(Arc::clone(&play), clerk, ChaCha12Rng::from_rng(&mut seeds)));
    }
    for terminal in terminals {
        let rng = ChaCha12Rng::from_rng(&mut seeds);
        visits.spawn(terminal::play(Arc::clone(&play), terminal, rng, options.calls_per_site.get()));
    }
    finish(&play, visits, on_duty, receivers).await;
    ticker.abort();
    // The ticker may hold it for one more moment.
    let _ = ticker.await;
    Arc::into_inner(play).map(|play| play.tally).context("a player did not stop")
}

async fn finish(play: &Play, mut visits: JoinSet<()>, mut on_duty: JoinSet<()>, mut receivers: JoinSet<()>) {
    tokio::select! {
        () = joined(play, &mut visits) => {}
        // A clerk stays until the day is over: without any, nobody would ever be rung.
        () = joined(play, &mut on_duty) => {
            play.tally.failed("the clerks", &anyhow::anyhow!("all of them left before the day was over"));
            visits.shutdown().await;
        }
    }
    play.day_over.cancel();
    joined(play, &mut on_duty).await;
    if let Err(error) = within(HANDOFFS, "every handoff accepted", play.tally.handoffs_settled()).await {
        play.tally.failed("handoffs", &error);
    }
    play.all_over.cancel();
    joined(play, &mut receivers).await;
}

/// Waits for all; a player who panicked is an error of the run.
async fn joined(play: &Play, players: &mut JoinSet<()>) {
    while let Some(ended) = players.join_next().await {
        if let Err(error) = ended {
            play.tally.failed("a player", &error.into());
        }
    }
}

async fn sign_in(url: &str, number: u32, login: &str, password: &str) -> anyhow::Result<Clerk> {
    for _ in 0..SIGN_IN_TRIES {
        match Clerk::sign_in(url, number, login, password).await {
            Err(error) if busy(&error) => tokio::time::sleep(SIGN_IN_PAUSE).await,
            done => return done,
        }
    }
    Clerk::sign_in(url, number, login, password).await
}

fn busy(error: &anyhow::Error) -> bool {
    error.downcast_ref::<crate::client::Refused>().is_some_and(|refused| refused.status == 503)
}

async fn tell(play: Arc<Play>, calls: u32, progress: impl Fn(String)) {
    let mut ticks = tokio::time::interval(PROGRESS);
    loop {
        ticks.tick().await;
        let (counts, handoffs) = play.tally.counts();
        let errors = play.tally.errors().len();
        progress(format!(
            "{calls} calls: {} placed, {} answered, {} completed · {} of {} handoffs accepted · {errors} errors",
            counts.placed, counts.answered, counts.completed, handoffs.accepted, handoffs.offered,
        ));
    }
}
