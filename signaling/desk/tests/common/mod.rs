//! One harness for the desk's seam: people by name, virtual time, exact outputs.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, missing_docs, unreachable_pub)]
pub mod naive;
pub mod steps;

use desk::{
    ClerkProfile, Desk, DeskEvent, Fact, Input, Outgoing, Output, Policy, Record, Served, Subject, Visitor,
};
use protocol::ids::*;
use protocol::*;
use std::collections::BTreeMap;
use uuid::Uuid;

pub struct Story {
    pub desk: Desk,
    pub now: Timestamp,
    pub ids: IdSource,
    /// What a store would hold, in order.
    pub records: Vec<Record>,
    pub cases: BTreeMap<TicketId, CaseBrief>,
    /// What each clerk serves: who comes anew serves the same.
    queues: BTreeMap<u8, Vec<String>>,
    next_frame: u32,
}

pub fn policy() -> Policy {
    let mut policy = Policy::usual("general".into());
    policy.items = catalogue(0);
    policy.purposes.insert(protocol::ConsentPurpose::Recording);
    for (queue, letter) in [("social", 'B'), ("civil", 'C'), ("general", 'A')] {
        policy.letters.insert(queue.into(), letter);
    }
    policy
}

/// Versions of the catalogue, as lists: item, queue, scenarios.
pub const CATALOGUES: [&[(&str, &str, &[&str])]; 2] = [
    &[
        ("pension", "social", &["pension/1"]),
        ("subsidy", "civil", &["subsidy/1", "subsidy/2"]),
        ("ask", "general", &[]),
    ],
    // An item moves to another queue and loses a scenario, one gains one, one goes.
    &[("pension", "civil", &["pension/1", "pension/2"]), ("subsidy", "social", &["subsidy/2"])],
];

pub fn catalogue(version: usize) -> BTreeMap<ItemCode, Served> {
    let served = |queue: &str, scenarios: &[&str]| Served {
        queue: queue.into(),
        scenarios: scenarios.iter().map(|one| (*one).into()).collect(),
    };
    CATALOGUES[version].iter().map(|(item, queue, of)| ((*item).into(), served(queue, of))).collect()
}

pub fn terminal(n: u8) -> Visitor {
    Visitor::Terminal {
        id: terminal_id(n),
        hub: "hub".into(),
        site: SiteView {
            code: SiteCode(format!("S{n:02}")),
            name: format!("{n} 号点"),
            name_zh_hk: format!("{n} 號點"),
            name_en: format!("Site {n}"),
            languages: vec![Spoken::Zh],
        },
    }
}

pub fn terminal_id(n: u8) -> TerminalId {
    TerminalId(Uuid::from_u128(0x100 + u128::from(n)))
}

pub fn clerk_id(n: u8) -> StaffId {
    StaffId(Uuid::from_u128(0x200 + u128::from(n)))
}

pub fn clerk(n: u8, queues: &[&str]) -> Visitor {
    Visitor::Clerk(ClerkProfile {
        id: clerk_id(n),
        name: format!("clerk {n}"),
        number: format!("{n:04}"),
        hub: "hub".into(),
        skill_groups: queues.iter().map(|q| (*q).into()).collect(),
        languages: vec![Spoken::Zh],
    })
}

/// Terminals use connections 1.., clerks 1001.. by default.
pub fn terminal_line(n: u8) -> ConnectionId {
    ConnectionId(u64::from(n))
}
pub fn clerk_line(n: u8) -> ConnectionId {
    ConnectionId(1000 + u64::from(n))
}

impl Story {
    pub fn new() -> Self {
        Self {
            desk: Desk::new(policy()),
            now: Timestamp(1_773_194_880_000_000),
            ids: IdSource::seeded(7),
            records: Vec::new(),
            cases: BTreeMap::new(),
            queues: BTreeMap::new(),
            next_frame: 0,
        }
    }

    pub fn input(&mut self, input: Input) -> Vec<Output> {
        let out = self.desk.handle(input, self.now, &mut self.ids);
        self.keep(&out);
        out
    }

