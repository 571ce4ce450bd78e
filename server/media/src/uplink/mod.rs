//! What one peer sends: authenticates its packets, tells its streams apart, undoes repeats, finds holes.
mod layer;
mod learn;

use crate::slots::AROUND;
pub(crate) use layer::{Layer, Viewer, Wanted, choose, live, smallest};
use learn::SendLine;

use crate::feedback::{Arrivals, TOO_WIDE};
use crate::rtp::{Descriptor, Header};
use crate::sdp::{Feedback, Offer, extmap};
use crate::slots::{Position, StreamId};
use crate::srtp::{Opener, Rejected, Window};
use crate::{Counters, PeerId, Track};
use smallvec::SmallVec;
use std::ops::Range;
use std::time::Instant;

/// The most SSRCs that one peer may send.
pub(crate) const MAX_SSRCS: usize = 16;

/// What of a peer is forwarded to nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silenced {
    /// Its microphone.
    pub voice: bool,
    /// All layers of its camera.
    pub camera: bool,
    /// Its document camera or screen.
    pub aux: bool,
}

impl Silenced {
    pub(crate) fn holds(self, track: Track) -> bool {
        match track {
            Track::Mic => self.voice,
            Track::Camera => self.camera,
            Track::Aux => self.aux,
        }
    }
}

/// Numbers streams; a number is never given twice.
#[derive(Debug, Default)]
pub(crate) struct StreamIds(u64);

impl StreamIds {
    fn next(&mut self) -> StreamId {
        self.0 += 1;
        StreamId(self.0)
    }
}

/// What the packets of one SSRC are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Media(usize),
    Repeats(usize),
    /// Another SSRC took its layer over. Its window stays, so that nothing of it can come again.
    Retired,
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    window: Window,
    purpose: Purpose,
}

/// An authentic packet that is to be forwarded: each sequence number of a layer comes once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) layer: usize,
    pub(crate) stream: StreamId,
    pub(crate) position: Position,
    pub(crate) marker: bool,
    pub(crate) payload: Range<usize>,
    pub(crate) descriptor: Descriptor,
    /// Its layer was not there before, or was silent for long: whoever wants it is to catch the keyframe it begins with.
    pub(crate) new_stream: bool,
    /// Something before it is missing.
    pub(crate) after_hole: bool,
}

/// One peer's sending side.
#[derive(Debug)]
pub(crate) struct Uplink {
    pub(crate) id: PeerId,
    pub(crate) silenced: Silenced,
    pub(crate) tapped: bool,
    pub(crate) layers: Vec<Layer>,
    opener: Option<Opener>,
    lines: Vec<SendLine>,
    streams: SmallVec<[Stream; 10]>,
    arrivals: Option<(u8, Arrivals)>,
    /// Whether it follows REMB, and nothing better.
    pub(crate) needs_remb: bool,
}

impl Uplink {
    pub(crate) fn new(id: PeerId, offer: &Offer) -> Self {
        let sending = || offer.lines.iter().filter(|l| l.track().is_some());
        let transport = |l: &crate::sdp::Line| {
            let id = l.extensions.id(extmap::TRANSPORT_SEQUENCE);
            (id != 0 && l.payload.has(Feedback::TransportWide)).then_some(id)
        };
        let arrivals = sending().find_map(transport).map(|id| (id, Arrivals::new()));
        let knows_remb = sending().any(|l| l.payload.has(Feedback::Remb));
        Self {
            id,
            silenced: Silenced::default(),
            tapped: false,
            layers: Vec::new(),
            opener: None,
            lines: sending().filter_map(SendLine::new).collect(),
            streams: SmallVec::new(),
            needs_remb: knows_remb && arrivals.is_none(),
            arrivals,
        }
    }

    pub(crate) fn set_keys(&mut self, opener: Opener) {
        self.opener = Some(opener);
    }

    pub(crate) fn opener(&mut self) -> Option<&mut Opener> {
        self.opener.as_mut()
    }

    pub(crate) fn arrivals(&mut self) -> Option<&mut Arrivals> {
        self.arrivals.as_mut().map(|a| &mut a.1)
    }

    pub(crate) fn layer_of(&self, ssrc: u32) -> Option<usize> {
        self.layers.iter().position(|l| l.ssrc == ssrc)
    }

    /// Whether anybody has use for a layer's packets.
    pub(crate) fn is_wanted(&self, layer: usize) -> bool {
        self.tapped || !self.layers[layer].viewers.is_empty()
    }

