//! The desk again, with lists and loops instead of indexes: slow, and easy to believe.
use super::{CATALOGUES, catalogue, clerk_line, terminal_line};
use desk::{CallEnd, Desk, DeskEvent, Duty, Fact, MediaIntent, Outgoing, Output, Record, Visitor};
use protocol::ids::*;
use protocol::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub struct Naive {
    terminals_here: Vec<TerminalId>,
    clerks: BTreeMap<StaffId, NaiveClerk>,
    tickets: Vec<NaiveTicket>,
    draining: bool,
    /// Which version of the catalogue is in force.
    catalogue: usize,
    /// Connections of which nothing was heard for a while.
    pub quiet: BTreeSet<ConnectionId>,
    media: Media,
    /// What each page was shown last.
    pub shown: BTreeMap<ConnectionId, Shown>,
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
    state: State,
    at_terminal: bool,
    /// Microphone and camera off, by the citizen.
    off: (bool, bool),
    rated: BTreeSet<CallId>,
}

#[derive(Clone, PartialEq, Debug)]
enum State {
    Waiting,
    Offered,
    Call(NaiveCall),
    Ended,
}

#[derive(Clone, PartialEq, Debug)]
struct NaiveCall {
    id: CallId,
    clerk: StaffId,
    held: bool,
    clerk_off: (bool, bool),
    asked: Vec<Capability>,
    granted: BTreeSet<Capability>,
    capture: Option<StillId>,
    versions: BTreeMap<String, u32>,
}

#[derive(Default)]
struct Media {
    connected: BTreeSet<(Party, Party)>,
    silenced: BTreeMap<Party, (bool, bool, bool)>,
}

/// A page as it was told, without what is counted by the second.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    Terminal(TerminalStage, bool),
    Clerk(ClerkStatus, WishedStatus),
}

impl Shown {
    pub fn of(what: &Outgoing) -> Option<Self> {
        match what {
            Outgoing::Terminal(TerminalNews::View(view)) => {
                let mut stage = view.stage.clone();
                if let TerminalStage::Waiting { position, .. } = &mut stage {
                    *position = Position { ahead: 0, estimate: Estimate::NobodyOnDuty };
                }
                Some(Self::Terminal(stage, view.person_called))
            }
            Outgoing::Clerk(ClerkNews::View(view)) => Some(Self::Clerk(view.status.clone(), view.next)),
            _ => None,
        }
    }
}

impl Naive {
    /// Follows the outputs of one input. `asked_by` is the connection of a request.
    pub fn follow(&mut self, out: &[Output], asked_by: Option<ConnectionId>) {
        let answers: Vec<_> = out
            .iter()
            .filter_map(|o| match o {
                Output::Send(to, Outgoing::Answer { body, .. }) => Some((*to, body)),
                _ => None,
            })
            .collect();
        match asked_by.filter(|line| self.is_here(*line)) {
            Some(line) => {
                assert_eq!(answers.iter().map(|(to, _)| *to).collect::<Vec<_>>(), [line], "one answer each");
                let refused = matches!(answers[0].1, Common::Error(_));
                let acts = out.iter().filter(|o| !matches!(o, Output::Send(..))).count();
                assert!(!refused || acts == 0, "a refused request changed something");
            }
            None => assert!(answers.is_empty(), "answered whom?"),
        }
        for output in out {
            match output {
                Output::Event(event) => self.event(event),
                Output::Send(to, what) => {
                    if let Some(shown) = Shown::of(what) {
                        self.shown.insert(*to, shown);
                    }
                }
                Output::Close(line, _) => {
                    self.shown.remove(line);
                }
                Output::Media(intent) => self.intent(*intent),
                Output::PaperReceived { .. } => {}
            }
        }
    }

    fn is_here(&self, line: ConnectionId) -> bool {
        let terminal = (0..10).find(|n| terminal_line(*n) == line);
        let clerk = (0..10).find(|n| clerk_line(*n) == line);
        terminal.is_some_and(|n| self.terminals_here.contains(&super::terminal_id(n)))
            || clerk.is_some_and(|n| self.clerks.get(&super::clerk_id(n)).is_some_and(|c| c.here))
    }

    fn ticket(&mut self, id: TicketId) -> &mut NaiveTicket {
        self.tickets.iter_mut().find(|t| t.id == id).expect("a known ticket")
    }

    fn call(&mut self, ticket: TicketId, call: CallId) -> &mut NaiveCall {
        let State::Call(running) = &mut self.ticket(ticket).state else { panic!("no call runs") };
        assert_eq!(running.id, call, "another call");
        running
    }