    pub fn keep(&mut self, out: &[Output]) {
        for output in out {
            match output {
                Output::Event(DeskEvent::Stored(record)) => self.records.push(record.clone()),
                Output::Event(DeskEvent::CaseSeen { ticket, case }) => {
                    self.cases.insert(*ticket, case.clone());
                }
                _ => {}
            }
        }
    }

    pub fn after(&mut self, seconds: u64) -> Vec<Output> {
        let end = self.now.plus(std::time::Duration::from_secs(seconds));
        let mut all = Vec::new();
        while let Some(due) = self.desk.due().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            all.extend(self.input(Input::Tick));
        }
        self.now = end;
        all
    }

    pub fn terminal_here(&mut self, n: u8) -> Vec<Output> {
        self.input(Input::Connected { connection: terminal_line(n), who: terminal(n) })
    }

    pub fn clerk_here(&mut self, n: u8, queues: &[&str]) -> Vec<Output> {
        self.queues.insert(n, queues.iter().map(|queue| (*queue).to_owned()).collect());
        self.input(Input::Connected { connection: clerk_line(n), who: clerk(n, queues) })
    }

    /// A connection falls quiet, or is heard again.
    pub fn quiet(&mut self, connection: ConnectionId, on: bool) -> Vec<Output> {
        self.input(if on { Input::Quiet { connection } } else { Input::Heard { connection } })
    }

    pub fn says(&mut self, n: u8, message: TerminalMessage) -> Vec<Output> {
        self.next_frame += 1;
        self.input(Input::Terminal { connection: terminal_line(n), id: self.next_frame, message })
    }

    pub fn asks(&mut self, n: u8, message: ClerkMessage) -> Vec<Output> {
        self.next_frame += 1;
        self.input(Input::Clerk { connection: clerk_line(n), id: self.next_frame, message })
    }

    pub fn ready(&mut self, n: u8) -> Vec<Output> {
        self.asks(n, ClerkMessage::SetStatus { status: WishedStatus::Ready })
    }

    pub fn takes(&mut self, n: u8, item: &str) -> TicketId {
        let out = self.says(n, take(u128::from(self.next_frame), Some(item)));
        ticket_taken(&out).expect("a ticket")
    }

    /// The offer that rings at a clerk, as the clerk's page knows it.
    pub fn ring_at(&self, n: u8) -> Option<OfferId> {
        match self.clerk_status(n)? {
            ClerkStatus::Ringing { offer } => Some(offer.id),
            _ => None,
        }
    }

    pub fn accepts(&mut self, n: u8) -> CallId {
        let offer = self.ring_at(n).expect("a ring");
        let out = self.asks(n, ClerkMessage::Accept { offer });
        assert_eq!(answer(&out), Some(Common::Done));
        out.iter()
            .find_map(|o| match o {
                Output::Event(DeskEvent::Stored(Record { fact: Fact::CallStarted { call, .. }, .. })) => {
                    Some(*call)
                }
                _ => None,
            })
            .expect("a call")
    }

    /// What a page is told when it comes (again) just now; the machine itself is not touched.
    pub fn clerk_status(&self, n: u8) -> Option<ClerkStatus> {
        let mut desk = self.desk.clone();
        let mut ids = self.ids.clone();
        let queues: Vec<&str> = self.queues.get(&n).into_iter().flatten().map(String::as_str).collect();
        let out = desk.handle(
            Input::Connected { connection: ConnectionId(9_999), who: clerk(n, &queues) },
            self.now,
            &mut ids,
        );
        out.into_iter().find_map(|o| match o {
            Output::Send(ConnectionId(9_999), Outgoing::Clerk(ClerkNews::View(view))) => Some(view.status),
            _ => None,
        })
    }

    pub fn terminal_stage(&self, n: u8) -> Option<TerminalStage> {
        let mut desk = self.desk.clone();
        let mut ids = self.ids.clone();
        let out = desk.handle(
            Input::Connected { connection: ConnectionId(9_998), who: terminal(n) },
            self.now,
            &mut ids,
        );
        out.into_iter().find_map(|o| match o {
            Output::Send(ConnectionId(9_998), Outgoing::Terminal(TerminalNews::View(view))) => {
                Some(view.stage)
            }
            _ => None,
        })
    }

    /// What a store reads back: all records of open visits, a clerk's newest of each kind, the day's numbers, the cases.
    pub fn stored(&self) -> Vec<DeskEvent> {
        let closed: Vec<_> = self
            .records
            .iter()
            .filter_map(|r| match &r.fact {
                Fact::VisitClosed { ticket } => Some(Subject::Visit(*ticket)),
                _ => None,
            })
            .collect();
        let mut newest: BTreeMap<(Subject, bool), usize> = BTreeMap::new();
        for (n, record) in self.records.iter().enumerate() {
            if let subject @ Subject::Clerk(_) = record.fact.subject() {
                newest.insert((subject, matches!(record.fact, Fact::NextStatus { .. })), n);
            }
        }
        let mut events: Vec<DeskEvent> = Vec::new();
        for record in &self.records {
            if let Fact::TicketTaken(taken) = &record.fact {
                let (skill_group, day, last) = (taken.skill_group.clone(), taken.day, taken.n);
                events.push(DeskEvent::NumbersSeen { skill_group, day, last });
            }
        }
        for (n, record) in self.records.iter().enumerate() {
            let subject = record.fact.subject();
            let kept = match subject {
                Subject::Visit(_) => !closed.contains(&subject),
                Subject::Clerk(_) => newest.values().any(|kept| *kept == n),
            };
            if kept {
                events.push(DeskEvent::Stored(record.clone()));
            }
        }
        for (ticket, case) in &self.cases {
            events.push(DeskEvent::CaseSeen { ticket: *ticket, case: case.clone() });
        }
        events
    }
}

