//! One harness for the engine's seam: a real database, people by number, a clock that is moved by hand. The engine is
//! driven step by step where a test must know what is durable when, and as the running task elsewhere.
use desk::{Input, MediaIntent, Outgoing, Policy, Served, Visitor};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use protocol::ids::*;
use protocol::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

use super::handle::{Intents, Receipts, Shared};
use super::lines::Lines;
use super::task::Engine;
use super::{Delivery, EngineParts, Inbox, Outbox};
use crate::auth::testing::House;
use crate::lifecycle::Lifecycle;
use crate::store::staff::Role;
use crate::store::{Store, verify};

mod faults;
mod held;
mod restart;
mod running;
mod story;

/// Remembers what media was told.
#[derive(Debug, Default)]
struct Witness(Mutex<Vec<MediaIntent>>);

impl Witness {
    fn told(&self) -> Vec<MediaIntent> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Intents for Witness {
    fn apply(&self, intent: MediaIntent) {
        self.0.lock().unwrap().push(intent);
    }
}

/// Notes every paper.
#[derive(Debug)]
struct Noted;

impl Receipts for Noted {
    fn received(&self, _: TerminalId, _: PaperId) -> BoxFuture<'_, Common> {
        std::future::ready(Common::Done).boxed()
    }
}

fn policy() -> Policy {
    let mut policy = Policy::usual("general".into());
    policy.purposes.insert(ConsentPurpose::Recording);
    for (item, queue, letter) in [("disab-living", "civil", 'C'), ("unemp-reg", "social", 'B')] {
        let scenarios = [format!("{item}/1").as_str().into()].into();
        policy.items.insert(item.into(), Served { queue: queue.into(), scenarios });
        policy.letters.insert(queue.into(), letter);
    }
    policy
}

/// Terminals and clerks that the database knows, and what each was told on its newest connection.
struct Floor {
    house: House,
    media: Arc<Witness>,
    engine: Engine,
    terminals: Vec<TerminalId>,
    clerks: Vec<StaffId>,
    seats: BTreeMap<ConnectionId, Inbox>,
    lines: BTreeMap<Party, ConnectionId>,
    views: BTreeMap<Party, View>,
    answers: BTreeMap<u32, Vec<Common>>,
    next_connection: u64,
    next_request: u32,
}

/// What somebody's page shows.
#[derive(Clone, Debug)]
enum View {
    Terminal(TerminalView),
    Clerk(ClerkView),
}

fn parts(house: &House, media: &Arc<Witness>) -> EngineParts {
    EngineParts {
        store: house.rig.store.clone(),
        keys: house.rig.keys.clone(),
        clock: house.clock(),
        policy: policy(),
        media: media.clone(),
    }
}

async fn engine(house: &House, media: &Arc<Witness>) -> Engine {
    let parts = parts(house, media);
    Engine::restore(parts, (Lines::default(), Shared::default()), Lifecycle::default()).await.unwrap()
}

impl Floor {
    async fn new(terminals: usize, clerks: usize) -> Self {
        let mut floor = Self::over(House::new().await, Arc::new(Witness::default())).await;
        for _ in 0..terminals {
            floor.terminals.push(floor.house.terminal("S10").await.0);
        }
        for n in 0..clerks {
            floor.clerks.push(floor.house.clerk(&format!("clerk{n}"), &[Role::Clerk]).await);
        }
        floor
    }

    async fn over(house: House, media: Arc<Witness>) -> Self {
        Self {
            engine: engine(&house, &media).await,
            house,
            media,
            terminals: Vec::new(),
            clerks: Vec::new(),
            seats: BTreeMap::new(),
            lines: BTreeMap::new(),
            views: BTreeMap::new(),
            answers: BTreeMap::new(),
            next_connection: 0,
            next_request: 0,
        }
    }

    fn store(&self) -> &Store {
        &self.house.rig.store
    }

    fn terminal(&self, n: usize) -> Party {
        Party::Terminal(self.terminals[n])
    }

    fn clerk(&self, n: usize) -> Party {
        Party::Staff(self.clerks[n])
    }