    fn callable(&self, queue: &SkillGroupCode) -> Option<(Timestamp, TicketId)> {
        let here = |t: &&NaiveTicket| {
            t.state == State::Waiting && t.queue == *queue && self.terminals_here.contains(&t.terminal)
        };
        self.tickets.iter().filter(here).map(|t| (t.at, t.id)).min()
    }

    fn longest_idle(&self, queue: &SkillGroupCode) -> Option<(Timestamp, StaffId)> {
        let serves = |c: &&NaiveClerk| c.here && c.queues.contains(queue);
        self.clerks.values().filter(serves).filter_map(|c| c.ready_since).min()
    }

    fn event(&mut self, event: &DeskEvent) {
        match event {
            DeskEvent::Quiet { connection, on: true } => {
                assert!(self.quiet.insert(*connection), "told twice");
            }
            DeskEvent::Quiet { connection, on: false } => {
                assert!(self.quiet.remove(connection), "heard again without having been quiet");
            }
            DeskEvent::Connected { connection, who: Visitor::Terminal { id, .. } } => {
                self.forget_lines_of(Party::Terminal(*id));
                self.quiet.remove(connection);
                self.terminals_here.retain(|t| t != id);
                self.terminals_here.push(*id);
            }
            DeskEvent::Connected { connection, who: Visitor::Clerk(profile) } => {
                self.forget_lines_of(Party::Staff(profile.id));
                self.quiet.remove(connection);
                let new = NaiveClerk { here: true, queues: vec![], ready_since: None, busy: None };
                let clerk = self.clerks.entry(profile.id).or_insert(new);
                clerk.here = true;
                clerk.queues.clone_from(&profile.skill_groups);
            }
            DeskEvent::Disconnected { party: Party::Terminal(id), .. } => {
                self.terminals_here.retain(|t| t != id);
                self.forget_lines_of(Party::Terminal(*id));
                self.shown.retain(|line, _| {
                    !(0..10).any(|n| super::terminal_id(n) == *id && terminal_line(n) == *line)
                });
            }
            DeskEvent::Disconnected { party: Party::Staff(id), .. } => {
                if let Some(clerk) = self.clerks.get_mut(id) {
                    clerk.here = false;
                }
                self.forget_lines_of(Party::Staff(*id));
                self.shown
                    .retain(|line, _| !(0..10).any(|n| super::clerk_id(n) == *id && clerk_line(n) == *line));
            }
            DeskEvent::CatalogueSeen { items } => {
                let version = (0..CATALOGUES.len()).find(|version| catalogue(*version) == *items);
                self.catalogue = version.expect("a catalogue that nobody brought");
            }
            DeskEvent::Draining => self.draining = true,
            DeskEvent::Stored(Record { at, fact }) => self.fact(*at, fact),
            _ => {}
        }
    }

