//! Snapshots: everything a page shows, out of the state.
use protocol::ids::{ConnectionId, OfferId, StaffId, TerminalId, TicketId};
use protocol::{
    CallView, ClerkStatus, ClerkView, Estimate, OfferView, PartyView, Position, SlotMap, TerminalStage,
    TerminalView, Timestamp,
};
use std::time::Duration;

use crate::Desk;
use crate::state::{Bustle, Call, Presence, Stage, Status, Visit};

impl Desk {
    /// What a connected terminal shows.
    pub(crate) fn terminal_view(&self, id: TerminalId) -> Option<(ConnectionId, TerminalView)> {
        let terminal = self.terminals.get(&id)?;
        let Presence::Here(connection) = terminal.presence else { return None };
        let stage = terminal
            .visit
            .and_then(|t| self.visits.get(&t))
            .map_or(TerminalStage::Free, |v| self.stage_view(v));
        let Bustle { waiting, staffed } = self.bustle(&terminal.hub);
        let view = TerminalView {
            site: terminal.site.clone(),
            waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
            staffed,
            person_called: terminal.person_called,
            stage,
        };
        Some((connection, view))
    }

    /// What goes on in a hub.
    pub(crate) fn bustle(&self, hub: &str) -> Bustle {
        let queues = self.queues.iter().filter(|(key, _)| key.hub == hub);
        queues.fold(Bustle::default(), |sum, (_, queue)| Bustle {
            waiting: sum.waiting + queue.waiting.len(),
            staffed: sum.staffed || !queue.serving.is_empty(),
        })
    }

    fn stage_view(&self, visit: &Visit) -> TerminalStage {
        let ticket = visit.view();
        match &visit.stage {
            Stage::Waiting => TerminalStage::Waiting { ticket, position: self.place_of(visit) },
            Stage::Offered { .. } => TerminalStage::Ringing { ticket, present: visit.present },
            Stage::InCall(call) => TerminalStage::InCall { call: Box::new(self.call_view(visit, call)) },
            Stage::Ended { call, at, rated } => TerminalStage::Ended {
                call: *call,
                ticket,
                case: visit.case.clone(),
                rated: *rated,
                ended_at: *at,
            },
            Stage::Gone => TerminalStage::Free,
        }
    }

    /// The place as told last, or counted now for somebody who just came back.
    fn place_of(&self, visit: &Visit) -> Position {
        if let Some(told) = visit.told {
            return told;
        }
        let Some(queue) = self.queues.get(&visit.queue()) else {
            return Position { ahead: 0, estimate: Estimate::NobodyOnDuty };
        };
        let ahead = queue.waiting.range(..visit.place()).count();
        self.position(queue, u32::try_from(ahead).unwrap_or(u32::MAX))
    }

    /// What a connected clerk shows.
    pub(crate) fn clerk_view(&self, id: StaffId) -> Option<(ConnectionId, ClerkView)> {
        let clerk = self.clerks.get(&id)?;
        let Presence::Here(connection) = clerk.presence else { return None };
        let profile = clerk.profile.as_ref()?;
        let view = ClerkView {
            id,
            name: profile.name.clone(),
            number: profile.number.clone(),
            skill_groups: profile.skill_groups.clone(),
            since: clerk.since,
            status: self.status_view(id, clerk.status),
            next: clerk.next,
        };
        Some((connection, view))
    }

