//! Pairing: the oldest ticket that can be called with the clerk who has been idle longest, within one queue. Every step
//! costs O(log n) of the queue's size; nothing is searched.
use protocol::ids::{OfferId, StaffId, TicketId};
use protocol::{ClerkNews, Estimate, NotReadyReason, Position, QueueView, WaitingRow, WishedStatus};

use crate::Desk;
use crate::event::{DeskEvent, Duty, Fact, OfferEnd};
use crate::state::{Queue, QueueKey, Stage};
use crate::turn::Turn;

/// Steps in which a wait is announced, in minutes (screens.md, K10).
const STEPS: [(u32, Option<u32>); 7] =
    [(1, Some(3)), (3, Some(5)), (5, Some(10)), (10, Some(15)), (15, Some(20)), (20, Some(30)), (30, None)];
/// At most so many waiting tickets are listed on a desk.
const LISTED: usize = 20;

/// Rings the longest idle clerk for a ticket that can be called, if there is one.
pub(crate) fn pair_ticket(turn: &mut Turn<'_>, ticket: TicketId) {
    if turn.desk.draining {
        return;
    }
    let Some(visit) = turn.desk.visits.get(&ticket) else { return };
    let place = visit.place();
    let Some(queue) = turn.desk.queues.get(&visit.queue()) else { return };
    if !queue.callable.contains(&place) {
        return;
    }
    let Some((_, clerk)) = queue.ready.first().copied() else { return };
    offer(turn, ticket, clerk);
}

/// Rings a clerk who can be rung for the oldest ticket of all the clerk's queues, if there is one.
pub(crate) fn pair_clerk(turn: &mut Turn<'_>, clerk: StaffId) {
    if turn.desk.draining {
        return;
    }
    let Some(state) = turn.desk.clerks.get(&clerk) else { return };
    let Some(profile) = &state.profile else { return };
    if !state.status.ready() || state.presence.away() {
        return;
    }
    let oldest = profile
        .skill_groups
        .iter()
        .filter_map(|group| {
            let key = QueueKey { hub: profile.hub.clone(), skill_group: group.clone() };
            turn.desk.queues.get(&key)?.callable.first().copied()
        })
        .min();
    if let Some((_, ticket)) = oldest {
        offer(turn, ticket, clerk);
    }
}

fn offer(turn: &mut Turn<'_>, ticket: TicketId, clerk: StaffId) {
    let offer = OfferId(turn.ids.uuid(turn.now));
    let ends_at = turn.now.plus(turn.desk.policy.ring);
    turn.record(Fact::OfferMade { ticket, offer, clerk, ends_at });
    turn.touch_visit(ticket);
}

impl Turn<'_> {
    /// An offer ended at the clerk: the ticket is back at its very place, the clerk is not ready, and the next is rung.
    pub(crate) fn end_offer(
        &mut self,
        ticket: TicketId,
        offer: OfferId,
        how: OfferEnd,
        reason: NotReadyReason,
    ) {
        let Some(Stage::Offered { clerk, .. }) = self.desk.visits.get(&ticket).map(|v| &v.stage) else {
            return;
        };
        let clerk = *clerk;
        self.touch_visit(ticket);
        self.record(Fact::OfferEnded { ticket, offer, how });
        self.set_not_ready(clerk, reason);
        pair_ticket(self, ticket);
    }

    /// An offer ended and not at the clerk, who is ready as before.
    pub(crate) fn withdraw_offer(&mut self, ticket: TicketId, offer: OfferId, how: OfferEnd) {
        let Some(Stage::Offered { clerk, .. }) = self.desk.visits.get(&ticket).map(|v| &v.stage) else {
            return;
        };
        let clerk = *clerk;
        self.touch_visit(ticket);
        self.record(Fact::OfferEnded { ticket, offer, how });
        let status = Duty::Wished { status: WishedStatus::Ready };
        self.set_duty(clerk, status);
    }

    /// A clerk's status that stands by itself, with what follows the next call: the same again, but for off duty.
    pub(crate) fn set_duty(&mut self, clerk: StaffId, status: Duty) {
        let next = match status {
            Duty::Wished { status: WishedStatus::OffDuty } => WishedStatus::Ready,
            Duty::Wished { status } => status,
            Duty::NotReady { .. } => self.desk.clerks.get(&clerk).map_or(WishedStatus::Ready, |c| c.next),
        };
        self.record(Fact::ClerkStatus { clerk, status, next });
    }

    pub(crate) fn set_not_ready(&mut self, clerk: StaffId, reason: NotReadyReason) {
        self.set_duty(clerk, Duty::NotReady { reason });
        self.touch(protocol::ids::Party::Staff(clerk));
    }

    /// Tells positions to those who wait and queues to those who serve them, where anything changed.
    pub(crate) fn announce(&mut self) {
        let stale: Vec<_> = self.desk.stale_queues.iter().cloned().collect();
        self.announce_bustle();
        self.emit(DeskEvent::Announced { at: self.now });
        let mut clerks = std::collections::BTreeSet::new();
        for key in &stale {
            let Some(queue) = self.desk.queues.get(key) else { continue };
            clerks.extend(queue.on_duty.iter().copied());
            let mut changed = Vec::new();
            for (ahead, (_, ticket)) in queue.waiting.iter().enumerate() {
                let position = self.desk.position(queue, u32::try_from(ahead).unwrap_or(u32::MAX));
                let Some(visit) = self.desk.visits.get(ticket) else { continue };
                let here = self.desk.terminals.get(&visit.taken.terminal).is_some_and(|t| !t.presence.away());
                if here && visit.told != Some(position) {
                    changed.push((*ticket, position));
                }
            }
            for (ticket, position) in changed {
                self.emit(DeskEvent::PositionTold { ticket, position });
                self.touch_visit(ticket);
            }
        }
        // Clerks on a break see their queues too.
        let watching = self.desk.clerks.iter().filter(|(_, c)| {
            c.profile.as_ref().is_some_and(|p| {
                stale.iter().any(|k| k.hub == p.hub && p.skill_groups.contains(&k.skill_group))
            })
        });
        clerks.extend(watching.map(|(id, _)| *id));
        for clerk in clerks {
            self.send_queues(clerk);
        }
    }

    /// Free terminals say how many wait and whether somebody serves, so they hear when either changes.
    fn announce_bustle(&mut self) {
        let hubs = self.desk.stale_hubs();
        let changed = |hub: &String| self.desk.shown.get(hub) != Some(&self.desk.bustle(hub));
        let hubs: std::collections::BTreeSet<_> = hubs.into_iter().filter(changed).collect();
        let free = self.desk.terminals.iter().filter(|(_, t)| t.visit.is_none() && hubs.contains(&t.hub));
        for terminal in free.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.touch(protocol::ids::Party::Terminal(terminal));
        }
    }

    pub(crate) fn send_queues(&mut self, clerk: StaffId) {
        if let Some(news) = self.desk.queues_of(clerk) {
            self.tell_clerk(clerk, news);
        }
    }
}

