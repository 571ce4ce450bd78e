//! The way of one RTP packet.
use super::Router;
use crate::slots::{Forwarded, Shown};
use crate::transmit::{Sample, Transmit};
use crate::uplink::{Packet, Viewer};
use smallvec::SmallVec;
use std::time::Instant;

impl Router {
    /// Opens a packet of the peer at this place and sends it to everybody who is fed from its layer.
    pub(crate) fn rtp(&mut self, place: usize, datagram: &mut [u8], now: Instant, out: &mut impl Transmit) {
        let Some(uplink) = self.uplinks.get_mut(place).and_then(Option::as_mut) else { return };
        let Some(packet) = uplink.accept(datagram, now, &mut self.streams, &mut self.counters) else {
            return;
        };
        if packet.new_stream {
            let peer = uplink.id;
            self.retarget_source(peer);
        }
        if packet.after_hole {
            self.ask_for_repeats(place, packet.layer, now, out);
        }
        let payload = &datagram[packet.payload.clone()];
        self.sample(place, &packet, payload, out);
        self.fan_out(place, &packet, payload, now, out);
        if packet.new_stream
            && packet.descriptor.starts_keyframe
            && let Some(layer) = super::layer_mut(&mut self.uplinks, Shown { place, layer: packet.layer })
        {
            // Those who were made its viewers by this very packet have what they waited for.
            layer.keyframes.came();
        }
    }

    fn sample(&self, place: usize, packet: &Packet, payload: &[u8], out: &mut impl Transmit) {
        let Some(uplink) = self.uplinks[place].as_ref().filter(|u| u.tapped) else { return };
        let layer = &uplink.layers[packet.layer];
        out.sample(&Sample {
            peer: uplink.id,
            track: layer.track,
            layer: layer.rank,
            sequence: packet.position.sequence,
            time: packet.position.time,
            marker: packet.marker,
            payload,
        });
    }

    fn fan_out(
        &mut self,
        place: usize,
        packet: &Packet,
        payload: &[u8],
        now: Instant,
        out: &mut impl Transmit,
    ) {
        let Some(uplink) = self.uplinks[place].as_ref() else { return };
        let mut switched: SmallVec<[Viewer; 4]> = SmallVec::new();
        for viewer in &uplink.layers[packet.layer].viewers {
            let Some(downlink) = self.downlinks[viewer.place].as_mut() else { continue };
            match downlink.forward(viewer.slot, packet, payload, now, out) {
                Forwarded::Not => continue,
                Forwarded::Sent => {}
                Forwarded::Switched => switched.push(*viewer),
            }
            self.counters.forwarded += 1;
        }
        for viewer in switched {
            self.counters.switches += 1;
            self.settle(viewer, Shown { place, layer: packet.layer });
        }
    }
}
