//! A visit, and what the database says of it.
use super::*;
use crate::store::ledger::{self, Actor, Aggregate};

#[tokio::test]
async fn a_visit_leaves_its_whole_story_in_the_database() {
    let mut floor = Floor::new(1, 1).await;
    let call = floor.in_call(0, 0).await;
    let (a, b) = (floor.terminal(0), floor.clerk(0));
    assert_eq!(
        floor.media.told().last(),
        Some(&MediaIntent::Connect { a, b }),
        "after what must not be heard"
    );
    floor.house.rig.clock.advance(Duration::from_secs(5));
    let steps = [
        floor.asks(
            0,
            ClerkMessage::AskAssist { call, capabilities: vec![Capability::Point, Capability::Fill] },
        ),
        floor.says(0, TerminalMessage::AnswerAssist { call, granted: vec![Capability::Fill], shown: None }),
        floor.asks(
            0,
            ClerkMessage::FormSet { call, field: "phone".into(), text: "13800136621".into(), base: 0 },
        ),
        floor.says(0, TerminalMessage::StopAssist { call }),
        floor.says(0, TerminalMessage::SetMedia { call, muted: true, camera_off: false }),
        floor.asks(0, ClerkMessage::HangUp { call }),
        floor.says(0, TerminalMessage::Rate { call, score: 4, reason: Some("等太久".into()) }),
        floor.says(0, TerminalMessage::Wiped),
        floor.asks(0, ClerkMessage::FinishWrapUp { result: CallResult::Advice, note: "讲了材料".into() }),
    ];
    floor.rest().await;
    steps.iter().for_each(|step| floor.done(*step));

    assert_eq!(floor.words("SELECT state FROM tickets WHERE closed_at IS NOT NULL").await, ["served"]);
    assert_eq!(floor.words("SELECT number FROM tickets").await, ["C001"]);
    assert_eq!(
        floor.words("SELECT how || ' ' || result FROM calls WHERE wrapped_up_at >= ended_at").await,
        ["by_clerk advice"]
    );
    assert_eq!(
        floor.words("SELECT role FROM call_parties WHERE left_at IS NOT NULL ORDER BY role").await,
        ["citizen", "clerk"]
    );
    let consents =
        "SELECT purpose || ' ' || granted || ' ' || (withdrawn_at IS NOT NULL) FROM consents ORDER BY place";
    assert_eq!(floor.words(consents).await, ["recording 0 0", "assist_point 0 0", "assist_fill 1 1"]);
    assert_eq!(floor.count("SELECT score FROM ratings").await, 4);

    let chain =
        ledger::chain(floor.store().reader(), &floor.house.rig.keys, Aggregate::Call(call)).await.unwrap();
    let kinds: Vec<_> = chain.iter().map(|event| event.kind.as_str()).collect();
    let expected = [
        "call_started",
        "consent",
        "assist_asked",
        "assist_answered",
        "form_written",
        "assist_stopped",
        "media_set",
        "call_ended",
        "rated",
        "wrap_up_finished",
    ];
    assert_eq!(kinds, expected);
    let written = &chain[4];
    assert_eq!(written.actor, Actor::Staff(floor.clerks[0]));
    assert_eq!(written.facts["offset_ms"], 5000);
    assert_eq!(written.payload.as_ref().unwrap()["text"], "13800136621");
    assert_eq!(chain[3].actor, Actor::Terminal(floor.terminals[0]));
    floor.verifies().await;
}

#[tokio::test]
async fn what_is_personal_stands_nowhere_in_the_clear() {
    let mut floor = Floor::new(1, 1).await;
    let call = floor.in_call(0, 0).await;
    floor.asks(0, ClerkMessage::HangUp { call });
    floor.says(0, TerminalMessage::Rate { call, score: 5, reason: Some("态度不好".into()) });
    floor.asks(0, ClerkMessage::FinishWrapUp { result: CallResult::Advice, note: "王大力来问".into() });
    floor.rest().await;
    assert_eq!(floor.count("SELECT COUNT(*) FROM ratings").await, 1);
    floor.house.rig.store.close().await;
    for name in ["test.db", "test.db-wal"] {
        let Ok(bytes) = std::fs::read(floor.house.rig.folder.path().join(name)) else { continue };
        for secret in ["11010519491231002X", "态度不好", "王大力来问"] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret} in {name}");
        }
    }
}

