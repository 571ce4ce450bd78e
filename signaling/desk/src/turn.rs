//! One input's handling: events are applied as they are decided; whoever is touched by them gets a fresh view at the end.
use protocol::ids::{CallId, ConnectionId, IdSource, Party, StaffId, TerminalId, TicketId};
use protocol::{
    ClerkNews, CloseReason, Common, ErrorBody, ErrorCode, NotReadyReason, TerminalNews, Timestamp,
    WishedStatus,
};
use std::collections::BTreeSet;

use crate::event::{CallEnd, DeskEvent, Duty, Fact, OfferEnd, Record, TicketEnd};
use crate::input::{Input, Visitor};
use crate::output::{MediaIntent, Outgoing, Output};
use crate::state::{Call, Clerk, Presence, Stage, Status, Timer, Visit};
use crate::{Desk, queue};

/// What became of a request.
pub(crate) type Answer = Result<(), ErrorBody>;

pub(crate) fn refuse(code: ErrorCode, detail: &str) -> ErrorBody {
    ErrorBody::new(code, detail)
}

pub(crate) struct Turn<'a> {
    pub(crate) desk: &'a mut Desk,
    pub(crate) now: Timestamp,
    pub(crate) ids: &'a mut IdSource,
    out: Vec<Output>,
    touched: BTreeSet<Party>,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(desk: &'a mut Desk, now: Timestamp, ids: &'a mut IdSource) -> Self {
        Self { desk, now, ids, out: Vec::new(), touched: BTreeSet::new() }
    }

    pub(crate) fn input(&mut self, input: Input) {
        match input {
            Input::Connected { connection, who } => self.connected(connection, who),
            Input::Disconnected { connection } => self.disconnected(connection),
            Input::Quiet { connection } => self.quiet(connection, true),
            Input::Heard { connection } => self.quiet(connection, false),
            Input::Tick => self.tick(),
            Input::MediaUp { party } => self.media_up(party),
            Input::MediaDown { party } => {
                if let Some(connection) = self.presence(party).and_then(Presence::connection) {
                    self.send(connection, Outgoing::Common(Common::MediaGone));
                }
            }
            Input::Revoked { party } => self.revoked(party),
            Input::CaseChanged { call, case, concerns } => self.case_changed(call, case, &concerns),
            Input::HandoffChanged { handoff, concerns } => {
                for staff in concerns {
                    self.tell_clerk(staff, ClerkNews::HandoffChanged { handoff: Box::new(handoff.clone()) });
                }
            }
            Input::StillArrived { call, still } => self.still_ended(call, still, true),
            Input::CatalogueChanged { items } => self.emit(DeskEvent::CatalogueSeen { items }),
            Input::Drain => self.drain(),
            Input::Terminal { connection, id, message } => {
                let Some(Party::Terminal(terminal)) = self.desk.party_on(connection) else {
                    return;
                };
                if let Some(answer) = self.terminal(terminal, connection, id, message) {
                    self.answer(connection, id, answer);
                }
            }
            Input::Clerk { connection, id, message } => {
                let Some(Party::Staff(staff)) = self.desk.party_on(connection) else {
                    return;
                };
                let answer = self.clerk(staff, message);
                self.answer(connection, id, answer);
            }
        }
    }

    /// Adds the views of everybody touched, after all else.
    pub(crate) fn finish(mut self) -> Vec<Output> {
        for party in std::mem::take(&mut self.touched) {
            match party {
                Party::Terminal(id) => {
                    if let Some((connection, view)) = self.desk.terminal_view(id) {
                        self.send(connection, Outgoing::Terminal(TerminalNews::View(Box::new(view))));
                    }
                }
                Party::Staff(id) => {
                    if let Some((connection, view)) = self.desk.clerk_view(id) {
                        self.send(connection, Outgoing::Clerk(ClerkNews::View(Box::new(view))));
                    }
                }
            }
        }
        self.out
    }

    pub(crate) fn emit(&mut self, event: DeskEvent) {
        self.desk.apply(&event);
        self.out.push(Output::Event(event));
    }

    pub(crate) fn record(&mut self, fact: Fact) {
        self.emit(DeskEvent::Stored(Record { at: self.now, fact }));
    }

    pub(crate) fn send(&mut self, to: ConnectionId, what: Outgoing) {
        self.out.push(Output::Send(to, what));
    }

    pub(crate) fn push(&mut self, output: Output) {
        self.out.push(output);
    }

    pub(crate) fn media(&mut self, intent: MediaIntent) {
        self.out.push(Output::Media(intent));
    }

    pub(crate) fn touch(&mut self, party: Party) {
        self.touched.insert(party);
    }

    /// Both sides of a visit see the change.
    pub(crate) fn touch_visit(&mut self, ticket: TicketId) {
        let Some(visit) = self.desk.visits.get(&ticket) else { return };
        let terminal = visit.taken.terminal;
        let clerk = match &visit.stage {
            Stage::Offered { clerk, .. } => Some(*clerk),
            Stage::InCall(call) => Some(call.clerk),
            _ => None,
        };
        let wrapping: Vec<_> = visit.wrapping.values().map(|w| w.clerk).collect();
        self.touch(Party::Terminal(terminal));
        for clerk in clerk.into_iter().chain(wrapping) {
            self.touch(Party::Staff(clerk));
        }
    }

    pub(crate) fn tell_clerk(&mut self, staff: StaffId, news: ClerkNews) {
        if let Some(connection) = self.desk.clerks.get(&staff).and_then(|c| c.presence.connection()) {
            self.send(connection, Outgoing::Clerk(news));
        }
    }

    pub(crate) fn tell_terminal(&mut self, terminal: TerminalId, news: TerminalNews) {
        if let Some(connection) = self.desk.terminals.get(&terminal).and_then(|t| t.presence.connection()) {
            self.send(connection, Outgoing::Terminal(news));
        }
    }

    fn answer(&mut self, connection: ConnectionId, re: u32, answer: Answer) {
        let body = match answer {
            Ok(()) => Common::Done,
            Err(error) => Common::Error(error),
        };
        self.send(connection, Outgoing::Answer { re, body });
    }

    fn connected(&mut self, connection: ConnectionId, who: Visitor) {
        let party = who.party();
        if let Some(older) = self.presence(party).and_then(Presence::connection) {
            self.push(Output::Close(older, CloseReason::Replaced));
        }
        if let Party::Terminal(id) = party {
            // A page that starts anew knows nothing of having called somebody.
            self.person_called(id, false);
        }
        self.emit(DeskEvent::Connected { connection, who });
        self.touch(party);
        match party {
            Party::Terminal(id) => {
                if let Some(ticket) = self.desk.terminals.get(&id).and_then(|t| t.visit) {
                    self.touch_visit(ticket);
                    queue::pair_ticket(self, ticket);
                }
            }
            Party::Staff(id) => {
                if let Some(Status::InCall { ticket, .. }) = self.desk.clerks.get(&id).map(|c| c.status) {
                    self.touch_visit(ticket);
                }
                self.send_queues(id);
                self.send_persons_called(id);
                queue::pair_clerk(self, id);
            }
        }
    }

    /// No new work from now on: what rings stops ringing, places stay, calls go on.
    fn drain(&mut self) {
        self.emit(DeskEvent::Draining);
        let rings = self.desk.visits.iter().filter_map(|(ticket, visit)| match visit.stage {
            Stage::Offered { offer, .. } => Some((*ticket, offer)),
            _ => None,
        });
        for (ticket, offer) in rings.collect::<Vec<_>>() {
            self.withdraw_offer(ticket, offer, OfferEnd::Draining);
        }
    }

    fn presence(&self, party: Party) -> Option<Presence> {
        match party {
            Party::Terminal(id) => self.desk.terminals.get(&id).map(|t| t.presence),
            Party::Staff(id) => self.desk.clerks.get(&id).map(|c| c.presence),
        }
    }

    fn disconnected(&mut self, connection: ConnectionId) {
        // A connection that was replaced is nobody's any more.
        let Some(party) = self.desk.party_on(connection) else { return };
        self.gone(party);
    }

    /// Told at once to whoever talks with that side; what a lost connection brings about waits for its end.
    fn quiet(&mut self, connection: ConnectionId, on: bool) {
        let Some(line) = self.desk.connections.get(&connection).copied().filter(|l| l.quiet != on) else {
            return;
        };
        self.emit(DeskEvent::Quiet { connection, on });
        if let Some(ticket) = self.in_call_at(line.party) {
            self.touch_visit(ticket);
        }
    }

    /// Somebody is away from now on.
    fn gone(&mut self, party: Party) {
        if let Party::Terminal(id) = party {
            self.person_called(id, false);
        }
        self.emit(DeskEvent::Disconnected { party, at: self.now });
        match party {
            Party::Terminal(id) => {
                if let Some(ticket) = self.desk.terminals.get(&id).and_then(|t| t.visit) {
                    self.touch_visit(ticket);
                }
            }
            Party::Staff(id) => match self.desk.clerks.get(&id).map(|c| c.status) {
                Some(Status::Ringing { ticket, offer }) => {
                    self.end_offer(ticket, offer, OfferEnd::ClerkGone, NotReadyReason::ConnectionLost);
                }
                Some(Status::InCall { ticket, .. }) => self.touch_visit(ticket),
                _ => {}
            },
        }
    }

    fn tick(&mut self) {
        while let Some((at, timer)) = self.desk.timers.next()
            && at <= self.now
        {
            let before = self.out.len();
            match timer {
                Timer::Ring(ticket) => {
                    if let Some(Stage::Offered { offer, .. }) =
                        self.desk.visits.get(&ticket).map(|v| &v.stage)
                    {
                        let offer = *offer;
                        self.end_offer(ticket, offer, OfferEnd::NoAnswer, NotReadyReason::NoAnswer);
                    }
                }
                Timer::Ask(ticket) => {
                    if let Some(call) = self.running(ticket).map(|c| c.id) {
                        let (granted, shown) = (Vec::new(), None);
                        self.record(Fact::AssistAnswered { ticket, call, granted, answered: false, shown });
                        self.touch_visit(ticket);
                    }
                }
                Timer::WrapUp(ticket, call) => {
                    self.finish_wrap_up(ticket, call, protocol::CallResult::NoResult, String::new());
                }
                Timer::Clerk(id) => self.clerk_lost(id),
                Timer::Terminal(id) => self.terminal_lost(id),
            }
            if self.out.len() == before {
                // A timer that nothing answers to would be due for ever.
                self.desk.timers.set(timer, None);
            }
        }
        if !self.desk.stale_queues.is_empty()
            && self.now >= self.desk.announced_at.plus(self.desk.policy.announce_every)
        {
            self.announce();
        }
    }

    /// A clerk was away for longer than the grace.
    fn clerk_lost(&mut self, id: StaffId) {
        let Some(clerk) = self.desk.clerks.get(&id) else { return };
        match clerk.status {
            Status::InCall { ticket, call } => {
                self.end_call(ticket, call, CallEnd::ClerkGone);
            }
            Status::WrapUp { ticket, call } => {
                self.finish_wrap_up(ticket, call, protocol::CallResult::NoResult, String::new());
            }
            Status::Wished(WishedStatus::Ready) => self.set_not_ready(id, NotReadyReason::ConnectionLost),
            Status::Ringing { .. } => {}
            Status::Wished(_) | Status::NotReady(_) => {
                let status = Duty::Wished { status: WishedStatus::OffDuty };
                self.set_duty(id, status);
            }
        }
    }

    /// A terminal was away for longer than the grace.
    fn terminal_lost(&mut self, id: TerminalId) {
        let Some(ticket) = self.desk.terminals.get(&id).and_then(|t| t.visit) else { return };
        self.end_visit_at_terminal(ticket, CallEnd::TerminalGone, TicketEnd::Abandoned);
    }

    /// Ends whatever stage the visit is in, and frees the terminal.
    pub(crate) fn end_visit_at_terminal(
        &mut self,
        ticket: TicketId,
        call_end: CallEnd,
        ticket_end: TicketEnd,
    ) {
        match self.desk.visits.get(&ticket).map(|v| &v.stage) {
            Some(Stage::Waiting) => self.end_ticket(ticket, ticket_end),
            Some(Stage::Offered { offer, clerk, .. }) => {
                let (offer, clerk) = (*offer, *clerk);
                self.withdraw_offer(ticket, offer, OfferEnd::TicketGone);
                self.end_ticket(ticket, ticket_end);
                queue::pair_clerk(self, clerk);
            }
            Some(Stage::InCall(call)) => {
                let call = call.id;
                self.end_call(ticket, call, call_end);
                self.free_terminal(ticket);
            }
            Some(Stage::Ended { .. } | Stage::Gone) => self.free_terminal(ticket),
            None => {}
        }
    }

    fn revoked(&mut self, party: Party) {
        let connection = self.presence(party).and_then(Presence::connection);
        match party {
            Party::Terminal(id) => {
                if let Some(ticket) = self.desk.terminals.get(&id).and_then(|t| t.visit) {
                    self.end_visit_at_terminal(ticket, CallEnd::TerminalGone, TicketEnd::Revoked);
                }
            }
            Party::Staff(id) => {
                match self.desk.clerks.get(&id).map(|c| c.status) {
                    Some(Status::InCall { ticket, call }) => self.end_call(ticket, call, CallEnd::Revoked),
                    Some(Status::Ringing { ticket, offer }) => {
                        self.end_offer(ticket, offer, OfferEnd::ClerkGone, NotReadyReason::ConnectionLost);
                    }
                    Some(Status::WrapUp { ticket, call }) => {
                        // Off duty next, so that wrap-up does not end in a ring.
                        self.record(Fact::NextStatus { clerk: id, next: WishedStatus::OffDuty });
                        self.finish_wrap_up(ticket, call, protocol::CallResult::NoResult, String::new());
                    }
                    _ => {}
                }
                let off = Status::Wished(WishedStatus::OffDuty);
                if self.desk.clerks.get(&id).is_some_and(|c| c.status != off) {
                    self.set_duty(id, Duty::Wished { status: WishedStatus::OffDuty });
                }
            }
        }
        self.media(MediaIntent::Remove { party });
        if let Some(connection) = connection {
            self.push(Output::Close(connection, CloseReason::Revoked));
            self.gone(party);
        }
    }

    pub(crate) fn visit(&self, ticket: TicketId) -> Result<&Visit, ErrorBody> {
        self.desk.visits.get(&ticket).ok_or_else(|| refuse(ErrorCode::NotFound, "no such ticket"))
    }

    pub(crate) fn running(&self, ticket: TicketId) -> Option<&Call> {
        self.desk.visits.get(&ticket)?.call()
    }

    /// The ticket of the running call that a party is in.
    pub(crate) fn in_call_at(&self, party: Party) -> Option<TicketId> {
        let ticket = match party {
            Party::Terminal(id) => self.desk.terminals.get(&id)?.visit?,
            Party::Staff(id) => match self.desk.clerks.get(&id)?.status {
                Status::InCall { ticket, .. } => ticket,
                _ => return None,
            },
        };
        self.running(ticket).map(|_| ticket)
    }

    /// The running call and its ticket, if this terminal is in it.
    pub(crate) fn call_at_terminal(
        &self,
        terminal: TerminalId,
        call: CallId,
    ) -> Result<(TicketId, &Call), ErrorBody> {
        let ticket = self.ticket_of(call)?;
        let visit = self.visit(ticket)?;
        if visit.taken.terminal != terminal {
            return Err(refuse(ErrorCode::NotYours, "another terminal's call"));
        }
        let running = visit.call().filter(|c| c.id == call);
        running.map(|c| (ticket, c)).ok_or_else(|| refuse(ErrorCode::Stale, "the call is over"))
    }

    /// The running call and its ticket, if this clerk is in it.
    pub(crate) fn call_of_clerk(&self, clerk: StaffId, call: CallId) -> Result<(TicketId, &Call), ErrorBody> {
        let ticket = self.ticket_of(call)?;
        let visit = self.visit(ticket)?;
        let Some(running) = visit.call().filter(|c| c.id == call) else {
            return Err(refuse(ErrorCode::Stale, "the call is over"));
        };
        if running.clerk != clerk {
            return Err(refuse(ErrorCode::NotYours, "another clerk's call"));
        }
        Ok((ticket, running))
    }

    pub(crate) fn ticket_of(&self, call: CallId) -> Result<TicketId, ErrorBody> {
        self.desk.calls.get(&call).copied().ok_or_else(|| refuse(ErrorCode::NotFound, "no such call"))
    }

    pub(crate) fn clerk_state(&self, id: StaffId) -> Result<&Clerk, ErrorBody> {
        self.desk.clerks.get(&id).ok_or_else(|| refuse(ErrorCode::NotFound, "no such clerk"))
    }
}

impl Desk {
    /// Everybody is away from `now` on, as after a restart: terminals first, so that nobody is rung in passing.
    pub fn everybody_left(&mut self, now: Timestamp, ids: &mut IdSource) -> Vec<Output> {
        let terminals: Vec<_> = self.terminals.keys().map(|id| Party::Terminal(*id)).collect();
        let clerks: Vec<_> = self.clerks.keys().map(|id| Party::Staff(*id)).collect();
        let mut turn = Turn::new(self, now, ids);
        for party in terminals.into_iter().chain(clerks) {
            turn.gone(party);
        }
        turn.finish()
    }
}
