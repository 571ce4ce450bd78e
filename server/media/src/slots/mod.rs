//! What one peer receives: its slots, each an unbroken stream, and the way to it.
mod pace;
mod stream;

pub(crate) use stream::{Position, Segment, StreamId, Unbroken};

use crate::feedback::Estimate;
use crate::history::Kept;
use crate::random::Random;
use crate::rtp::rtcp::SenderReport;
use crate::rtp::{Descriptor, Outgoing};
use crate::sdp::{Feedback, Line, Offer, SlotSsrcs, extmap};
use crate::srtp::{MAX_OVERHEAD, Sealer};
use crate::transmit::{MAX_DATAGRAM, Transmit};
use crate::uplink::Packet;
use crate::{Slot, Source};
use std::net::SocketAddr;
use std::time::Instant;

/// The longest payload that fits a datagram behind the longest header, with a repeat's two bytes.
const MAX_PAYLOAD: usize = MAX_DATAGRAM - MAX_OVERHEAD - 20 - 2;
/// How many packets a slot repeats between two turns of the clock: asking often must not make us send much.
const REPEATS_PER_TURN: u8 = 240;
/// What surrounds a payload on the wire: IP, UDP, RTP with extension, tag.
pub(crate) const AROUND: usize = 28 + 20 + MAX_OVERHEAD;
/// A gap at least this wide ends a segment: the receiver could lose count of the 16 bits.
const TORN: u64 = 512;

/// A layer of a source that a slot shows or waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) place: usize,
    pub(crate) layer: usize,
}

/// What became of a packet at a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forwarded {
    Sent,
    /// Sent, and the first of another layer or source.
    Switched,
    Not,
}

/// One receiving line.
#[derive(Debug)]
pub(crate) struct OutSlot {
    pub(crate) slot: Slot,
    /// What the caller put here.
    pub(crate) feed: Option<Source>,
    /// As drawn by the viewer, in pixels.
    pub(crate) height: u16,
    /// Bits per second that its picture may take.
    pub(crate) allowance: u64,
    /// The layer that should be shown.
    pub(crate) target: Option<Shown>,
    /// The layer that is shown.
    pub(crate) showing: Option<Shown>,
    ssrcs: SlotSsrcs,
    format: u8,
    repeats_format: Option<u8>,
    repeats_index: u64,
    repeats_left: u8,
    stream: Unbroken,
    /// The stream that the latest segment continues; none after a pause, so that the next packet begins a new one.
    source: Option<StreamId>,
    packets: u32,
    octets: u32,
}

impl OutSlot {
    fn new(slot: Slot, line: &Line, ssrcs: SlotSsrcs, random: &mut Random) -> Self {
        // Below 2^15, so that neither side can mistake the first round (RFC 3711 §3.3.1).
        let first = |random: &mut Random| u64::from(random.u32() & 0x7FFF);
        let clock = if matches!(slot, Slot::Audio(_)) { 48_000 } else { 90_000 };
        Self {
            slot,
            feed: None,
            height: u16::MAX,
            allowance: u64::MAX,
            target: None,
            showing: None,
            ssrcs,
            format: line.payload.format,
            repeats_format: line.payload.repeats,
            repeats_index: first(random),
            repeats_left: REPEATS_PER_TURN,
            stream: Unbroken::new(first(random), clock),
            source: None,
            packets: 0,
            octets: 0,
        }
    }

    pub(crate) fn is_audio(&self) -> bool {
        matches!(self.slot, Slot::Audio(_))
    }

    /// Shows nothing from here on; what comes next begins a new segment.
    pub(crate) fn pause(&mut self) {
        (self.showing, self.source) = (None, None);
    }

    /// The stream that the slot continues.
    pub(crate) fn source(&self) -> Option<StreamId> {
        self.source
    }

    /// Whether the slot continues this very stream.
    pub(crate) fn continues(&self, stream: StreamId) -> bool {
        self.source == Some(stream)
    }

    /// The slot's index and segment behind a sequence number that the viewer missed, if it may be repeated now.
    pub(crate) fn missed(&mut self, sequence: u16) -> Option<(u64, Segment)> {
        self.repeats_format.filter(|_| self.repeats_left > 0)?;
        let (index, segment) = self.stream.find(sequence)?;
        let segment = *segment;
        self.repeats_left -= 1;
        Some((index, segment))
    }
}

