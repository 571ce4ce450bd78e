//! Random days at the desk, against a naive model that searches lists, and against a restart at any instant.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
mod common;

use common::*;
use desk::{CallEnd, Desk, DeskEvent, Fact, Input, OfferEnd, Output, Record};
use proptest::prelude::*;
use protocol::ids::*;
use protocol::*;
use std::collections::BTreeMap;

const QUEUES: [&[&str]; 4] = [&["civil"], &["social"], &["civil", "social"], &["civil", "social", "general"]];
const ITEMS: [&str; 3] = ["subsidy", "pension", "ask"];

#[derive(Clone, Debug)]
enum Step {
    TerminalComes(u8),
    TerminalGoes(u8),
    ClerkComes(u8),
    ClerkGoes(u8),
    Take(u8, u8),
    Cancel(u8),
    Ready(u8),
    Break(u8),
    OffDuty(u8),
    Accept(u8),
    Decline(u8),
    HangUp(u8),
    ClerkHangsUp(u8),
    Hold(u8, bool),
    Mute(u8, bool),
    AskAssist(u8),
    Grant(u8),
    Stop(u8),
    Fill(u8),
    CitizenFills(u8),
    FinishWrapUp(u8),
    ExtendWrapUp(u8),
    Rate(u8),
    Wipe(u8),
    RevokeClerk(u8),
    Wait(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let t = 0u8..6;
    let c = 0u8..4;
    prop_oneof![
        6 => t.clone().prop_map(Step::TerminalComes),
        2 => t.clone().prop_map(Step::TerminalGoes),
        6 => c.clone().prop_map(Step::ClerkComes),
        2 => c.clone().prop_map(Step::ClerkGoes),
        10 => (t.clone(), 0u8..3).prop_map(|(t, i)| Step::Take(t, i)),
        1 => t.clone().prop_map(Step::Cancel),
        8 => c.clone().prop_map(Step::Ready),
        1 => c.clone().prop_map(Step::Break),
        1 => c.clone().prop_map(Step::OffDuty),
        8 => c.clone().prop_map(Step::Accept),
        2 => c.clone().prop_map(Step::Decline),
        2 => t.clone().prop_map(Step::HangUp),
        3 => c.clone().prop_map(Step::ClerkHangsUp),
        1 => (c.clone(), any::<bool>()).prop_map(|(c, on)| Step::Hold(c, on)),
        1 => (t.clone(), any::<bool>()).prop_map(|(t, on)| Step::Mute(t, on)),
        2 => c.clone().prop_map(Step::AskAssist),
        2 => t.clone().prop_map(Step::Grant),
        1 => t.clone().prop_map(Step::Stop),
        2 => c.clone().prop_map(Step::Fill),
        1 => t.clone().prop_map(Step::CitizenFills),
        3 => c.clone().prop_map(Step::FinishWrapUp),
        1 => c.clone().prop_map(Step::ExtendWrapUp),
        2 => t.clone().prop_map(Step::Rate),
        3 => t.prop_map(Step::Wipe),
        1 => c.prop_map(Step::RevokeClerk),
        6 => (0u16..140).prop_map(Step::Wait),
    ]
}

/// Lists and loops instead of indexes: slow, and easy to believe.
#[derive(Default)]
struct Naive {
    terminals_here: Vec<TerminalId>,
    clerks: BTreeMap<StaffId, NaiveClerk>,
    tickets: Vec<NaiveTicket>,
}
struct NaiveClerk {
    here: bool,
    queues: Vec<SkillGroupCode>,
    ready_since: Option<(Timestamp, StaffId)>,
    busy: Option<TicketId>,
}
struct NaiveTicket {
    id: TicketId,
    at: Timestamp,
    terminal: TerminalId,
    queue: SkillGroupCode,
    state: &'static str,
}

impl Naive {
    fn ticket(&mut self, id: TicketId) -> &mut NaiveTicket {
        self.tickets.iter_mut().find(|t| t.id == id).expect("a known ticket")
    }
    fn callable(&self, queue: &SkillGroupCode) -> Option<(Timestamp, TicketId)> {
        let here = |t: &&NaiveTicket| {
            t.state == "waiting" && t.queue == *queue && self.terminals_here.contains(&t.terminal)
        };
        self.tickets.iter().filter(here).map(|t| (t.at, t.id)).min()
    }
    fn longest_idle(&self, queue: &SkillGroupCode) -> Option<(Timestamp, StaffId)> {
        let serves = |c: &&NaiveClerk| c.here && c.queues.contains(queue);
        self.clerks.values().filter(serves).filter_map(|c| c.ready_since).min()
    }
    fn event(&mut self, event: &DeskEvent) {
        match event {
            DeskEvent::Connected { who: desk::Visitor::Terminal { id, .. }, .. } => {
                self.terminals_here.retain(|t| t != id);
                self.terminals_here.push(*id);
            }
            DeskEvent::Connected { who: desk::Visitor::Clerk(profile), .. } => {
                let clerk = self.clerks.entry(profile.id).or_insert(NaiveClerk {
                    here: true,
                    queues: vec![],
                    ready_since: None,
                    busy: None,
                });
                clerk.here = true;
                clerk.queues.clone_from(&profile.skill_groups);
            }
            DeskEvent::Disconnected { party: Party::Terminal(id), .. } => {
                self.terminals_here.retain(|t| t != id)
            }
            DeskEvent::Disconnected { party: Party::Staff(id), .. } => {
                if let Some(clerk) = self.clerks.get_mut(id) {
                    clerk.here = false;
                }
            }
            DeskEvent::Stored(Record { at, fact }) => self.fact(*at, fact),
            _ => {}
        }
    }
    fn fact(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::TicketTaken(taken) => {
                assert!(self.tickets.iter().all(|t| t.id != taken.ticket), "a ticket twice");
                let open = |t: &&NaiveTicket| {
                    t.terminal == taken.terminal && matches!(t.state, "waiting" | "offered" | "call")
                };
                assert!(self.tickets.iter().find(open).is_none(), "two open tickets at one terminal");
                self.tickets.push(NaiveTicket {
                    id: taken.ticket,
                    at,
                    terminal: taken.terminal,
                    queue: taken.skill_group.clone(),
                    state: "waiting",
                });
            }
            Fact::OfferMade { ticket, clerk, .. } => {
                let queue = self.ticket(*ticket).queue.clone();
                let place = (self.ticket(*ticket).at, *ticket);
                let state = &self.clerks[clerk];
                assert!(
                    state.here && state.ready_since.is_some() && state.busy.is_none(),
                    "rung while not ready"
                );
                assert!(state.queues.contains(&queue), "rung for a queue not served");
                for served in &state.queues {
                    assert!(self.callable(served).is_none_or(|oldest| oldest >= place), "not the oldest");
                }
                assert_eq!(self.callable(&queue), Some(place), "the ticket could not be called");
                assert_eq!(self.longest_idle(&queue).map(|(_, id)| id), Some(*clerk), "not the longest idle");
                self.ticket(*ticket).state = "offered";
                let clerk = self.clerks.get_mut(clerk).unwrap();
                clerk.ready_since = None;
                clerk.busy = Some(*ticket);
            }
            Fact::OfferEnded { ticket, how, .. } => {
                assert_eq!(self.ticket(*ticket).state, "offered");
                self.ticket(*ticket).state = "waiting";
                self.release(*ticket);
                let _: &OfferEnd = how;
            }
            Fact::CallStarted { ticket, clerk, .. } => {
                assert_eq!(self.ticket(*ticket).state, "offered", "a call out of nothing");
                assert_eq!(self.clerks[clerk].busy, Some(*ticket), "another clerk's offer");
                self.ticket(*ticket).state = "call";
            }
            Fact::CallEnded { ticket, how, .. } => {
                assert_eq!(self.ticket(*ticket).state, "call");
                let again = matches!(how, CallEnd::ClerkGone | CallEnd::Revoked);
                self.ticket(*ticket).state = if again { "waiting" } else { "ended" };
                self.release(*ticket);
            }
            Fact::TicketEnded { ticket, .. } => {
                assert_eq!(self.ticket(*ticket).state, "waiting");
                self.ticket(*ticket).state = "ended";
            }
            Fact::ClerkStatus { clerk, status, .. } => {
                let ready = *status == desk::Duty::Wished { status: WishedStatus::Ready };
                if let Some(clerk_state) = self.clerks.get_mut(clerk) {
                    assert!(clerk_state.busy.is_none(), "a busy clerk changed status");
                    clerk_state.ready_since = ready.then_some((at, *clerk));
                }
            }
            _ => {}
        }
    }
    fn release(&mut self, ticket: TicketId) {
        for clerk in self.clerks.values_mut() {
            if clerk.busy == Some(ticket) {
                clerk.busy = None;
            }
        }
    }
    fn holds(&self, desk: &Desk) {
        let mut waiting: Vec<_> = self
            .tickets
            .iter()
            .filter(|t| matches!(t.state, "waiting" | "offered"))
            .map(|t| (t.at, t.id))
            .collect();
        waiting.sort_unstable();
        assert_eq!(
            desk.waiting(),
            waiting.into_iter().map(|(_, id)| id).collect::<Vec<_>>(),
            "lost, doubled or out of order"
        );
        for queue in ["civil", "social", "general"] {
            let queue = SkillGroupCode::from(queue);
            assert!(
                self.callable(&queue).is_none() || self.longest_idle(&queue).is_none(),
                "somebody waits while somebody is ready"
            );
        }
        let calls = self.tickets.iter().filter(|t| t.state == "call").count();
        assert_eq!(desk.counts().calls, calls);
    }
}

