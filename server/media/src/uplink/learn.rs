//! Whose is an SSRC? Told by mid and rid in its first packets (RFC 8843 §9.2, RFC 8852), else by the offer.
use super::{Layer, MAX_SSRCS, Purpose, Stream, StreamIds, Uplink};
use crate::Track;
use crate::rtp::Header;
use crate::sdp::{Extensions, Line, Rid, extmap};
use crate::srtp::Window;
use smallvec::SmallVec;
use std::time::Instant;

/// A line on which the peer sends.
#[derive(Debug)]
pub(super) struct SendLine {
    pub(super) track: Track,
    mid: Box<[u8]>,
    format: u8,
    repeats: Option<u8>,
    rids: SmallVec<[Rid; 3]>,
    ssrcs: Vec<u32>,
    pairs: Vec<(u32, u32)>,
    extensions: Extensions,
}

impl SendLine {
    pub(super) fn new(line: &Line) -> Option<Self> {
        Some(Self {
            track: line.track()?,
            mid: line.mid.as_bytes().into(),
            format: line.payload.format,
            repeats: line.payload.repeats,
            rids: line.rids.clone(),
            ssrcs: line.ssrcs.clone(),
            pairs: line.repeats.clone(),
            extensions: line.extensions,
        })
    }

    fn speaks(&self, format: u8) -> bool {
        format == self.format || Some(format) == self.repeats
    }
}

/// What a packet says of its stream.
struct Claim {
    track: Track,
    rank: u8,
    repeats: bool,
}

impl Uplink {
    fn claim(&self, packet: &[u8], header: &Header) -> Option<Claim> {
        // An id means the same on every line of a bundle (RFC 8843 §7.1.3), so any line that has it will do.
        let mid = self.lines.iter().find_map(|l| header.extension(packet, l.extensions.id(extmap::MID)));
        let line = match mid {
            Some(mid) => self.lines.iter().find(|l| *l.mid == *mid)?,
            None => self.by_declaration(header)?,
        };
        if !line.speaks(header.payload_type) {
            return None;
        }
        let repeats = Some(header.payload_type) == line.repeats;
        let which = if repeats { extmap::REPEATED_RID } else { extmap::RID };
        let rank = match header.extension(packet, line.extensions.id(which)) {
            Some(rid) => line.rids.iter().position(|r| r.as_slice() == rid)? as u8,
            None if !line.rids.is_empty() => return None,
            None => 0,
        };
        Some(Claim { track: line.track, rank, repeats })
    }

    fn by_declaration(&self, header: &Header) -> Option<&SendLine> {
        let declared = |l: &&SendLine| {
            l.ssrcs.contains(&header.ssrc) || l.pairs.iter().any(|p| p.0 == header.ssrc || p.1 == header.ssrc)
        };
        // Without mid and without a=ssrc the format must tell, as in offers of GStreamer.
        let undeclared = |l: &&SendLine| l.ssrcs.is_empty() && l.speaks(header.payload_type);
        self.lines.iter().find(declared).or_else(|| self.lines.iter().find(undeclared))
    }

    /// Makes room for a stream whose first packet is authentic; gives its place. None if it is of no known line, of a layer
    /// that has not begun, or one too many.
    pub(super) fn learn(
        &mut self,
        packet: &[u8],
        header: &Header,
        index: u64,
        now: Instant,
        ids: &mut StreamIds,
    ) -> Option<usize> {
        if self.streams.len() == MAX_SSRCS {
            return None;
        }
        let Claim { track, rank, repeats } = self.claim(packet, header)?;
        let existing = self.layers.iter().position(|l| l.track == track && l.rank == rank);
        let purpose = match existing {
            Some(layer) if repeats => Purpose::Repeats(layer),
            None if repeats => return None,
            Some(layer) => {
                // The peer began the layer anew: for every slot this is another source.
                let viewers = std::mem::take(&mut self.layers[layer].viewers);
                self.layers[layer] = Layer::new(ids.next(), track, rank, header.ssrc, index, now);
                self.layers[layer].viewers = viewers;
                self.layers[layer].keyframes.want();
                for stream in &mut self.streams {
                    if matches!(stream.purpose, Purpose::Media(l) | Purpose::Repeats(l) if l == layer) {
                        stream.purpose = Purpose::Retired;
                    }
                }
                Purpose::Media(layer)
            }
            None => {
                self.layers.push(Layer::new(ids.next(), track, rank, header.ssrc, index, now));
                Purpose::Media(self.layers.len() - 1)
            }
        };
        self.streams.push(Stream { ssrc: header.ssrc, window: Window::default(), purpose });
        Some(self.streams.len() - 1)
    }
}
