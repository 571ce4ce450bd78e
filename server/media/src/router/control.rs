//! RTCP: what a viewer misses, what a publisher reports, and what is asked of publishers.
use super::{Router, downlink, layer_mut, uplink};
use crate::rtp::rtcp::{self, MAX_NACKED, Packet};
use crate::slots::Shown;
use crate::srtp::Rejected;
use crate::transmit::Transmit;
use std::time::Instant;

impl Router {
    /// Opens and follows an RTCP packet of the peer at this place.
    pub(crate) fn rtcp(&mut self, place: usize, datagram: &mut [u8], now: Instant, out: &mut impl Transmit) {
        let Some(opener) = uplink(&mut self.uplinks, place).and_then(|u| u.opener()) else { return };
        let len = match opener.open_rtcp(datagram) {
            Ok(len) => len,
            Err(Rejected::Forged) => return self.counters.dropped_forged += 1,
            Err(Rejected::Replayed) => return self.counters.dropped_replayed += 1,
        };
        for packet in rtcp::packets(&datagram[..len]) {
            match packet {
                Packet::SenderReport { ssrc, ntp, time } => {
                    self.sender_report(place, ssrc, ntp, time, now, out)
                }
                Packet::Nack { media, pairs } => {
                    for sequence in rtcp::nacked(pairs) {
                        self.repeat(place, media, sequence, now, out);
                    }
                }
                Packet::KeyframeWanted { media } => self.keyframe_wanted(place, media, now, out),
                Packet::Arrivals { feedback } => {
                    if let Some(downlink) = downlink(&mut self.downlinks, place) {
                        downlink.arrivals(feedback, now);
                    }
                }
            }
        }
    }

    /// A source's report goes on at once to everybody who is shown that very stream.
    fn sender_report(
        &mut self,
        place: usize,
        ssrc: u32,
        ntp: u64,
        time: u32,
        now: Instant,
        out: &mut impl Transmit,
    ) {
        let Some(uplink) = uplink(&mut self.uplinks, place) else { return };
        let Some(at) = uplink.layer_of(ssrc) else { return };
        let silenced = uplink.silenced.holds(uplink.layers[at].track);
        let layer = &mut uplink.layers[at];
        let fresh = layer.reception.sender_report(ntp, now);
        if silenced || !fresh {
            return;
        }
        for viewer in &layer.viewers {
            if let Some(downlink) = downlink(&mut self.downlinks, viewer.place)
                && downlink.slots[viewer.slot].continues(layer.id)
            {
                downlink.relay_report(viewer.slot, ntp, time, out);
            }
        }
    }

    /// Repeats what a viewer missed, if the slot still shows whose it was.
    fn repeat(&mut self, place: usize, media: u32, sequence: u16, now: Instant, out: &mut impl Transmit) {
        self.counters.nacks_received += 1;
        let Some(downlink) = downlink(&mut self.downlinks, place) else { return };
        let Some(at) = downlink.slot_of(media) else { return };
        let slot = &mut downlink.slots[at];
        let Some(feed) = slot.feed else { return };
        let Some((index, segment)) = slot.missed(sequence) else { return };
        let Some(source) = self.places.get(&feed.peer).and_then(|from| self.uplinks[*from].as_ref()) else {
            return;
        };
        let Some(layer) = source.layers.iter().find(|l| l.id == segment.source) else { return };
        let Some(history) = layer.history.as_ref().filter(|_| !source.silenced.holds(layer.track)) else {
            return;
        };
        let Some(kept) = segment.source_sequence(index).and_then(|sequence| history.get(sequence)) else {
            return;
        };
        if downlink.repeat(at, sequence, &segment, &kept, now, out) {
            self.counters.repeats_sent += 1;
        }
    }

    fn keyframe_wanted(&mut self, place: usize, media: u32, now: Instant, out: &mut impl Transmit) {
        self.counters.keyframes_wanted += 1;
        let slot = self.downlinks[place].as_ref().and_then(|d| Some(&d.slots[d.slot_of(media)?]));
        let shown = slot.and_then(|slot| slot.showing.or(slot.target));
        let Some(shown) = shown else { return };
        if let Some(layer) = layer_mut(&mut self.uplinks, shown) {
            layer.keyframes.want();
            self.ask_for_keyframe(shown, now, out);
        }
    }

    /// Asks a layer's publisher for a keyframe if one is wanted and it was not asked just before.
    pub(super) fn ask_for_keyframe(&mut self, shown: Shown, now: Instant, out: &mut impl Transmit) {
        let Some(downlink) = downlink(&mut self.downlinks, shown.place) else { return };
        if !downlink.is_up() {
            return;
        }
        let Some(uplink) = uplink(&mut self.uplinks, shown.place) else { return };
        if !uplink.is_wanted(shown.layer) {
            return;
        }
        let layer = &mut uplink.layers[shown.layer];
        let media = layer.ssrc;
        if layer.keyframes.ask(now) && downlink.send_control(out, |room| rtcp::pli(room, media)) {
            self.counters.keyframes_asked += 1;
        }
    }

    /// Asks a layer's publisher for what is missing and due.
    pub(super) fn ask_for_repeats(
        &mut self,
        place: usize,
        layer: usize,
        now: Instant,
        out: &mut impl Transmit,
    ) {
        let Some(downlink) = downlink(&mut self.downlinks, place) else { return };
        let Some(uplink) = uplink(&mut self.uplinks, place) else { return };
        if !uplink.is_wanted(layer) {
            return uplink.layers[layer].holes.clear();
        }
        let layer = &mut uplink.layers[layer];
        let mut sequences = [0; MAX_NACKED];
        let count = layer.holes.due(now, &mut sequences);
        let media = layer.ssrc;
        if count > 0
            && downlink.send_control(out, |room| rtcp::nack(room, media, sequences[..count].iter().copied()))
        {
            self.counters.nacks_sent += count as u64;
        }
    }
}
