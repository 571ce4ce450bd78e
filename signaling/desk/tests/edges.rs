//! The desk at its edges: what protects the citizen, what a drain leaves, who is told of what.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
mod common;

use common::*;
use desk::{Fact, Input, MediaIntent, OfferEnd, Outgoing, Output, Visitor};
use protocol::ids::*;
use protocol::*;

fn persons(out: &[Output]) -> Vec<(ConnectionId, bool)> {
    out.iter()
        .filter_map(|o| match o {
            Output::Send(to, Outgoing::Clerk(ClerkNews::PersonCalled { on, .. })) => Some((*to, *on)),
            _ => None,
        })
        .collect()
}

#[test]
fn what_a_citizen_switched_off_stays_off_when_the_next_clerk_answers() {
    let (mut s, _, call) = called();
    s.says(1, TerminalMessage::SetMedia { call, muted: true, camera_off: true });
    s.input(Input::Disconnected { connection: clerk_line(1) });
    s.after(30);
    s.clerk_here(2, &["civil"]);
    s.ready(2);
    let offer = s.ring_at(2).expect("the ticket waits again");
    let out = s.asks(2, ClerkMessage::Accept { offer });
    let (t, c) = (Party::Terminal(terminal_id(1)), Party::Staff(clerk_id(2)));
    assert_eq!(
        media(&out),
        [
            MediaIntent::Silence { party: t, voice: true, camera: true, aux: false },
            MediaIntent::Silence { party: c, voice: false, camera: false, aux: false },
            MediaIntent::Connect { a: t, b: c },
        ],
        "and it is said before anybody is connected"
    );
    assert!(matches!(
        s.terminal_stage(1),
        Some(TerminalStage::InCall { call }) if call.terminal.muted && call.terminal.camera_off && !call.clerk.muted
    ));
}

#[test]
fn a_hang_up_while_held_leaves_nobody_silenced() {
    let (mut s, _, call) = called();
    s.asks(1, ClerkMessage::Hold { call, on: true });
    let out = s.asks(1, ClerkMessage::HangUp { call });
    let (t, c) = (Party::Terminal(terminal_id(1)), Party::Staff(clerk_id(1)));
    assert_eq!(
        media(&out),
        [
            MediaIntent::Disconnect { a: t, b: c },
            MediaIntent::Silence { party: t, voice: false, camera: false, aux: false },
            MediaIntent::Silence { party: c, voice: false, camera: false, aux: false },
        ]
    );
}

#[test]
fn the_next_citizen_at_a_terminal_rates_nothing_of_the_one_before() {
    let (mut s, _, call) = called();
    s.says(1, TerminalMessage::HangUp { call });
    s.says(1, TerminalMessage::Wiped);
    let rate = TerminalMessage::Rate { call, score: 5, reason: None };
    assert_eq!(refusal(&s.says(1, rate)), Some(ErrorCode::Stale), "the clerk still wraps up");
}

#[test]
fn nobody_rates_a_call_that_goes_on_or_was_anothers() {
    let (mut s, _, call) = called();
    s.terminal_here(2);
    let rate = |score| TerminalMessage::Rate { call, score, reason: None };
    assert_eq!(refusal(&s.says(1, rate(1))), Some(ErrorCode::Stale));
    s.asks(1, ClerkMessage::HangUp { call });
    assert_eq!(refusal(&s.says(2, rate(1))), Some(ErrorCode::NotYours));
    assert_eq!(refusal(&s.says(1, rate(0))), Some(ErrorCode::BadMessage));
    assert_eq!(refusal(&s.says(1, rate(6))), Some(ErrorCode::BadMessage));
    assert_eq!(answer(&s.says(1, rate(5))), Some(Common::Done));
}

#[test]
fn a_drain_ends_what_rings_and_lets_calls_go_on() {
    let (mut s, _, call) = called();
    s.terminal_here(2);
    s.clerk_here(2, &["civil"]);
    s.ready(2);
    let ticket = s.takes(2, "subsidy");
    let offer = s.ring_at(2).expect("rings");
    let out = s.input(Input::Drain);
    assert!(facts(&out).contains(&Fact::OfferEnded { ticket, offer, how: OfferEnd::Draining }));
    assert!(matches!(s.clerk_status(2), Some(ClerkStatus::Ready)), "it was not the clerk's fault");
    assert!(matches!(s.terminal_stage(2), Some(TerminalStage::Waiting { .. })));
    assert_eq!(refusal(&s.asks(2, ClerkMessage::Accept { offer })), Some(ErrorCode::OfferGone));
    assert_eq!(s.desk.waiting(), [ticket]);
    assert!(!s.desk.idle(), "the call goes on");
    s.asks(1, ClerkMessage::HangUp { call });
    assert!(s.desk.idle());
    assert!(facts(&s.input(Input::Drain)).is_empty(), "asked twice");
}