fn play(story: &mut Story, step: &Step) -> Vec<Output> {
    use ClerkMessage as C;
    use TerminalMessage as T;
    let call_of_terminal = |s: &Story, n| s.desk.call_of(Party::Terminal(terminal_id(n))).map(|f| f.call);
    let call_of_clerk = |s: &Story, n| s.desk.call_of(Party::Staff(clerk_id(n))).map(|f| f.call);
    let no_call = CallId(uuid::Uuid::nil());
    match *step {
        Step::TerminalComes(n) => story.terminal_here(n),
        Step::TerminalGoes(n) => story.input(Input::Disconnected { connection: terminal_line(n) }),
        Step::ClerkComes(n) => story.clerk_here(n, QUEUES[usize::from(n)]),
        Step::ClerkGoes(n) => story.input(Input::Disconnected { connection: clerk_line(n) }),
        Step::Take(n, item) => {
            let key = u128::from(story.now.0.unsigned_abs()) + u128::from(n);
            story.says(n, take(key, Some(ITEMS[usize::from(item)])))
        }
        Step::Cancel(n) => {
            let ticket = match story.terminal_stage(n) {
                Some(TerminalStage::Waiting { ticket, .. } | TerminalStage::Ringing { ticket, .. }) => {
                    ticket.id
                }
                _ => TicketId(uuid::Uuid::nil()),
            };
            story.says(n, T::CancelTicket { ticket })
        }
        Step::Ready(n) => story.ready(n),
        Step::Break(n) => {
            story.asks(n, C::SetStatus { status: WishedStatus::Break { reason: BreakReason::Meal } })
        }
        Step::OffDuty(n) => story.asks(n, C::SetStatus { status: WishedStatus::OffDuty }),
        Step::Accept(n) => {
            let offer = story.ring_at(n).unwrap_or(OfferId(uuid::Uuid::nil()));
            story.asks(n, C::Accept { offer })
        }
        Step::Decline(n) => {
            let offer = story.ring_at(n).unwrap_or(OfferId(uuid::Uuid::nil()));
            story.asks(n, C::Decline { offer, reason: DeclineReason::Visitor })
        }
        Step::HangUp(n) => story.says(n, T::HangUp { call: call_of_terminal(story, n).unwrap_or(no_call) }),
        Step::ClerkHangsUp(n) => {
            story.asks(n, C::HangUp { call: call_of_clerk(story, n).unwrap_or(no_call) })
        }
        Step::Hold(n, on) => story.asks(n, C::Hold { call: call_of_clerk(story, n).unwrap_or(no_call), on }),
        Step::Mute(n, muted) => {
            let call = call_of_terminal(story, n).unwrap_or(no_call);
            story.says(n, T::SetMedia { call, muted, camera_off: false })
        }
        Step::AskAssist(n) => {
            let capabilities = vec![Capability::Point, Capability::Fill];
            story.asks(n, C::AskAssist { call: call_of_clerk(story, n).unwrap_or(no_call), capabilities })
        }
        Step::Grant(n) => {
            let call = call_of_terminal(story, n).unwrap_or(no_call);
            story.says(n, T::AnswerAssist { call, granted: vec![Capability::Fill], shown: None })
        }
        Step::Stop(n) => story.says(n, T::StopAssist { call: call_of_terminal(story, n).unwrap_or(no_call) }),
        Step::Fill(n) => {
            let call = call_of_clerk(story, n).unwrap_or(no_call);
            story.asks(n, C::FormSet { call, field: "phone".into(), text: "1".into(), base: 0 })
        }
        Step::CitizenFills(n) => {
            let call = call_of_terminal(story, n).unwrap_or(no_call);
            story.says(n, T::FormSet { call, field: "phone".into(), text: "2".into(), base: 1 })
        }
        Step::FinishWrapUp(n) => {
            story.asks(n, C::FinishWrapUp { result: CallResult::Advice, note: String::new() })
        }
        Step::ExtendWrapUp(n) => story.asks(n, C::ExtendWrapUp),
        Step::Rate(n) => {
            let call = call_of_terminal(story, n).unwrap_or(no_call);
            story.says(n, T::Rate { call, score: 1, reason: None })
        }
        Step::Wipe(n) => story.says(n, T::Wiped),
        Step::RevokeClerk(n) => story.input(Input::Revoked { party: Party::Staff(clerk_id(n)) }),
        Step::Wait(seconds) => story.after(u64::from(seconds)),
    }
}