    fn visitor(&self, who: Party) -> Visitor {
        match who {
            Party::Terminal(id) => Visitor::Terminal {
                id,
                hub: "main".into(),
                site: SiteView {
                    code: "S10".into(),
                    name: "示范点".into(),
                    name_zh_hk: "示範點".into(),
                    name_en: "Site".into(),
                    languages: vec![Spoken::Zh],
                },
            },
            Party::Staff(id) => Visitor::Clerk(desk::ClerkProfile {
                id,
                name: "陈敏".into(),
                number: "0312".into(),
                hub: "main".into(),
                skill_groups: vec!["civil".into(), "social".into()],
                languages: vec![Spoken::Zh],
            }),
        }
    }

    /// Somebody connects; nothing is committed yet.
    fn comes(&mut self, who: Party) -> ConnectionId {
        self.next_connection += 1;
        let connection = ConnectionId(self.next_connection);
        let (outbox, inbox) = Outbox::channel();
        self.engine.effects.lines.open(connection, outbox);
        self.seats.insert(connection, inbox);
        self.lines.insert(who, connection);
        self.views.remove(&who);
        self.engine.take(Input::Connected { connection, who: self.visitor(who) });
        connection
    }

    fn goes(&mut self, who: Party) {
        let Some(connection) = self.lines.remove(&who) else { return };
        self.engine.effects.lines.forget(connection);
        self.seats.remove(&connection);
        self.views.remove(&who);
        self.engine.take(Input::Disconnected { connection });
    }

    /// Says something; nothing is committed yet. The number under which it is answered.
    fn says(&mut self, n: usize, message: TerminalMessage) -> u32 {
        self.next_request += 1;
        let id = self.next_request;
        if let Some(connection) = self.lines.get(&self.terminal(n)).copied() {
            self.engine.take(Input::Terminal { connection, id, message });
        }
        id
    }

    fn asks(&mut self, n: usize, message: ClerkMessage) -> u32 {
        self.next_request += 1;
        let id = self.next_request;
        if let Some(connection) = self.lines.get(&self.clerk(n)).copied() {
            self.engine.take(Input::Clerk { connection, id, message });
        }
        id
    }

    /// Commits until nothing is left to commit, or nothing goes in any more.
    async fn rest(&mut self) {
        while self.engine.one_commit().await {}
        self.listen();
    }

    /// Reads what everybody was told.
    fn listen(&mut self) {
        for (connection, inbox) in &mut self.seats {
            let who = self.lines.iter().find(|(_, line)| *line == connection).map(|(who, _)| *who);
            while let Some(delivery) = inbox.next().now_or_never() {
                let Delivery::Frame(frame) = delivery else { break };
                match frame {
                    Outgoing::Answer { re, body } => self.answers.entry(re).or_default().push(body),
                    Outgoing::Terminal(TerminalNews::View(view)) => {
                        who.map(|who| self.views.insert(who, View::Terminal(*view)));
                    }
                    Outgoing::Clerk(ClerkNews::View(view)) => {
                        who.map(|who| self.views.insert(who, View::Clerk(*view)));
                    }
                    Outgoing::Common(_) | Outgoing::Terminal(_) | Outgoing::Clerk(_) => {}
                }
            }
        }
    }

    fn answer(&self, re: u32) -> Option<&Common> {
        let answers = self.answers.get(&re)?;
        assert_eq!(answers.len(), 1, "one answer: {answers:?}");
        answers.first()
    }

    #[track_caller]
    fn done(&self, re: u32) {
        assert_eq!(self.answer(re), Some(&Common::Done));
    }

    #[track_caller]
    fn refused(&self, re: u32, code: ErrorCode) {
        match self.answer(re) {
            Some(Common::Error(error)) => assert_eq!(error.code, code, "{}", error.detail),
            other => panic!("not refused: {other:?}"),
        }
    }

    fn stage(&self, n: usize) -> TerminalStage {
        match self.views.get(&self.terminal(n)) {
            Some(View::Terminal(view)) => view.stage.clone(),
            other => panic!("no view: {other:?}"),
        }
    }

