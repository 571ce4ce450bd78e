//! A side that is not heard for a while, long before its connection ends.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
mod common;

use common::*;
use desk::{Input, Outgoing, Output};
use protocol::ids::*;
use protocol::*;
use std::time::Duration;

use Presence::{Away, Here, Quiet};

/// The sides of a call as each page was told, (terminal, clerk), by connection.
fn sides(out: &[Output]) -> Vec<(ConnectionId, (Presence, Presence))> {
    out.iter()
        .filter_map(|o| match o {
            Output::Send(to, Outgoing::Terminal(TerminalNews::View(view))) => match &view.stage {
                TerminalStage::InCall { call } => Some((*to, (call.terminal.presence, call.clerk.presence))),
                _ => None,
            },
            Output::Send(to, Outgoing::Clerk(ClerkNews::View(view))) => match &view.status {
                ClerkStatus::InCall { call } => Some((*to, (call.terminal.presence, call.clerk.presence))),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

#[test]
fn a_side_that_falls_quiet_is_shown_as_quiet_and_nothing_else_changes() {
    let (t, c) = (terminal_line(1), clerk_line(1));
    for (line, shown) in [(t, (Quiet, Here)), (c, (Here, Quiet))] {
        let (mut s, _, call) = called();
        s.after(5);
        let (before, due) = (s.desk.clone(), s.desk.due());
        let out = s.input(Input::Quiet { connection: line });
        assert_eq!(out[0], Output::Event(desk::DeskEvent::Quiet { connection: line, on: true }));
        assert_eq!(sides(&out), [(t, shown), (c, shown)]);
        assert_eq!(out.len(), 3, "an event, two views and nothing that is stored: {out:#?}");
        assert!(s.desk.same_as(&before) && s.desk.due() == due, "no grace runs");
        assert_eq!(s.input(Input::Quiet { connection: line }), [], "once");
        s.after(600);
        assert!(
            s.desk.call_facts(call).is_some_and(|call| call.running),
            "only a lost connection has a grace"
        );
        let out = s.input(Input::Heard { connection: line });
        assert_eq!(sides(&out), [(t, (Here, Here)), (c, (Here, Here))]);
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
    let until = s.now.plus(Duration::from_secs(120));
    assert_eq!(sides(&out), [(c, (Away { until }, Here))], "its grace runs from the loss on");
    assert_eq!(s.input(Input::Heard { connection: t }), [], "nobody's any more");
    assert_eq!(s.input(Input::Quiet { connection: t }), []);
    assert_eq!(sides(&s.terminal_here(1)), [(t, (Here, Here)), (c, (Here, Here))]);
    s.input(Input::Quiet { connection: c });
    let out = s.input(Input::Connected { connection: ConnectionId(77), who: clerk(1, &["civil"]) });
    assert_eq!(sides(&out), [(t, (Here, Here)), (ConnectionId(77), (Here, Here))]);
    s.after(3);
    let out = s.input(Input::Disconnected { connection: ConnectionId(77) });
    let until = s.now.plus(Duration::from_secs(30));
    assert_eq!(sides(&out), [(t, (Here, Away { until }))]);
    s.after(29);
    assert!(s.desk.call_facts(call).is_some_and(|call| call.running));
    s.after(1);
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
        matches!(s.clerk_status(1), Some(ClerkStatus::InCall { call }) if call.terminal.presence == Quiet),
        "whoever answers sees it at once"
    );
}
