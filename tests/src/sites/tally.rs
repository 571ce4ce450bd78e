//! What the players noted, together.
use protocol::ids::{CallId, CaseId, HandoffId, PaperId, StaffId, TicketId};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

use super::report::{Calls, Handoffs, Latency, Media, Spread};
use crate::media::{Peer, Voice};

/// More errors than this are the same errors.
const ERRORS: usize = 50;

/// Something that the server said was durable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Record {
    Ticket(TicketId),
    Call(CallId),
    Assist(CallId),
    /// How many gestures were recorded.
    Marks(CallId, u32),
    CaseOpened(CaseId),
    CaseAccepted(CaseId),
    Offered(HandoffId),
    TakenOver(HandoffId, StaffId),
    PaperReceived(PaperId),
    Rated(CallId),
    WrappedUp(CallId),
}

/// One side of a call: what it heard and saw of the other.
#[derive(Clone, Copy, Debug)]
struct Side {
    /// When the last of voice and face came first, in [`crate::clock::micros`]; none if either never came.
    complete_us: Option<u64>,
}

#[derive(Default)]
struct Call {
    accepted_us: Option<u64>,
    sides: Vec<Side>,
}

#[derive(Default)]
struct Inner {
    records: Vec<Record>,
    owners: BTreeMap<CaseId, StaffId>,
    calls: BTreeMap<CallId, Call>,
    counts: Calls,
    handoffs: Handoffs,
    received: u64,
    lost: u64,
    frozen: Duration,
    delays: Spread,
    positions: Spread,
    errors: Vec<String>,
    more_errors: u64,
}

/// What the players noted.
#[derive(Default)]
pub(super) struct Tally {
    inner: Mutex<Inner>,
    changed: Notify,
}

impl Tally {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn acknowledged(&self, record: Record) {
        let mut inner = self.inner();
        match &record {
            Record::Ticket(_) => inner.counts.placed += 1,
            Record::Call(call) => {
                inner.counts.answered += 1;
                inner.calls.entry(*call).or_default();
            }
            Record::Offered(_) => inner.handoffs.offered += 1,
            Record::TakenOver(..) => inner.handoffs.accepted += 1,
            _ => {}
        }
        inner.records.push(record);
        drop(inner);
        self.changed.notify_waiters();
    }

    /// Waits until every handoff that was offered is accepted.
    pub(super) async fn handoffs_settled(&self) {
        loop {
            let changed = self.changed.notified();
            let (_, handoffs) = self.counts();
            if handoffs.accepted >= handoffs.offered {
                return;
            }
            changed.await;
        }
    }

    pub(super) fn position_after(&self, time: Duration) {
        self.inner().positions.0.push(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    pub(super) fn accepted_at(&self, call: CallId, us: u64) {
        self.inner().calls.entry(call).or_default().accepted_us = Some(us);
    }

    pub(super) fn owner(&self, case: CaseId, owner: StaffId) {
        self.inner().owners.insert(case, owner);
    }

    /// A case was looked at and had another owner than it should.
    pub(super) fn wrong_owner(&self) {
        self.inner().handoffs.without_single_owner += 1;
    }

    pub(super) fn completed(&self) {
        self.inner().counts.completed += 1;
    }

    pub(super) fn failed(&self, who: &str, error: &anyhow::Error) {
        let mut inner = self.inner();
        if inner.errors.len() < ERRORS {
            inner.errors.push(format!("{who}: {error:#}"));
        } else {
            inner.more_errors += 1;
        }
    }

    /// Takes down what one side of a call heard and saw of the participant `other`.
    pub(super) fn side(&self, call: CallId, peer: &Peer, other: u32) {
        let senses = peer.senses();
        let (voice, face) = (&senses.audio[0], &senses.video[0]);
        let heard = voice.first_us.filter(|_| voice.heard(Voice::of(other)) > 0);
        let seen = face.first_us.filter(|_| face.seen(other) > 0);
        let mut inner = self.inner();
        let complete_us = heard.zip(seen).map(|(a, b)| a.max(b));
        inner.calls.entry(call).or_default().sides.push(Side { complete_us });
        let (frames, pictures) = (voice.heard_others(Voice::of(other)), face.seen_others(other));
        if frames + pictures > 0 {
            let error = format!(
                "call {call}: {frames} voice frames and {pictures} pictures of somebody who is not in it"
            );
            inner.errors.push(error);
        }
        for stream in [&voice.stream, &face.stream, &senses.video[1].stream] {
            inner.received += stream.received;
            inner.lost += stream.lost();
        }
        inner.frozen = inner.frozen.max(face.longest_freeze);
        inner.delays.0.extend(&face.delays_us);
    }

    pub(super) fn counts(&self) -> (Calls, Handoffs) {
        let inner = self.inner();
        (inner.counts, inner.handoffs)
    }

    pub(super) fn records(&self) -> Vec<Record> {
        self.inner().records.clone()
    }

    pub(super) fn owners(&self) -> BTreeMap<CaseId, StaffId> {
        self.inner().owners.clone()
    }

    pub(super) fn errors(&self) -> Vec<String> {
        let inner = self.inner();
        let mut errors = inner.errors.clone();
        if inner.more_errors > 0 {
            errors.push(format!("and {} more", inner.more_errors));
        }
        errors
    }

    /// The figures, once everybody is done.
    pub(super) fn figures(&self) -> (Calls, Handoffs, Media, Latency) {
        let inner = self.inner();
        let mut first_media = Spread::default();
        let mut counts = inner.counts;
        for call in inner.calls.values() {
            let complete: Vec<_> = call.sides.iter().filter_map(|s| s.complete_us).collect();
            match (call.accepted_us, complete.as_slice()) {
                (Some(accepted), [a, b]) => first_media.0.push((*a.max(b)).saturating_sub(accepted)),
                _ => counts.without_media += 1,
            }
        }
        let packets = (inner.received + inner.lost).max(1);
        let media = Media {
            loss_ratio: inner.lost as f64 / packets as f64,
            frozen_ms_max: inner.frozen.as_secs_f64() * 1000.0,
            delay_ms: inner.delays.figures(),
        };
        let latency = Latency {
            ticket_to_position: inner.positions.figures(),
            accept_to_first_media: first_media.figures(),
        };
        (counts, inner.handoffs, media, latency)
    }
}
