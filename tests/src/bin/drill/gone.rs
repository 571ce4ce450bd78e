//! Somebody's machine dies in a call.
use anyhow::ensure;
use protocol::ids::CallId;
use protocol::{ClerkStatus, Presence};
use std::time::Duration;
use system_tests::client::{ClerkRole, Role, TerminalRole};
use system_tests::report::Measurement;
use tokio::time::Instant;

use crate::acts::{self, SOON};
use crate::cable::Cable;
use crate::house::House;
use crate::line::Line;
use crate::{absolute, seconds};

const ROUNDS: u32 = 5;

/// A clerk's browser dies: the citizen is told, the same call goes on when the clerk is back, and after the grace the
/// ticket is at the head of its queue.
pub(crate) async fn clerk_gone() -> anyhow::Result<Vec<Measurement>> {
    let mut house = House::build().await?;
    house.open().await?;
    let citizen = house.terminal("S10").await?;
    let mut desk = house.clerk("lin").await?;
    let call = acts::in_call(&citizen, &desk, 1).await?;
    let behind = house.terminal("S11").await?;
    behind.done(acts::take(2)).await?;

    let (mut told, mut back) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let account = desk.account.clone();
        let began = Instant::now();
        desk.die().await;
        citizen.until("the clerk is away", SOON, |view| clerk(view, call).filter(is_away)).await?;
        told.push(seconds(began));
        let began = Instant::now();
        desk = Line::<ClerkRole>::open(&account);
        desk.until("the same call", SOON, |view| acts::call_at_desk(view).filter(|at| at.id == call)).await?;
        citizen.until("the clerk is back", SOON, |view| clerk(view, call).filter(is_here)).await?;
        back.push(seconds(began));
    }
    let cable = house.cable().await?;
    let account = desk.account.clone();
    desk.die().await;
    desk = Line::<ClerkRole>::open(&account.over(&cable)?);
    desk.until("the same call", SOON, |view| acts::call_at_desk(view).filter(|at| at.id == call)).await?;
    let silence = silence(&cable, &citizen, |view| clerk(view, call)).await?;
    // The dead socket is still open when the clerk comes back by another.
    let back_in = Line::<ClerkRole>::open(&account);
    citizen.until("the clerk is back", SOON, |view| clerk(view, call).filter(is_here)).await?;
    drop(desk);
    let began = Instant::now();
    back_in.die().await;
    let limit = Duration::from_secs(40);
    let (_, ahead) = citizen.until("the ticket waits again", limit, acts::waiting).await?;
    let waited = seconds(began);
    ensure!(ahead == 0, "not at the head of the queue: {ahead} ahead");
    let (_, ahead) = behind.until("the other still waits", SOON, acts::waiting).await?;
    ensure!(ahead == 1, "the one behind is told {ahead}");
    let other = house.clerk("he").await?;
    acts::ready(&other).await?;
    let next = acts::answer(&citizen, &other).await?;
    ensure!(next != call, "a new call");
    let how = house.words("SELECT how FROM calls WHERE how IS NOT NULL").await?;
    ensure!(how == ["clerk_gone"], "{how:?}");
    house.verifies().await?;
    Ok(vec![
        absolute("clerk_gone_told", &told, "s", "citizen told < 3 s", 3.0),
        absolute("clerk_silent_told", &silence.told, "s", "nothing read or written: citizen told < 3 s", 3.0),
        absolute("clerk_silent_lost", &[silence.lost], "s", "and given up after 12.5 s, as promised", 14.0),
        absolute("clerk_gone_back", &back, "s", "same call resumes < 10 s", 10.0),
        // Thirty seconds, and what the server may take to act on them.
        absolute("clerk_gone", &[waited], "s", "head of the queue after 30 s", 32.0),
    ])
}

/// A terminal dies: the clerk is told, the call can be resumed within the grace, and ends by itself after it.
pub(crate) async fn terminal_gone() -> anyhow::Result<Vec<Measurement>> {
    let mut house = House::build().await?;
    house.open().await?;
    let comes_back = Pair::new(&house, "S10", "lin", 1).await?;
    // Once they talk, so that each rings at one clerk only.
    let stays_away = Pair::new(&house, "S11", "he", 2).await?;
    let ((silence, told, back), ended) =
        tokio::try_join!(comes_back.again_and_again(&house), stays_away.for_good())?;
    ensure!(ended >= 119.0, "ended within the grace, after {ended} s");
    let how = house.words("SELECT COALESCE(how, 'goes on') FROM calls ORDER BY started_at").await?;
    ensure!(how == ["goes on", "terminal_gone"], "{how:?}");
    house.verifies().await?;
    Ok(vec![
        absolute("terminal_gone_told", &told, "s", "clerk told < 5 s", 5.0),
        absolute(
            "terminal_silent_told",
            &silence.told,
            "s",
            "nothing read or written: clerk told < 5 s",
            5.0,
        ),
        absolute(
            "terminal_silent_lost",
            &[silence.lost],
            "s",
            "and given up after 12.5 s, as promised",
            14.0,
        ),
        absolute("terminal_gone_back", &back, "s", "same call resumes, also after 110 s", 10.0),
        absolute("terminal_gone", &[ended], "s", "resumable for 120 s, then over", 122.0),
    ])
}

