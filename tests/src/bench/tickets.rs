//! How soon a citizen who takes a ticket sees a place in the queue: over real WebSockets, durable on SQLite before it is
//! said.
use super::stats::Samples;
use super::usual_file;
use crate::client::{Terminal, Visit};
use crate::report::Measurement;
use crate::sites::{CATALOGUE, House, Matter, Plan, Process, matters};
use anyhow::{Context, bail};
use protocol::{TerminalMessage, TerminalStage};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Sites that play at once, with a clerk each who is not on duty: everybody waits.
const PLAN: Plan = Plan { sites: 12, clerks: 1 };
/// Tickets that each takes, one after the other.
const TICKETS: usize = 120;
/// The longest pause between two tickets of a site.
const PAUSE: Duration = Duration::from_millis(200);
const SOON: Duration = Duration::from_secs(10);
const MOST_MS: f64 = 50.0;

/// Measures.
///
/// # Errors
/// When the server does not start, or a ticket is refused.
pub(super) fn measure() -> anyhow::Result<Vec<Measurement>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let times = runtime.block_on(play())?;
    let value = times.percentile(99.0).context("no ticket")?;
    tracing::info!(p50 = times.median(), p95 = times.percentile(95.0), p99 = value, "tickets");
    Ok(vec![Measurement {
        name: "ticket_to_position_ms_p99".into(),
        value,
        unit: "ms".into(),
        spread: times.quartiles().context("no ticket")?,
        goal: format!("≤ {MOST_MS} ms, {} sites, SQLite, durable", PLAN.sites),
        holds: value <= MOST_MS,
        reference: None,
    }])
}

async fn play() -> anyhow::Result<Samples> {
    // On the disk of the build: a folder for temporary files may lie in memory, where everything is durable at once.
    let file = usual_file();
    let disk = file.parent().unwrap_or_else(|| Path::new("."));
    let house = House::beside(disk, PLAN).await?;
    let server = Process::start(&house).await?;
    let matters: Arc<[Matter]> = sample()?.into();
    let mut sites = tokio::task::JoinSet::new();
    for (number, place) in (0u32..).zip(&house.credentials.terminals) {
        let (url, code, matters) = (server.url.clone(), place.enrolment_code.clone(), Arc::clone(&matters));
        sites.spawn(async move {
            site(&url, number, &code, &matters).await.with_context(|| format!("site {number}"))
        });
    }
    let mut all = Vec::new();
    while let Some(times) = sites.join_next().await {
        all.extend(times??);
    }
    server.stop().await?;
    Ok(all.into_iter().collect())
}

/// Everything of the sample catalogue that people may come for.
fn sample() -> anyhow::Result<Vec<Matter>> {
    let catalogue: Value = serde_json::from_str(CATALOGUE)?;
    let groups = catalogue["skill_groups"].as_array().into_iter().flatten();
    let queues = groups.filter_map(|group| group["code"].as_str().map(str::to_owned)).collect();
    matters(catalogue, &queues)
}

/// One site's tickets: from the press to the view with the place, in milliseconds.
async fn site(url: &str, number: u32, code: &str, matters: &[Matter]) -> anyhow::Result<Vec<f64>> {
    let mut rng = ChaCha8Rng::seed_from_u64(number.into());
    let visit = Terminal::enrol(url, number, code).await?.connect(None).await?;
    let mut times = Vec::with_capacity(TICKETS);
    for _ in 0..TICKETS {
        tokio::time::sleep(PAUSE.mul_f64(rng.random())).await;
        let matter = matters.choose(&mut rng).context("nothing to come for")?;
        times.push(ticket(&visit, matter).await?);
    }
    Ok(times)
}

/// Takes a ticket, sees its place, and gives it up again.
async fn ticket(visit: &Visit, matter: &Matter) -> anyhow::Result<f64> {
    let (ticket, position, time) = visit.take_ticket(&matter.item, &matter.scenario).await?;
    if position.is_none() {
        bail!("{} does not wait", ticket.number);
    }
    visit.socket.ask(TerminalMessage::CancelTicket { ticket: ticket.id }).await?;
    let free = |stage: &TerminalStage| matches!(stage, TerminalStage::Free);
    visit.socket.until("free", SOON, |view| free(&view.stage).then_some(())).await?;
    Ok(time.as_secs_f64() * 1e3)
}
