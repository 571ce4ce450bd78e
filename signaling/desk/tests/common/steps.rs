//! Random days: what may happen, to whom, and how.
use super::*;
use desk::{Input, Output};
use proptest::prelude::*;

pub const QUEUES: [&[&str]; 4] =
    [&["civil"], &["social"], &["civil", "social"], &["civil", "social", "general"]];
const ITEMS: [&str; 3] = ["subsidy", "pension", "ask"];
/// Twice none, so that most tickets are taken whatever the catalogue.
const SCENARIOS: [Option<&str>; 5] = [None, None, Some("subsidy/2"), Some("pension/1"), Some("pension/2")];

/// Something that happens on a day. Actors are aimed by [`aim`] at those to whom it can happen just now, most of the time.
#[derive(Clone, Debug)]
pub enum Step {
    TerminalComes(u8),
    TerminalGoes(u8),
    ClerkComes(u8),
    ClerkGoes(u8),
    /// Terminal, item, scenario.
    Take(u8, u8, u8),
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
    Fill(u8, u32),
    CitizenFills(u8, u32),
    Focus(u8),
    Point(u8),
    Capture(u8),
    CaptureFails(u8),
    StillArrives(u8),
    ClerkStops(u8),
    ClerkMutes(u8, bool),
    CaseOpens(u8),
    MediaUp(u8, bool),
    Present(u8),
    CallPerson(u8, bool),
    TerminalReloads(u8),
    ClerkReloads(u8),
    RevokeTerminal(u8),
    Drain,
    FinishWrapUp(u8),
    ExtendWrapUp(u8),
    Rate(u8),
    Wipe(u8),
    RevokeClerk(u8),
    TerminalQuiet(u8, bool),
    ClerkQuiet(u8, bool),
    /// Another version of the catalogue comes into force.
    Catalogue(u8),
    Wait(u16),
}

/// From here on an actor is meant as it stands, also where the step makes no sense.
const ANYBODY: u8 = 100;

fn terminal_n() -> impl Strategy<Value = u8> + Clone {
    prop_oneof![5 => 0u8..6, 1 => ANYBODY..ANYBODY + 6]
}

fn clerk_n() -> impl Strategy<Value = u8> + Clone {
    prop_oneof![5 => 0u8..4, 1 => ANYBODY..ANYBODY + 4]
}

pub fn step() -> impl Strategy<Value = Step> {
    prop_oneof![50 => of_the_queue(), 45 => of_the_call(), 8 => of_the_line()]
}

fn of_the_queue() -> impl Strategy<Value = Step> {
    let (t, c) = (terminal_n(), clerk_n());
    prop_oneof![
        10 => (t.clone(), 0u8..3, 0u8..5).prop_map(|(t, i, s)| Step::Take(t, i, s)),
        1 => t.clone().prop_map(Step::Cancel),
        1 => t.clone().prop_map(Step::Present),
        8 => c.clone().prop_map(Step::Ready),
        1 => c.clone().prop_map(Step::Break),
        1 => c.clone().prop_map(Step::OffDuty),
        10 => c.clone().prop_map(Step::Accept),
        1 => c.clone().prop_map(Step::Decline),
        3 => c.clone().prop_map(Step::FinishWrapUp),
        1 => c.prop_map(Step::ExtendWrapUp),
        2 => t.clone().prop_map(Step::Rate),
        4 => t.prop_map(Step::Wipe),
        5 => (0u16..40).prop_map(Step::Wait),
        1 => (0u16..140).prop_map(Step::Wait),
    ]
}

fn of_the_call() -> impl Strategy<Value = Step> {
    let (t, c) = (terminal_n(), clerk_n());
    prop_oneof![
        1 => t.clone().prop_map(Step::HangUp),
        1 => c.clone().prop_map(Step::ClerkHangsUp),
        2 => (c.clone(), any::<bool>()).prop_map(|(c, on)| Step::Hold(c, on)),
        2 => (t.clone(), any::<bool>()).prop_map(|(t, on)| Step::Mute(t, on)),
        1 => (c.clone(), any::<bool>()).prop_map(|(c, on)| Step::ClerkMutes(c, on)),
        5 => c.clone().prop_map(Step::AskAssist),
        6 => t.clone().prop_map(Step::Grant),
        1 => t.clone().prop_map(Step::Stop),
        1 => c.clone().prop_map(Step::ClerkStops),
        4 => (c.clone(), 0u32..4).prop_map(|(c, base)| Step::Fill(c, base)),
        3 => (t.clone(), 0u32..4).prop_map(|(t, base)| Step::CitizenFills(t, base)),
        1 => c.clone().prop_map(Step::Focus),
        3 => c.clone().prop_map(Step::Point),
        4 => c.clone().prop_map(Step::CaseOpens),
        5 => c.prop_map(Step::Capture),
        2 => t.clone().prop_map(Step::StillArrives),
        1 => t.prop_map(Step::CaptureFails),
    ]
}