#[test]
fn nothing_is_done_on_a_terminal_where_nobody_can_see_and_stop_it() {
    let (mut s, _, call) = called();
    let all = vec![Capability::Point, Capability::Fill, Capability::Capture];
    s.asks(1, ClerkMessage::AskAssist { call, capabilities: all.clone() });
    s.says(1, TerminalMessage::AnswerAssist { call, granted: all, shown: None });
    s.input(Input::Quiet { connection: terminal_line(1) });
    let mark = Mark::Pointer { at: Spot { x: 1, y: 1 }, begins: true };
    let acts = [
        ClerkMessage::Mark { call, surface: Surface::Page, mark },
        ClerkMessage::FormSet { call, field: "phone".into(), text: "1".into(), base: 0 },
        ClerkMessage::FormFocus { call, field: Some("phone".into()) },
        ClerkMessage::Capture { call, material: "ID".into() },
    ];
    let refused = |s: &mut Story| {
        for act in acts.clone() {
            assert_eq!(refusal(&s.asks(1, act.clone())), Some(ErrorCode::Stale), "{act:?}");
        }
    };
    refused(&mut s);
    s.input(Input::Disconnected { connection: terminal_line(1) });
    refused(&mut s);
    s.terminal_here(1);
    assert_eq!(answer(&s.asks(1, acts[1].clone())), Some(Common::Done), "the consent itself stands");
}

#[test]
fn another_clerk_does_nothing_in_a_call_whatever_its_citizen_allowed() {
    let (mut s, _, call) = called();
    s.clerk_here(2, &["civil"]);
    s.asks(1, ClerkMessage::AskAssist { call, capabilities: vec![Capability::Fill] });
    s.says(1, TerminalMessage::AnswerAssist { call, granted: vec![Capability::Fill], shown: None });
    for act in [
        ClerkMessage::FormSet { call, field: "phone".into(), text: "1".into(), base: 0 },
        ClerkMessage::HangUp { call },
        ClerkMessage::Hold { call, on: true },
        ClerkMessage::SetMedia { call, muted: true, camera_off: true },
        ClerkMessage::AskAssist { call, capabilities: vec![Capability::Point] },
        ClerkMessage::StopAssist { call },
        ClerkMessage::Show { call, paper: None },
        ClerkMessage::Say { call, text: "x".into() },
    ] {
        assert_eq!(refusal(&s.asks(2, act.clone())), Some(ErrorCode::NotYours), "{act:?}");
    }
}

#[test]
fn the_answer_to_a_question_goes_on_record_with_the_text_that_asked() {
    let (mut s, ticket, call) = called();
    s.asks(1, ClerkMessage::AskAssist { call, capabilities: vec![Capability::Point] });
    let shown = |version: String| Some(ShownText { version, locale: Locale::ZhHk });
    let long = TerminalMessage::AnswerAssist { call, granted: vec![], shown: shown("x".repeat(65)) };
    assert_eq!(refusal(&s.says(1, long)), Some(ErrorCode::BadMessage));
    let shown = shown("assist-2026-01".into());
    let no = TerminalMessage::AnswerAssist { call, granted: vec![], shown: shown.clone() };
    let out = s.says(1, no);
    assert_eq!(facts(&out), [Fact::AssistAnswered { ticket, call, granted: vec![], answered: true, shown }]);
}

#[test]
fn one_question_has_one_answer() {
    let mut s = Story::new();
    s.terminal_here(1);
    let TerminalMessage::TakeTicket { key, item, scenario, locale, spoken, id_number, missing, .. } =
        take(1, Some("subsidy"))
    else {
        unreachable!()
    };
    let answer = |granted| ConsentAnswer {
        purpose: ConsentPurpose::Recording,
        text_version: "recording-2026-01".into(),
        locale,
        granted,
    };
    let mut with = |consents| {
        let (item, scenario) = (item.clone(), scenario.clone());
        let (id_number, missing) = (id_number.clone(), missing.clone());
        let message =
            TerminalMessage::TakeTicket { key, item, scenario, locale, spoken, id_number, missing, consents };
        refusal(&s.says(1, message))
    };
    assert_eq!(with(vec![answer(true), answer(false)]), Some(ErrorCode::BadMessage));
    // Recording is on here, the check of faces is not: yes and no to it are refused alike.
    for granted in [true, false] {
        let face = ConsentAnswer { purpose: ConsentPurpose::FaceCheck, ..answer(granted) };
        assert_eq!(with(vec![answer(true), face]), Some(ErrorCode::BadMessage));
    }
    assert_eq!(with(vec![answer(true)]), None);
}

