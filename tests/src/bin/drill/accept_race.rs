//! A late accept of an expired offer races the next clerk's: in this process, because a ring of the product lasts too
//! long to be missed a thousand times. The engine, its database and its timers are the real ones.
use anyhow::{Context, bail, ensure};
use cloud_window::clock::SharedClock;
use cloud_window::engine::{Delivery, EngineHandle, EngineParts, Inbox, Outbox};
use cloud_window::lifecycle::Lifecycle;
use cloud_window::media_io::MediaHandle;
use desk::{ClerkProfile, Outgoing, Policy, Served, Visitor};
use futures_util::FutureExt;
use protocol::ids::{CallId, ConnectionId, IdSource, OfferId, StaffId, TerminalId};
use protocol::{
    BreakReason, CallResult, ClerkMessage, ClerkNews, ClerkStatus, ClerkView, Common, ErrorCode, SiteView,
    Spoken, TerminalMessage, TerminalNews, TerminalStage, TerminalView, Timestamp, WishedStatus,
};
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;
use system_tests::report::Measurement;
use tokio::time::{Instant, sleep_until, timeout};

use crate::acts::take;
use crate::house::House;
use crate::{absolute, seconds};

const PATIENCE: Duration = Duration::from_secs(20);
/// How often the time of a commit is taken before the race.
const TRIALS: u32 = 20;
/// How often both may miss their ring, on a machine that is busy with something else.
const MISSES: u32 = 20;

pub(crate) async fn late_accept_race(times: u32) -> anyhow::Result<Vec<Measurement>> {
    let mut house = House::build().await?;
    house.open().await?;
    let (terminal, _) = house.enrol("S10").await?;
    let (one, other) = (house.hire("lin").await?, house.hire("he").await?);
    // One engine a database: from here on it is the one in this process.
    house.kill();
    let (life, engine) = start(&house, Duration::from_secs(25)).await?;
    let ring = ring_for(&mut Seat::sit(&engine, at_desk(one)).await).await?;
    life.stop();
    life.finished().await;

    let (life, engine) = start(&house, ring).await?;
    let mut citizen = Seat::sit(&engine, at_terminal(terminal)).await;
    let mut desks = [Seat::sit(&engine, at_desk(one)).await, Seat::sit(&engine, at_desk(other)).await];
    let mut by = By { ring, clock: house.clock.clone(), dice: IdSource::seeded(1) };
    let mut told = Vec::new();
    for round in 0..times {
        let race = race(&mut citizen, &mut desks, round, &mut by).await;
        told.extend(race.with_context(|| format!("round {round}, rings of {ring:?}"))?.told);
    }
    life.stop();
    life.finished().await;
    let (tickets, calls) = (
        house.count("SELECT COUNT(*) FROM tickets").await?,
        house.count("SELECT COUNT(*) FROM calls").await?,
    );
    ensure!(
        (tickets, calls) == (times.into(), times.into()),
        "{tickets} tickets, {calls} calls, {times} rounds"
    );
    ensure!(told.len() * 4 >= times as usize, "too few real races: {} of {times}", told.len());
    house.verifies().await?;
    let goal = format!("{times} ×: one winner, the other told < 1 s");
    Ok(vec![absolute("late_accept_race", &told, "s", &goal, 1.0)])
}

async fn start(house: &House, ring: Duration) -> anyhow::Result<(Lifecycle, EngineHandle)> {
    let life = Lifecycle::default();
    let mut policy = Policy::usual("civil".into());
    policy.ring = ring;
    let served = Served { queue: "civil".into(), scenarios: ["disab-living/1".into()].into() };
    policy.items.insert("disab-living".into(), served);
    let parts = EngineParts {
        store: house.store.clone(),
        keys: house.keys.clone(),
        clock: house.clock.clone(),
        policy,
        media: Arc::new(MediaHandle::default()),
    };
    let engine = EngineHandle::start(parts, &life).await?;
    Ok((life, engine))
}

/// A ring that is short and yet heard: several commits long, on this machine as busy as it is.
async fn ring_for(desk: &mut Seat) -> anyhow::Result<Duration> {
    let mut longest = Duration::ZERO;
    for n in 0..TRIALS {
        let reason = if n % 2 == 0 { BreakReason::Short } else { BreakReason::Meal };
        let began = Instant::now();
        desk.done(Says::Clerk(ClerkMessage::SetStatus { status: WishedStatus::Break { reason } })).await?;
        longest = longest.max(began.elapsed());
    }
    desk.done(Says::Clerk(ClerkMessage::SetStatus { status: WishedStatus::OffDuty })).await?;
    Ok((longest * 4).clamp(Duration::from_millis(20), Duration::from_secs(1)))
}

