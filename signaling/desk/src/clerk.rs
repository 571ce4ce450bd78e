//! Requests of clerks, but for those of a running call (see `call` and `assist`).
use protocol::ids::{CallId, OfferId, Party, StaffId, TicketId};
use protocol::{CallResult, ClerkMessage, DeclineReason, ErrorCode, Hand, NotReadyReason, WishedStatus};

use crate::event::{CallEnd, Duty, Fact, OfferEnd};
use crate::output::MediaIntent;
use crate::queue::pair_clerk;
use crate::state::{Stage, Status};
use crate::terminal::bounded;
use crate::turn::{Answer, Turn, refuse};

const LONGEST_NOTE: usize = 500;

impl Turn<'_> {
    pub(crate) fn clerk(&mut self, clerk: StaffId, message: ClerkMessage) -> Answer {
        match message {
            ClerkMessage::SetStatus { status } => self.wish(clerk, status),
            ClerkMessage::Accept { offer } => self.accept(clerk, offer),
            ClerkMessage::Decline { offer, reason } => self.decline(clerk, offer, reason),
            ClerkMessage::HangUp { call } => {
                let (ticket, _) = self.call_of_clerk(clerk, call)?;
                self.end_call(ticket, call, CallEnd::ByClerk);
                Ok(())
            }
            ClerkMessage::Hold { call, on } => {
                let (ticket, _) = self.call_of_clerk(clerk, call)?;
                self.hold(ticket, call, on);
                Ok(())
            }
            ClerkMessage::SetMedia { call, muted, camera_off } => {
                let (ticket, _) = self.call_of_clerk(clerk, call)?;
                self.set_media(ticket, call, Hand::Clerk, muted, camera_off);
                Ok(())
            }
            ClerkMessage::AskAssist { call, capabilities } => self.ask_assist(clerk, call, capabilities),
            ClerkMessage::StopAssist { call } => {
                let (ticket, _) = self.call_of_clerk(clerk, call)?;
                self.stop_assist(ticket, call, Hand::Clerk);
                Ok(())
            }
            ClerkMessage::Mark { call, surface, mark } => self.mark(clerk, call, surface, mark),
            ClerkMessage::FormSet { call, field, text, base } => {
                let ticket = self.may_fill(clerk, call)?;
                self.form_set(ticket, call, Hand::Clerk, field, text, base)
            }
            ClerkMessage::FormFocus { call, field } => {
                let ticket = self.may_fill(clerk, call)?;
                self.form_focus(ticket, call, Hand::Clerk, field)
            }
            ClerkMessage::Capture { call, material } => self.capture(clerk, call, material),
            ClerkMessage::Show { call, paper } => self.show(clerk, call, paper),
            ClerkMessage::Say { call, text } => {
                let (ticket, _) = self.call_of_clerk(clerk, call)?;
                self.say(ticket, Hand::Clerk, text)
            }
            ClerkMessage::ExtendWrapUp => self.extend_wrap_up(clerk),
            ClerkMessage::FinishWrapUp { result, note } => {
                bounded(note.chars().count() <= LONGEST_NOTE, "note: too long")?;
                match self.clerk_state(clerk)?.status {
                    Status::WrapUp { ticket, call } => {
                        self.finish_wrap_up(ticket, call, result, note);
                        Ok(())
                    }
                    _ => Err(refuse(ErrorCode::Stale, "no wrap-up is open")),
                }
            }
            ClerkMessage::MediaOffer { .. } | ClerkMessage::SlotSize { .. } => {
                Err(refuse(ErrorCode::Internal, "media messages are not the desk's"))
            }
        }
    }

    fn wish(&mut self, clerk: StaffId, status: WishedStatus) -> Answer {
        match self.clerk_state(clerk)?.status {
            Status::Wished(now) if now == status => return Ok(()),
            Status::Wished(_) | Status::NotReady(_) => {
                self.set_duty(clerk, Duty::Wished { status });
                pair_clerk(self, clerk);
            }
            // A ring must be answered or declined first: leaving it would be a decline without a reason.
            Status::Ringing { .. } => {
                return Err(refuse(ErrorCode::Stale, "answer or decline the ring first"));
            }
            Status::InCall { .. } | Status::WrapUp { .. } => {
                self.record(Fact::NextStatus { clerk, next: status })
            }
        }
        self.touch(Party::Staff(clerk));
        Ok(())
    }

    /// The ticket that is offered to this clerk under this very offer.
    fn offered(&self, clerk: StaffId, offer: OfferId) -> Result<TicketId, protocol::ErrorBody> {
        match self.clerk_state(clerk)?.status {
            Status::Ringing { ticket, offer: open } if open == offer => Ok(ticket),
            _ => Err(refuse(ErrorCode::OfferGone, "answered, withdrawn or expired before")),
        }
    }

    fn accept(&mut self, clerk: StaffId, offer: OfferId) -> Answer {
        let ticket = match self.clerk_state(clerk)?.status {
            // The same press again, after an answer that was lost on the way, is no second call.
            Status::InCall { ticket, .. } if self.desk.accepted_offer(ticket) == Some(offer) => return Ok(()),
            _ => self.offered(clerk, offer)?,
        };
        if let Some(Stage::Offered { ends_at, .. }) = self.desk.visits.get(&ticket).map(|v| &v.stage)
            && *ends_at <= self.now
        {
            // The tick that ends it is on its way.
            return Err(refuse(ErrorCode::OfferGone, "the ring had ended"));
        }
        let state = self.clerk_state(clerk)?;
        let (clerk_name, clerk_number) =
            state.profile.as_ref().map(|p| (p.name.clone(), p.number.clone())).unwrap_or_default();
        let call = CallId(self.ids.uuid(self.now));
        self.record(Fact::CallStarted { ticket, offer, call, clerk, clerk_name, clerk_number });
        self.connect_media(ticket);
        self.touch_visit(ticket);
        Ok(())
    }

    fn decline(&mut self, clerk: StaffId, offer: OfferId, reason: DeclineReason) -> Answer {
        let ticket = self.offered(clerk, offer)?;
        self.end_offer(ticket, offer, OfferEnd::Declined { reason }, NotReadyReason::Declined);
        Ok(())
    }

    fn extend_wrap_up(&mut self, clerk: StaffId) -> Answer {
        let Status::WrapUp { ticket, call } = self.clerk_state(clerk)?.status else {
            return Err(refuse(ErrorCode::Stale, "no wrap-up is open"));
        };
        let Some(wrap) = self.desk.visits.get(&ticket).and_then(|v| v.wrapping.get(&call)) else {
            return Err(refuse(ErrorCode::Stale, "no wrap-up is open"));
        };
        if wrap.extended {
            return Err(refuse(ErrorCode::Stale, "extended once already"));
        }
        let ends_at = wrap.ends_at.plus(self.desk.policy.wrap_up_extension);
        self.record(Fact::WrapUpExtended { ticket, call, ends_at });
        self.touch(Party::Staff(clerk));
        Ok(())
    }

    /// Wrap-up is over: the clerk takes the chosen next status, or is not ready if away.
    pub(crate) fn finish_wrap_up(
        &mut self,
        ticket: TicketId,
        call: CallId,
        result: CallResult,
        note: String,
    ) {
        let Some(wrap) = self.desk.visits.get(&ticket).and_then(|v| v.wrapping.get(&call)) else { return };
        let clerk = wrap.clerk;
        self.record(Fact::WrapUpFinished { ticket, call, result, note });
        let state = self.desk.clerks.get(&clerk);
        let away = state.is_none_or(|c| c.presence.away());
        let next = state.map_or(WishedStatus::Ready, |c| c.next);
        if away && next == WishedStatus::Ready {
            self.set_not_ready(clerk, NotReadyReason::ConnectionLost);
        } else {
            self.set_duty(clerk, Duty::Wished { status: next });
            self.touch(Party::Staff(clerk));
        }
        self.close_if_over(ticket);
        pair_clerk(self, clerk);
    }

    /// Says once more what a party's media should carry.
    pub(crate) fn media_up(&mut self, party: Party) {
        if let Some(ticket) = self.in_call_at(party) {
            self.connect_media(ticket);
        }
    }

    fn connect_media(&mut self, ticket: TicketId) {
        let Some(visit) = self.desk.visits.get(&ticket) else { return };
        let Some(call) = visit.call() else { return };
        let (a, b) = (Party::Terminal(visit.taken.terminal), Party::Staff(call.clerk));
        // First what must not be heard or seen, then who hears and sees whom: nothing may slip through between the two.
        self.silence(ticket);
        self.media(MediaIntent::Connect { a, b });
    }
}
