//! The handle and the running task.
use super::*;
use crate::cases::{Live, News};
use crate::engine::{EngineHandle, OUTBOX_FRAMES};
use crate::media_io::MediaEvent;

/// Somebody with a connection to a running engine.
pub(super) struct Guest {
    engine: EngineHandle,
    connection: ConnectionId,
    inbox: Inbox,
    next: u32,
    terminal: Option<TerminalView>,
    clerk: Option<ClerkView>,
    pub(super) others: Vec<Outgoing>,
}

pub(super) fn at_terminal(id: TerminalId) -> Visitor {
    let site = SiteView {
        code: "S10".into(),
        name: "示范点".into(),
        name_zh_hk: "示範點".into(),
        name_en: "Site".into(),
        languages: vec![Spoken::Zh],
    };
    Visitor::Terminal { id, hub: "main".into(), site }
}

pub(super) fn at_desk(id: StaffId) -> Visitor {
    Visitor::Clerk(desk::ClerkProfile {
        id,
        name: "陈敏".into(),
        number: "0312".into(),
        hub: "main".into(),
        skill_groups: vec!["civil".into()],
        languages: vec![Spoken::Zh],
    })
}

impl Guest {
    pub(super) async fn comes(engine: &EngineHandle, who: Visitor) -> Self {
        let connection = engine.new_connection();
        let (outbox, inbox) = Outbox::channel();
        engine.connected(connection, who, outbox).await;
        let (engine, others) = (engine.clone(), Vec::new());
        Self { engine, connection, inbox, next: 0, terminal: None, clerk: None, others }
    }

    /// The next frame; views are remembered.
    async fn next(&mut self) -> Outgoing {
        let next = tokio::time::timeout(Duration::from_secs(20), self.inbox.next()).await;
        let Delivery::Frame(frame) = next.expect("a frame in time") else { panic!("closed") };
        match &frame {
            Outgoing::Terminal(TerminalNews::View(view)) => self.terminal = Some((**view).clone()),
            Outgoing::Clerk(ClerkNews::View(view)) => self.clerk = Some((**view).clone()),
            other => self.others.push(other.clone()),
        }
        frame
    }

    pub(super) async fn closed(&mut self) -> CloseReason {
        loop {
            match tokio::time::timeout(Duration::from_secs(20), self.inbox.next()).await.expect("in time") {
                Delivery::Frame(_) => {}
                Delivery::Close(reason) => return reason,
            }
        }
    }

    async fn answer(&mut self, id: u32) -> Common {
        loop {
            if let Outgoing::Answer { re, body } = self.next().await
                && re == id
            {
                return body;
            }
        }
    }

    pub(super) async fn says(&mut self, message: TerminalMessage) -> Common {
        self.next += 1;
        self.engine.terminal(self.connection, self.next, message).await;
        self.answer(self.next).await
    }

    pub(super) async fn asks(&mut self, message: ClerkMessage) -> Common {
        self.next += 1;
        self.engine.clerk(self.connection, self.next, message).await;
        self.answer(self.next).await
    }

    pub(super) async fn ring(&mut self) -> OfferId {
        loop {
            if let Some(ClerkView { status: ClerkStatus::Ringing { offer }, .. }) = &self.clerk {
                return offer.id;
            }
            self.next().await;
        }
    }

    pub(super) async fn call(&mut self) -> CallId {
        loop {
            if let Some(TerminalView { stage: TerminalStage::InCall { call }, .. }) = &self.terminal {
                return call.id;
            }
            self.next().await;
        }
    }

    async fn status(&mut self, wanted: impl Fn(&ClerkStatus) -> bool) {
        while !self.clerk.as_ref().is_some_and(|view| wanted(&view.status)) {
            self.next().await;
        }
    }
}

struct Running {
    house: House,
    life: Lifecycle,
    engine: EngineHandle,
}

impl Running {
    async fn new() -> Self {
        let house = House::new().await;
        let life = Lifecycle::default();
        let parts = parts(&house, &Arc::new(Witness::default()));
        let engine = EngineHandle::start(parts, &life).await.unwrap();
        Self { house, life, engine }
    }