struct By {
    ring: Duration,
    clock: SharedClock,
    dice: IdSource,
}

struct Race {
    /// The first clerk was still in time.
    first_won: bool,
    /// How long the loser waited to be told; none if only one tried.
    told: Option<f64>,
}

/// One ticket, rung at one clerk until the ring ends, then at the other; both answer at about that moment.
async fn race(citizen: &mut Seat, desks: &mut [Seat; 2], round: u32, by: &mut By) -> anyhow::Result<Race> {
    both_ready(desks).await?;
    citizen.done(Says::Terminal(take(u128::from(round) + 1))).await?;
    for _ in 0..MISSES {
        if let Some((first, race)) = answers(desks, by).await? {
            let winner = if race.first_won { first } else { 1 - first };
            let call = citizen.in_call().await?;
            citizen.done(Says::Terminal(TerminalMessage::HangUp { call })).await?;
            citizen.done(Says::Terminal(TerminalMessage::Wiped)).await?;
            let finish = ClerkMessage::FinishWrapUp { result: CallResult::Advice, note: String::new() };
            desks[winner].done(Says::Clerk(finish)).await?;
            return Ok(race);
        }
        both_ready(desks).await?;
    }
    bail!("both missed their ring {MISSES} times")
}

/// Both at once, because the ticket that waits rings at the first.
async fn both_ready([one, other]: &mut [Seat; 2]) -> anyhow::Result<()> {
    tokio::try_join!(one.ready(), other.ready())?;
    Ok(())
}

/// Which clerk was rung first, and how it went; none if nobody answered in time.
async fn answers(desks: &mut [Seat; 2], by: &mut By) -> anyhow::Result<Option<(usize, Race)>> {
    let Some(first) = first_rung(desks, by.ring).await else { return Ok(None) };
    let [one, other] = desks;
    let (early, late) = if first == 0 { (one, other) } else { (other, one) };
    let Some((old, ends_at)) = early.ring() else { return Ok(None) };
    // Around the end of the ring: a little before, at, and a little after.
    let shift = Duration::from_micros(by.dice.next_u64() % 8_000);
    let press =
        Instant::now() + ends_at.since(by.clock.now()).saturating_sub(Duration::from_millis(3)) + shift;
    let over = Cell::new(false);
    let pressed = async {
        sleep_until(press).await;
        let began = Instant::now();
        let answer = early.ask(Says::Clerk(ClerkMessage::Accept { offer: old })).await?;
        over.set(answer == Common::Done);
        Ok::<_, anyhow::Error>((answer, seconds(began)))
    };
    let answered = async {
        let Some(offer) = late.offer_unless(&over, ends_at, by.ring).await else { return Ok(None) };
        let began = Instant::now();
        let answer = late.ask(Says::Clerk(ClerkMessage::Accept { offer })).await?;
        Ok::<_, anyhow::Error>(Some((answer, seconds(began))))
    };
    let ((first_told, after), answered) = tokio::try_join!(pressed, answered)?;
    let race = match (first_told, answered) {
        (Common::Done, None) => Race { first_won: true, told: None },
        (Common::Done, Some((second, told))) if gone(&second) => Race { first_won: true, told: Some(told) },
        (one, Some((Common::Done, _))) if gone(&one) => Race { first_won: false, told: Some(after) },
        (one, None) if gone(&one) => return Ok(None),
        (one, Some((second, _))) if gone(&one) && gone(&second) => return Ok(None),
        other => bail!("not one winner: {other:?}"),
    };
    Ok(Some((first, race)))
}

fn gone(answer: &Common) -> bool {
    matches!(answer, Common::Error(error) if error.code == ErrorCode::OfferGone)
}