fn watch(naive: &mut Naive, out: &[Output]) {
    for output in out {
        if let Output::Event(event) = output {
            naive.event(event);
        }
    }
    let refused = matches!(answers(out).as_slice(), [Common::Error(_)]);
    assert!(
        !refused || out.iter().all(|o| !matches!(o, Output::Event(_))),
        "a refused request changed something"
    );
}

fn answers(out: &[Output]) -> Vec<Common> {
    out.iter()
        .filter_map(|o| match o {
            Output::Send(_, desk::Outgoing::Answer { body, .. }) => Some(body.clone()),
            _ => None,
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::WithSource("regressions"))), ..ProptestConfig::default() })]

    /// No ticket lost or doubled, nobody in two calls, oldest first, longest idle first, refusals change nothing.
    #[test]
    fn agrees_with_lists_and_loops(steps in prop::collection::vec(step(), 1..120)) {
        let mut story = Story::new();
        let mut naive = Naive::default();
        for step in &steps {
            let out = play(&mut story, step);
            watch(&mut naive, &out);
            naive.holds(&story.desk);
            // No two moments are the same, so that longest and oldest are never a tie.
            story.now = Timestamp(story.now.0 + 1);
        }
    }

    /// A machine read back from its records is the machine that went on, everybody's connection dropped.
    #[test]
    fn restored_is_the_one_that_went_on(steps in prop::collection::vec(step(), 1..120)) {
        let mut story = Story::new();
        for step in &steps {
            play(&mut story, step);
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
    fn events_are_all_there_is(steps in prop::collection::vec(step(), 1..80)) {
        let mut story = Story::new();
        let mut follower = Desk::new(policy());
        for step in &steps {
            for output in play(&mut story, step) {
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