    fn fact(&mut self, at: Timestamp, fact: &Fact) {
        match fact {
            Fact::TicketTaken(taken) => {
                assert!(!self.draining, "a ticket while draining");
                let (item, scenario) = (taken.item.as_ref(), taken.scenario.as_ref());
                let offered = CATALOGUES[self.catalogue].iter().any(|(known, queue, scenarios)| {
                    item.is_some_and(|item| item.as_str() == *known)
                        && taken.skill_group.as_str() == *queue
                        && scenario.is_none_or(|one| scenarios.contains(&one.as_str()))
                });
                assert!(offered, "a ticket for what the catalogue does not have");
                assert!(self.tickets.iter().all(|t| t.id != taken.ticket), "a ticket twice");
                let shown = self.tickets.iter().find(|t| t.terminal == taken.terminal && t.at_terminal);
                assert!(shown.is_none(), "two visits at one terminal");
                self.tickets.push(NaiveTicket {
                    id: taken.ticket,
                    at,
                    terminal: taken.terminal,
                    queue: taken.skill_group.clone(),
                    state: State::Waiting,
                    at_terminal: true,
                    off: (false, false),
                    rated: BTreeSet::new(),
                });
            }
            Fact::OfferMade { ticket, clerk, .. } => self.offered(*ticket, *clerk),
            Fact::OfferEnded { ticket, .. } => {
                assert_eq!(self.ticket(*ticket).state, State::Offered);
                self.ticket(*ticket).state = State::Waiting;
                self.release(*ticket);
            }
            Fact::CallStarted { ticket, call, clerk, .. } => {
                assert!(!self.draining, "a call begins while draining");
                assert_eq!(self.ticket(*ticket).state, State::Offered, "a call out of nothing");
                assert_eq!(self.clerks[clerk].busy, Some(*ticket), "another clerk's offer");
                self.ticket(*ticket).state = State::Call(NaiveCall {
                    id: *call,
                    clerk: *clerk,
                    held: false,
                    clerk_off: (false, false),
                    asked: vec![],
                    granted: BTreeSet::new(),
                    capture: None,
                    versions: BTreeMap::new(),
                });
            }
            Fact::CallEnded { ticket, call, how, .. } => {
                self.call(*ticket, *call);
                let again = matches!(how, CallEnd::ClerkGone | CallEnd::Revoked);
                self.ticket(*ticket).state = if again { State::Waiting } else { State::Ended };
                self.release(*ticket);
            }
            Fact::TicketEnded { ticket, .. } => {
                assert_eq!(self.ticket(*ticket).state, State::Waiting);
                let ticket = self.ticket(*ticket);
                (ticket.state, ticket.at_terminal) = (State::Ended, false);
            }
            Fact::TerminalFreed { ticket } => {
                assert_eq!(self.ticket(*ticket).state, State::Ended, "freed in the middle of a visit");
                self.ticket(*ticket).at_terminal = false;
            }
            Fact::Rated { ticket, call, .. } => {
                let ticket = self.ticket(*ticket);
                assert_eq!(ticket.state, State::Ended, "rated before the clerk has left");
                assert!(ticket.at_terminal, "rated by whoever came next");
                assert!(ticket.rated.insert(*call), "rated twice");
            }
            Fact::ClerkStatus { clerk, status, .. } => {
                let ready = *status == Duty::Wished { status: WishedStatus::Ready };
                if let Some(clerk_state) = self.clerks.get_mut(clerk) {
                    assert!(clerk_state.busy.is_none(), "a busy clerk changed status");
                    clerk_state.ready_since = ready.then_some((at, *clerk));
                }
            }
            in_call => self.in_call(in_call),
        }
    }

    fn offered(&mut self, id: TicketId, clerk: StaffId) {
        assert!(!self.draining, "rung while draining");
        let (queue, place) = (self.ticket(id).queue.clone(), (self.ticket(id).at, id));
        let state = &self.clerks[&clerk];
        let free = state.here && state.ready_since.is_some() && state.busy.is_none();
        assert!(free, "rung while not ready");
        assert!(state.queues.contains(&queue), "rung for a queue not served");
        for served in &state.queues {
            assert!(self.callable(served).is_none_or(|oldest| oldest >= place), "not the oldest");
        }
        assert_eq!(self.callable(&queue), Some(place), "the ticket could not be called");
        assert_eq!(self.longest_idle(&queue).map(|(_, id)| id), Some(clerk), "not the longest idle");
        self.ticket(id).state = State::Offered;
        let clerk = self.clerks.get_mut(&clerk).unwrap();
        (clerk.ready_since, clerk.busy) = (None, Some(id));
    }

    /// What is done in a call, and on whose leave.
    fn in_call(&mut self, fact: &Fact) {
        match fact {
            Fact::Held { ticket, call, on } => self.call(*ticket, *call).held = *on,
            Fact::MediaSet { ticket, call, hand: Hand::Citizen, muted, camera_off } => {
                self.call(*ticket, *call);
                self.ticket(*ticket).off = (*muted, *camera_off);
            }
            Fact::MediaSet { ticket, call, muted, camera_off, .. } => {
                self.call(*ticket, *call).clerk_off = (*muted, *camera_off);
            }
            Fact::AssistAsked { ticket, call, capabilities, .. } => {
                let call = self.call(*ticket, *call);
                assert!(call.asked.is_empty(), "two questions at once");
                call.asked.clone_from(capabilities);
            }
            Fact::AssistAnswered { ticket, call, granted, .. } => {
                let call = self.call(*ticket, *call);
                assert!(!call.asked.is_empty(), "an answer to no question");
                assert!(granted.iter().all(|one| call.asked.contains(one)), "granted and not asked for");
                call.granted.extend(granted);
                call.asked.clear();
            }
            Fact::AssistStopped { ticket, call, .. } => {
                let call = self.call(*ticket, *call);
                call.asked.clear();
                call.granted.clear();
                call.capture = None;
            }
            Fact::Marked { ticket, call, .. } => self.allowed(*ticket, *call, Capability::Point),
            Fact::FormWritten { ticket, call, field, by, version, .. } => {
                if *by == Hand::Clerk {
                    self.allowed(*ticket, *call, Capability::Fill);
                }
                let known = self.call(*ticket, *call).versions.entry(field.clone()).or_insert(0);
                assert_eq!(*version, *known + 1, "a version skipped or written over");
                *known = *version;
            }
            Fact::CaptureAsked { ticket, call, still, .. } => {
                self.allowed(*ticket, *call, Capability::Capture);
                let capture = &mut self.call(*ticket, *call).capture;
                assert!(capture.replace(*still).is_none(), "two stills at once");
            }
            Fact::CaptureEnded { ticket, call, still, .. } => {
                assert_eq!(
                    self.call(*ticket, *call).capture.take(),
                    Some(*still),
                    "a still nobody asked for"
                );
            }
            _ => {}
        }
    }

