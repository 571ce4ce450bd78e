//! Commits that fail: only the culprit is refused, nobody hears of what was not written, and what protects acts at once.
use super::*;
use protocol::ids::IdSource;

#[tokio::test]
async fn only_the_culprit_of_a_commit_is_refused() {
    let mut floor = Floor::new(3, 0).await;
    // A terminal that the database does not know: its ticket has no place to refer to.
    floor.terminals[1] = TerminalId(Uuid::from_u128(5));
    let tickets: Vec<_> = (0..3)
        .map(|n| {
            floor.comes(floor.terminal(n));
            floor.says(n, take(n as u128))
        })
        .collect();
    floor.rest().await;
    floor.done(tickets[0]);
    floor.refused(tickets[1], ErrorCode::NotStored);
    floor.done(tickets[2]);
    assert_eq!(floor.words("SELECT number FROM tickets ORDER BY n").await, ["C001", "C002"]);
    assert!(matches!(floor.stage(1), TerminalStage::Free));
    assert!(floor.engine.trouble.is_none());
    floor.engine.same();
}

#[tokio::test]
async fn nothing_goes_in_while_the_database_is_unwell_and_everything_after() {
    let mut floor = Floor::new(2, 1).await;
    floor.comes(floor.terminal(0));
    floor.rest().await;
    floor.faults(0, 100).await;
    let ticket = floor.says(0, take(1));
    let said = floor.says(0, TerminalMessage::CallPerson { on: true });
    floor.comes(floor.terminal(1));
    floor.rest().await;
    floor.refused(ticket, ErrorCode::NotStored);
    floor.done(said);
    assert!(matches!(floor.stage(1), TerminalStage::Free), "who needs no record is served");
    assert!(floor.engine.health().failing_since.is_some());
    assert!(!floor.engine.health().ready());
    assert_eq!(floor.count("SELECT COUNT(*) FROM desk_records").await, 0);

    floor.faults(0, 0).await;
    let ticket = floor.says(0, take(1));
    floor.engine.try_again();
    floor.rest().await;
    floor.done(ticket);
    assert!(floor.engine.health().ready());
    floor.engine.same();
}

#[tokio::test]
async fn facts_wait_for_the_database_and_are_decided_then() {
    let mut floor = Floor::new(1, 1).await;
    floor.comes(floor.terminal(0));
    floor.comes(floor.clerk(0));
    floor.asks(0, ClerkMessage::SetStatus { status: WishedStatus::Ready });
    floor.goes(floor.clerk(0));
    let ticket = floor.says(0, take(1));
    floor.rest().await;
    floor.done(ticket);
    floor.faults(0, 100).await;
    // Coming back would be rung, which needs a record: the arrival waits, and who asks meanwhile is told so.
    floor.comes(floor.clerk(0));
    floor.rest().await;
    let asked = floor.asks(0, ClerkMessage::SetStatus { status: WishedStatus::OffDuty });
    floor.rest().await;
    floor.refused(asked, ErrorCode::NotStored);
    // Longer than a ring lasts: nobody may miss a ring that was never heard.
    floor.after(60);
    floor.engine.try_again();
    floor.rest().await;
    assert_eq!(floor.ring(0), None);

    floor.faults(0, 0).await;
    floor.engine.try_again();
    floor.rest().await;
    floor.after(0);
    floor.rest().await;
    let offer = floor.ring(0).expect("rung once the database is back");
    let accepted = floor.asks(0, ClerkMessage::Accept { offer });
    floor.rest().await;
    floor.done(accepted);
    floor.engine.same();
}

#[tokio::test]
async fn who_came_and_went_while_nothing_could_be_written_is_not_here() {
    let mut floor = Floor::new(1, 1).await;
    floor.comes(floor.terminal(0));
    floor.comes(floor.clerk(0));
    floor.asks(0, ClerkMessage::SetStatus { status: WishedStatus::Ready });
    floor.goes(floor.clerk(0));
    floor.says(0, take(1));
    floor.rest().await;
    floor.faults(0, 100).await;
    floor.comes(floor.clerk(0));
    floor.rest().await;
    floor.goes(floor.clerk(0));
    floor.faults(0, 0).await;
    floor.engine.try_again();
    floor.rest().await;
    assert_eq!(floor.engine.ahead.present_staff(), []);
    assert_eq!(floor.engine.ahead.waiting().len(), 1);
    floor.engine.same();
}

