//! The only place where state changes. Total: every event is applied, whatever the state; an event that does not fit
//! changes nothing.
use protocol::ids::{StaffId, TicketId};
use protocol::{AssistView, CaptureRequest, FormValue, Hand, PartyView, Timestamp, WishedStatus};

mod lines;

use crate::Desk;
use crate::event::{CallEnd, DeskEvent, Duty, Fact, Record, TicketTaken};
use crate::state::{Call, Clerk, Presence, QueueKey, Stage, Status, Terminal, Timer, Visit, WrapUp};

impl Desk {
    /// Changes the state. Total: it never fails and never panics.
    pub fn apply(&mut self, event: &DeskEvent) {
        match event {
            DeskEvent::Connected { connection, who } => self.connected(*connection, who),
            DeskEvent::Disconnected { party, at } => self.disconnected(*party, *at),
            DeskEvent::Quiet { connection, on } => {
                if let Some(line) = self.connections.get_mut(connection) {
                    line.quiet = *on;
                }
            }
            DeskEvent::PositionTold { ticket, position } => {
                if let Some(visit) = self.visits.get_mut(ticket) {
                    visit.told = Some(*position);
                }
            }
            DeskEvent::Announced { at } => {
                for hub in self.stale_hubs() {
                    let bustle = self.bustle(&hub);
                    self.shown.insert(hub, bustle);
                }
                self.stale_queues.clear();
                self.announced_at = *at;
            }
            DeskEvent::Present { ticket } => {
                if let Some(visit) = self.visits.get_mut(ticket) {
                    visit.present = true;
                }
            }
            DeskEvent::Typing { call, hand, field } => {
                if let Some(call) = self.call_mut(*call) {
                    call.form.typing.retain(|_, by| by != hand);
                    if let Some(field) = field {
                        call.form.typing.insert(field.clone(), *hand);
                    }
                }
            }
            DeskEvent::PersonCalled { terminal, on } => {
                if let Some(terminal) = self.terminals.get_mut(terminal) {
                    terminal.person_called = *on;
                }
            }
            DeskEvent::CaseSeen { ticket, case } => {
                if let Some(visit) = self.visits.get_mut(ticket) {
                    visit.case = Some(case.clone());
                }
            }
            DeskEvent::NumbersSeen { skill_group, day, last } => {
                let n = self.numbers.entry((skill_group.clone(), *day)).or_default();
                *n = (*n).max(*last);
                self.forget_old_numbers(*day);
            }
            DeskEvent::CatalogueSeen { items } => self.policy.serve(items.clone()),
            DeskEvent::Draining => self.draining = true,
            DeskEvent::Stored(record) => self.record(record),
        }
    }

