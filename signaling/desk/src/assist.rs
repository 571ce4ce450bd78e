//! The clerk's hand beside the citizen's: only with consent, capability by capability, and never in the citizen's name.
use protocol::ids::{CallId, MaterialCode, StaffId, StillId, TerminalId, TicketId};
use protocol::{
    Capability, ErrorBody, ErrorCode, FORM_FIELDS, Hand, Mark, ShownText, Spot, Surface, TerminalNews,
};

use crate::event::{DeskEvent, Fact};
use crate::terminal::{LONGEST_CODE, bounded};
use crate::turn::{Answer, Turn, refuse};

/// Right and lower edge of [`Spot`].
const EDGE: u16 = 10_000;

impl Turn<'_> {
    pub(crate) fn ask_assist(&mut self, clerk: StaffId, call: CallId, mut asked: Vec<Capability>) -> Answer {
        let (ticket, running) = self.call_of_clerk(clerk, call)?;
        if !running.assist.asked.is_empty() {
            return Err(refuse(ErrorCode::Stale, "a question is open"));
        }
        // A no is an answer: whoever is asked again at once is pressed, not asked.
        let free_at = running.refused_at.map(|at| at.plus(self.desk.policy.ask_pause));
        if free_at.is_some_and(|free_at| self.now < free_at) {
            return Err(refuse(ErrorCode::TooMany, "the citizen granted nothing a moment ago; wait"));
        }
        asked.sort_unstable();
        asked.dedup();
        asked.retain(|c| !running.assist.granted.contains(c));
        bounded(!asked.is_empty(), "capabilities: nothing new is asked for")?;
        let ends_at = self.now.plus(self.desk.policy.ask);
        self.record(Fact::AssistAsked { ticket, call, capabilities: asked, ends_at });
        self.touch_visit(ticket);
        Ok(())
    }

    pub(crate) fn answer_assist(
        &mut self,
        terminal: TerminalId,
        call: CallId,
        granted: &[Capability],
        shown: Option<ShownText>,
    ) -> Answer {
        let named = shown.as_ref().is_none_or(|text| text.version.len() <= LONGEST_CODE);
        bounded(named, "shown: version too long")?;
        let (ticket, running) = self.call_at_terminal(terminal, call)?;
        if running.assist.asked.is_empty() {
            return Err(refuse(ErrorCode::Stale, "nothing is asked"));
        }
        let granted: Vec<_> = running.assist.asked.iter().copied().filter(|c| granted.contains(c)).collect();
        self.record(Fact::AssistAnswered { ticket, call, granted, answered: true, shown });
        self.touch_visit(ticket);
        Ok(())
    }

    pub(crate) fn stop_assist(&mut self, ticket: TicketId, call: CallId, by: Hand) {
        let Some(assist) = self.running(ticket).map(|c| &c.assist) else { return };
        if assist.granted.is_empty() && assist.asked.is_empty() {
            return;
        }
        self.record(Fact::AssistStopped { ticket, call, by });
        self.touch_visit(ticket);
    }

    fn allowed(&self, clerk: StaffId, call: CallId, capability: Capability) -> Result<TicketId, ErrorBody> {
        let (ticket, running) = self.call_of_clerk(clerk, call)?;
        if !running.assist.granted.contains(&capability) {
            return Err(refuse(ErrorCode::NoConsent, "the citizen has not allowed this, or has stopped it"));
        }
        // Consent means that the citizen sees it happen and can stop it.
        let terminal = self.visit(ticket)?.taken.terminal;
        if self.desk.terminals.get(&terminal).is_none_or(|t| self.desk.out_of_reach(t.presence)) {
            return Err(refuse(ErrorCode::Stale, "the terminal is away: nobody would see it"));
        }
        Ok(ticket)
    }

    pub(crate) fn may_fill(&self, clerk: StaffId, call: CallId) -> Result<TicketId, ErrorBody> {
        self.allowed(clerk, call, Capability::Fill)
    }

    pub(crate) fn mark(&mut self, clerk: StaffId, call: CallId, surface: Surface, mark: Mark) -> Answer {
        let ticket = self.allowed(clerk, call, Capability::Point)?;
        let inside = |s: &Spot| s.x <= EDGE && s.y <= EDGE;
        let (holds, recorded) = match &mark {
            Mark::Pointer { at, begins } => (inside(at), *begins),
            Mark::Highlight { from, to } => (inside(from) && inside(to), true),
            Mark::Clear => (true, false),
        };
        bounded(holds, "mark: outside of the page")?;
        if recorded {
            self.record(Fact::Marked { ticket, call, surface, mark: mark.clone() });
        }
        let terminal = self.visit(ticket)?.taken.terminal;
        self.tell_terminal(terminal, TerminalNews::Marked { surface, mark });
        Ok(())
    }

    pub(crate) fn form_focus(
        &mut self,
        ticket: TicketId,
        call: CallId,
        hand: Hand,
        field: Option<String>,
    ) -> Answer {
        let running = self.running(ticket).ok_or_else(|| refuse(ErrorCode::Stale, "the call is over"))?;
        if let Some(field) = &field {
            longest(field)?;
            unlocked(running.form.typing.get(field), hand)?;
        }
        self.emit(DeskEvent::Typing { call, hand, field });
        self.touch_visit(ticket);
        Ok(())
    }

    pub(crate) fn form_set(
        &mut self,
        ticket: TicketId,
        call: CallId,
        by: Hand,
        field: String,
        text: String,
        base: u32,
    ) -> Answer {
        let longest = longest(&field)?;
        bounded(text.chars().count() <= longest, "text: too long for the field")?;
        bounded(!text.chars().any(char::is_control), "text: control characters")?;
        let running = self.running(ticket).ok_or_else(|| refuse(ErrorCode::Stale, "the call is over"))?;
        unlocked(running.form.typing.get(&field), by)?;
        let value = running.form.values.get(&field);
        let version = value.map_or(0, |v| v.version);
        if version != base {
            // The same write again, after an answer that was lost on the way.
            let again =
                value.is_some_and(|v| v.by == by && v.text == text && version == base.saturating_add(1));
            return if again { Ok(()) } else { Err(refuse(ErrorCode::Stale, "the field has a newer value")) };
        }
        let version = version.saturating_add(1);
        self.record(Fact::FormWritten { ticket, call, field, text, by, version });
        self.touch_visit(ticket);
        Ok(())
    }

    pub(crate) fn capture(&mut self, clerk: StaffId, call: CallId, material: MaterialCode) -> Answer {
        let ticket = self.allowed(clerk, call, Capability::Capture)?;
        bounded(material.as_str().len() <= LONGEST_CODE, "material: too long")?;
        let case = self.desk.case_of(call);
        let listed = case.is_some_and(|case| case.materials.iter().any(|m| m.code == material));
        if !listed {
            return Err(refuse(
                ErrorCode::NotFound,
                "no such material in this call's case; open the case first",
            ));
        }
        if self.running(ticket).is_some_and(|c| c.capture.is_some()) {
            return Err(refuse(ErrorCode::Stale, "a still is on its way"));
        }
        let still = StillId(self.ids.uuid(self.now));
        self.record(Fact::CaptureAsked { ticket, call, still, material });
        self.touch_visit(ticket);
        Ok(())
    }

    pub(crate) fn still_ended(&mut self, call: CallId, still: StillId, arrived: bool) {
        let Some(ticket) = self.desk.calls.get(&call).copied() else { return };
        if self.running(ticket).is_some_and(|c| c.id == call && c.capture_is(still)) {
            self.record(Fact::CaptureEnded { ticket, call, still, arrived });
            self.touch_visit(ticket);
        }
    }
}

/// The longest text of a field, in characters.
fn longest(field: &str) -> Result<usize, ErrorBody> {
    let known = FORM_FIELDS.iter().find(|(name, _)| *name == field);
    known.map(|(_, longest)| *longest).ok_or_else(|| refuse(ErrorCode::NotFound, "no such field"))
}

fn unlocked(typing: Option<&Hand>, hand: Hand) -> Answer {
    match typing {
        Some(other) if *other != hand => Err(refuse(ErrorCode::FieldLocked, "the other side types there")),
        _ => Ok(()),
    }
}
