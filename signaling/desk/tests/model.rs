//! Random days at the desk, against a naive model that searches lists, and against a restart at any instant.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
mod common;

use common::naive::{Naive, Shown};
use common::steps::{QUEUES, aim, asks, day, play};
use common::*;
use desk::{Desk, DeskEvent, Input, Output};
use proptest::prelude::*;
use protocol::ids::*;
use protocol::*;

/// What every page would be shown if it came just now, against what it was shown last.
fn pages_are_up_to_date(story: &Story, naive: &Naive) {
    let now = |line: ConnectionId, who| {
        let (mut desk, mut ids) = (story.desk.clone(), story.ids.clone());
        let out = desk.handle(Input::Connected { connection: line, who }, story.now, &mut ids);
        out.iter().rev().find_map(|o| match o {
            Output::Send(to, what) if *to == line => Shown::of(what),
            _ => None,
        })
    };
    for n in 0..6u8 {
        // Who comes anew is heard; what a quiet page reads last says of itself that it is not.
        if let Some(last) =
            naive.shown.get(&terminal_line(n)).filter(|_| !naive.quiet.contains(&terminal_line(n)))
        {
            let Some(Shown::Terminal(stage, _)) = now(ConnectionId(9_000), terminal(n)) else {
                panic!("no view")
            };
            let Shown::Terminal(told, _) = last else { panic!("a clerk's view") };
            // Whoever comes anew was away for nobody; typing ends with the page that typed.
            assert_eq!(*told, stage, "terminal {n} shows an old state");
        }
    }
    for n in 0..4u8 {
        if let Some(last) = naive.shown.get(&clerk_line(n)).filter(|_| !naive.quiet.contains(&clerk_line(n)))
        {
            let fresh = now(ConnectionId(9_001), clerk(n, QUEUES[usize::from(n)]));
            assert_eq!(Some(last), fresh.as_ref(), "clerk {n} shows an old state");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::WithSource("regressions"))), ..ProptestConfig::default() })]

    /// No ticket lost or doubled, nobody in two calls, oldest first, longest idle first; one answer to each request, and
    /// refusals change nothing; nothing without consent or out of sight; who hears whom; pages show what is.
    #[test]
    fn agrees_with_lists_and_loops(steps in day(160)) {
        let mut story = Story::new();
        let mut naive = Naive::default();
        for step in &steps {
            let step = aim(&story, step);
            let out = play(&mut story, &step);
            naive.follow(&out, asks(&step));
            naive.holds(&story.desk);
            pages_are_up_to_date(&story, &naive);
            // No two moments are the same, so that longest and oldest are never a tie.
            story.now = Timestamp(story.now.0 + 1);
        }
    }

    /// A machine read back from its records is the machine that went on, everybody's connection dropped.
    #[test]
    fn restored_is_the_one_that_went_on(steps in day(160)) {
        let mut story = Story::new();
        for step in &steps {
            let step = aim(&story, step);
            play(&mut story, &step);
            story.now = Timestamp(story.now.0 + 1);
        }
        let stored = story.stored();
        let mut ids = story.ids.clone();
        let (restored, said) = Desk::restore(policy(), &stored, story.now, &mut ids);
        let went_on = story.desk.everybody_left(story.now, &mut story.ids);
        prop_assert_eq!(events(&said), events(&went_on));
        prop_assert!(restored.same_as(&story.desk), "restored {:#?}\nwent on {:#?}", restored, story.desk);
    }

    /// Applying a machine's events to another one makes it the same: the engine's `durable` follows `ahead`.
    #[test]
    fn events_are_all_there_is(steps in day(100)) {
        let mut story = Story::new();
        let mut follower = Desk::new(policy());
        for step in &steps {
            let step = aim(&story, step);
            for output in play(&mut story, &step) {
                if let Output::Event(event) = output {
                    follower.apply(&event);
                }
            }
            story.now = Timestamp(story.now.0 + 1);
        }
        prop_assert!(follower.same_as(&story.desk));
        prop_assert_eq!(follower.due(), story.desk.due());
    }
}

fn events(out: &[Output]) -> Vec<DeskEvent> {
    out.iter()
        .filter_map(|o| match o {
            Output::Event(event @ DeskEvent::Stored(_)) => Some(event.clone()),
            _ => None,
        })
        .collect()
}