    fn record(&mut self, Record { at, fact }: &Record) {
        let at = *at;
        match fact {
            Fact::ClerkStatus { clerk, status, next } => {
                let status = match status {
                    Duty::Wished { status } => Status::Wished(*status),
                    Duty::NotReady { reason } => Status::NotReady(*reason),
                };
                self.ensure_clerk(*clerk, at);
                self.set_next(*clerk, *next);
                self.set_status(*clerk, status, at);
            }
            Fact::NextStatus { clerk, next } => {
                self.ensure_clerk(*clerk, at);
                self.set_next(*clerk, *next);
            }
            Fact::TicketTaken(taken) => self.ticket_taken(taken, at),
            Fact::OfferMade { ticket, offer, clerk, ends_at } => {
                if !self.visits.contains_key(ticket) {
                    return;
                }
                self.ensure_clerk(*clerk, at);
                self.stage(*ticket, Stage::Offered { offer: *offer, clerk: *clerk, ends_at: *ends_at });
                self.set_status(*clerk, Status::Ringing { ticket: *ticket, offer: *offer }, at);
            }
            // What the clerk becomes is said by the clerk's own record that follows, here and wherever a visit lets a
            // clerk go: a restart reads a clerk's newest record and need not know visits that are closed.
            Fact::OfferEnded { ticket, .. } => self.stage(*ticket, Stage::Waiting),
            Fact::CallStarted { ticket, offer, call, clerk, clerk_name, clerk_number } => {
                let Some(terminal_side) = self.visits.get(ticket).map(|v| v.chosen) else { return };
                self.ensure_clerk(*clerk, at);
                let call = Call {
                    id: *call,
                    offer: *offer,
                    started_at: at,
                    clerk: *clerk,
                    clerk_name: clerk_name.clone(),
                    clerk_number: clerk_number.clone(),
                    on_hold: false,
                    terminal_side,
                    clerk_side: PartyView::default(),
                    assist: AssistView::default(),
                    refused_at: None,
                    form: self.prefilled(*ticket),
                    capture: None,
                    showing: None,
                };
                let id = call.id;
                self.calls.insert(id, *ticket);
                self.stage(*ticket, Stage::InCall(Box::new(call)));
                self.set_status(*clerk, Status::InCall { ticket: *ticket, call: id }, at);
            }
            Fact::CallEnded { ticket, call, how, wrap_up_ends_at } => {
                self.call_ended(*ticket, *call, *how, *wrap_up_ends_at, at);
            }
            Fact::WrapUpExtended { ticket, call, ends_at } => {
                if let Some(wrap) = self.visits.get_mut(ticket).and_then(|v| v.wrapping.get_mut(call)) {
                    wrap.ends_at = *ends_at;
                    wrap.extended = true;
                    self.timers.set(Timer::WrapUp(*ticket, *call), Some(*ends_at));
                }
            }
            Fact::WrapUpFinished { ticket, call, .. } => {
                if let Some(visit) = self.visits.get_mut(ticket) {
                    visit.wrapping.remove(call);
                }
                self.timers.set(Timer::WrapUp(*ticket, *call), None);
            }
            Fact::Rated { ticket, .. } => {
                if let Some(Stage::Ended { rated, .. }) = self.visits.get_mut(ticket).map(|v| &mut v.stage) {
                    *rated = true;
                }
            }
            Fact::TicketEnded { ticket, .. } => {
                self.stage(*ticket, Stage::Gone);
                self.free_terminal(*ticket);
            }
            Fact::TerminalFreed { ticket } => self.free_terminal(*ticket),
            Fact::VisitClosed { ticket } => {
                if let Some(visit) = self.visits.remove(ticket) {
                    self.counts.calls -= usize::from(visit.call().is_some());
                    self.calls.retain(|_, t| t != ticket);
                    for call in visit.wrapping.keys() {
                        self.timers.set(Timer::WrapUp(*ticket, *call), None);
                    }
                }
            }
            in_call => self.in_call(in_call, at),
        }
    }

    /// What changes a call that goes on.
    fn in_call(&mut self, fact: &Fact, at: Timestamp) {
        let Some(id) = fact.call() else { return };
        let Some(ticket) = self.calls.get(&id).copied() else { return };
        let Some(call) = self.call_mut(id) else { return };
        let mut ask = None;
        match fact {
            Fact::Held { on, .. } => call.on_hold = *on,
            Fact::MediaSet { hand, muted, camera_off, .. } => {
                let side =
                    if *hand == Hand::Citizen { &mut call.terminal_side } else { &mut call.clerk_side };
                side.muted = *muted;
                side.camera_off = *camera_off;
                let side = *side;
                if let (Hand::Citizen, Some(visit)) = (hand, self.visits.get_mut(&ticket)) {
                    visit.chosen = side;
                }
            }
            Fact::AssistAsked { capabilities, ends_at, .. } => {
                call.assist.asked.clone_from(capabilities);
                call.assist.ask_ends_at = Some(*ends_at);
                ask = Some(Some(*ends_at));
            }
            Fact::AssistAnswered { granted, .. } => {
                call.assist.asked.clear();
                call.assist.ask_ends_at = None;
                call.refused_at = granted.is_empty().then_some(at);
                for capability in granted {
                    if !call.assist.granted.contains(capability) {
                        call.assist.granted.push(*capability);
                    }
                }
                call.assist.granted.sort_unstable();
                ask = Some(None);
            }
            Fact::AssistStopped { .. } => {
                call.assist = AssistView::default();
                call.form.typing.retain(|_, by| *by != Hand::Clerk);
                call.capture = None;
                ask = Some(None);
            }
            Fact::FormWritten { field, text, by, version, .. } => {
                call.form
                    .values
                    .insert(field.clone(), FormValue { text: text.clone(), by: *by, version: *version });
            }
            Fact::CaptureAsked { still, material, .. } => {
                call.capture = Some(CaptureRequest { still: *still, material: material.clone() });
            }
            Fact::CaptureEnded { still, .. } if call.capture_is(*still) => {
                call.capture = None;
            }
            Fact::Shown { paper, .. } => call.showing = *paper,
            _ => {}
        }
        if let Some(at) = ask {
            self.timers.set(Timer::Ask(ticket), at);
        }
    }