async fn first_rung(desks: &mut [Seat; 2], ring: Duration) -> Option<usize> {
    let heard = async {
        loop {
            for (n, desk) in desks.iter_mut().enumerate() {
                desk.listen();
                if desk.ring().is_some() {
                    return n;
                }
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(ring * 4, heard).await.ok()
}

enum Says {
    Terminal(TerminalMessage),
    Clerk(ClerkMessage),
}

/// Somebody at the engine itself.
struct Seat {
    engine: EngineHandle,
    connection: ConnectionId,
    inbox: Inbox,
    next: u32,
    clerk: Option<ClerkView>,
    terminal: Option<TerminalView>,
}

impl Seat {
    async fn sit(engine: &EngineHandle, who: Visitor) -> Self {
        let (connection, (outbox, inbox)) = (engine.new_connection(), Outbox::channel());
        engine.connected(connection, who, outbox).await;
        Self { engine: engine.clone(), connection, inbox, next: 0, clerk: None, terminal: None }
    }

    /// Takes in what has come, without waiting.
    fn listen(&mut self) {
        while let Some(Delivery::Frame(frame)) = self.inbox.next().now_or_never() {
            self.hear(frame);
        }
    }

    fn hear(&mut self, frame: Outgoing) -> Option<(u32, Common)> {
        match frame {
            Outgoing::Answer { re, body } => return Some((re, body)),
            Outgoing::Clerk(ClerkNews::View(view)) => self.clerk = Some(*view),
            Outgoing::Terminal(TerminalNews::View(view)) => self.terminal = Some(*view),
            _ => {}
        }
        None
    }

    async fn next(&mut self) -> anyhow::Result<Option<(u32, Common)>> {
        match timeout(PATIENCE, self.inbox.next()).await.context("silence")? {
            Delivery::Frame(frame) => Ok(self.hear(frame)),
            Delivery::Close(reason) => bail!("closed: {reason:?}"),
        }
    }

    async fn ask(&mut self, what: Says) -> anyhow::Result<Common> {
        self.next += 1;
        match what {
            Says::Terminal(message) => self.engine.terminal(self.connection, self.next, message).await,
            Says::Clerk(message) => self.engine.clerk(self.connection, self.next, message).await,
        }
        loop {
            if let Some((re, body)) = self.next().await?
                && re == self.next
            {
                return Ok(body);
            }
        }
    }

    async fn done(&mut self, what: Says) -> anyhow::Result<()> {
        match self.ask(what).await? {
            Common::Done => Ok(()),
            other => bail!("not done: {other:?}"),
        }
    }

    /// Goes on duty; a ring that nobody heard in time must end first.
    async fn ready(&mut self) -> anyhow::Result<()> {
        loop {
            match self.ask(Says::Clerk(ClerkMessage::SetStatus { status: WishedStatus::Ready })).await? {
                Common::Done => return Ok(()),
                Common::Error(error) if error.code == ErrorCode::Stale => self.next().await?,
                other => bail!("not ready: {other:?}"),
            };
        }
    }

    /// What rings here, and until when.
    fn ring(&self) -> Option<(OfferId, Timestamp)> {
        match &self.clerk.as_ref()?.status {
            ClerkStatus::Ringing { offer } => Some((offer.id, offer.ends_at)),
            _ => None,
        }
    }

    /// The next ring; none once the other clerk has answered, or if it does not come.
    async fn offer_unless(
        &mut self,
        over: &Cell<bool>,
        before: Timestamp,
        ring: Duration,
    ) -> Option<OfferId> {
        let heard = async {
            loop {
                self.listen();
                match self.ring() {
                    Some((offer, ends_at)) if ends_at > before => return Some(offer),
                    _ if over.get() => return None,
                    _ => tokio::task::yield_now().await,
                }
            }
        };
        timeout(ring * 4, heard).await.unwrap_or(None)
    }

    async fn in_call(&mut self) -> anyhow::Result<CallId> {
        loop {
            if let Some(TerminalView { stage: TerminalStage::InCall { call }, .. }) = &self.terminal {
                return Ok(call.id);
            }
            self.next().await?;
        }
    }
}

fn at_terminal(id: TerminalId) -> Visitor {
    let site = SiteView {
        code: "S10".into(),
        name: "演练点".into(),
        name_zh_hk: "演練點".into(),
        name_en: "Drill".into(),
        languages: vec![Spoken::Zh],
    };
    Visitor::Terminal { id, hub: "main".into(), site }
}

fn at_desk(id: StaffId) -> Visitor {
    Visitor::Clerk(ClerkProfile {
        id,
        name: "演练员".into(),
        number: "0312".into(),
        hub: "main".into(),
        skill_groups: vec!["civil".into()],
        languages: vec![Spoken::Zh],
    })
}