fn of_the_line() -> impl Strategy<Value = Step> {
    let (t, c) = (0u8..6, 0u8..4);
    prop_oneof![
        10 => t.clone().prop_map(Step::TerminalComes),
        6 => t.clone().prop_map(Step::TerminalGoes),
        10 => c.clone().prop_map(Step::ClerkComes),
        6 => c.clone().prop_map(Step::ClerkGoes),
        6 => (t.clone(), any::<bool>()).prop_map(|(t, on)| Step::TerminalQuiet(t, on)),
        6 => (c.clone(), any::<bool>()).prop_map(|(c, on)| Step::ClerkQuiet(c, on)),
        3 => t.clone().prop_map(Step::TerminalReloads),
        3 => c.clone().prop_map(Step::ClerkReloads),
        3 => (0u8..4, any::<bool>()).prop_map(|(n, clerk)| Step::MediaUp(n, clerk)),
        4 => (t.clone(), any::<bool>()).prop_map(|(t, on)| Step::CallPerson(t, on)),
        3 => c.prop_map(Step::RevokeClerk),
        2 => t.prop_map(Step::RevokeTerminal),
        2 => (0u8..2).prop_map(Step::Catalogue),
        1 => Just(Step::Drain),
    ]
}

/// A day: everybody comes and is ready, and then things happen.
pub fn day(longest: usize) -> impl Strategy<Value = Vec<Step>> {
    let morning = (0..6).map(Step::TerminalComes);
    let morning = morning.chain((0..4).flat_map(|n| [Step::ClerkComes(n), Step::Ready(ANYBODY + n)]));
    let morning: Vec<_> = morning.collect();
    prop::collection::vec(step(), 1..longest).prop_map(move |steps| [morning.clone(), steps].concat())
}

/// The step with its actor: of those to whom it can happen just now, if there are any.
pub fn aim(s: &Story, step: &Step) -> Step {
    use Step as S;
    let call = |party| s.desk.call_of(party).map(|facts| facts.running);
    let pick = |n: u8, fit: &dyn Fn(u8) -> bool, of: u8| {
        if n >= ANYBODY {
            return n - ANYBODY;
        }
        let fitting: Vec<u8> = (0..of).filter(|n| fit(*n)).collect();
        if fitting.is_empty() { n } else { fitting[usize::from(n) % fitting.len()] }
    };
    let terminal = |n, fit: &dyn Fn(u8) -> bool| pick(n, fit, 6);
    let clerk = |n, fit: &dyn Fn(u8) -> bool| pick(n, fit, 4);
    let talking_t = |n| call(Party::Terminal(terminal_id(n))) == Some(true);
    let ended_t = |n| call(Party::Terminal(terminal_id(n))) == Some(false);
    let free_t = |n| matches!(s.terminal_stage(n), Some(TerminalStage::Free));
    let talking_c = |n| call(Party::Staff(clerk_id(n))) == Some(true);
    let wrapping_c = |n| call(Party::Staff(clerk_id(n))) == Some(false);
    let waiting_t = |n| {
        matches!(s.terminal_stage(n), Some(TerminalStage::Waiting { .. } | TerminalStage::Ringing { .. }))
    };
    let idle_c = |n| {
        !talking_c(n)
            && !wrapping_c(n)
            && s.ring_at(n).is_none()
            && !matches!(s.clerk_status(n), Some(ClerkStatus::Ready))
    };
    let ringing_c = |n| s.ring_at(n).is_some();
    match *step {
        S::Take(n, item, scenario) => S::Take(terminal(n, &free_t), item, scenario),
        S::Cancel(n) => S::Cancel(terminal(n, &waiting_t)),
        S::Present(n) => S::Present(terminal(n, &waiting_t)),
        S::Ready(n) => S::Ready(clerk(n, &idle_c)),
        S::Break(n) => S::Break(clerk(n, &|_| true)),
        S::OffDuty(n) => S::OffDuty(clerk(n, &|_| true)),
        S::Accept(n) => S::Accept(clerk(n, &ringing_c)),
        S::Decline(n) => S::Decline(clerk(n, &ringing_c)),
        S::FinishWrapUp(n) => S::FinishWrapUp(clerk(n, &wrapping_c)),
        S::ExtendWrapUp(n) => S::ExtendWrapUp(clerk(n, &wrapping_c)),
        S::Rate(n) => S::Rate(terminal(n, &ended_t)),
        S::Wipe(n) => S::Wipe(terminal(n, &ended_t)),
        S::HangUp(n) => S::HangUp(terminal(n, &talking_t)),
        S::ClerkHangsUp(n) => S::ClerkHangsUp(clerk(n, &talking_c)),
        S::Hold(n, on) => S::Hold(clerk(n, &talking_c), on),
        S::Mute(n, on) => S::Mute(terminal(n, &talking_t), on),
        S::ClerkMutes(n, on) => S::ClerkMutes(clerk(n, &talking_c), on),
        S::AskAssist(n) => S::AskAssist(clerk(n, &talking_c)),
        S::Grant(n) => S::Grant(terminal(n, &talking_t)),
        S::Stop(n) => S::Stop(terminal(n, &talking_t)),
        S::ClerkStops(n) => S::ClerkStops(clerk(n, &talking_c)),
        S::Fill(n, base) => S::Fill(clerk(n, &talking_c), base),
        S::CitizenFills(n, base) => S::CitizenFills(terminal(n, &talking_t), base),
        S::Focus(n) => S::Focus(clerk(n, &talking_c)),
        S::Point(n) => S::Point(clerk(n, &talking_c)),
        S::CaseOpens(n) => S::CaseOpens(clerk(n, &talking_c)),
        S::Capture(n) => S::Capture(clerk(n, &talking_c)),
        S::StillArrives(n) => S::StillArrives(terminal(n, &talking_t)),
        S::CaptureFails(n) => S::CaptureFails(terminal(n, &talking_t)),
        _ => step.clone(),
    }
}

