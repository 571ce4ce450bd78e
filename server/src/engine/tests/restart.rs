//! A restart finds the desk as it was left, with everybody away.
use super::*;

/// Whether a machine restored from the database is the one that went on, everybody's connection dropped.
pub(super) async fn goes_on(floor: &mut Floor) {
    let mut went_on = floor.engine.ahead.clone();
    let now = floor.engine.moment();
    went_on.everybody_left(now, &mut floor.engine.ids);
    floor.restart().await;
    assert!(floor.engine.ahead.same_as(&went_on), "restored {:#?}\nwent on {went_on:#?}", floor.engine.ahead);
    floor.engine.same();
}

#[tokio::test]
async fn a_call_with_others_waiting_is_restored_to_order_and_waits() {
    let mut floor = Floor::new(21, 1).await;
    let call = floor.in_call(0, 0).await;
    let mut tickets = Vec::new();
    for n in 1..21 {
        floor.comes(floor.terminal(n));
        floor.says(n, take(n as u128));
        floor.rest().await;
        let TerminalStage::Waiting { ticket, position } = floor.stage(n) else { panic!("not waiting") };
        assert_eq!(position.ahead as usize, n - 1);
        tickets.push(ticket);
        floor.house.rig.clock.advance(Duration::from_secs(1));
    }
    let order = floor.engine.ahead.waiting();
    goes_on(&mut floor).await;
    assert_eq!(floor.engine.ahead.waiting(), order);
    for n in [20, 3, 1, 0] {
        floor.comes(floor.terminal(n));
    }
    floor.comes(floor.clerk(0));
    floor.rest().await;
    let TerminalStage::Waiting { ticket, position } = floor.stage(20) else { panic!("not waiting") };
    assert_eq!((ticket, position.ahead), (tickets[19].clone(), 19));
    let TerminalStage::InCall { call: at_terminal } = floor.stage(0) else { panic!("not in the call") };
    let ClerkStatus::InCall { call: at_clerk } = floor.status(0) else { panic!("not in the call") };
    assert_eq!((at_terminal.id, at_clerk.id), (call, call));
    // Their media comes up again, and the desk says once more that they see each other.
    let (a, b) = (floor.terminal(0), floor.clerk(0));
    floor.media.told();
    floor.engine.take(Input::MediaUp { party: a });
    floor.engine.take(Input::MediaUp { party: b });
    floor.rest().await;
    assert!(floor.media.told().contains(&MediaIntent::Connect { a, b }));
}

#[tokio::test]
async fn a_ring_that_was_cut_off_is_a_wait_again() {
    let mut floor = Floor::new(1, 1).await;
    floor.comes(floor.terminal(0));
    floor.comes(floor.clerk(0));
    floor.asks(0, ClerkMessage::SetStatus { status: WishedStatus::Ready });
    floor.says(0, take(1));
    floor.rest().await;
    assert!(floor.ring(0).is_some());
    goes_on(&mut floor).await;
    assert_eq!(floor.words("SELECT state FROM tickets").await, ["waiting"]);
    // Once more: what the first restart brought about was written by it.
    goes_on(&mut floor).await;
    assert_eq!(floor.engine.ahead.waiting().len(), 1);
}

#[tokio::test]
async fn what_is_closed_is_not_read_again() {
    let mut floor = Floor::new(1, 1).await;
    let call = floor.in_call(0, 0).await;
    floor.asks(0, ClerkMessage::HangUp { call });
    floor.says(0, TerminalMessage::Wiped);
    floor.asks(0, ClerkMessage::FinishWrapUp { result: CallResult::Advice, note: String::new() });
    floor.rest().await;
    let open = crate::store::desk::open(floor.store(), &floor.house.rig.keys).await.unwrap();
    assert_eq!(open.calls, []);
    assert_eq!(open.events.len(), 2, "the day's number and the clerk's status: {:?}", open.events);
    assert!(floor.count("SELECT COUNT(*) FROM desk_records").await > 8);
    goes_on(&mut floor).await;
}

#[tokio::test]
async fn the_case_of_an_open_visit_comes_back_with_it() {
    let counter = crate::cases::testing::Counter::new().await;
    let clerk = counter.clerk("lin", "civil-dpf", &["civil", "social"]).await;
    let device = counter.terminal("S10").await;
    let media = Arc::new(Witness::default());
    let mut floor = Floor::over(counter.house.clone(), media).await;
    floor.terminals.push(device.id);
    floor.clerks.push(clerk.id);
    let call = floor.in_call(0, 0).await;
    // The same call, as cases know it.
    let facts = floor.engine.ahead.call_of(floor.terminal(0)).unwrap();
    for who in [floor.terminal(0), floor.clerk(0)] {
        counter.told.facts.lock().unwrap().insert(who, facts.clone());
    }
    let body = crate::cases::testing::application(call, "disab-living", "disab-living/1");
    let case = counter.open_as(&clerk.token, "key-of-the-case", &body).await.ok();
    for news in counter.news() {
        let crate::cases::News::Case { call, case, concerns } = news else { continue };
        floor.engine.take(Input::CaseChanged { call, case, concerns });
    }
    floor.rest().await;
    let seen = floor.engine.ahead.case_of(call).cloned().expect("seen before");
    assert_eq!(seen.number, case["number"]);
    goes_on(&mut floor).await;
    assert_eq!(floor.engine.ahead.case_of(call), Some(&seen));
}