/// A terminal and a clerk in a call, with its ticket.
pub fn called() -> (Story, TicketId, CallId) {
    let mut s = Story::new();
    s.terminal_here(1);
    s.clerk_here(1, &["civil"]);
    s.ready(1);
    let ticket = s.takes(1, "subsidy");
    let call = s.accepts(1);
    (s, ticket, call)
}

pub fn media(out: &[Output]) -> Vec<desk::MediaIntent> {
    out.iter()
        .filter_map(|o| match o {
            Output::Media(intent) => Some(*intent),
            _ => None,
        })
        .collect()
}

pub fn take(key: u128, item: Option<&str>) -> TerminalMessage {
    take_for(key, item, None)
}

pub fn take_for(key: u128, item: Option<&str>, scenario: Option<&str>) -> TerminalMessage {
    TerminalMessage::TakeTicket {
        key: Uuid::from_u128(key),
        item: item.map(Into::into),
        scenario: scenario.map(Into::into),
        locale: Locale::ZhCn,
        spoken: Spoken::Zh,
        id_number: None,
        missing: vec![],
        consents: vec![],
    }
}

pub fn ticket_taken(out: &[Output]) -> Option<TicketId> {
    facts(out).into_iter().find_map(|fact| match fact {
        Fact::TicketTaken(taken) => Some(taken.ticket),
        _ => None,
    })
}

pub fn facts(out: &[Output]) -> Vec<Fact> {
    out.iter()
        .filter_map(|o| match o {
            Output::Event(DeskEvent::Stored(record)) => Some(record.fact.clone()),
            _ => None,
        })
        .collect()
}

pub fn answer(out: &[Output]) -> Option<Common> {
    let answers: Vec<_> = out
        .iter()
        .filter_map(|o| match o {
            Output::Send(_, Outgoing::Answer { body, .. }) => Some(body.clone()),
            _ => None,
        })
        .collect();
    assert!(answers.len() <= 1, "one answer at most: {answers:?}");
    answers.into_iter().next()
}

pub fn refusal(out: &[Output]) -> Option<ErrorCode> {
    match answer(out)? {
        Common::Error(error) => {
            let events = out.iter().filter(|o| matches!(o, Output::Event(_))).count();
            assert_eq!(events, 0, "a refused request changes nothing");
            Some(error.code)
        }
        _ => None,
    }
}