    fn status(&self, n: usize) -> ClerkStatus {
        match self.views.get(&self.clerk(n)) {
            Some(View::Clerk(view)) => view.status.clone(),
            other => panic!("no view: {other:?}"),
        }
    }

    fn ring(&self, n: usize) -> Option<OfferId> {
        match self.views.get(&self.clerk(n)) {
            Some(View::Clerk(ClerkView { status: ClerkStatus::Ringing { offer }, .. })) => Some(offer.id),
            _ => None,
        }
    }

    fn call_of(&self, who: Party) -> Option<CallId> {
        self.engine.ahead.call_of(who).map(|facts| facts.call)
    }

    /// Clerk `c` is ready, terminal `t` takes a ticket, and they talk.
    async fn in_call(&mut self, t: usize, c: usize) -> CallId {
        self.comes(self.terminal(t));
        self.comes(self.clerk(c));
        self.asks(c, ClerkMessage::SetStatus { status: WishedStatus::Ready });
        self.says(t, take(u128::from(self.next_request) + 77_000));
        self.rest().await;
        let accepted = self.asks(c, ClerkMessage::Accept { offer: self.ring(c).expect("a ring") });
        self.rest().await;
        self.done(accepted);
        self.call_of(self.terminal(t)).expect("a call")
    }

    fn after(&mut self, seconds: u64) {
        self.house.rig.clock.advance(Duration::from_secs(seconds));
        self.engine.tick();
    }

    /// The process ends here and another one starts on the same database.
    async fn restart(&mut self) {
        self.seats.clear();
        self.lines.clear();
        self.views.clear();
        self.engine = engine(&self.house, &self.media).await;
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.store().reader()).await.unwrap()
    }

    async fn words(&self, sql: &'static str) -> Vec<String> {
        sqlx::query_scalar(sql).fetch_all(self.store().reader()).await.unwrap()
    }

    /// From now on so many percent of the records are refused by a guard, and so many writes of whatever kind break.
    async fn faults(&self, refused: i64, broken: i64) {
        let mut tx = self.store().begin().await.unwrap();
        for sql in [
            "CREATE TABLE IF NOT EXISTS faults (kind TEXT PRIMARY KEY, percent BIGINT)",
            "CREATE TRIGGER IF NOT EXISTS refusing BEFORE INSERT ON desk_records \
             WHEN (abs(random()) % 100) < (SELECT percent FROM faults WHERE kind = 'refused') \
             BEGIN SELECT RAISE(ABORT, 'refused'); END",
            // No constraint: to whoever asks, the database itself is at fault.
            "CREATE TRIGGER IF NOT EXISTS breaking BEFORE INSERT ON desk_records \
             WHEN (abs(random()) % 100) < (SELECT percent FROM faults WHERE kind = 'broken') \
             BEGIN SELECT json('{'); END",
            "CREATE TRIGGER IF NOT EXISTS breaking_all BEFORE INSERT ON meta \
             WHEN (abs(random()) % 100) < (SELECT percent FROM faults WHERE kind = 'broken') \
             BEGIN SELECT json('{'); END",
        ] {
            sqlx::query(sql).execute(&mut *tx).await.unwrap();
        }
        for (kind, percent) in [("refused", refused), ("broken", broken)] {
            sqlx::query("INSERT OR REPLACE INTO faults VALUES ($1, $2)")
                .bind(kind)
                .bind(percent)
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn verifies(&self) {
        let report = verify::verify(self.store(), &self.house.rig.keys, None).await.unwrap();
        assert!(report.is_good(), "{:?}", report.faults);
    }
}

fn take(key: u128) -> TerminalMessage {
    TerminalMessage::TakeTicket {
        key: Uuid::from_u128(key),
        item: Some("disab-living".into()),
        scenario: Some("disab-living/1".into()),
        locale: Locale::ZhCn,
        spoken: Spoken::Zh,
        id_number: Some("11010519491231002X".into()),
        missing: vec!["HK".into()],
        consents: vec![ConsentAnswer {
            purpose: ConsentPurpose::Recording,
            text_version: "recording-2026-01".into(),
            locale: Locale::ZhCn,
            granted: false,
        }],
    }
}