#[tokio::test]
async fn nothing_is_said_before_it_is_durable() {
    let mut floor = Floor::new(1, 1).await;
    floor.comes(floor.terminal(0));
    floor.comes(floor.clerk(0));
    floor.asks(0, ClerkMessage::SetStatus { status: WishedStatus::Ready });
    floor.rest().await;
    let ticket = floor.says(0, take(1));
    floor.listen();
    assert_eq!(floor.answer(ticket), None, "decided, not durable");
    assert!(matches!(floor.stage(0), TerminalStage::Free));
    assert_eq!(floor.ring(0), None);
    floor.rest().await;
    floor.done(ticket);
    let offer = floor.ring(0).unwrap();
    assert!(matches!(floor.stage(0), TerminalStage::Ringing { .. }));

    floor.media.told();
    let accepted = floor.asks(0, ClerkMessage::Accept { offer });
    assert_eq!(floor.media.told(), [], "media waits for the record");
    floor.rest().await;
    floor.done(accepted);
    assert!(floor.media.told().iter().any(|intent| matches!(intent, MediaIntent::Connect { .. })));
    assert_eq!(floor.count("SELECT COUNT(*) FROM calls").await, 1);
}

#[tokio::test]
async fn many_inputs_share_one_commit() {
    let mut floor = Floor::new(20, 0).await;
    let mut tickets = Vec::new();
    for n in 0..20 {
        floor.comes(floor.terminal(n));
        tickets.push(floor.says(n, take(n as u128)));
    }
    let mut commits = 0;
    while floor.engine.one_commit().await {
        commits += 1;
    }
    floor.listen();
    tickets.iter().for_each(|ticket| floor.done(*ticket));
    assert_eq!(commits, 1);
    assert_eq!(floor.count("SELECT MAX(n) FROM tickets").await, 20);
}

#[tokio::test]
async fn the_same_request_twice_is_one_row_and_one_answer_each() {
    let mut floor = Floor::new(1, 1).await;
    floor.comes(floor.terminal(0));
    floor.comes(floor.clerk(0));
    floor.asks(0, ClerkMessage::SetStatus { status: WishedStatus::Ready });
    // In one commit, and in two.
    let same = [floor.says(0, take(1)), floor.says(0, take(1))];
    floor.rest().await;
    let again = floor.says(0, take(1));
    let other = floor.says(0, take(2));
    floor.rest().await;
    same.into_iter().chain([again]).for_each(|re| floor.done(re));
    floor.refused(other, ErrorCode::AlreadyWaiting);
    assert_eq!(floor.count("SELECT COUNT(*) FROM tickets").await, 1);

    let offer = floor.ring(0).unwrap();
    let accepts = [0, 1].map(|_| floor.asks(0, ClerkMessage::Accept { offer }));
    floor.rest().await;
    accepts.iter().for_each(|re| floor.done(*re));
    assert_eq!(floor.count("SELECT COUNT(*) FROM calls").await, 1);
    // And after a restart.
    floor.restart().await;
    floor.comes(floor.terminal(0));
    floor.comes(floor.clerk(0));
    let (ticket, accept) = (floor.says(0, take(1)), floor.asks(0, ClerkMessage::Accept { offer }));
    floor.rest().await;
    floor.done(ticket);
    floor.done(accept);
    assert_eq!(floor.count("SELECT (SELECT COUNT(*) FROM tickets) + (SELECT COUNT(*) FROM calls)").await, 2);
}

#[tokio::test]
async fn numbers_go_on_after_a_restart_and_start_again_the_next_day() {
    let mut floor = Floor::new(1, 0).await;
    for (key, number) in [(1, "C001"), (2, "C002")] {
        floor.comes(floor.terminal(0));
        floor.says(0, take(key));
        floor.rest().await;
        let TerminalStage::Waiting { ticket, .. } = floor.stage(0) else { panic!("not waiting") };
        assert_eq!(ticket.number, number);
        let given_up = floor.says(0, TerminalMessage::CancelTicket { ticket: ticket.id });
        floor.rest().await;
        floor.done(given_up);
        floor.restart().await;
    }
    floor.after(24 * 3600);
    floor.comes(floor.terminal(0));
    floor.says(0, take(3));
    floor.rest().await;
    let TerminalStage::Waiting { ticket, .. } = floor.stage(0) else { panic!("not waiting") };
    assert_eq!(ticket.number, "C001");
}
