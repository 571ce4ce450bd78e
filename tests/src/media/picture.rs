//! Well-formed VP8 packets (RFC 7741) that carry who sent them and when instead of a picture.
use bytes::{BufMut, Bytes, BytesMut};

const MAGIC: [u8; 4] = *b"cwtp";
const DESCRIPTOR: usize = 6;
/// Frame tag, start code, width and height (RFC 6386 §9.1).
const KEYFRAME_HEADER: usize = 10;
const INTERFRAME_HEADER: usize = 3;
const STAMP: usize = 4 + 4 + 1 + 4 + 8;

/// What a picture says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The sender's number; see [`super::Voice::of`] for how it sounds.
    pub source: u32,
    /// Which track and layer: camera `q` 0, `h` 1, `f` 2, aux 3.
    pub layer: u8,
    /// Counts the pictures of this layer.
    pub count: u32,
    /// When it left, in [`crate::clock::micros`].
    pub sent_us: u64,
}

/// Where in the stream a picture stands.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Whether decoding can begin here.
    pub keyframe: bool,
    /// 15-bit picture id.
    pub picture_id: u16,
    /// TL0PICIDX.
    pub tl0: u8,
    /// Width and height in pixels.
    pub size: (u16, u16),
}

/// The RTP payloads of one picture: the first has `bytes` in all, and so have the `more` others.
#[must_use]
pub fn build(stamp: Stamp, place: Place, bytes: usize, more: usize) -> Vec<Bytes> {
    (0..=more).map(|part| build_part(stamp, place, bytes, part)).collect()
}

fn build_part(stamp: Stamp, place: Place, bytes: usize, part: usize) -> Bytes {
    let mut out = BytesMut::with_capacity(bytes);
    // X and, on the first packet, S; then I, L, T: picture id, TL0PICIDX and temporal layer 0 follow.
    out.put_u8(if part == 0 { 0x90 } else { 0x80 });
    out.put_u8(0xe0);
    out.put_u16(0x8000 | place.picture_id);
    out.put_u8(place.tl0);
    out.put_u8(0);
    if part == 0 {
        let tag = u32::from(!place.keyframe) | 1 << 4 | (bytes as u32) << 5;
        out.put_slice(&tag.to_le_bytes()[..3]);
        if place.keyframe {
            out.put_slice(&[0x9d, 0x01, 0x2a]);
            out.put_u16_le(place.size.0 & 0x3fff);
            out.put_u16_le(place.size.1 & 0x3fff);
        }
        out.put_slice(&MAGIC);
        out.put_u32(stamp.source);
        out.put_u8(stamp.layer);
        out.put_u32(stamp.count);
        out.put_u64(stamp.sent_us);
    }
    let fill = bytes.saturating_sub(out.len());
    out.put_bytes(0x5a, fill);
    out.freeze()
}

/// One received payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether decoding can begin here.
    pub keyframe: bool,
    /// The 15-bit picture id.
    pub picture_id: u16,
    /// What it says.
    pub stamp: Stamp,
}

/// Reads the first payload of a picture; none for the others and for what is not ours.
#[must_use]
pub fn parse(payload: &[u8]) -> Option<Seen> {
    let (descriptor, rest) = payload.split_at_checked(DESCRIPTOR)?;
    if descriptor[0] & 0x9f != 0x90 || descriptor[1] & 0xe0 != 0xe0 || descriptor[2] & 0x80 == 0 {
        return None;
    }
    let picture_id = u16::from_be_bytes([descriptor[2], descriptor[3]]) & 0x7fff;
    let keyframe = rest.first()? & 1 == 0;
    if keyframe && rest.get(3..6)? != [0x9d, 0x01, 0x2a] {
        return None;
    }
    let stamp = rest.get(if keyframe { KEYFRAME_HEADER } else { INTERFRAME_HEADER }..)?.get(..STAMP)?;
    let stamp = stamp.strip_prefix(&MAGIC)?;
    let word = |at: usize| Some(u32::from_be_bytes(stamp.get(at..at + 4)?.try_into().ok()?));
    let stamp = Stamp {
        source: word(0)?,
        layer: *stamp.get(4)?,
        count: word(5)?,
        sent_us: u64::from(word(9)?) << 32 | u64::from(word(13)?),
    };
    Some(Seen { keyframe, picture_id, stamp })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_is_read_again_and_only_from_the_first_packet() {
        let stamp = Stamp { source: 70_000, layer: 2, count: 9, sent_us: u64::from(u32::MAX) + 5 };
        for keyframe in [true, false] {
            let place = Place { keyframe, picture_id: 0x7ffe, tl0: 255, size: (1280, 720) };
            let packets = build(stamp, place, 900, 1);
            assert!(packets.iter().all(|p| p.len() == 900));
            let expected = Seen { keyframe, picture_id: 0x7ffe, stamp };
            assert_eq!(packets.iter().map(|p| parse(p)).collect::<Vec<_>>(), [Some(expected), None]);
        }
    }

    #[test]
    fn what_is_cut_short_is_nothing() {
        let stamp = Stamp { source: 1, layer: 0, count: 2, sent_us: 3 };
        let place = Place { keyframe: true, picture_id: 1, tl0: 1, size: (320, 180) };
        let whole = build(stamp, place, 60, 0);
        for len in 0..DESCRIPTOR + KEYFRAME_HEADER + STAMP {
            assert_eq!(parse(&whole[0][..len]), None, "{len}");
        }
    }
}