/// One peer's receiving side.
#[derive(Debug)]
pub(crate) struct Downlink {
    pub(crate) slots: Vec<OutSlot>,
    to: Option<SocketAddr>,
    sealer: Option<Sealer>,
    /// Id of the header extension for transport-wide sequence numbers, if the viewer reports on them.
    transport: Option<u8>,
    estimate: Option<Estimate>,
}

impl Downlink {
    pub(crate) fn new(offer: &Offer, random: &mut Random) -> Self {
        let mut slots: Vec<OutSlot> = Vec::new();
        let receiving = || offer.lines.iter().filter_map(|l| l.slot().map(|slot| (slot, l)));
        for (slot, line) in receiving() {
            let media = new_ssrc(&slots, None, random);
            let ssrcs = SlotSsrcs { media, repeats: new_ssrc(&slots, Some(media), random) };
            slots.push(OutSlot::new(slot, line, ssrcs, random));
        }
        let extension = |line: &Line| {
            let id = line.extensions.id(extmap::TRANSPORT_SEQUENCE);
            (id != 0 && line.payload.has(Feedback::TransportWide)).then_some(id)
        };
        // One counter for all slots: only if every one carries it can the viewer's reports be understood.
        let extensions: Option<Vec<u8>> = receiving().map(|(_, line)| extension(line)).collect();
        let same = extensions.filter(|ids| ids.windows(2).all(|pair| pair[0] == pair[1]));
        let transport = same.and_then(|ids| ids.first().copied());
        Self { slots, to: None, sealer: None, transport, estimate: None }
    }

    pub(crate) fn ssrcs(&self) -> Vec<SlotSsrcs> {
        self.slots.iter().map(|s| s.ssrcs).collect()
    }

    /// The viewer is up.
    pub(crate) fn set_keys(&mut self, sealer: Sealer, now: Instant) {
        self.sealer = Some(sealer);
        self.estimate = self.transport.map(|_| Estimate::new(now));
    }

    /// Bits per second that the way to the viewer carries, if it reports on that.
    pub(crate) fn estimate(&self) -> Option<u64> {
        self.estimate.as_ref().map(Estimate::bits_per_second)
    }

    /// The viewer told what arrived.
    pub(crate) fn arrivals(&mut self, feedback: &[u8], now: Instant) {
        if let Some(estimate) = &mut self.estimate {
            estimate.feedback(feedback, now);
        }
    }

    /// A turn of the clock is over: as much is done again for whoever asks.
    pub(crate) fn refill(&mut self) {
        self.slots.iter_mut().for_each(|slot| slot.repeats_left = REPEATS_PER_TURN);
        if let Some(estimate) = &mut self.estimate {
            estimate.refill();
        }
    }

    pub(crate) fn set_destination(&mut self, to: Option<SocketAddr>) {
        self.to = to;
    }

    pub(crate) fn is_up(&self) -> bool {
        self.sealer.is_some()
    }

    pub(crate) fn slot_of(&self, ssrc: u32) -> Option<usize> {
        self.slots.iter().position(|s| s.ssrcs.media == ssrc)
    }

    /// Sends one packet of a source into a slot: the innermost of the fast path.
    pub(crate) fn forward(
        &mut self,
        slot: usize,
        packet: &Packet,
        payload: &[u8],
        now: Instant,
        out: &mut impl Transmit,
    ) -> Forwarded {
        let (Some(to), Some(sealer)) = (self.to, &self.sealer) else { return Forwarded::Not };
        let slot = &mut self.slots[slot];
        if payload.len() > MAX_PAYLOAD {
            return Forwarded::Not;
        }
        let switches = slot.source != Some(packet.stream);
        if switches {
            if !slot.is_audio() && !packet.descriptor.starts_keyframe {
                return Forwarded::Not;
            }
            slot.stream.switch(packet.stream, packet.position, now);
            slot.source = Some(packet.stream);
        } else if slot.stream.is_torn(packet.position.sequence, TORN) {
            slot.pause();
            return Forwarded::Not;
        }
        let Some((index, segment)) = slot.stream.place(packet.position, now) else { return Forwarded::Not };
        slot.packets = slot.packets.wrapping_add(1);
        slot.octets = slot.octets.wrapping_add(payload.len() as u32);
        let header = Outgoing {
            marker: packet.marker,
            payload_type: slot.format,
            sequence: index as u16,
            time: packet.position.time.wrapping_add(segment.time),
            ssrc: slot.ssrcs.media,
            transport: number(self.transport, &mut self.estimate, payload.len(), now),
        };
        let room = out.room();
        let start = header.write(room);
        let end = start + payload.len();
        room[start..end].copy_from_slice(payload);
        packet.descriptor.shift(&mut room[start..end], segment.picture_id, segment.tl0);
        if let Some(len) = sealer.seal_rtp(room, start, end, header.ssrc, index) {
            out.commit(to, len);
        }
        if switches { Forwarded::Switched } else { Forwarded::Sent }
    }

