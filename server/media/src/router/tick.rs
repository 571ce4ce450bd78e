//! What is done by the clock: repeats asked for again, keyframes, layers that came or went, reports.
use super::{Router, downlink, uplink};
use crate::rtp::rtcp;
use crate::slots::Shown;
use crate::transmit::Transmit;
use smallvec::SmallVec;
use std::time::{Duration, Instant};

/// How often everything is looked at.
const TICK: Duration = Duration::from_millis(20);
/// Every so many ticks a viewer's slots are looked at, each viewer in a tick of its own.
const TURN: usize = 5;
/// How often publishers get receiver reports.
const REPORT: Duration = Duration::from_secs(1);
/// What publishers that follow nothing but REMB are allowed: all layers of a camera and a document camera.
const REMB_BITS_PER_SECOND: u64 = 6_000_000;
/// A layer that is silent for so long is not reported on.
const STALE: Duration = Duration::from_secs(3);

#[derive(Debug, Default)]
pub(super) struct Clockwork {
    tick: Option<Instant>,
    report: Option<Instant>,
    /// Counts ticks.
    turn: usize,
    /// A command left something to be sent before the next tick.
    pub(super) urgent: bool,
}

impl Router {
    /// Whether [`Self::handle_timeout`] has anything to do.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.clockwork.urgent || self.clockwork.tick.is_none_or(|tick| tick <= now)
    }

    /// When something is due; none: at once.
    pub(crate) fn next_tick(&self) -> Option<Instant> {
        self.clockwork.tick.filter(|_| !self.clockwork.urgent)
    }

    /// Sends what commands asked for, and what is due.
    pub(crate) fn handle_timeout(&mut self, now: Instant, out: &mut impl Transmit) {
        self.clockwork.urgent = false;
        let ticks = self.clockwork.tick.is_none_or(|tick| tick <= now);
        if ticks {
            self.clockwork.tick = Some(now + TICK);
            self.clockwork.turn = (self.clockwork.turn + 1) % TURN;
            self.follow_layers();
        }
        let reports = self.clockwork.report.is_none_or(|report| report <= now);
        if reports {
            self.clockwork.report = Some(now + REPORT);
        }
        for place in 0..self.uplinks.len() {
            let Some(uplink) = self.uplinks[place].as_ref() else { continue };
            for layer in 0..uplink.layers.len() {
                self.ask_for_keyframe(Shown { place, layer }, now, out);
                if ticks {
                    self.ask_for_repeats(place, layer, now, out);
                }
            }
            if ticks {
                self.tell_arrivals(place, now, out);
            }
            if reports {
                self.report(place, now, out);
            }
        }
    }

    /// Layers come and go, paths widen and narrow; slots follow.
    fn follow_layers(&mut self) {
        for place in (self.clockwork.turn..self.downlinks.len()).step_by(TURN) {
            self.allot(place);
            let slots = self.downlinks[place].as_mut().map_or(0, |d| {
                d.refill();
                d.slots.len()
            });
            for at in 0..slots {
                let fed = self.downlinks[place].as_ref().is_some_and(|d| d.slots[at].feed.is_some());
                if fed {
                    self.retarget(place, at);
                }
            }
        }
    }

    fn tell_arrivals(&mut self, place: usize, now: Instant, out: &mut impl Transmit) {
        let (Some(uplink), Some(downlink)) =
            (uplink(&mut self.uplinks, place), downlink(&mut self.downlinks, place))
        else {
            return;
        };
        let Some(arrivals) = uplink.arrivals().filter(|a| a.is_due(now)) else { return };
        let mut message = [0; 1200];
        while let Some(len) = arrivals.tell(now, &mut message) {
            downlink.send_control(out, |room| {
                room[..len].copy_from_slice(&message[..len]);
                len
            });
        }
    }

    /// Receiver reports, and REMB for those who follow nothing better.
    fn report(&mut self, place: usize, now: Instant, out: &mut impl Transmit) {
        let (Some(uplink), Some(downlink)) =
            (uplink(&mut self.uplinks, place), downlink(&mut self.downlinks, place))
        else {
            return;
        };
        let live = |last: Instant| now.saturating_duration_since(last) < STALE;
        let mut blocks: SmallVec<[rtcp::ReportBlock; 8]> = SmallVec::new();
        for layer in uplink.layers.iter_mut().filter(|l| live(l.last)) {
            blocks.extend(layer.window.top().map(|top| layer.reception.block(top, now)));
        }
        if blocks.is_empty() {
            return;
        }
        downlink.send_control(out, |room| rtcp::receiver_report(room, &blocks));
        if uplink.needs_remb {
            let pictures = uplink.layers.iter().filter(|l| !l.track.is_audio() && live(l.last));
            let ssrcs: SmallVec<[u32; 8]> = pictures.map(|l| l.ssrc).collect();
            downlink.send_control(out, |room| rtcp::remb(room, REMB_BITS_PER_SECOND, &ssrcs));
        }
    }
}