/// Lets a step happen whose actor is known.
pub fn play(story: &mut Story, step: &Step) -> Vec<Output> {
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
        Step::Take(n, item, scenario) => {
            let key = u128::from(story.now.0.unsigned_abs()) + u128::from(n);
            story.says(n, take_for(key, Some(ITEMS[usize::from(item)]), SCENARIOS[usize::from(scenario)]))
        }
        Step::Catalogue(version) => {
            story.input(Input::CatalogueChanged { items: catalogue(usize::from(version)) })
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
            let capabilities = vec![Capability::Point, Capability::Fill, Capability::Capture];
            story.asks(n, C::AskAssist { call: call_of_clerk(story, n).unwrap_or(no_call), capabilities })
        }
        Step::Grant(n) => {
            let call = call_of_terminal(story, n).unwrap_or(no_call);
            // Not always everything.
            let granted = [Capability::Point, Capability::Fill, Capability::Capture];
            let granted = granted[usize::from(n % 2)..].to_vec();
            story.says(n, T::AnswerAssist { call, granted, shown: None })
        }
        Step::Stop(n) => story.says(n, T::StopAssist { call: call_of_terminal(story, n).unwrap_or(no_call) }),
        Step::ClerkStops(n) => {
            story.asks(n, C::StopAssist { call: call_of_clerk(story, n).unwrap_or(no_call) })
        }
        Step::Fill(n, base) => {
            let call = call_of_clerk(story, n).unwrap_or(no_call);
            story.asks(n, C::FormSet { call, field: "phone".into(), text: "1".into(), base })
        }
        Step::CitizenFills(n, base) => {
            let call = call_of_terminal(story, n).unwrap_or(no_call);
            story.says(n, T::FormSet { call, field: "phone".into(), text: "2".into(), base })
        }
        Step::Focus(n) => {
            let call = call_of_clerk(story, n).unwrap_or(no_call);
            story.asks(n, C::FormFocus { call, field: Some("phone".into()) })
        }
        Step::Point(n) => {
            let call = call_of_clerk(story, n).unwrap_or(no_call);
            let mark = Mark::Pointer { at: Spot { x: 1, y: 1 }, begins: true };
            story.asks(n, C::Mark { call, surface: Surface::Page, mark })
        }
        Step::Capture(n) => {
            let call = call_of_clerk(story, n).unwrap_or(no_call);
            story.asks(n, C::Capture { call, material: "ID".into() })
        }
        Step::CaptureFails(n) => {
            let call = call_of_terminal(story, n).unwrap_or(no_call);
            let still = still_at(story, n);
            story.says(n, T::CaptureFailed { call, still })
        }
        Step::StillArrives(n) => {
            let call = call_of_terminal(story, n).unwrap_or(no_call);
            let still = still_at(story, n);
            story.input(Input::StillArrived { call, still })
        }
        Step::ClerkMutes(n, muted) => {
            let call = call_of_clerk(story, n).unwrap_or(no_call);
            story.asks(n, C::SetMedia { call, muted, camera_off: false })
        }
        Step::CaseOpens(n) => {
            let call = call_of_clerk(story, n);
            let case = case_of(clerk_id(n));
            story.input(Input::CaseChanged { call, case, concerns: vec![clerk_id(n)] })
        }
        Step::MediaUp(n, clerk) => {
            let party = if clerk { Party::Staff(clerk_id(n)) } else { Party::Terminal(terminal_id(n)) };
            story.input(Input::MediaUp { party })
        }
        Step::Present(n) => {
            let ticket = match story.terminal_stage(n) {
                Some(TerminalStage::Waiting { ticket, .. } | TerminalStage::Ringing { ticket, .. }) => {
                    ticket.id
                }
                _ => TicketId(uuid::Uuid::nil()),
            };
            story.says(n, T::Present { ticket })
        }
        Step::CallPerson(n, on) => story.says(n, T::CallPerson { on }),
        Step::TerminalReloads(n) => {
            let mut out = story.input(Input::Connected { connection: ConnectionId(100), who: terminal(n) });
            out.extend(story.terminal_here(n));
            out
        }
        Step::ClerkReloads(n) => {
            let who = clerk(n, QUEUES[usize::from(n)]);
            let mut out = story.input(Input::Connected { connection: ConnectionId(1100), who });
            out.extend(story.clerk_here(n, QUEUES[usize::from(n)]));
            out
        }
        Step::RevokeTerminal(n) => story.input(Input::Revoked { party: Party::Terminal(terminal_id(n)) }),
        Step::Drain => story.input(Input::Drain),
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
        Step::TerminalQuiet(n, on) => story.quiet(terminal_line(n), on),
        Step::ClerkQuiet(n, on) => story.quiet(clerk_line(n), on),
        Step::Wait(seconds) => story.after(u64::from(seconds)),
    }
}

