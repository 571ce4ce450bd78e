//! Requests of terminals.
use protocol::ids::{CallId, ConnectionId, Party, StaffId, TerminalId, TicketId};
use protocol::{ClerkNews, ErrorBody, ErrorCode, Hand, TerminalMessage};
use std::collections::BTreeSet;

use crate::event::{CallEnd, DeskEvent, Fact, TicketEnd, TicketTaken};
use crate::output::Output;
use crate::policy::Unserved;
use crate::queue::pair_ticket;
use crate::state::Stage;
use crate::turn::{Answer, Turn, refuse};

/// A checklist has fewer rows than this.
const MOST_MISSING: usize = 64;
/// There are fewer purposes than this.
const MOST_CONSENTS: usize = 8;
pub(crate) const LONGEST_CODE: usize = 64;
const LONGEST_REASON: usize = 100;

impl Turn<'_> {
    /// Handles a terminal's request; none if somebody else answers it.
    pub(crate) fn terminal(
        &mut self,
        terminal: TerminalId,
        connection: ConnectionId,
        id: u32,
        message: TerminalMessage,
    ) -> Option<Answer> {
        Some(match message {
            message @ TerminalMessage::TakeTicket { .. } => self.take_ticket(terminal, message),
            TerminalMessage::CancelTicket { ticket } => self.cancel_ticket(terminal, ticket),
            TerminalMessage::Present { ticket } => self.present(terminal, ticket),
            TerminalMessage::HangUp { call } => self.hang_up_at_terminal(terminal, call),
            TerminalMessage::SetMedia { call, muted, camera_off } => self
                .call_at_terminal(terminal, call)
                .map(|(ticket, _)| ticket)
                .map(|ticket| self.set_media(ticket, call, Hand::Citizen, muted, camera_off)),
            TerminalMessage::AnswerAssist { call, granted, shown } => {
                self.answer_assist(terminal, call, &granted, shown)
            }
            TerminalMessage::StopAssist { call } => self
                .call_at_terminal(terminal, call)
                .map(|(ticket, _)| ticket)
                .map(|ticket| self.stop_assist(ticket, call, Hand::Citizen)),
            TerminalMessage::FormSet { call, field, text, base } => self
                .call_at_terminal(terminal, call)
                .map(|(ticket, _)| ticket)
                .and_then(|ticket| self.form_set(ticket, call, Hand::Citizen, field, text, base)),
            TerminalMessage::FormFocus { call, field } => self
                .call_at_terminal(terminal, call)
                .map(|(ticket, _)| ticket)
                .and_then(|ticket| self.form_focus(ticket, call, Hand::Citizen, field)),
            TerminalMessage::CaptureFailed { call, still } => self
                .call_at_terminal(terminal, call)
                .map(|_| ())
                .map(|()| self.still_ended(call, still, false)),
            TerminalMessage::PaperReceived { paper } => {
                self.push(Output::PaperReceived { connection, re: id, terminal, paper });
                return None;
            }
            TerminalMessage::Say { call, text } => self
                .call_at_terminal(terminal, call)
                .map(|(ticket, _)| ticket)
                .and_then(|ticket| self.say(ticket, Hand::Citizen, text)),
            TerminalMessage::Rate { call, score, reason } => self.rate(terminal, call, score, reason),
            TerminalMessage::Wiped => self.wiped(terminal),
            TerminalMessage::CallPerson { on } => {
                self.person_called(terminal, on);
                Ok(())
            }
            TerminalMessage::MediaOffer { .. } | TerminalMessage::SlotSize { .. } => {
                Err(refuse(ErrorCode::Internal, "media messages are not the desk's"))
            }
        })
    }

    fn take_ticket(&mut self, terminal: TerminalId, message: TerminalMessage) -> Answer {
        let TerminalMessage::TakeTicket { key, item, scenario, locale, spoken, id_number, missing, consents } =
            message
        else {
            return Err(refuse(ErrorCode::Internal, "not a ticket"));
        };
        let state = self
            .desk
            .terminals
            .get(&terminal)
            .ok_or_else(|| refuse(ErrorCode::NotFound, "no such terminal"))?;
        if let Some(visit) = state.visit.and_then(|t| self.desk.visits.get(&t)) {
            let taken = &visit.taken;
            if taken.key != key {
                return Err(refuse(ErrorCode::AlreadyWaiting, "the terminal has a ticket"));
            }
            // The same press again, after an answer that was lost on the way.
            let same = (&taken.item, &taken.scenario, taken.locale, taken.spoken)
                == (&item, &scenario, locale, spoken)
                && (&taken.id_number, &taken.missing, &taken.consents) == (&id_number, &missing, &consents);
            let text = "the key belongs to another ticket";
            return if same { Ok(()) } else { Err(refuse(ErrorCode::KeyReused, text)) };
        }
        if self.desk.draining {
            return Err(refuse(ErrorCode::Draining, "no new tickets for the moment"));
        }
        let queue = self.desk.policy.queue_for(item.as_ref(), scenario.as_ref());
        let skill_group = queue.cloned().map_err(unserved)?;
        bounded(missing.len() <= MOST_MISSING, "missing: too many")?;
        bounded(missing.iter().all(|m| m.as_str().len() <= LONGEST_CODE), "missing: a code is too long")?;
        bounded(consents.len() <= MOST_CONSENTS, "consents: too many")?;
        let purposes: BTreeSet<_> = consents.iter().map(|c| c.purpose).collect();
        bounded(purposes.len() == consents.len(), "consents: two answers to one question")?;
        // Nobody was lawfully asked: such an answer must not become the record of a consent.
        bounded(purposes.is_subset(&self.desk.policy.purposes), "consents: a purpose that is not on")?;
        bounded(
            consents.iter().all(|c| c.text_version.len() <= LONGEST_CODE),
            "consents: text_version too long",
        )?;
        bounded(id_number.as_ref().is_none_or(|n| id_number_holds(n)), "id_number: wrong check digit")?;
        let (hub, site) = (state.hub.clone(), state.site.clone());
        let day = self.desk.local_day(self.now);
        let n = self.desk.numbers.get(&(skill_group.clone(), day)).copied().unwrap_or(0) + 1;
        let letter = self.desk.policy.letters.get(&skill_group).copied().unwrap_or('A');
        let ticket = TicketId(self.ids.uuid(self.now));
        self.record(Fact::TicketTaken(Box::new(TicketTaken {
            ticket,
            key,
            terminal,
            hub,
            site,
            skill_group,
            day,
            n,
            number: format!("{letter}{n:03}"),
            item,
            scenario,
            locale,
            spoken,
            id_number,
            missing,
            consents,
        })));
        self.tell_first_position(ticket);
        self.touch(Party::Terminal(terminal));
        pair_ticket(self, ticket);
        Ok(())
    }

    /// The newest ticket is the last of its queue, so its place needs no counting.
    fn tell_first_position(&mut self, ticket: TicketId) {
        let Some(visit) = self.desk.visits.get(&ticket) else { return };
        let Some(queue) = self.desk.queues.get(&visit.queue()) else { return };
        let ahead = u32::try_from(queue.waiting.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let position = self.desk.position(queue, ahead);
        self.emit(DeskEvent::PositionTold { ticket, position });
    }

    fn own_ticket(&self, terminal: TerminalId, ticket: TicketId) -> Result<&Stage, ErrorBody> {
        let visit = self.visit(ticket)?;
        if visit.taken.terminal != terminal {
            return Err(refuse(ErrorCode::NotYours, "another terminal's ticket"));
        }
        if !visit.at_terminal {
            // Whoever sits there now is somebody else.
            return Err(refuse(ErrorCode::Stale, "the visit is over"));
        }
        Ok(&visit.stage)
    }

    fn cancel_ticket(&mut self, terminal: TerminalId, ticket: TicketId) -> Answer {
        match self.own_ticket(terminal, ticket)? {
            Stage::Waiting | Stage::Offered { .. } => {
                self.end_visit_at_terminal(ticket, CallEnd::ByCitizen, TicketEnd::Cancelled);
                Ok(())
            }
            _ => Err(refuse(ErrorCode::Stale, "the ticket no longer waits")),
        }
    }

    fn present(&mut self, terminal: TerminalId, ticket: TicketId) -> Answer {
        match self.own_ticket(terminal, ticket)? {
            Stage::Waiting | Stage::Offered { .. } => {
                self.emit(DeskEvent::Present { ticket });
                self.touch_visit(ticket);
                Ok(())
            }
            _ => Err(refuse(ErrorCode::Stale, "the ticket no longer waits")),
        }
    }

    fn hang_up_at_terminal(&mut self, terminal: TerminalId, call: CallId) -> Answer {
        let (ticket, _) = self.call_at_terminal(terminal, call)?;
        self.end_call(ticket, call, CallEnd::ByCitizen);
        Ok(())
    }

    fn rate(&mut self, terminal: TerminalId, call: CallId, score: u8, reason: Option<String>) -> Answer {
        let ticket = self.ticket_of(call)?;
        let stage = self.own_ticket(terminal, ticket)?;
        bounded((1..=5).contains(&score), "score: 1 to 5")?;
        bounded(reason.as_ref().is_none_or(|r| r.chars().count() <= LONGEST_REASON), "reason: too long")?;
        match stage {
            Stage::InCall(_) => Err(refuse(ErrorCode::Stale, "only after the clerk has left")),
            Stage::Ended { call: ended, rated: false, .. } if *ended == call => {
                self.record(Fact::Rated { ticket, call, score, reason });
                self.touch(Party::Terminal(terminal));
                Ok(())
            }
            _ => Err(refuse(ErrorCode::Stale, "this call cannot be rated, or not again")),
        }
    }

    fn wiped(&mut self, terminal: TerminalId) -> Answer {
        let Some(ticket) = self.desk.terminals.get(&terminal).and_then(|t| t.visit) else { return Ok(()) };
        let visit = self.visit(ticket)?;
        if !matches!(visit.stage, Stage::Ended { .. } | Stage::Gone) {
            return Err(refuse(ErrorCode::Stale, "the visit goes on"));
        }
        self.free_terminal(ticket);
        Ok(())
    }

    pub(crate) fn end_ticket(&mut self, ticket: TicketId, how: TicketEnd) {
        self.touch_visit(ticket);
        self.record(Fact::TicketEnded { ticket, how });
        self.close_if_over(ticket);
    }

    pub(crate) fn free_terminal(&mut self, ticket: TicketId) {
        self.touch_visit(ticket);
        self.record(Fact::TerminalFreed { ticket });
        self.close_if_over(ticket);
    }

    pub(crate) fn close_if_over(&mut self, ticket: TicketId) {
        if self.desk.visits.get(&ticket).is_some_and(crate::state::Visit::over) {
            self.record(Fact::VisitClosed { ticket });
        }
    }

    pub(crate) fn person_called(&mut self, terminal: TerminalId, on: bool) {
        let Some(state) = self.desk.terminals.get(&terminal) else { return };
        if state.person_called == on {
            return;
        }
        let (hub, site, site_name) = (state.hub.clone(), state.site.code.clone(), state.site.name.clone());
        self.emit(DeskEvent::PersonCalled { terminal, on });
        self.touch(Party::Terminal(terminal));
        let in_hub =
            self.desk.clerks.iter().filter(|(_, c)| c.profile.as_ref().is_some_and(|p| p.hub == hub));
        let clerks: Vec<_> = in_hub.map(|(id, _)| *id).collect();
        for clerk in clerks {
            let news = ClerkNews::PersonCalled { site: site.clone(), site_name: site_name.clone(), on };
            self.tell_clerk(clerk, news);
        }
    }

    /// Where somebody calls for a person: told to a clerk who comes.
    pub(crate) fn send_persons_called(&mut self, clerk: StaffId) {
        let Some(profile) = self.desk.clerks.get(&clerk).and_then(|c| c.profile.as_ref()) else { return };
        let calling = self.desk.terminals.values().filter(|t| t.person_called && t.hub == profile.hub);
        let news: Vec<_> = calling
            .map(|t| ClerkNews::PersonCalled {
                site: t.site.code.clone(),
                site_name: t.site.name.clone(),
                on: true,
            })
            .collect();
        for news in news {
            self.tell_clerk(clerk, news);
        }
    }
}