#[test]
fn after_a_no_the_clerk_cannot_ask_again_at_once() {
    let (mut s, _, call) = called();
    let point = || ClerkMessage::AskAssist { call, capabilities: vec![Capability::Point] };
    let answer = |granted| TerminalMessage::AnswerAssist { call, granted, shown: None };
    s.asks(1, point());
    s.says(1, answer(vec![]));
    let pause = policy().ask_pause.as_secs();
    s.after(pause - 1);
    assert_eq!(refusal(&s.asks(1, point())), Some(ErrorCode::TooMany));
    s.after(1);
    assert_eq!(refusal(&s.asks(1, point())), None);
    // Whoever granted something may be asked for more at once.
    s.says(1, answer(vec![Capability::Point]));
    let more = ClerkMessage::AskAssist { call, capabilities: vec![Capability::Fill] };
    assert_eq!(refusal(&s.asks(1, more)), None);
}

#[test]
fn a_clerk_who_comes_learns_where_somebody_calls_for_a_person() {
    let mut s = Story::new();
    s.terminal_here(1);
    s.clerk_here(1, &["civil"]);
    assert_eq!(persons(&s.says(1, TerminalMessage::CallPerson { on: true })), [(clerk_line(1), true)]);
    assert_eq!(persons(&s.clerk_here(2, &["social"])), [(clerk_line(2), true)]);
    // The page starts anew, in one step or two, and knows nothing of it: then nobody is waited for.
    let again = Input::Connected { connection: ConnectionId(77), who: terminal(1) };
    assert_eq!(persons(&s.input(again)), [(clerk_line(1), false), (clerk_line(2), false)]);
    s.terminal_here(1);
    s.says(1, TerminalMessage::CallPerson { on: true });
    let gone = s.input(Input::Revoked { party: Party::Terminal(terminal_id(1)) });
    assert_eq!(persons(&gone), [(clerk_line(1), false), (clerk_line(2), false)]);
}

#[test]
fn a_revocation_is_one_record_and_nothing_for_those_who_were_off_duty() {
    let mut s = Story::new();
    s.clerk_here(1, &["civil"]);
    assert_eq!(facts(&s.input(Input::Revoked { party: Party::Staff(clerk_id(1)) })), []);
    let (mut s, ..) = called();
    let out = s.input(Input::Revoked { party: Party::Staff(clerk_id(1)) });
    let statuses = facts(&out).into_iter().filter(|f| matches!(f, Fact::ClerkStatus { .. })).count();
    assert_eq!(statuses, 1);
    assert!(facts(&s.after(600)).iter().all(|f| !matches!(f, Fact::ClerkStatus { .. })), "and it stays so");
}

#[test]
fn records_of_a_visit_that_is_not_there_change_nothing() {
    let (s, ticket, call) = called();
    let stored = s.stored();
    // A store that lost a visit's first record must not leave its clerk ringing or talking with nobody for ever.
    let torn: Vec<_> = stored
        .iter()
        .filter(
            |event| !matches!(event, desk::DeskEvent::Stored(r) if matches!(r.fact, Fact::TicketTaken(_))),
        )
        .cloned()
        .collect();
    assert!(torn.len() < stored.len());
    let mut ids = IdSource::seeded(1);
    let (mut restored, _) = desk::Desk::restore(policy(), &torn, s.now, &mut ids);
    assert!(restored.waiting().is_empty() && restored.call_facts(call).is_none());
    let Visitor::Clerk(profile) = clerk(1, &["civil"]) else { unreachable!() };
    let here = Input::Connected { connection: ConnectionId(5), who: Visitor::Clerk(profile) };
    let out = restored.handle(here, s.now, &mut ids);
    let status = out.into_iter().find_map(|o| match o {
        Output::Send(_, Outgoing::Clerk(ClerkNews::View(view))) => Some(view.status),
        _ => None,
    });
    assert_eq!(status, Some(ClerkStatus::Ready), "as the clerk's own records say, without {ticket}");
}