    fn ticket_taken(&mut self, taken: &TicketTaken, at: Timestamp) {
        let n = self.numbers.entry((taken.skill_group.clone(), taken.day)).or_default();
        *n = (*n).max(taken.n);
        self.forget_old_numbers(taken.day);
        let terminal = self.terminals.entry(taken.terminal).or_insert_with(|| Terminal {
            presence: Presence::Away { since: at },
            hub: taken.hub.clone(),
            site: taken.site.clone(),
            visit: None,
            person_called: false,
        });
        terminal.visit = Some(taken.ticket);
        let visit = Visit {
            taken: taken.clone(),
            taken_at: at,
            stage: Stage::Waiting,
            at_terminal: true,
            present: false,
            told: None,
            chosen: PartyView::default(),
            case: None,
            wrapping: Default::default(),
        };
        self.visits.insert(taken.ticket, visit);
        self.reindex_visit(taken.ticket);
    }

    fn call_ended(
        &mut self,
        ticket: TicketId,
        id: protocol::ids::CallId,
        how: CallEnd,
        wrap_up_ends_at: Option<Timestamp>,
        at: Timestamp,
    ) {
        let Some(visit) = self.visits.get_mut(&ticket) else { return };
        let Some(call) = visit.call().filter(|c| c.id == id) else { return };
        let (clerk, started_at) = (call.clerk, call.started_at);
        self.timers.set(Timer::Ask(ticket), None);
        if let Some(ends_at) = wrap_up_ends_at {
            visit.wrapping.insert(id, WrapUp { clerk, started_at, ended_at: at, ends_at, extended: false });
            self.timers.set(Timer::WrapUp(ticket, id), Some(ends_at));
        }
        if matches!(how, CallEnd::ClerkGone | CallEnd::Revoked) {
            self.stage(ticket, Stage::Waiting);
        } else {
            self.stage(ticket, Stage::Ended { call: id, at, rated: false });
        }
        if wrap_up_ends_at.is_some() {
            self.set_status(clerk, Status::WrapUp { ticket, call: id }, at);
        }
    }

    fn free_terminal(&mut self, ticket: TicketId) {
        let Some(visit) = self.visits.get_mut(&ticket) else { return };
        visit.at_terminal = false;
        let id = visit.taken.terminal;
        let Some(terminal) = self.terminals.get_mut(&id) else { return };
        if terminal.visit == Some(ticket) {
            terminal.visit = None;
            if terminal.presence.away() {
                self.terminals.remove(&id);
                self.timers.set(Timer::Terminal(id), None);
            }
        }
    }

    /// Moves a visit to a stage and keeps queues and ring timer true.
    fn stage(&mut self, ticket: TicketId, stage: Stage) {
        let Some(visit) = self.visits.get_mut(&ticket) else { return };
        let ring = if let Stage::Offered { ends_at, .. } = &stage { Some(*ends_at) } else { None };
        let before = usize::from(visit.call().is_some());
        visit.stage = stage;
        self.counts.calls = self.counts.calls + usize::from(visit.call().is_some()) - before;
        if !visit.waits() {
            visit.told = None;
            visit.present = false;
        }
        self.timers.set(Timer::Ring(ticket), ring);
        self.reindex_visit(ticket);
    }

