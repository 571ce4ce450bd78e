//! How soon a citizen who takes a ticket sees a place in the queue: over real WebSockets, durable on SQLite before it is
//! said.
mod house;
mod terminal;

use super::stats::Samples;
use super::{now, usual_file};
use crate::report::Measurement;
use anyhow::{Context, bail, ensure};
use house::House;
use protocol::{
    Common, Locale, ServerFrame, Spoken, TerminalMessage, TerminalNews, TerminalStage, ToTerminal,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::Path;
use std::time::Duration;
use terminal::Terminal;
use uuid::Uuid;

/// Sites that play at once.
const SITES: usize = 12;
/// Tickets that each takes, one after the other.
const TICKETS: usize = 120;
/// The longest pause between two tickets of a site.
const PAUSE: Duration = Duration::from_millis(200);
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
        goal: format!("≤ {MOST_MS} ms, {SITES} sites, SQLite, durable"),
        holds: value <= MOST_MS,
        reference: None,
    }])
}

async fn play() -> anyhow::Result<Samples> {
    // On the disk of the build: what lies in memory is durable in no time.
    let file = usual_file();
    let house = House::start(file.parent().unwrap_or_else(|| Path::new("."))).await?;
    let places = &house.ready.terminals;
    ensure!(places.len() >= SITES, "the demonstration has only {} sites", places.len());
    let mut sites = tokio::task::JoinSet::new();
    for (index, place) in places.iter().take(SITES).enumerate() {
        let (url, code) = (house.ready.url.clone(), place.enrolment_code.clone());
        let seed = index as u64;
        sites.spawn(async move { site(&url, &code, seed).await.with_context(|| format!("site {index}")) });
    }
    let mut all = Vec::new();
    while let Some(times) = sites.join_next().await {
        all.extend(times??);
    }
    Ok(all.into_iter().collect())
}

/// One site's tickets: from the press to the view with the place, in milliseconds.
async fn site(url: &str, code: &str, seed: u64) -> anyhow::Result<Vec<f64>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut terminal = Terminal::connect(url, code).await?;
    let mut times = Vec::with_capacity(TICKETS);
    for _ in 0..TICKETS {
        tokio::time::sleep(PAUSE.mul_f64(rng.random())).await;
        let message = take(Uuid::from_u128(rng.random()));
        let begin = now();
        let re = terminal.send(&message).await?;
        let (mut done, mut ticket) = (false, None);
        while !done || ticket.is_none() {
            let frame = terminal.until(|_| true).await?;
            if frame.re == Some(re) {
                done = accepted(&frame)?;
            }
            ticket = ticket.or_else(|| waiting(&frame));
        }
        times.push(begin.elapsed().as_secs_f64() * 1e3);
        let ticket = ticket.context("a view with the place")?;
        let re = terminal.send(&TerminalMessage::CancelTicket { ticket }).await?;
        accepted(&terminal.until(|frame| frame.re == Some(re)).await?)?;
    }
    Ok(times)
}

fn take(key: Uuid) -> TerminalMessage {
    TerminalMessage::TakeTicket {
        key,
        item: None,
        scenario: None,
        locale: Locale::ZhCn,
        spoken: Spoken::Zh,
        id_number: None,
        missing: Vec::new(),
        consents: Vec::new(),
    }
}

fn accepted(frame: &ServerFrame<ToTerminal>) -> anyhow::Result<bool> {
    match &frame.body {
        ToTerminal::Common(Common::Done) => Ok(true),
        other => bail!("answered with {other:?}"),
    }
}

fn waiting(frame: &ServerFrame<ToTerminal>) -> Option<protocol::ids::TicketId> {
    let ToTerminal::Own(TerminalNews::View(view)) = &frame.body else { return None };
    match &view.stage {
        TerminalStage::Waiting { ticket, .. } => Some(ticket.id),
        _ => None,
    }
}