#[test]
fn an_answer_in_the_moment_in_which_the_ring_ends_is_late_whichever_comes_first() {
    let mut s = Story::new();
    s.terminal_here(1);
    for n in 1..=2 {
        s.clerk_here(n, &["civil"]);
    }
    s.ready(1);
    let ticket = s.takes(1, "subsidy");
    let offer = s.ring_at(1).expect("rings");
    // The moment has come, the tick has not.
    s.now = s.desk.due().map(|due| due.max(s.now.plus(std::time::Duration::from_secs(25)))).unwrap();
    assert_eq!(refusal(&s.asks(1, ClerkMessage::Accept { offer })), Some(ErrorCode::OfferGone));
    s.ready(2);
    let out = s.input(Input::Tick);
    assert!(facts(&out).contains(&Fact::OfferEnded { ticket, offer, how: OfferEnd::NoAnswer }));
    let next = s.ring_at(2).expect("the next clerk is rung at once");
    assert_ne!(next, offer);
    assert_eq!(refusal(&s.asks(1, ClerkMessage::Accept { offer })), Some(ErrorCode::OfferGone));
    assert_eq!(
        refusal(&s.asks(1, ClerkMessage::Accept { offer: next })),
        Some(ErrorCode::OfferGone),
        "another's"
    );
    assert_eq!(answer(&s.asks(2, ClerkMessage::Accept { offer: next })), Some(Common::Done));
    let again = s.asks(2, ClerkMessage::Accept { offer: next });
    assert_eq!(
        (answer(&again), facts(&again)),
        (Some(Common::Done), vec![]),
        "the same press twice is one call"
    );
    let decline = ClerkMessage::Decline { offer: next, reason: DeclineReason::Other };
    assert_eq!(refusal(&s.asks(2, decline)), Some(ErrorCode::OfferGone));
}

#[test]
fn a_ticket_given_up_while_it_rings_leaves_the_clerk_ready_for_the_next() {
    let mut s = Story::new();
    for n in 1..=2 {
        s.terminal_here(n);
    }
    s.clerk_here(1, &["civil"]);
    s.ready(1);
    let first = s.takes(1, "subsidy");
    s.after(1);
    let second = s.takes(2, "subsidy");
    let offer = s.ring_at(1).expect("rings");
    let out = s.says(1, TerminalMessage::CancelTicket { ticket: first });
    assert!(facts(&out).contains(&Fact::OfferEnded { ticket: first, offer, how: OfferEnd::TicketGone }));
    assert_eq!(refusal(&s.asks(1, ClerkMessage::Accept { offer })), Some(ErrorCode::OfferGone));
    assert!(matches!(s.clerk_status(1), Some(ClerkStatus::Ringing { offer }) if offer.ticket.id == second));
    assert_eq!(
        refusal(&s.says(1, TerminalMessage::CancelTicket { ticket: second })),
        Some(ErrorCode::NotYours)
    );
}

#[test]
fn nobody_guesses_a_wait_while_nobody_is_on_duty() {
    let mut s = Story::new();
    s.terminal_here(1);
    s.takes(1, "subsidy");
    let estimate_at = |s: &Story, n| match s.terminal_stage(n) {
        Some(TerminalStage::Waiting { position, .. }) => position.estimate,
        other => panic!("{other:?}"),
    };
    let estimate = |s: &Story| estimate_at(s, 1);
    assert_eq!(estimate(&s), Estimate::NobodyOnDuty);
    s.clerk_here(1, &["social", "civil"]);
    s.ready(1);
    let offer = s.ring_at(1).expect("rings");
    s.asks(1, ClerkMessage::Decline { offer, reason: DeclineReason::Visitor });
    s.after(2);
    assert_eq!(estimate(&s), Estimate::NobodyReady, "on duty, and takes no calls");
    s.asks(1, ClerkMessage::SetStatus { status: WishedStatus::OffDuty });
    s.after(2);
    assert_eq!(estimate(&s), Estimate::NobodyOnDuty);
    s.clerk_here(2, &["civil"]);
    s.ready(2);
    s.accepts(2);
    s.terminal_here(2);
    s.takes(2, "subsidy");
    assert_eq!(
        estimate_at(&s, 2),
        Estimate::Minutes { from: 3, to: Some(5) },
        "in a call, and free after it"
    );
}

