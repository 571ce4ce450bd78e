//! The desk's day, told as stories with exact outcomes.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
mod common;

use common::*;
use desk::{CallEnd, Duty, Fact, Input, MediaIntent, OfferEnd, Output, TicketEnd};
use protocol::ids::*;
use protocol::*;

#[test]
fn numbers_count_per_queue_and_day() {
    let mut s = Story::new();
    for n in 1..=3 {
        s.terminal_here(n);
    }
    s.takes(1, "subsidy");
    s.takes(2, "subsidy");
    s.takes(3, "pension");
    let numbers: Vec<_> = (1..=3)
        .map(|n| match s.terminal_stage(n) {
            Some(TerminalStage::Waiting { ticket, .. }) => ticket.number,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(numbers, ["C001", "C002", "B001"]);
    s.after(24 * 3600);
    s.terminal_here(4);
    s.takes(4, "subsidy");
    assert!(
        matches!(s.terminal_stage(4), Some(TerminalStage::Waiting { ticket, .. }) if ticket.number == "C001")
    );
}

#[test]
fn a_decline_puts_the_ticket_back_at_its_very_place_and_rings_the_next_clerk() {
    let mut s = Story::new();
    for n in 1..=2 {
        s.terminal_here(n);
        s.clerk_here(n, &["civil"]);
    }
    let first = s.takes(1, "subsidy");
    s.after(5);
    let second = s.takes(2, "subsidy");
    s.ready(1);
    let offer = s.ring_at(1).expect("the oldest rings");
    let out = s.asks(1, ClerkMessage::Decline { offer, reason: DeclineReason::Visitor });
    assert_eq!(
        facts(&out),
        [
            Fact::OfferEnded {
                ticket: first,
                offer,
                how: OfferEnd::Declined { reason: DeclineReason::Visitor }
            },
            Fact::ClerkStatus {
                clerk: clerk_id(1),
                status: Duty::NotReady { reason: NotReadyReason::Declined },
                next: WishedStatus::Ready
            },
        ]
    );
    assert_eq!(s.desk.waiting(), [first, second]);
    s.ready(2);
    assert!(matches!(s.clerk_status(2), Some(ClerkStatus::Ringing { offer }) if offer.ticket.id == first));
}

#[test]
fn a_ring_that_nobody_answers_ends_and_a_late_answer_is_told() {
    let mut s = Story::new();
    s.terminal_here(1);
    s.clerk_here(1, &["civil"]);
    s.ready(1);
    let ticket = s.takes(1, "subsidy");
    let offer = s.ring_at(1).expect("a ring");
    let out = s.after(25);
    assert_eq!(
        facts(&out),
        [
            Fact::OfferEnded { ticket, offer, how: OfferEnd::NoAnswer },
            Fact::ClerkStatus {
                clerk: clerk_id(1),
                status: Duty::NotReady { reason: NotReadyReason::NoAnswer },
                next: WishedStatus::Ready
            },
        ]
    );
    assert_eq!(refusal(&s.asks(1, ClerkMessage::Accept { offer })), Some(ErrorCode::OfferGone));
    assert_eq!(s.desk.waiting(), [ticket]);
}

#[test]
fn face_to_face_hold_and_the_end() {
    let (mut s, ticket, call) = called();
    let (t, c) = (Party::Terminal(terminal_id(1)), Party::Staff(clerk_id(1)));
    let out = s.asks(1, ClerkMessage::Hold { call, on: true });
    assert_eq!(
        media(&out),
        [
            MediaIntent::Silence { party: t, voice: true, camera: true, aux: true },
            MediaIntent::Silence { party: c, voice: true, camera: true, aux: true },
        ]
    );
    let out = s.says(1, TerminalMessage::HangUp { call });
    assert_eq!(media(&out)[0], MediaIntent::Disconnect { a: t, b: c });
    assert!(matches!(facts(&out)[..], [Fact::CallEnded { how: CallEnd::ByCitizen, .. }]));
    assert_eq!(refusal(&s.asks(1, ClerkMessage::HangUp { call })), Some(ErrorCode::Stale));
    assert_eq!(
        answer(&s.says(1, TerminalMessage::Rate { call, score: 2, reason: None })),
        Some(Common::Done)
    );
    assert_eq!(
        refusal(&s.says(1, TerminalMessage::Rate { call, score: 1, reason: None })),
        Some(ErrorCode::Stale)
    );
    s.says(1, TerminalMessage::Wiped);
    let out = s.asks(1, ClerkMessage::FinishWrapUp { result: CallResult::Advice, note: String::new() });
    assert_eq!(facts(&out).last(), Some(&Fact::VisitClosed { ticket }));
    assert!(matches!(s.clerk_status(1), Some(ClerkStatus::Ready)));
    assert!(matches!(s.terminal_stage(1), Some(TerminalStage::Free)));
}

#[test]
fn the_same_press_twice_is_one_ticket() {
    let mut s = Story::new();
    s.terminal_here(1);
    let first = s.says(1, take(5, Some("subsidy")));
    let again = s.says(1, take(5, Some("subsidy")));
    assert_eq!((answer(&first), answer(&again)), (Some(Common::Done), Some(Common::Done)));
    assert_eq!(facts(&again), []);
    assert_eq!(
        refusal(&s.says(1, take(5, Some("pension")))),
        Some(ErrorCode::KeyReused),
        "the same key for something else"
    );
    assert_eq!(refusal(&s.says(1, take(6, Some("subsidy")))), Some(ErrorCode::AlreadyWaiting));
    assert_eq!(
        refusal(&s.says(9, take(6, Some("subsidy")))),
        None,
        "nobody is connected there: no answer at all"
    );
}

#[test]
fn a_clerk_who_is_gone_for_good_leaves_the_ticket_at_the_head_of_the_queue() {
    let (mut s, ticket, call) = called();
    s.terminal_here(2);
    s.after(3);
    let later = s.takes(2, "subsidy");
    s.input(Input::Disconnected { connection: clerk_line(1) });
    assert!(facts(&s.after(29)).is_empty(), "grace");
    let out = s.after(1);
    assert!(facts(&out).contains(&Fact::CallEnded {
        ticket,
        call,
        how: CallEnd::ClerkGone,
        wrap_up_ends_at: None
    }));
    assert_eq!(s.desk.waiting(), [ticket, later]);
    s.clerk_here(2, &["civil"]);
    s.ready(2);
    assert!(matches!(s.clerk_status(2), Some(ClerkStatus::Ringing { offer }) if offer.ticket.id == ticket));
}

#[test]
fn a_clerk_who_comes_back_in_time_is_in_the_same_call() {
    let (mut s, _, call) = called();
    s.input(Input::Disconnected { connection: clerk_line(1) });
    s.after(20);
    s.clerk_here(1, &["civil"]);
    assert!(facts(&s.after(60)).is_empty());
    assert!(
        matches!(s.clerk_status(1), Some(ClerkStatus::InCall { call: view }) if view.id == call && view.clerk.presence == Presence::Here)
    );
}

#[test]
fn a_terminal_that_is_gone_for_good_ends_the_call_after_two_minutes() {
    let (mut s, _, call) = called();
    s.input(Input::Disconnected { connection: terminal_line(1) });
    assert!(
        matches!(s.clerk_status(1), Some(ClerkStatus::InCall { call }) if matches!(call.terminal.presence, Presence::Away { .. }))
    );
    assert!(facts(&s.after(119)).is_empty());
    let out = s.after(1);
    assert!(
        matches!(&facts(&out)[..], [Fact::CallEnded { call: ended, how: CallEnd::TerminalGone, .. }, Fact::TerminalFreed { .. }] if *ended == call)
    );
    assert!(matches!(s.clerk_status(1), Some(ClerkStatus::WrapUp { .. })));
}

#[test]
fn a_waiting_terminal_keeps_its_place_for_two_minutes_and_is_not_rung_meanwhile() {
    let mut s = Story::new();
    s.terminal_here(1);
    s.terminal_here(2);
    let first = s.takes(1, "subsidy");
    s.after(1);
    let second = s.takes(2, "subsidy");
    s.input(Input::Disconnected { connection: terminal_line(1) });
    s.clerk_here(1, &["civil"]);
    s.ready(1);
    assert!(matches!(s.clerk_status(1), Some(ClerkStatus::Ringing { offer }) if offer.ticket.id == second));
    assert_eq!(s.desk.waiting(), [first, second], "places stay");
    let out = s.after(121);
    assert!(facts(&out).contains(&Fact::TicketEnded { ticket: first, how: TicketEnd::Abandoned }));
}

#[test]
fn the_older_of_two_terminals_with_one_key_is_told() {
    let mut s = Story::new();
    s.terminal_here(1);
    let out = s.input(Input::Connected { connection: ConnectionId(77), who: terminal(1) });
    assert_eq!(out.first(), Some(&Output::Close(terminal_line(1), CloseReason::Replaced)));
    let out = s.input(Input::Disconnected { connection: terminal_line(1) });
    assert_eq!(out, [], "the replaced connection is nobody's");
}

#[test]
fn nothing_is_done_for_the_citizen_without_consent() {
    let (mut s, _, call) = called();
    let point = || ClerkMessage::Mark {
        call,
        surface: Surface::Form,
        mark: Mark::Pointer { at: Spot { x: 1, y: 1 }, begins: true },
    };
    let fill = |base| ClerkMessage::FormSet { call, field: "phone".into(), text: "138".into(), base };
    assert_eq!(refusal(&s.asks(1, point())), Some(ErrorCode::NoConsent));
    assert_eq!(refusal(&s.asks(1, fill(0))), Some(ErrorCode::NoConsent));
    s.asks(1, ClerkMessage::AskAssist { call, capabilities: vec![Capability::Point, Capability::Fill] });
    assert_eq!(refusal(&s.asks(1, point())), Some(ErrorCode::NoConsent), "asked is not granted");
    s.says(
        1,
        TerminalMessage::AnswerAssist {
            call,
            granted: vec![Capability::Fill, Capability::Capture],
            shown: None,
        },
    );
    assert_eq!(refusal(&s.asks(1, point())), Some(ErrorCode::NoConsent), "what was not granted");
    assert_eq!(answer(&s.asks(1, fill(0))), Some(Common::Done));
    let capture = ClerkMessage::Capture { call, material: "ID".into() };
    assert_eq!(
        refusal(&s.asks(1, capture)),
        Some(ErrorCode::NoConsent),
        "nobody asked for it, so nobody granted it"
    );
    s.says(1, TerminalMessage::StopAssist { call });
    assert_eq!(refusal(&s.asks(1, fill(1))), Some(ErrorCode::NoConsent));
}

#[test]
fn silence_is_a_no() {
    let (mut s, ticket, call) = called();
    s.asks(1, ClerkMessage::AskAssist { call, capabilities: vec![Capability::Point] });
    let out = s.after(30);
    assert_eq!(
        facts(&out),
        [Fact::AssistAnswered { ticket, call, granted: vec![], answered: false, shown: None }]
    );
    let late = TerminalMessage::AnswerAssist { call, granted: vec![Capability::Point], shown: None };
    assert_eq!(refusal(&s.says(1, late)), Some(ErrorCode::Stale));
}

#[test]
fn two_hands_on_one_field() {
    let (mut s, _, call) = called();
    s.asks(1, ClerkMessage::AskAssist { call, capabilities: vec![Capability::Fill] });
    s.says(1, TerminalMessage::AnswerAssist { call, granted: vec![Capability::Fill], shown: None });
    s.asks(1, ClerkMessage::FormFocus { call, field: Some("phone".into()) });
    let mine = |base| TerminalMessage::FormSet { call, field: "phone".into(), text: "139".into(), base };
    assert_eq!(refusal(&s.says(1, mine(0))), Some(ErrorCode::FieldLocked));
    s.asks(1, ClerkMessage::FormSet { call, field: "phone".into(), text: "138".into(), base: 0 });
    s.asks(1, ClerkMessage::FormFocus { call, field: None });
    assert_eq!(refusal(&s.says(1, mine(0))), Some(ErrorCode::Stale));
    assert_eq!(answer(&s.says(1, mine(1))), Some(Common::Done));
    let unknown = TerminalMessage::FormSet { call, field: "salary".into(), text: "1".into(), base: 0 };
    assert_eq!(refusal(&s.says(1, unknown)), Some(ErrorCode::NotFound));
}

#[test]
fn wrap_up_ends_by_itself_and_is_extended_once() {
    let (mut s, ticket, call) = called();
    s.asks(1, ClerkMessage::HangUp { call });
    assert_eq!(answer(&s.asks(1, ClerkMessage::ExtendWrapUp)), Some(Common::Done));
    assert_eq!(refusal(&s.asks(1, ClerkMessage::ExtendWrapUp)), Some(ErrorCode::Stale));
    assert!(facts(&s.after(179)).is_empty());
    let out = s.after(1);
    let finished = Fact::WrapUpFinished { ticket, call, result: CallResult::NoResult, note: String::new() };
    assert!(facts(&out).contains(&finished));
}

#[test]
fn a_revoked_clerk_is_out_at_once_and_the_citizen_is_served_by_the_next() {
    let (mut s, ticket, _) = called();
    let out = s.input(Input::Revoked { party: Party::Staff(clerk_id(1)) });
    assert!(out.contains(&Output::Close(clerk_line(1), CloseReason::Revoked)));
    assert!(media(&out).contains(&MediaIntent::Remove { party: Party::Staff(clerk_id(1)) }));
    assert_eq!(s.desk.waiting(), [ticket]);
}

#[test]
fn draining_takes_no_new_ticket_and_rings_nobody() {
    let mut s = Story::new();
    s.terminal_here(1);
    s.terminal_here(2);
    let waiting = s.takes(1, "subsidy");
    s.input(Input::Drain);
    assert_eq!(refusal(&s.says(2, take(1, Some("subsidy")))), Some(ErrorCode::Draining));
    s.clerk_here(1, &["civil"]);
    s.ready(1);
    assert_eq!(s.desk.waiting(), [waiting]);
    assert!(s.ring_at(1).is_none());
}

#[test]
fn out_of_bounds_is_refused() {
    let mut s = Story::new();
    s.terminal_here(1);
    assert_eq!(refusal(&s.says(1, take(1, Some("no-such-item")))), Some(ErrorCode::NotFound));
    let TerminalMessage::TakeTicket { key, item, scenario, locale, spoken, missing, consents, .. } =
        take(1, Some("subsidy"))
    else {
        unreachable!()
    };
    let wrong = TerminalMessage::TakeTicket {
        key,
        item,
        scenario,
        locale,
        spoken,
        id_number: Some("110105194912310021".into()),
        missing,
        consents,
    };
    assert_eq!(refusal(&s.says(1, wrong)), Some(ErrorCode::BadMessage));
}