/// A page that offers what the catalogue in force does not have shows an old one.
fn unserved(what: Unserved) -> ErrorBody {
    let detail = match what {
        Unserved::Item => "item: not in the catalogue in force; fetch it again and let the person choose",
        Unserved::Scenario => {
            "scenario: none of this item's in the catalogue in force; fetch it again and let the person choose"
        }
    };
    refuse(ErrorCode::NotFound, detail)
}

pub(crate) fn bounded(holds: bool, detail: &str) -> Answer {
    if holds { Ok(()) } else { Err(refuse(ErrorCode::BadMessage, detail)) }
}

/// Length, digits, date of birth and check digit of a citizen's number (GB 11643-1999, ISO 7064 MOD 11-2): what is taken
/// here must be good enough to open a case with.
fn id_number_holds(number: &str) -> bool {
    let digits = number.as_bytes();
    if digits.len() != 18 || !digits[..17].iter().all(u8::is_ascii_digit) || digits[0] == b'0' {
        return false;
    }
    let value = |part: &[u8]| part.iter().fold(0u32, |sum, d| sum * 10 + u32::from(d - b'0'));
    if !is_day(value(&digits[6..10]), value(&digits[10..12]), value(&digits[12..14])) {
        return false;
    }
    // The weight of position i (from the left) is 2^(17-i) mod 11.
    let sum: u32 =
        digits[..17].iter().enumerate().map(|(i, d)| u32::from(d - b'0') * ((1 << (17 - i)) % 11)).sum();
    let check = (12 - sum % 11) % 11;
    let last = digits[17].to_ascii_uppercase();
    if check == 10 { last == b'X' } else { u32::from(last) == u32::from(b'0') + check }
}

fn is_day(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=last).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::{id_number_holds, is_day};

    #[test]
    fn check_digits() {
        assert!(id_number_holds("11010519491231002X"));
        assert!(id_number_holds("11010519491231002x"));
        assert!(id_number_holds("440524188001010014"));
        assert!(!id_number_holds("440524188001010015"));
        assert!(!id_number_holds("44052418800101001"));
        assert!(!id_number_holds("44052418800101001４"));
        assert!(!id_number_holds(""));
        // The right check digit on a day that never was, and on a region that cannot be.
        assert!(!id_number_holds("440524188013010011"));
        assert!(!id_number_holds("04052418800101001X"));
    }

    #[test]
    fn days_that_exist() {
        assert!(is_day(2000, 2, 29) && is_day(1956, 2, 29) && is_day(1949, 12, 31));
        assert!(!is_day(1900, 2, 29) && !is_day(1949, 4, 31) && !is_day(1949, 0, 1) && !is_day(1949, 13, 1));
        assert!(!is_day(1949, 1, 0));
    }
}