/// The still that is awaited at a terminal.
fn still_at(story: &Story, n: u8) -> StillId {
    let facts = story.desk.call_of(Party::Terminal(terminal_id(n)));
    facts.and_then(|f| f.capture).map_or(StillId(uuid::Uuid::nil()), |capture| capture.still)
}

fn case_of(owner: StaffId) -> CaseBrief {
    CaseBrief {
        id: CaseId(owner.0),
        number: "2026-000001".into(),
        state: CaseState::Intake,
        version: 1,
        item: "subsidy".into(),
        scenario: "subsidy/1".into(),
        owner,
        owner_name: "clerk".into(),
        materials: vec![MaterialView {
            code: "ID".into(),
            primary: true,
            deferrable: false,
            state: MaterialState::Missing,
            reason: None,
            stills: vec![],
        }],
        papers: vec![],
        open_handoff: None,
    }
}

/// The connection of a step that is a request.
pub fn asks(step: &Step) -> Option<ConnectionId> {
    use Step as S;
    match *step {
        S::Take(n, ..) | S::Cancel(n) | S::HangUp(n) | S::Mute(n, _) | S::Grant(n) | S::Stop(n) => {
            Some(terminal_line(n))
        }
        S::CitizenFills(n, _) | S::Rate(n) | S::Wipe(n) | S::Present(n) | S::CallPerson(n, _) => {
            Some(terminal_line(n))
        }
        S::CaptureFails(n) => Some(terminal_line(n)),
        S::Ready(n) | S::Break(n) | S::OffDuty(n) | S::Accept(n) | S::Decline(n) | S::ClerkHangsUp(n) => {
            Some(clerk_line(n))
        }
        S::Hold(n, _) | S::ClerkMutes(n, _) | S::AskAssist(n) | S::Fill(n, _) | S::FinishWrapUp(n) => {
            Some(clerk_line(n))
        }
        S::ExtendWrapUp(n) | S::Point(n) | S::Capture(n) | S::ClerkStops(n) | S::Focus(n) => {
            Some(clerk_line(n))
        }
        S::TerminalComes(_) | S::TerminalGoes(_) | S::TerminalReloads(_) | S::ClerkComes(_) => None,
        S::ClerkGoes(_) | S::ClerkReloads(_) | S::RevokeClerk(_) | S::RevokeTerminal(_) => None,
        S::TerminalQuiet(..) | S::ClerkQuiet(..) | S::Catalogue(_) => None,
        S::CaseOpens(_) | S::StillArrives(_) | S::MediaUp(_, _) | S::Drain | S::Wait(_) => None,
    }
}
