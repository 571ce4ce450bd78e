//! What a receiver report says of one layer (RFC 3550 §6.4.1, appendix A).
use crate::rtp::rtcp::ReportBlock;
use std::time::{Duration, Instant};

/// Reports of one source that are nearer to each other are not relayed: browsers send one a second, and a peer that sends
/// dozens in a datagram must not make us send as many to each viewer.
const REPORTS_APART: Duration = Duration::from_millis(50);

/// Counts of one layer since it began.
#[derive(Debug)]
pub(crate) struct Reception {
    ssrc: u32,
    base: u64,
    received: u64,
    prior: (u64, u64),
    /// Sixteen times the jitter, in RTP ticks (appendix A.8).
    jitter: u32,
    transit: Option<u32>,
    started: Instant,
    clock: u32,
    report: Option<(u32, Instant)>,
}

impl Reception {
    pub(crate) fn new(ssrc: u32, base: u64, clock: u32, now: Instant) -> Self {
        Self {
            ssrc,
            base,
            received: 0,
            prior: (0, 0),
            jitter: 0,
            transit: None,
            started: now,
            clock,
            report: None,
        }
    }

    /// A packet came by itself, not as a repeat.
    pub(crate) fn packet(&mut self, time: u32, now: Instant) {
        self.received += 1;
        let micros = now.saturating_duration_since(self.started).as_micros() as u64;
        let arrival = (micros.wrapping_mul(u64::from(self.clock)) / 1_000_000) as u32;
        let transit = arrival.wrapping_sub(time);
        if let Some(before) = self.transit.replace(transit) {
            let change = (transit.wrapping_sub(before) as i32).unsigned_abs().min(self.clock);
            self.jitter = self.jitter.wrapping_add(change).wrapping_sub((self.jitter + 8) >> 4);
        }
    }

    /// A packet came as a repeat: it is not lost any more.
    pub(crate) fn repeat(&mut self) {
        self.received += 1;
    }

    /// A sender report came. Gives whether it is worth relaying: not if another came just before it.
    pub(crate) fn sender_report(&mut self, ntp: u64, now: Instant) -> bool {
        let before = self.report.replace(((ntp >> 16) as u32, now));
        before.is_none_or(|(_, at)| now.saturating_duration_since(at) >= REPORTS_APART)
    }

    /// The block for the next report. `top` is the highest sequence number.
    pub(crate) fn block(&mut self, top: u64, now: Instant) -> ReportBlock {
        let expected = top.saturating_sub(self.base) + 1;
        let (expected_before, received_before) =
            std::mem::replace(&mut self.prior, (expected, self.received));
        let expected_now = expected.saturating_sub(expected_before);
        let lost_now = expected_now.saturating_sub(self.received - received_before);
        let fraction = (lost_now * 256).checked_div(expected_now).unwrap_or(0);
        let (last_report, delay) = self.report.map_or((0, 0), |(ntp, at)| {
            let micros = now.saturating_duration_since(at).as_micros() as u64;
            (ntp, (micros * 65_536 / 1_000_000).min(u64::from(u32::MAX)) as u32)
        });
        ReportBlock {
            ssrc: self.ssrc,
            fraction_lost: fraction.min(255) as u8,
            lost: expected.saturating_sub(self.received).min(0x7F_FFFF) as u32,
            highest: top as u32,
            jitter: self.jitter >> 4,
            last_report,
            delay,
        }
    }
}

#[cfg(test)]
#[path = "reception_tests.rs"]
mod tests;
