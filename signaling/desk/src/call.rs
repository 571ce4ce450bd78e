//! A running call: hold, mute, the end, words, and the case it is about.
use protocol::ids::{CallId, PaperId, Party, StaffId, TicketId};
use protocol::{CaseBrief, ClerkNews, Hand, NotReadyReason, TerminalNews, WishedStatus, Words};

use crate::event::{CallEnd, DeskEvent, Duty, Fact};
use crate::output::MediaIntent;
use crate::queue::pair_ticket;
use crate::terminal::bounded;
use crate::turn::{Answer, Turn};

const LONGEST_WORDS: usize = 500;

impl Turn<'_> {
    pub(crate) fn hold(&mut self, ticket: TicketId, call: CallId, on: bool) {
        if self.running(ticket).is_some_and(|c| c.on_hold == on) {
            return;
        }
        self.record(Fact::Held { ticket, call, on });
        self.silence(ticket);
        self.touch_visit(ticket);
    }

    pub(crate) fn set_media(
        &mut self,
        ticket: TicketId,
        call: CallId,
        hand: Hand,
        muted: bool,
        camera_off: bool,
    ) {
        let Some(running) = self.running(ticket) else { return };
        let side = if hand == Hand::Citizen { running.terminal_side } else { running.clerk_side };
        if (side.muted, side.camera_off) == (muted, camera_off) {
            return;
        }
        self.record(Fact::MediaSet { ticket, call, hand, muted, camera_off });
        self.silence(ticket);
        self.touch_visit(ticket);
    }

    /// Says what of each side is forwarded to nobody.
    pub(crate) fn silence(&mut self, ticket: TicketId) {
        let Some(visit) = self.desk.visits.get(&ticket) else { return };
        let Some(call) = visit.call() else { return };
        let sides = [
            (Party::Terminal(visit.taken.terminal), call.terminal_side),
            (Party::Staff(call.clerk), call.clerk_side),
        ];
        let on_hold = call.on_hold;
        for (party, side) in sides {
            let (voice, camera) = (side.muted || on_hold, side.camera_off || on_hold);
            // Who hides their face still shows the papers that they agreed to show.
            self.media(MediaIntent::Silence { party, voice, camera, aux: on_hold });
        }
    }

    /// Ends a running call. A clerk who is gone leaves the ticket to the next; all else is the end of the visit's talk.
    pub(crate) fn end_call(&mut self, ticket: TicketId, call: CallId, how: CallEnd) {
        let Some(visit) = self.desk.visits.get(&ticket) else { return };
        let Some(running) = visit.call().filter(|c| c.id == call) else { return };
        let (terminal, clerk) = (visit.taken.terminal, running.clerk);
        self.touch_visit(ticket);
        let (a, b) = (Party::Terminal(terminal), Party::Staff(clerk));
        self.media(MediaIntent::Disconnect { a, b });
        for party in [a, b] {
            self.media(MediaIntent::Silence { party, voice: false, camera: false, aux: false });
        }
        let clerk_stays = !matches!(how, CallEnd::ClerkGone | CallEnd::Revoked);
        let wrap_up_ends_at = clerk_stays.then(|| self.now.plus(self.desk.policy.wrap_up));
        self.record(Fact::CallEnded { ticket, call, how, wrap_up_ends_at });
        match how {
            CallEnd::ClerkGone => self.set_not_ready(clerk, NotReadyReason::ConnectionLost),
            CallEnd::Revoked => {
                let status = Duty::Wished { status: WishedStatus::OffDuty };
                self.set_duty(clerk, status);
            }
            CallEnd::ByCitizen | CallEnd::ByClerk | CallEnd::TerminalGone => {}
        }
        // A ticket whose terminal is away too must not wait for somebody who may never come: its grace runs on.
        pair_ticket(self, ticket);
    }

    pub(crate) fn show(&mut self, clerk: StaffId, call: CallId, paper: Option<PaperId>) -> Answer {
        let (ticket, _) = self.call_of_clerk(clerk, call)?;
        let papers = self.desk.case_of(call).map(|case| &case.papers);
        let known = paper.is_none_or(|id| papers.is_some_and(|papers| papers.iter().any(|p| p.id == id)));
        bounded(known, "paper: not of this call's case")?;
        self.record(Fact::Shown { ticket, call, paper });
        self.touch_visit(ticket);
        Ok(())
    }

    /// Words go to both sides, so that each sees what was said in one order.
    pub(crate) fn say(&mut self, ticket: TicketId, by: Hand, text: String) -> Answer {
        bounded(!text.trim().is_empty() && text.chars().count() <= LONGEST_WORDS, "text: empty or too long")?;
        let visit = self.visit(ticket)?;
        let terminal = visit.taken.terminal;
        let clerk = visit.call().map(|c| c.clerk);
        let words = Words { by, text, at: self.now };
        self.tell_terminal(terminal, TerminalNews::Said(words.clone()));
        if let Some(clerk) = clerk {
            self.tell_clerk(clerk, ClerkNews::Said(words));
        }
        Ok(())
    }

    pub(crate) fn case_changed(&mut self, call: Option<CallId>, case: CaseBrief, concerns: &[StaffId]) {
        for staff in concerns {
            self.tell_clerk(*staff, ClerkNews::CaseChanged { case: Box::new(case.clone()) });
        }
        if let Some(ticket) = call.and_then(|c| self.desk.calls.get(&c).copied()) {
            self.emit(DeskEvent::CaseSeen { ticket, case });
            self.touch_visit(ticket);
        }
    }
}