    fn reindex_visit(&mut self, ticket: TicketId) {
        let Some(visit) = self.visits.get(&ticket) else { return };
        let (place, key, waits) = (visit.place(), visit.queue(), visit.waits());
        let here = self.terminals.get(&visit.taken.terminal).is_some_and(|t| !t.presence.away());
        let callable = matches!(visit.stage, Stage::Waiting) && here;
        let queue = self.queues.entry(key.clone()).or_default();
        let changed = if waits { queue.waiting.insert(place) } else { queue.waiting.remove(&place) };
        match (changed, waits) {
            (true, true) => self.counts.waiting += 1,
            (true, false) => self.counts.waiting -= 1,
            (false, _) => {}
        }
        if callable {
            queue.callable.insert(place);
        } else {
            queue.callable.remove(&place);
        }
        if queue.waiting.is_empty() && queue.ready.is_empty() && queue.on_duty.is_empty() {
            self.queues.remove(&key);
        }
        if changed || here {
            self.stale_queues.insert(key);
        }
    }

    fn ensure_clerk(&mut self, id: StaffId, at: Timestamp) {
        self.clerks.entry(id).or_insert_with(|| Clerk {
            presence: Presence::Away { since: at },
            profile: None,
            since: at,
            status: Status::Wished(WishedStatus::OffDuty),
            next: WishedStatus::Ready,
        });
    }

    fn set_next(&mut self, id: StaffId, next: WishedStatus) {
        if let Some(clerk) = self.clerks.get_mut(&id) {
            clerk.next = next;
        }
    }

    fn set_status(&mut self, id: StaffId, status: Status, at: Timestamp) {
        self.leave_queues(id);
        let Some(clerk) = self.clerks.get_mut(&id) else { return };
        clerk.status = status;
        clerk.since = at;
        if status == Status::Wished(WishedStatus::OffDuty) && clerk.presence.away() {
            self.clerks.remove(&id);
            self.timers.set(Timer::Clerk(id), None);
            return;
        }
        if matches!(status, Status::NotReady(_)) {
            self.timers.set(Timer::Clerk(id), None);
        }
        self.enter_queues(id);
    }

    fn leave_queues(&mut self, id: StaffId) {
        let Some(clerk) = self.clerks.get(&id) else { return };
        let Some(profile) = &clerk.profile else { return };
        for skill_group in &profile.skill_groups {
            let key = QueueKey { hub: profile.hub.clone(), skill_group: skill_group.clone() };
            let Some(queue) = self.queues.get_mut(&key) else { continue };
            queue.ready.remove(&(clerk.since, id));
            queue.on_duty.remove(&id);
            queue.serving.remove(&id);
            if queue.waiting.is_empty() && queue.ready.is_empty() && queue.on_duty.is_empty() {
                self.queues.remove(&key);
            }
            self.stale_queues.insert(key);
        }
    }

    fn enter_queues(&mut self, id: StaffId) {
        let Some(clerk) = self.clerks.get(&id) else { return };
        let Some(profile) = &clerk.profile else { return };
        if !clerk.status.on_duty() {
            return;
        }
        for skill_group in &profile.skill_groups {
            let key = QueueKey { hub: profile.hub.clone(), skill_group: skill_group.clone() };
            let queue = self.queues.entry(key.clone()).or_default();
            queue.on_duty.insert(id);
            if clerk.status.serves() {
                queue.serving.insert(id);
            }
            if clerk.status.ready() && !clerk.presence.away() {
                queue.ready.insert((clerk.since, id));
            }
            self.stale_queues.insert(key);
        }
    }

    fn prefilled(&self, ticket: TicketId) -> protocol::FormView {
        let mut form = protocol::FormView::default();
        if let Some(text) = self.visits.get(&ticket).and_then(|v| v.taken.id_number.clone()) {
            form.values.insert("id_number".to_owned(), FormValue { text, by: Hand::System, version: 1 });
        }
        form
    }

    /// Numbers start again each day: earlier days are not kept.
    fn forget_old_numbers(&mut self, day: i64) {
        self.numbers.retain(|(_, d), _| *d >= day - 1);
    }
}