    async fn pair(&self) -> (Guest, Guest) {
        let terminal = self.house.terminal("S10").await.0;
        let clerk = self.house.clerk("lin", &[Role::Clerk]).await;
        let mut citizen = Guest::comes(&self.engine, at_terminal(terminal)).await;
        let mut desk = Guest::comes(&self.engine, at_desk(clerk)).await;
        assert_eq!(desk.asks(ClerkMessage::SetStatus { status: WishedStatus::Ready }).await, Common::Done);
        assert_eq!(citizen.says(take(1)).await, Common::Done);
        (citizen, desk)
    }
}

#[tokio::test]
async fn cases_ask_who_is_in_which_call_and_tell_what_changed() {
    let house = Running::new().await;
    let (mut citizen, mut desk) = house.pair().await;
    let offer = desk.ring().await;
    desk.asks(ClerkMessage::Accept { offer }).await;
    let call = citizen.call().await;
    let staff = house.engine.present_staff().await;
    assert_eq!(staff.len(), 1);
    let facts = house.engine.call_of(Party::Staff(staff[0])).await.expect("in a call");
    assert_eq!((facts.call, facts.running), (call, true));
    assert_eq!(house.engine.counts(), desk::Counts { terminals: 1, clerks: 1, waiting: 0, calls: 1 });

    let case = CaseBrief {
        id: CaseId(Uuid::from_u128(9)),
        number: "2026-000001".into(),
        state: CaseState::Intake,
        version: 1,
        item: "disab-living".into(),
        scenario: "disab-living/1".into(),
        owner: staff[0],
        owner_name: "陈敏".into(),
        materials: vec![],
        papers: vec![],
        open_handoff: None,
    };
    house.engine.publish(News::Case { call: Some(call), case: case.clone(), concerns: staff.clone() }).await;
    loop {
        if let Outgoing::Terminal(TerminalNews::View(view)) = citizen.next().await
            && let TerminalStage::InCall { call } = view.stage
            && call.case.is_some()
        {
            break;
        }
    }
    desk.status(|status| matches!(status, ClerkStatus::InCall { call } if call.case.is_some())).await;
    let told = Outgoing::Clerk(ClerkNews::CaseChanged { case: Box::new(case) });
    assert!(desk.others.contains(&told));
}

#[tokio::test]
async fn receipts_of_papers_are_answered_by_whoever_notes_them() {
    let house = Running::new().await;
    let terminal = house.house.terminal("S10").await.0;
    let mut citizen = Guest::comes(&house.engine, at_terminal(terminal)).await;
    let paper = PaperId(Uuid::from_u128(3));
    let nobody = citizen.says(TerminalMessage::PaperReceived { paper }).await;
    assert!(matches!(nobody, Common::Error(ErrorBody { code: ErrorCode::Internal, .. })), "{nobody:?}");
    house.engine.set_receipts(Arc::new(Noted));
    assert_eq!(citizen.says(TerminalMessage::PaperReceived { paper }).await, Common::Done);
}

#[tokio::test]
async fn a_ring_that_nobody_answers_ends_by_time() {
    let house = Running::new().await;
    let (mut citizen, mut desk) = house.pair().await;
    desk.ring().await;
    house.house.rig.clock.advance(Duration::from_secs(25));
    // Any input lets the task look at the clock; the real one wakes it by itself.
    house.engine.present_staff().await;
    desk.status(|status| matches!(status, ClerkStatus::NotReady { reason: NotReadyReason::NoAnswer })).await;
    while !matches!(citizen.terminal, Some(TerminalView { stage: TerminalStage::Waiting { .. }, .. })) {
        citizen.next().await;
    }
}