    fn status_view(&self, id: StaffId, status: Status) -> ClerkStatus {
        use protocol::WishedStatus as W;
        let view = match status {
            Status::Wished(W::OffDuty) => Some(ClerkStatus::OffDuty),
            Status::Wished(W::Ready) => Some(ClerkStatus::Ready),
            Status::Wished(W::Break { reason }) => Some(ClerkStatus::Break { reason }),
            Status::NotReady(reason) => Some(ClerkStatus::NotReady { reason }),
            Status::Ringing { ticket, offer } => self.ringing(id, ticket, offer),
            Status::InCall { ticket, .. } => self.visits.get(&ticket).and_then(|visit| {
                let call = visit.call()?;
                Some(ClerkStatus::InCall { call: Box::new(self.call_view(visit, call)) })
            }),
            Status::WrapUp { ticket, call } => self.visits.get(&ticket).and_then(|visit| {
                let wrap = visit.wrapping.get(&call)?;
                Some(ClerkStatus::WrapUp {
                    call,
                    ticket: visit.view(),
                    site: visit.taken.site.clone(),
                    case: visit.case.clone().map(Box::new),
                    started_at: wrap.started_at,
                    ended_at: wrap.ended_at,
                    ends_at: wrap.ends_at,
                    extended: wrap.extended,
                })
            }),
        };
        view.unwrap_or(ClerkStatus::OffDuty)
    }

    fn ringing(&self, clerk: StaffId, ticket: TicketId, offer: OfferId) -> Option<ClerkStatus> {
        let visit = self.visits.get(&ticket)?;
        let ends_at = match visit.stage {
            Stage::Offered { ends_at, .. } => ends_at,
            _ => Timestamp::default(),
        };
        let taken = &visit.taken;
        let profile = self.clerks.get(&clerk)?.profile.as_ref();
        Some(ClerkStatus::Ringing {
            offer: Box::new(OfferView {
                id: offer,
                ticket: visit.view(),
                site: taken.site.clone(),
                item: taken.item.clone(),
                scenario: taken.scenario.clone(),
                spoken: taken.spoken,
                speaks: profile.is_some_and(|p| p.languages.contains(&taken.spoken)),
                missing: taken.missing.clone(),
                consents: taken.consents.clone(),
                present: visit.present,
                ends_at,
            }),
        })
    }

    fn call_view(&self, visit: &Visit, call: &Call) -> CallView {
        let terminal = self.terminals.get(&visit.taken.terminal);
        let clerk = self.clerks.get(&call.clerk);
        CallView {
            id: call.id,
            started_at: call.started_at,
            ticket: visit.view(),
            site: visit.taken.site.clone(),
            terminal_id: visit.taken.terminal,
            terminal: PartyView {
                presence: self.seen(terminal.map(|t| t.presence), self.policy.terminal_grace),
                ..call.terminal_side
            },
            clerk_id: call.clerk,
            clerk_name: call.clerk_name.clone(),
            clerk_number: call.clerk_number.clone(),
            clerk: PartyView {
                presence: self.seen(clerk.map(|c| c.presence), self.policy.clerk_grace),
                ..call.clerk_side
            },
            on_hold: call.on_hold,
            slots: SlotMap::default(),
            assist: call.assist.clone(),
            form: call.form.clone(),
            case: visit.case.clone(),
            showing: call.showing,
            capture: call.capture.clone(),
            consents: visit.taken.consents.clone(),
        }
    }

    /// How near a side of a call is, as the other is told. Nobody at all is somebody whose grace is over.
    fn seen(&self, side: Option<Presence>, grace: Duration) -> protocol::Presence {
        match side {
            None => protocol::Presence::Away { until: Timestamp::default() },
            Some(Presence::Away { since }) => protocol::Presence::Away { until: since.plus(grace) },
            Some(here) if self.out_of_reach(here) => protocol::Presence::Quiet,
            Some(_) => protocol::Presence::Here,
        }
    }

    /// The offer that a running call grew out of.
    pub(crate) fn accepted_offer(&self, ticket: TicketId) -> Option<OfferId> {
        Some(self.visits.get(&ticket)?.call()?.offer)
    }

    /// The day of a moment in local time, counted from 1970-01-01.
    pub(crate) fn local_day(&self, now: Timestamp) -> i64 {
        (now.0 + i64::from(self.policy.utc_offset_minutes) * 60_000_000).div_euclid(86_400_000_000)
    }
}