#[tokio::test]
async fn a_silence_of_somebody_whose_arrival_waits_is_decided_after_it() {
    let mut floor = Floor::new(1, 1).await;
    floor.comes(floor.terminal(0));
    floor.comes(floor.clerk(0));
    floor.asks(0, ClerkMessage::SetStatus { status: WishedStatus::Ready });
    floor.goes(floor.clerk(0));
    floor.says(0, take(1));
    floor.rest().await;
    floor.faults(0, 100).await;
    let connection = floor.comes(floor.clerk(0));
    floor.rest().await;
    floor.engine.take(Input::Quiet { connection });
    floor.faults(0, 0).await;
    floor.engine.try_again();
    floor.rest().await;
    floor.asks(0, ClerkMessage::Accept { offer: floor.ring(0).expect("a ring") });
    floor.rest().await;
    let clerk = |floor: &Floor| match floor.views.get(&floor.terminal(0)) {
        Some(View::Terminal(TerminalView { stage: TerminalStage::InCall { call }, .. })) => {
            call.clerk.presence
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(clerk(&floor), Presence::Quiet);
    floor.engine.take(Input::Heard { connection });
    floor.rest().await;
    assert_eq!(clerk(&floor), Presence::Here);
    floor.engine.same();
}

#[tokio::test]
async fn what_protects_acts_before_its_record_and_is_written_in_order() {
    let mut floor = Floor::new(1, 1).await;
    let call = floor.in_call(0, 0).await;
    let (a, b) = (floor.terminal(0), floor.clerk(0));
    floor.media.told();
    floor.faults(0, 100).await;
    let muted = floor.says(0, TerminalMessage::SetMedia { call, muted: true, camera_off: true });
    assert!(floor.media.told().contains(&MediaIntent::Silence {
        party: a,
        voice: true,
        camera: true,
        aux: false
    }));
    floor.listen();
    floor.done(muted);
    floor.rest().await;
    let unmuted = floor.says(0, TerminalMessage::SetMedia { call, muted: false, camera_off: false });
    let over = floor.says(0, TerminalMessage::HangUp { call });
    assert!(floor.media.told().contains(&MediaIntent::Disconnect { a, b }), "before any commit");
    floor.listen();
    floor.done(over);
    floor.engine.try_again();
    floor.rest().await;
    floor.refused(unmuted, ErrorCode::NotStored);
    assert!(matches!(floor.stage(0), TerminalStage::Ended { .. }));
    assert!(matches!(floor.status(0), ClerkStatus::WrapUp { .. }));
    let health = floor.engine.health();
    assert_eq!((health.unwritten, health.ready()), (2, false), "mute and hang-up");
    assert_eq!(floor.count("SELECT COUNT(*) FROM calls WHERE ended_at IS NULL").await, 1);

    floor.faults(0, 0).await;
    floor.engine.try_again();
    floor.rest().await;
    assert!(floor.engine.health().ready());
    assert_eq!(floor.words("SELECT how FROM calls").await, ["by_citizen"]);
    let last = "SELECT kind FROM desk_records ORDER BY sequence DESC LIMIT 2";
    assert_eq!(floor.words(last).await, ["call_ended", "media_set"]);
    floor.engine.same();
    floor.verifies().await;
}

#[tokio::test]
async fn an_act_on_what_was_never_written_leaves_no_trace() {
    let mut floor = Floor::new(1, 1).await;
    let call = floor.in_call(0, 0).await;
    floor.asks(0, ClerkMessage::Hold { call, on: true });
    floor.rest().await;
    floor.faults(0, 100).await;
    // Off hold is a request and fails; on hold again protects, and changes nothing once the other is refused.
    let off = floor.asks(0, ClerkMessage::Hold { call, on: false });
    let on = floor.asks(0, ClerkMessage::Hold { call, on: true });
    floor.rest().await;
    floor.refused(off, ErrorCode::NotStored);
    floor.done(on);
    assert_eq!(floor.engine.health().unwritten, 0);
    floor.faults(0, 0).await;
    floor.engine.try_again();
    floor.rest().await;
    assert_eq!(floor.count("SELECT COUNT(*) FROM desk_records WHERE kind = 'held'").await, 1);
    floor.engine.same();
}

#[tokio::test]
async fn a_fact_that_is_refused_for_good_does_not_stop_the_desk() {
    let mut floor = Floor::new(2, 1).await;
    floor.comes(floor.terminal(0));
    floor.comes(floor.clerk(0));
    floor.asks(0, ClerkMessage::SetStatus { status: WishedStatus::Ready });
    floor.says(0, take(1));
    floor.rest().await;
    assert!(floor.ring(0).is_some());
    floor.faults(100, 0).await;
    floor.goes(floor.clerk(0));
    floor.rest().await;
    assert!(floor.engine.health().failing_since.is_some(), "tried again first");
    for _ in 0..8 {
        floor.engine.try_again();
        floor.rest().await;
    }
    let health = floor.engine.health();
    assert_eq!((health.failing_since, health.refused), (None, 2), "the offer's end and the clerk's status");
    floor.faults(0, 0).await;
    floor.comes(floor.terminal(1));
    let ticket = floor.says(1, take(2));
    floor.rest().await;
    floor.done(ticket);
    floor.engine.same();
}

/// What a request must have left in the database once it was answered.
enum Promise {
    Ticket(u32, u128),
    Other(u32),
}

/// Random days with commits that fail at random, now one record's, now the whole database's. Whoever was told `done`
/// finds the record; whoever was told `not_stored` finds none; nobody is told twice; and what is restored from the
/// database is what went on.
#[tokio::test]
async fn random_failures_lose_nothing_that_was_acknowledged() {
    let mut outcomes = [0u32; 2];
    for seed in 0..12 {
        let mut dice = IdSource::seeded(seed);
        let mut floor = Floor::new(4, 3).await;
        let mut promises = Vec::new();
        for step in 0..250u128 {
            if step % 25 == 0 {
                let (refused, broken) = [(0, 0), (4, 0), (15, 2), (0, 100), (0, 40)][roll(&mut dice, 5)];
                floor.faults(refused, broken).await;
            }
            play(&mut floor, &mut dice, step, &mut promises);
            floor.house.rig.clock.advance(Duration::from_micros(1 + dice.next_u64() % 3_000_000));
            if roll(&mut dice, 3) == 0 {
                floor.rest().await;
                floor.engine.try_again();
            }
        }
        floor.faults(0, 0).await;
        for _ in 0..3 {
            floor.engine.try_again();
            floor.rest().await;
        }
        assert!(floor.engine.health().ready(), "seed {seed}: {:?}", floor.engine.health());
        assert_eq!(floor.engine.health().refused, 0, "seed {seed}");
        for promise in promises {
            let kept = kept(&floor, promise).await;
            outcomes[usize::from(kept)] += 1;
        }
        floor.engine.same();
        floor.verifies().await;
        restart::goes_on(&mut floor).await;
    }
    assert!(outcomes.iter().all(|times| *times > 100), "both must have happened often: {outcomes:?}");
}

fn roll(dice: &mut IdSource, sides: u64) -> usize {
    usize::try_from(dice.next_u64() % sides).unwrap()
}

/// Checks a promise; whether the request was done.
async fn kept(floor: &Floor, promise: Promise) -> bool {
    let (Promise::Ticket(re, _) | Promise::Other(re)) = promise;
    let done = match floor.answer(re) {
        Some(Common::Done) => true,
        Some(Common::Error(_)) => false,
        // Whoever left before the answer, or asked on a line that was replaced, hears nothing.
        other => {
            assert!(other.is_none(), "{other:?}");
            return false;
        }
    };
    if let Promise::Ticket(_, key) = promise {
        let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM tickets WHERE request_key = $1")
            .bind(Uuid::from_u128(key).to_string())
            .fetch_one(floor.store().reader())
            .await
            .unwrap();
        assert_eq!(rows, i64::from(done), "request {re}");
    }
    done
}

/// One random act.
fn play(floor: &mut Floor, dice: &mut IdSource, step: u128, promises: &mut Vec<Promise>) {
    let (t, c) = (roll(dice, 4), roll(dice, 3));
    let at_terminal = floor.call_of(floor.terminal(t)).unwrap_or(CallId(Uuid::nil()));
    let at_clerk = floor.call_of(floor.clerk(c)).unwrap_or(CallId(Uuid::nil()));
    floor.listen();
    let other = match roll(dice, 18) {
        0 | 1 => {
            floor.comes(floor.terminal(t));
            return;
        }
        2 | 3 => {
            floor.comes(floor.clerk(c));
            return;
        }
        4 => return floor.goes(floor.terminal(t)),
        5 => return floor.goes(floor.clerk(c)),
        6 | 7 => {
            let re = floor.says(t, take(step));
            return promises.push(Promise::Ticket(re, step));
        }
        8 | 9 => floor.asks(c, ClerkMessage::SetStatus { status: WishedStatus::Ready }),
        10 | 11 => {
            let offer = floor.ring(c).unwrap_or(OfferId(Uuid::nil()));
            floor.asks(c, ClerkMessage::Accept { offer })
        }
        12 => floor.says(t, TerminalMessage::HangUp { call: at_terminal }),
        13 => floor.asks(c, ClerkMessage::HangUp { call: at_clerk }),
        14 => floor.asks(c, ClerkMessage::Hold { call: at_clerk, on: roll(dice, 2) == 0 }),
        15 => floor.asks(c, ClerkMessage::FinishWrapUp { result: CallResult::Advice, note: String::new() }),
        16 => floor.says(t, TerminalMessage::Wiped),
        _ => return floor.after(dice.next_u64() % 40),
    };
    promises.push(Promise::Other(other));
}