#[tokio::test]
async fn a_second_connection_replaces_the_first_and_a_lost_media_connection_is_told() {
    let house = Running::new().await;
    let id = house.house.terminal("S10").await.0;
    let mut citizen = Guest::comes(&house.engine, at_terminal(id)).await;
    let mut second = Guest::comes(&house.engine, at_terminal(id)).await;
    assert_eq!(citizen.closed().await, CloseReason::Replaced);
    house.engine.media(MediaEvent::Down(Party::Terminal(id))).await;
    while !second.others.contains(&Outgoing::Common(Common::MediaGone)) {
        second.next().await;
    }
}

#[tokio::test]
async fn whoever_is_revoked_is_closed_and_the_ticket_waits_for_another() {
    let house = Running::new().await;
    let (mut citizen, mut desk) = house.pair().await;
    let offer = desk.ring().await;
    desk.asks(ClerkMessage::Accept { offer }).await;
    citizen.call().await;
    let staff = house.engine.present_staff().await[0];
    house.engine.revoked(Party::Staff(staff)).await;
    assert_eq!(desk.closed().await, CloseReason::Revoked);
    while !matches!(citizen.terminal, Some(TerminalView { stage: TerminalStage::Waiting { .. }, .. })) {
        citizen.next().await;
    }
}

#[tokio::test]
async fn a_drain_takes_no_new_work_and_lets_calls_go_on() {
    let house = Running::new().await;
    let (mut citizen, mut desk) = house.pair().await;
    let offer = desk.ring().await;
    desk.asks(ClerkMessage::Accept { offer }).await;
    let call = citizen.call().await;
    house.engine.drain().await;
    let other = house.house.terminal("S11").await.0;
    let mut late = Guest::comes(&house.engine, at_terminal(other)).await;
    let refused = late.says(take(2)).await;
    assert!(matches!(refused, Common::Error(ErrorBody { code: ErrorCode::Draining, .. })), "{refused:?}");
    assert_eq!(house.engine.counts().calls, 1);
    assert_eq!(citizen.says(TerminalMessage::HangUp { call }).await, Common::Done);
    while house.engine.counts().calls > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_reader_that_is_too_slow_is_closed_and_harms_nobody() {
    let house = Running::new().await;
    let (citizen, mut desk) = house.pair().await;
    let offer = desk.ring().await;
    desk.asks(ClerkMessage::Accept { offer }).await;
    let call = house.engine.call_of(Party::Staff(house.engine.present_staff().await[0])).await.unwrap().call;
    for n in 0..=OUTBOX_FRAMES {
        let said = desk.asks(ClerkMessage::Say { call, text: format!("第 {n} 句") }).await;
        assert_eq!(said, Common::Done);
    }
    let mut citizen = citizen;
    assert_eq!(citizen.closed().await, CloseReason::TooSlow);
}

#[tokio::test]
async fn an_overloaded_desk_says_so_and_one_that_has_ended_too() {
    let engine = EngineHandle::default();
    let (outbox, mut inbox) = Outbox::channel();
    let connection = engine.new_connection();
    engine.connected(connection, at_terminal(TerminalId(Uuid::nil())), outbox.clone()).await;
    assert_eq!(inbox.next().await, Delivery::Close(CloseReason::Restarting));
    assert!(!engine.health().ready());
    assert_eq!(engine.call_of(Party::Terminal(TerminalId(Uuid::nil()))).await, None);
    assert_eq!(engine.present_staff().await, []);

    let (full, _kept) = EngineHandle::with_queue(1);
    let (outbox, mut inbox) = Outbox::channel();
    full.connected(connection, at_terminal(TerminalId(Uuid::nil())), outbox).await;
    full.terminal(connection, 7, TerminalMessage::Wiped).await;
    let Delivery::Frame(Outgoing::Answer { re: 7, body: Common::Error(error) }) = inbox.next().await else {
        panic!("not refused")
    };
    assert_eq!(error.code, ErrorCode::TooMany);
}

#[tokio::test]
async fn an_engine_that_is_stopped_before_it_ran_says_so_too() {
    let house = Running::new().await;
    house.life.stop();
    house.life.finished().await;
    assert!(!house.engine.health().running);
}