impl Desk {
    /// Hubs of which a queue changed since it was announced.
    pub(crate) fn stale_hubs(&self) -> std::collections::BTreeSet<String> {
        self.stale_queues.iter().map(|key| key.hub.clone()).collect()
    }

    /// What is said about a place with `ahead` people before it.
    pub(crate) fn position(&self, queue: &Queue, ahead: u32) -> Position {
        if queue.on_duty.is_empty() {
            return Position { ahead, estimate: Estimate::NobodyOnDuty };
        }
        if queue.serving.is_empty() {
            return Position { ahead, estimate: Estimate::NobodyReady };
        }
        let desks = u32::try_from(queue.serving.len()).unwrap_or(u32::MAX);
        let call_minutes = u32::try_from(self.policy.expected_call.as_secs() / 60).unwrap_or(8).max(1);
        // Everybody ahead must be served, shared by the desks; the first in line waits for the next free desk.
        let minutes = if queue.ready.is_empty() {
            (ahead + 1).saturating_mul(call_minutes) / desks.saturating_add(1)
        } else {
            0
        };
        let (from, to) =
            STEPS.iter().find(|(_, to)| to.is_none_or(|to| minutes < to)).copied().unwrap_or((30, None));
        Position { ahead, estimate: Estimate::Minutes { from, to } }
    }

    fn queues_of(&self, clerk: StaffId) -> Option<ClerkNews> {
        let profile = self.clerks.get(&clerk)?.profile.as_ref()?;
        let mut queues = Vec::new();
        let mut oldest = Vec::new();
        for skill_group in &profile.skill_groups {
            let key = QueueKey { hub: profile.hub.clone(), skill_group: skill_group.clone() };
            let queue = self.queues.get(&key);
            queues.push(QueueView {
                skill_group: skill_group.clone(),
                waiting: queue.map_or(0, |q| u32::try_from(q.waiting.len()).unwrap_or(u32::MAX)),
                oldest_taken_at: queue.and_then(|q| q.waiting.first()).map(|(at, _)| *at),
                ready: queue.map_or(0, |q| u32::try_from(q.ready.len()).unwrap_or(u32::MAX)),
            });
            oldest.extend(queue.into_iter().flat_map(|q| q.waiting.iter().take(LISTED).copied()));
        }
        oldest.sort_unstable();
        let waiting = oldest
            .iter()
            .take(LISTED)
            .filter_map(|(_, ticket)| {
                let visit = self.visits.get(ticket)?;
                let site = &visit.taken.site;
                Some(WaitingRow {
                    ticket: visit.view(),
                    site: site.code.clone(),
                    site_name: site.name.clone(),
                })
            })
            .collect();
        Some(ClerkNews::Queues { queues, waiting })
    }
}
