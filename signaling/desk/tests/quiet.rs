//! A side that is not heard for a while, long before its connection ends.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
mod common;

use common::*;
use desk::{Input, Outgoing, Output};
use protocol::ids::*;
use protocol::*;

/// The sides of a call as each page was told, (terminal away, clerk away), by connection.
fn away(out: &[Output]) -> Vec<(ConnectionId, (bool, bool))> {
    out.iter()
        .filter_map(|o| match o {
            Output::Send(to, Outgoing::Terminal(TerminalNews::View(view))) => match &view.stage {
                TerminalStage::InCall { call } => Some((*to, (call.terminal.away, call.clerk.away))),
                _ => None,
            },
            Output::Send(to, Outgoing::Clerk(ClerkNews::View(view))) => match &view.status {
                ClerkStatus::InCall { call } => Some((*to, (call.terminal.away, call.clerk.away))),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

#[test]
fn a_side_that_falls_quiet_is_shown_as_away_and_nothing_else_changes() {
    let (t, c) = (terminal_line(1), clerk_line(1));
    for (line, shown) in [(t, (true, false)), (c, (false, true))] {
        let (mut s, _, call) = called();
        s.after(5);
        let (before, due) = (s.desk.clone(), s.desk.due());
        let out = s.input(Input::Quiet { connection: line });
        assert_eq!(out[0], Output::Event(desk::DeskEvent::Quiet { connection: line, on: true }));
        assert_eq!(away(&out), [(t, shown), (c, shown)]);
        assert_eq!(out.len(), 3, "an event, two views and nothing that is stored: {out:#?}");
        assert!(s.desk.same_as(&before) && s.desk.due() == due, "no grace runs");
        assert_eq!(s.input(Input::Quiet { connection: line }), [], "once");
        s.after(600);
        assert!(
            s.desk.call_facts(call).is_some_and(|call| call.running),
            "only a lost connection has a grace"
        );
        let out = s.input(Input::Heard { connection: line });
        assert_eq!(away(&out), [(t, (false, false)), (c, (false, false))]);
        assert_eq!(out.len(), 3);
        assert_eq!(s.input(Input::Heard { connection: line }), []);
    }
}

#[test]
fn what_was_quiet_and_is_lost_or_comes_back_by_another_connection_is_not_quiet_any_more() {
    let (t, c) = (terminal_line(1), clerk_line(1));
    let (mut s, _, call) = called();
    s.input(Input::Quiet { connection: t });
    let out = s.input(Input::Disconnected { connection: t });
    assert_eq!(away(&out), [(c, (true, false))]);
    assert_eq!(s.input(Input::Heard { connection: t }), [], "nobody's any more");
    assert_eq!(s.input(Input::Quiet { connection: t }), []);
    assert_eq!(away(&s.terminal_here(1)), [(t, (false, false)), (c, (false, false))]);
    s.input(Input::Quiet { connection: c });
    let out = s.input(Input::Connected { connection: ConnectionId(77), who: clerk(1, &["civil"]) });
    assert_eq!(away(&out), [(t, (false, false)), (ConnectionId(77), (false, false))]);
    s.input(Input::Disconnected { connection: ConnectionId(77) });
    s.after(31);
    assert!(s.desk.call_facts(call).is_none_or(|call| !call.running), "the grace of a lost connection runs");
}

#[test]
fn who_is_quiet_outside_of_a_call_is_told_to_nobody() {
    let mut s = Story::new();
    s.terminal_here(1);
    s.takes(1, "subsidy");
    for line in [terminal_line(1), ConnectionId(404)] {
        let out = s.input(Input::Quiet { connection: line });
        assert!(out.iter().all(|o| !matches!(o, Output::Send(..))), "{out:?}");
    }
    s.clerk_here(1, &["civil"]);
    s.ready(1);
    s.accepts(1);
    assert!(
        matches!(s.clerk_status(1), Some(ClerkStatus::InCall { call }) if call.terminal.away),
        "whoever answers sees it at once"
    );
}