    fn allowed(&mut self, ticket: TicketId, call: CallId, capability: Capability) {
        let granted = self.call(ticket, call).granted.contains(&capability);
        assert!(granted, "{capability:?} without consent");
        let terminal = self.ticket(ticket).terminal;
        assert!(self.terminals_here.contains(&terminal), "{capability:?} where nobody sees it");
        let quiet =
            (0..10).any(|n| super::terminal_id(n) == terminal && self.quiet.contains(&terminal_line(n)));
        assert!(!quiet, "{capability:?} where perhaps nobody sees it");
    }

    /// A party's connection ended: that it was quiet counts no more.
    fn forget_lines_of(&mut self, party: Party) {
        self.quiet.retain(|line| {
            !(0..10).any(|n| {
                (party == Party::Terminal(super::terminal_id(n)) && terminal_line(n) == *line)
                    || (party == Party::Staff(super::clerk_id(n)) && clerk_line(n) == *line)
            })
        });
    }

    fn release(&mut self, ticket: TicketId) {
        for clerk in self.clerks.values_mut() {
            if clerk.busy == Some(ticket) {
                clerk.busy = None;
            }
        }
    }

    fn intent(&mut self, intent: MediaIntent) {
        match intent {
            MediaIntent::Connect { a, b } => {
                let (running, silences) = self.wanted();
                assert!(running.contains(&(a, b)), "connected without a call");
                for party in [a, b] {
                    let now = self.media.silenced.get(&party).copied().unwrap_or_default();
                    assert_eq!(now, silences[&party], "connected before what must not be heard was said");
                }
                self.media.connected.insert((a, b));
            }
            MediaIntent::Disconnect { a, b } => {
                self.media.connected.remove(&(a, b));
            }
            MediaIntent::Silence { party, voice, camera, aux } => {
                self.media.silenced.insert(party, (voice, camera, aux));
            }
            MediaIntent::Remove { .. } => {}
        }
    }

    /// Who should be connected with whom, and what of each side should reach nobody.
    #[allow(clippy::type_complexity, reason = "a pair of plain collections, read once")]
    fn wanted(&self) -> (BTreeSet<(Party, Party)>, BTreeMap<Party, (bool, bool, bool)>) {
        let (mut pairs, mut silences) = (BTreeSet::new(), BTreeMap::new());
        for ticket in &self.tickets {
            let State::Call(call) = &ticket.state else { continue };
            let (a, b) = (Party::Terminal(ticket.terminal), Party::Staff(call.clerk));
            pairs.insert((a, b));
            silences.insert(a, (ticket.off.0 || call.held, ticket.off.1 || call.held, call.held));
            silences.insert(b, (call.clerk_off.0 || call.held, call.clerk_off.1 || call.held, call.held));
        }
        (pairs, silences)
    }

    pub fn holds(&self, desk: &Desk) {
        let waits = |t: &&NaiveTicket| matches!(t.state, State::Waiting | State::Offered);
        let mut waiting: Vec<_> = self.tickets.iter().filter(waits).map(|t| (t.at, t.id)).collect();
        waiting.sort_unstable();
        let waiting: Vec<_> = waiting.into_iter().map(|(_, id)| id).collect();
        assert_eq!(desk.waiting(), waiting, "lost, doubled or out of order");
        for queue in ["civil", "social", "general"].map(SkillGroupCode::from) {
            let paired = self.callable(&queue).is_none() || self.longest_idle(&queue).is_none();
            assert!(self.draining || paired, "somebody waits while somebody is ready");
        }
        let (pairs, silences) = self.wanted();
        let counted = desk::Counts {
            terminals: self.terminals_here.len(),
            clerks: self.clerks.values().filter(|c| c.here).count(),
            waiting: waiting.len(),
            calls: pairs.len(),
        };
        assert_eq!(desk.counts(), counted);
        assert_eq!(self.media.connected, pairs, "who hears whom");
        for (party, silenced) in &self.media.silenced {
            assert_eq!(
                *silenced,
                silences.get(party).copied().unwrap_or_default(),
                "what of {party:?} is kept back"
            );
        }
    }
}