#[test]
fn a_free_terminal_hears_whether_somebody_serves_and_how_many_wait() {
    let mut s = Story::new();
    let told = |out: &[Output]| {
        out.iter().rev().find_map(|one| match one {
            Output::Send(_, Outgoing::Terminal(TerminalNews::View(view)))
                if view.stage == TerminalStage::Free =>
            {
                Some((view.waiting, view.staffed))
            }
            _ => None,
        })
    };
    assert_eq!(told(&s.terminal_here(1)), Some((0, false)));
    s.clerk_here(1, &["civil"]);
    s.after(5);
    s.ready(1);
    assert_eq!(told(&s.after(5)), Some((0, true)));
    s.terminal_here(2);
    s.takes(2, "subsidy");
    assert_eq!(told(&s.after(5)), Some((1, true)));
    let offer = s.ring_at(1).expect("rings");
    s.asks(1, ClerkMessage::Decline { offer, reason: DeclineReason::Visitor });
    assert_eq!(told(&s.after(5)), Some((1, false)), "nobody else is ready");
    assert_eq!(told(&s.after(60)), None, "nothing changed");
}

#[test]
fn a_ticket_is_for_what_the_catalogue_in_force_has() {
    let mut s = Story::new();
    for n in 1..=4 {
        s.terminal_here(n);
    }
    let before = s.desk.clone();
    let unknown = [
        (Some("none"), None),
        (Some("none"), Some("subsidy/1")),
        (Some("subsidy"), Some("subsidy/3")),
        (Some("subsidy"), Some("pension/1")),
        (Some("ask"), Some("ask/1")),
        (None, Some("subsidy/1")),
    ];
    for (item, scenario) in unknown {
        let out = s.says(1, take_for(1, item, scenario));
        assert_eq!(refusal(&out), Some(ErrorCode::NotFound), "{item:?} {scenario:?}");
        let Some(Common::Error(error)) = answer(&out) else { unreachable!() };
        let named = if item == Some("none") { "item: " } else { "scenario: " };
        assert!(error.detail.starts_with(named) && error.detail.contains("fetch it again"), "{error:?}");
    }
    let long = "x".repeat(10_000);
    assert_eq!(refusal(&s.says(1, take_for(1, Some("subsidy"), Some(&long)))), Some(ErrorCode::NotFound));
    assert!(s.desk.same_as(&before));
    for (n, item, scenario) in
        [(1, Some("subsidy"), Some("subsidy/1")), (2, Some("subsidy"), None), (3, None, None)]
    {
        assert!(
            ticket_taken(&s.says(n, take_for(n.into(), item, scenario))).is_some(),
            "{item:?} {scenario:?}"
        );
    }
}

#[test]
fn another_catalogue_is_in_force_at_once_and_leaves_tickets_where_they_wait() {
    let mut s = Story::new();
    for n in 1..=3 {
        s.terminal_here(n);
    }
    let press = take_for(1, Some("subsidy"), Some("subsidy/1"));
    let first = ticket_taken(&s.says(1, press.clone())).expect("a ticket");
    let mut items = catalogue(1);
    let bus = desk::Served { queue: "transport".into(), scenarios: ["bus/1".into()].into() };
    items.insert("bus".into(), bus);
    let out = s.input(Input::CatalogueChanged { items: items.clone() });
    assert_eq!(
        out,
        [Output::Event(desk::DeskEvent::CatalogueSeen { items })],
        "nobody is told, nothing is stored"
    );
    assert_eq!(answer(&s.says(1, press)), Some(Common::Done), "the same press again");
    assert_eq!(
        refusal(&s.says(2, take_for(2, Some("subsidy"), Some("subsidy/1")))),
        Some(ErrorCode::NotFound)
    );
    assert_eq!(refusal(&s.says(2, take_for(2, Some("ask"), None))), Some(ErrorCode::NotFound));
    let taken = |out: &[Output]| {
        facts(out).into_iter().find_map(|fact| match fact {
            Fact::TicketTaken(taken) => Some((taken.number, taken.skill_group)),
            _ => None,
        })
    };
    let moved = s.says(2, take_for(2, Some("subsidy"), Some("subsidy/2")));
    assert_eq!(taken(&moved), Some(("B001".into(), "social".into())));
    let new = s.says(3, take_for(3, Some("bus"), Some("bus/1")));
    assert_eq!(taken(&new), Some(("D001".into(), "transport".into())), "the first letter that was free");
    s.clerk_here(1, &["civil"]);
    s.ready(1);
    assert!(matches!(s.clerk_status(1), Some(ClerkStatus::Ringing { offer }) if offer.ticket.id == first));
}
