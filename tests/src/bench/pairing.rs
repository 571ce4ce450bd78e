//! What a pairing decision costs: a clerk gets ready and is rung for the oldest of many tickets.
use super::now;
use super::stats::Samples;
use crate::report::{Measurement, Reference};
use anyhow::{Context, ensure};
use desk::{ClerkProfile, Desk, DeskEvent, Fact, Input, Output, Policy, Record, Served, Visitor};
use protocol::ids::{
    ConnectionId, IdSource, ItemCode, OfferId, SiteCode, SkillGroupCode, StaffId, TerminalId,
};
use protocol::{
    ClerkMessage, DeclineReason, Locale, SiteView, Spoken, TerminalMessage, Timestamp, WishedStatus,
};
use std::time::Duration;
use uuid::Uuid;

const CLERKS: u32 = 1_000;
const WAITING: u32 = 10_000;
/// A hundredfold apart, to see how the cost grows.
const FEW: u32 = 1_000;
const MANY: u32 = 100_000;
const QUEUES: u32 = 20;
/// Queues that one clerk serves.
const SERVED: u32 = 4;
const ROUNDS: u32 = 5;
const MOST_US: f64 = 50.0;
/// A hundredfold queue may cost so many times more: a tree is 1.7 times as deep then, and fits the caches less well.
const MOST_GROWTH: f64 = 3.0;

/// A desk with tickets waiting and nobody ready.
struct Hall {
    desk: Desk,
    now: Timestamp,
    ids: IdSource,
    waiting: u32,
    times_us: Samples,
}

impl Hall {
    fn fill(waiting: u32) -> anyhow::Result<Self> {
        let mut hall = Self {
            desk: Desk::new(policy()),
            now: Timestamp(1_773_194_880_000_000),
            ids: IdSource::seeded(7),
            waiting,
            times_us: Samples::new(),
        };
        for n in 0..waiting {
            let connection = ConnectionId(u64::from(n));
            hall.handle(Input::Connected { connection, who: terminal(n) });
            hall.handle(Input::Terminal { connection, id: 1, message: ticket(n) });
        }
        for n in 0..CLERKS {
            hall.handle(Input::Connected { connection: line(n), who: clerk(n) });
        }
        let counts = hall.desk.counts();
        ensure!(counts.waiting == waiting as usize, "{} of {waiting} tickets wait", counts.waiting);
        Ok(hall)
    }

    fn handle(&mut self, input: Input) -> Vec<Output> {
        self.now = self.now.plus(Duration::from_micros(1));
        self.desk.handle(input, self.now, &mut self.ids)
    }

    /// Every clerk gets ready in turn and is rung; then all decline, and it is as before.
    fn round(&mut self) -> anyhow::Result<()> {
        let mut offers = Vec::new();
        for n in 0..CLERKS {
            let message = ClerkMessage::SetStatus { status: WishedStatus::Ready };
            let input = Input::Clerk { connection: line(n), id: 2, message };
            let begin = now();
            let out = self.handle(input);
            self.times_us.add(begin.elapsed().as_secs_f64() * 1e6);
            offers.push((n, offered(&out).with_context(|| format!("clerk {n} was not rung"))?));
        }
        for (n, offer) in offers {
            let message = ClerkMessage::Decline { offer, reason: DeclineReason::Other };
            self.handle(Input::Clerk { connection: line(n), id: 3, message });
        }
        let waiting = self.desk.counts().waiting;
        ensure!(waiting == self.waiting as usize, "{waiting} wait after all declined");
        Ok(())
    }
}

fn offered(out: &[Output]) -> Option<OfferId> {
    out.iter().find_map(|output| match output {
        Output::Event(DeskEvent::Stored(Record { fact: Fact::OfferMade { offer, .. }, .. })) => Some(*offer),
        _ => None,
    })
}

fn queue(n: u32) -> SkillGroupCode {
    SkillGroupCode(format!("queue-{:02}", n % QUEUES))
}

fn policy() -> Policy {
    let mut policy = Policy::usual(queue(0));
    for n in 0..QUEUES {
        let served = Served { queue: queue(n), scenarios: [].into() };
        policy.items.insert(ItemCode(format!("item-{n:02}")), served);
        policy.letters.insert(queue(n), char::from(b'A' + n as u8));
    }
    policy
}

fn terminal(n: u32) -> Visitor {
    let name = format!("site {n}");
    Visitor::Terminal {
        id: TerminalId(Uuid::from_u128(0x1_0000_0000 + u128::from(n))),
        hub: "hub".into(),
        site: SiteView {
            code: SiteCode(format!("S{n}")),
            name: name.clone(),
            name_zh_hk: name.clone(),
            name_en: name,
            languages: vec![Spoken::Zh],
        },
    }
}

fn ticket(n: u32) -> TerminalMessage {
    TerminalMessage::TakeTicket {
        key: Uuid::from_u128(u128::from(n)),
        item: Some(ItemCode(format!("item-{:02}", n % QUEUES))),
        scenario: None,
        locale: Locale::ZhCn,
        spoken: Spoken::Zh,
        id_number: None,
        missing: Vec::new(),
        consents: Vec::new(),
    }
}

fn clerk(n: u32) -> Visitor {
    Visitor::Clerk(ClerkProfile {
        id: StaffId(Uuid::from_u128(0x2_0000_0000 + u128::from(n))),
        name: format!("clerk {n}"),
        number: format!("{n:04}"),
        hub: "hub".into(),
        skill_groups: (0..SERVED).map(|i| queue(n + i * QUEUES / SERVED)).collect(),
        languages: vec![Spoken::Zh],
    })
}

fn line(n: u32) -> ConnectionId {
    ConnectionId(0x1_0000_0000 + u64::from(n))
}

/// Measures with few, the usual number of, and many tickets waiting.
///
/// # Errors
/// When the desk does not do what it should.
pub(super) fn measure() -> anyhow::Result<Vec<Measurement>> {
    let mut halls = [Hall::fill(FEW)?, Hall::fill(WAITING)?, Hall::fill(MANY)?];
    for _ in 0..ROUNDS {
        for hall in &mut halls {
            hall.round()?;
        }
    }
    let [few, usual, many] = &halls;
    let median = |hall: &Hall| hall.times_us.median().context("no decision");
    let (value, growth) = (median(usual)?, median(many)? / median(few)?);
    tracing::info!(few = median(few)?, usual = value, many = median(many)?, "pairing");
    Ok(vec![Measurement {
        name: "pairing_decision_us".into(),
        value,
        unit: "µs".into(),
        spread: usual.times_us.quartiles().context("no decision")?,
        goal: format!(
            "≤ {MOST_US} µs, grows ≤ O(log n): ≤ {MOST_GROWTH} × with 100 × as many waiting (is {growth:.2} ×)"
        ),
        holds: value <= MOST_US && growth <= MOST_GROWTH,
        reference: Some(Reference { name: format!("with {FEW} waiting"), value: median(few)? }),
    }])
}