    /// Opens a packet in place. None if it is not authentic, came before, is padding, or is held back.
    pub(crate) fn accept(
        &mut self,
        datagram: &mut [u8],
        now: Instant,
        ids: &mut StreamIds,
        counters: &mut Counters,
    ) -> Option<Packet> {
        let (header, at, end, new_stream) = match self.open(datagram, now, ids) {
            Ok(opened) => opened?,
            Err(Rejected::Forged) => {
                counters.dropped_forged += 1;
                return None;
            }
            Err(Rejected::Replayed) => {
                counters.dropped_replayed += 1;
                return None;
            }
        };
        let (layer, start, repeated) = match self.streams[at].purpose {
            Purpose::Media(layer) => (layer, header.len, false),
            Purpose::Repeats(layer) => (layer, header.len + 2, true),
            Purpose::Retired => return None,
        };
        // A repeat without its original's number is padding that probes for bandwidth (RFC 4588 §4).
        let original = if repeated { datagram.get(header.len..start)? } else { datagram.get(2..4)? };
        if start > end {
            return None;
        }
        let original = u16::from_be_bytes([original[0], original[1]]);
        let sequence = self.layers[layer].window.index(original)?;
        counters.repeats_received += u64::from(repeated);
        if self.layers[layer].window.has(sequence) {
            counters.dropped_replayed += u64::from(!repeated);
            return None;
        }
        let payload = start..end;
        let mut packet = Packet {
            layer,
            stream: self.layers[layer].id,
            position: Position { sequence, time: header.time, picture_id: 0, tl0: 0 },
            marker: header.marker,
            descriptor: Descriptor::default(),
            payload,
            new_stream,
            after_hole: false,
        };
        self.enter(&mut packet, &datagram[start..end], repeated, now);
        if self.silenced.holds(self.layers[layer].track) {
            counters.dropped_silenced += 1;
            return None;
        }
        self.keep(&mut packet, &datagram[start..end]);
        Some(packet)
    }

    /// Authenticates, guards against replay, and learns new streams. Gives the header, which stream it is, where the
    /// payload ends without padding, and whether the stream is new.
    fn open(
        &mut self,
        datagram: &mut [u8],
        now: Instant,
        ids: &mut StreamIds,
    ) -> Result<Option<(Header, usize, usize, bool)>, Rejected> {
        let header = Header::parse(datagram).ok_or(Rejected::Forged)?;
        let opener = self.opener.as_ref().ok_or(Rejected::Forged)?;
        let known = self.streams.iter().position(|s| s.ssrc == header.ssrc);
        let index = match known {
            Some(at) => self.streams[at].window.index(header.sequence).ok_or(Rejected::Forged)?,
            None => u64::from(header.sequence),
        };
        if known.is_some_and(|at| self.streams[at].window.has(index)) {
            return Err(Rejected::Replayed);
        }
        let mut end = opener.open_rtp(datagram, header.len, header.ssrc, index).ok_or(Rejected::Forged)?;
        if let Some((id, arrivals)) = &mut self.arrivals
            && let Some(&[high, low]) = header.extension(datagram, *id)
        {
            arrivals.note(u16::from_be_bytes([high, low]), header.ssrc, now);
        }
        // State for an SSRC exists only from its first authentic packet on.
        let at = match known {
            Some(at) => at,
            None => match self.learn(datagram, &header, index, now, ids) {
                Some(at) => at,
                None => return Ok(None),
            },
        };
        self.streams[at].window.add(index);
        if header.padded {
            let padding = usize::from(datagram[..end].last().copied().unwrap_or(0));
            end = end.checked_sub(padding).filter(|end| *end >= header.len).ok_or(Rejected::Forged)?;
        }
        Ok(Some((header, at, end, known.is_none())))
    }

    /// Enters a sequence number into its layer's books.
    fn enter(&mut self, packet: &mut Packet, payload: &[u8], repeated: bool, now: Instant) {
        let wanted = self.is_wanted(packet.layer) && !self.silenced.holds(self.layers[packet.layer].track);
        let layer = &mut self.layers[packet.layer];
        let sequence = packet.position.sequence;
        match layer.window.top() {
            Some(top) if sequence > top + 1 && layer.history.is_some() && wanted => {
                if sequence - top <= TOO_WIDE {
                    layer.holes.open(top, sequence, now);
                    packet.after_hole = true;
                } else {
                    layer.holes.clear();
                    layer.keyframes.want();
                }
            }
            Some(top) if sequence < top && !layer.holes.is_empty() => layer.holes.fill(sequence),
            _ => {}
        }
        layer.window.add(sequence);
        packet.new_stream |= layer.is_silent(now);
        layer.arrived(payload.len() + AROUND, now);
        if repeated {
            layer.reception.repeat();
        } else {
            layer.reception.packet(packet.position.time, now);
        }
    }

    /// Reads what a picture's packet says and puts it into the history if somebody could miss it.
    fn keep(&mut self, packet: &mut Packet, payload: &[u8]) {
        let layer = &mut self.layers[packet.layer];
        let Some(history) = &mut layer.history else { return };
        if !layer.viewers.is_empty() || packet.new_stream {
            let Position { sequence, time, .. } = packet.position;
            history.put(sequence, time, packet.marker, payload);
        }
        // Padding, and what is cut short, says nothing: what comes after it counts on from what came before it.
        (packet.position.picture_id, packet.position.tl0) = layer.ids;
        let Some(descriptor) = Descriptor::parse(payload) else { return };
        layer.ids = (descriptor.picture_id(), descriptor.tl0());
        (packet.position.picture_id, packet.position.tl0) = layer.ids;
        if descriptor.starts_keyframe {
            layer.height = descriptor.height.or(layer.height);
            layer.keyframes.came();
        }
        packet.descriptor = descriptor;
    }
}
