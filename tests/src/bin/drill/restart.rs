//! `kill -9` of the server in a call with others waiting.
use anyhow::{bail, ensure};
use protocol::{ClerkMessage, Common, TerminalMessage};
use std::time::Duration;
use system_tests::client::{ClerkRole, Role, TerminalRole};
use system_tests::media::{Peer, Sending, Senses, State, Voice};
use system_tests::report::Measurement;
use tokio::time::Instant;

use crate::acts::{self, SOON};
use crate::house::House;
use crate::line::Line;
use crate::{absolute, seconds};

/// How many wait while two talk.
const WAITING: usize = 20;
/// How often the server is killed, one after another in the same call.
const KILLS: usize = 3;
/// Frames of the other's voice that show that it is heard.
const HEARD: u64 = 10;

/// The two talk again by themselves, and order, waits, case and events are all there.
pub(crate) async fn restart_in_call() -> anyhow::Result<Vec<Measurement>> {
    let mut house = House::build().await?;
    house.open().await?;
    let (citizen, desk) = (house.terminal("S10").await?, house.clerk("lin").await?);
    let call = acts::in_call(&citizen, &desk, 1).await?;
    let mut peers = Box::pin(talk(&citizen, &desk)).await?;
    let case = acts::open_case(&desk, call, "the-case-that-stays").await?;
    let (mut line, mut order) = (Vec::new(), Vec::new());
    for n in 0..WAITING {
        let one = house.terminal(&format!("S{:02}", 1 + n % 12)).await?;
        one.done(acts::take(100 + n as u128)).await?;
        let (ticket, ahead) = one.until("a place", SOON, acts::waiting).await?;
        ensure!(ahead as usize == n, "{ahead} ahead of number {n}");
        order.push(ticket);
        line.push(one);
    }
    let before = Left::read(&house).await?;

    let (mut restored, mut again) = (Vec::new(), Vec::new());
    for kill in 1..=KILLS {
        house.kill();
        let began = Instant::now();
        house.open().await?;
        restored.push(seconds(began));
        back(&citizen, kill).await?;
        back(&desk, kill).await?;
        peers = Box::pin(talk(&citizen, &desk)).await?;
        again.push(seconds(began));
        let same = |at: &protocol::CallView| {
            at.id == call && at.case.as_ref().is_some_and(|c| c.number == case["number"])
        };
        citizen.until("the same call", SOON, |view| acts::call_at_terminal(view).filter(same)).await?;
        desk.until("the same call", SOON, |view| acts::call_at_desk(view).filter(same)).await?;
        for (n, one) in line.iter().enumerate() {
            back(one, kill).await?;
            let place = one.until("the same place", SOON, acts::waiting).await?;
            ensure!(place == (order[n], u32::try_from(n)?), "number {n} is at {place:?}");
        }
        let after = Left::read(&house).await?;
        ensure!(after == before, "before {before:?}\nafter {after:?}");
    }
    drop(peers);
    acts::end(&citizen, &desk, call).await?;
    let first = acts::answer(&line[0], &desk).await?;
    ensure!(first != call, "a new call");
    house.verifies().await?;
    Ok(vec![
        absolute("restart_in_call_ready", &restored, "s", "serves again, everything restored", 10.0),
        absolute(
            "restart_in_call",
            &again,
            "s",
            "the two talk again < 10 s; order, waits, case, events kept",
            10.0,
        ),
    ])
}

/// What must be left of everything, read from the database itself.
#[derive(Debug, PartialEq)]
struct Left {
    waiting: Vec<(String, i64)>,
    calls: Vec<String>,
    cases: Vec<String>,
    case_events: i64,
    chained: i64,
}

impl Left {
    async fn read(house: &House) -> anyhow::Result<Self> {
        let waiting =
            sqlx::query_as("SELECT id, taken_at FROM tickets WHERE state = 'waiting' ORDER BY taken_at, id");
        let cases = "SELECT number || ' ' || state || ' ' || owner || ' ' || version FROM cases";
        Ok(Self {
            waiting: waiting.fetch_all(house.store.reader()).await?,
            calls: house.words("SELECT id || ' ' || started_at FROM calls WHERE ended_at IS NULL").await?,
            cases: house.words(cases).await?,
            case_events: house.count("SELECT COUNT(*) FROM case_events").await?,
            chained: house.count("SELECT COUNT(*) FROM ledger").await?,
        })
    }
}

/// The page came back by itself, on a connection of its own making.
async fn back<R: Role>(line: &Line<R>, times: usize) -> anyhow::Result<()> {
    let wanted = u32::try_from(times)? + 1;
    line.connected(wanted, Duration::from_secs(15)).await
}

/// Both offer media, as pages do whenever the server has none of theirs, until each hears and sees the other.
async fn talk(citizen: &Line<TerminalRole>, desk: &Line<ClerkRole>) -> anyhow::Result<[Peer; 2]> {
    let (one, other) = tokio::try_join!(
        joined(citizen, |sdp| TerminalMessage::MediaOffer { sdp, restart: false }),
        joined(desk, |sdp| ClerkMessage::MediaOffer { sdp, restart: false }),
    )?;
    tokio::try_join!(hears(&one, &other), hears(&other, &one))?;
    Ok([one, other])
}

async fn joined<R: Role>(line: &Line<R>, offer: impl FnOnce(String) -> R::Message) -> anyhow::Result<Peer> {
    let peer = Box::pin(Peer::new(line.account.number, line.account.server.local(), Sending::ALL)).await?;
    let sdp = peer.offer().await?;
    let Common::MediaAnswer { sdp } = line.ask(offer(sdp)).await? else {
        bail!("an offer without an answer")
    };
    peer.answer(&sdp).await?;
    peer.reaches(State::Connected, SOON).await?;
    Ok(peer)
}

async fn hears(peer: &Peer, other: &Peer) -> anyhow::Result<()> {
    let (source, voice) = (other.number(), Voice::of(other.number()));
    let enough = |senses: &Senses| senses.audio[0].heard(voice) >= HEARD && senses.video[0].seen(source) >= 1;
    peer.sees("the other's voice and picture", Duration::from_secs(15), enough).await
}