/// A terminal and a clerk who talk.
struct Pair {
    citizen: Line<TerminalRole>,
    desk: Line<ClerkRole>,
    call: CallId,
}

impl Pair {
    async fn new(house: &House, site: &str, login: &str, key: u128) -> anyhow::Result<Self> {
        let (citizen, desk) = (house.terminal(site).await?, house.clerk(login).await?);
        let call = acts::in_call(&citizen, &desk, key).await?;
        Ok(Self { citizen, desk, call })
    }

    /// How long it took to be told of silences and of losses, and to be back.
    async fn again_and_again(self, house: &House) -> anyhow::Result<(Silence, Vec<f64>, Vec<f64>)> {
        let Self { mut citizen, desk, call } = self;
        let cable = house.cable().await?;
        let direct = citizen.account.clone();
        citizen.die().await;
        let dead = Line::<TerminalRole>::open(&direct.over(&cable)?);
        let same = |view: &_| acts::call_at_terminal(view).filter(|at| at.id == call);
        dead.until("the same call", SOON, same).await?;
        let silence = silence(&cable, &desk, |view| terminal(view, call)).await?;
        citizen = Line::<TerminalRole>::open(&direct);
        desk.until("the terminal is back", SOON, |view| terminal(view, call).filter(is_here)).await?;
        drop(dead);
        let (mut told, mut back) = (Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            let account = citizen.account.clone();
            let began = Instant::now();
            citizen.die().await;
            desk.until("the terminal is away", SOON, |view| terminal(view, call).filter(is_away)).await?;
            told.push(seconds(began));
            // The last time nearly the whole grace.
            let away = if round == ROUNDS { 110 } else { 0 };
            tokio::time::sleep(Duration::from_secs(away)).await;
            let began = Instant::now();
            citizen = Line::<TerminalRole>::open(&account);
            citizen.until("the same call", SOON, same).await?;
            desk.until("the terminal is back", SOON, |view| terminal(view, call).filter(is_here)).await?;
            back.push(seconds(began));
        }
        Ok((silence, told, back))
    }

    /// How long it took until the call was over.
    async fn for_good(self) -> anyhow::Result<f64> {
        let began = Instant::now();
        self.citizen.die().await;
        let over =
            |view: &protocol::ClerkView| matches!(view.status, ClerkStatus::WrapUp { .. }).then_some(());
        self.desk.until("the call is over", Duration::from_secs(135), over).await?;
        Ok(seconds(began))
    }
}

/// What the other side is told of one whose cable is cut.
struct Silence {
    /// That nothing is heard, each time.
    told: Vec<f64>,
    /// That its connection was given up.
    lost: f64,
}

/// Cuts a cable again and again, and at last for good. `side` finds in the other's view how near the one on the cable is.
async fn silence<R: Role>(
    cable: &Cable,
    other: &Line<R>,
    side: impl Fn(&R::View) -> Option<Presence>,
) -> anyhow::Result<Silence> {
    other.until("there, by the cable", SOON, |view| side(view).filter(is_here)).await?;
    let mut told = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        cable.cut();
        other.until("nothing is heard", SOON, |view| side(view).filter(is_quiet)).await?;
        told.push(seconds(began));
        cable.mend();
        other.until("heard again", SOON, |view| side(view).filter(is_here)).await?;
    }
    let began = Instant::now();
    cable.cut();
    other.until("given up", SOON, |view| side(view).filter(is_away)).await?;
    Ok(Silence { told, lost: seconds(began) })
}

fn clerk(view: &protocol::TerminalView, call: CallId) -> Option<Presence> {
    acts::call_at_terminal(view).filter(|at| at.id == call).map(|at| at.clerk.presence)
}

fn terminal(view: &protocol::ClerkView, call: CallId) -> Option<Presence> {
    acts::call_at_desk(view).filter(|at| at.id == call).map(|at| at.terminal.presence)
}

fn is_here(side: &Presence) -> bool {
    *side == Presence::Here
}

fn is_quiet(side: &Presence) -> bool {
    *side == Presence::Quiet
}

fn is_away(side: &Presence) -> bool {
    matches!(side, Presence::Away { .. })
}