    /// Repeats a packet that the viewer missed (RFC 4588).
    pub(crate) fn repeat(
        &mut self,
        slot: usize,
        sequence: u16,
        segment: &Segment,
        kept: &Kept<'_>,
        now: Instant,
        out: &mut impl Transmit,
    ) -> bool {
        let (Some(to), Some(sealer)) = (self.to, &self.sealer) else { return false };
        let slot = &mut self.slots[slot];
        let Some(payload_type) = slot.repeats_format else { return false };
        slot.repeats_index += 1;
        let header = Outgoing {
            marker: kept.marker,
            payload_type,
            sequence: slot.repeats_index as u16,
            time: kept.time.wrapping_add(segment.time),
            ssrc: slot.ssrcs.repeats,
            transport: number(self.transport, &mut self.estimate, kept.payload.len(), now),
        };
        let room = out.room();
        let start = header.write(room);
        room[start..start + 2].copy_from_slice(&sequence.to_be_bytes());
        let end = start + 2 + kept.payload.len();
        room[start + 2..end].copy_from_slice(kept.payload);
        if let Some(descriptor) = Descriptor::parse(kept.payload) {
            descriptor.shift(&mut room[start + 2..end], segment.picture_id, segment.tl0);
        }
        let Some(len) = sealer.seal_rtp(room, start, end, header.ssrc, slot.repeats_index) else {
            return false;
        };
        out.commit(to, len);
        true
    }

    /// Relays a source's sender report with the slot's own time, so that lips and voice stay together over every switch.
    pub(crate) fn relay_report(&mut self, slot: usize, ntp: u64, time: u32, out: &mut impl Transmit) {
        let slot = &self.slots[slot];
        let Some(segment) = slot.stream.current() else { return };
        let report = SenderReport {
            ssrc: slot.ssrcs.media,
            ntp,
            time: time.wrapping_add(segment.time),
            packets: slot.packets,
            octets: slot.octets,
        };
        self.send_control(out, |room| report.write(room));
    }

    /// Sends an RTCP packet that `write` puts into the room; gives whether it could.
    pub(crate) fn send_control(
        &mut self,
        out: &mut impl Transmit,
        write: impl FnOnce(&mut [u8]) -> usize,
    ) -> bool {
        let (Some(to), Some(sealer)) = (self.to, &mut self.sealer) else { return false };
        let room = out.room();
        let end = write(room);
        let Some(len) = sealer.seal_rtcp(room, end) else { return false };
        out.commit(to, len);
        true
    }
}

/// The next transport-wide sequence number with its extension's id, for a packet with a payload of this size.
fn number(
    extension: Option<u8>,
    estimate: &mut Option<Estimate>,
    payload: usize,
    now: Instant,
) -> Option<(u8, u16)> {
    Some((extension?, estimate.as_mut()?.send(payload + AROUND, now)))
}

/// An SSRC that no slot has; 0 and 1 have a meaning of their own.
fn new_ssrc(slots: &[OutSlot], other: Option<u32>, random: &mut Random) -> u32 {
    loop {
        let ssrc = random.u32();
        let taken =
            other == Some(ssrc) || slots.iter().any(|s| s.ssrcs.media == ssrc || s.ssrcs.repeats == ssrc);
        if ssrc > 1 && !taken {
            return ssrc;
        }
    }
}
