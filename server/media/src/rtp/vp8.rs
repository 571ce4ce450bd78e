//! VP8 payload descriptors (RFC 7741 §4.2): what is rewritten when a slot changes its source.

/// What a payload's descriptor says. Offsets are into the payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Descriptor {
    picture: Option<Picture>,
    tl0: Option<(usize, u8)>,
    /// This payload begins a keyframe.
    pub(crate) starts_keyframe: bool,
    /// Height in pixels, told by keyframes only.
    pub(crate) height: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Picture {
    at: usize,
    /// 15 bits, not 7.
    wide: bool,
    id: u16,
}

impl Descriptor {
    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let first = *payload.first()?;
        let mut read = Self::default();
        let mut at = 1;
        if first & 0x80 != 0 {
            let flags = *payload.get(1)?;
            at = 2;
            if flags & 0x80 != 0 {
                let high = *payload.get(at)?;
                let wide = high & 0x80 != 0;
                let id =
                    if wide { u16::from_be_bytes([high & 0x7F, *payload.get(at + 1)?]) } else { high.into() };
                read.picture = Some(Picture { at, wide, id });
                at += if wide { 2 } else { 1 };
            }
            if flags & 0x40 != 0 {
                read.tl0 = Some((at, *payload.get(at)?));
                at += 1;
            }
            if flags & 0x30 != 0 {
                at += 1;
            }
        }
        let frame = payload.get(at..)?;
        let starts_frame = first & 0x10 != 0 && first & 0x07 == 0;
        // RFC 6386 §9.1: bit 0 of the frame tag is 0 in keyframes; size follows the start code.
        if starts_frame && *frame.first()? & 1 == 0 {
            read.starts_keyframe = true;
            let sized = frame.get(3..10).filter(|f| f[..3] == [0x9D, 0x01, 0x2A]);
            read.height = sized.map(|f| u16::from_le_bytes([f[5], f[6]]) & 0x3FFF);
        }
        Some(read)
    }

    /// Picture id, 15 bits; 0 if there is none.
    pub(crate) fn picture_id(&self) -> u16 {
        self.picture.map_or(0, |p| p.id)
    }

    /// TL0PICIDX; 0 if there is none.
    pub(crate) fn tl0(&self) -> u8 {
        self.tl0.map_or(0, |t| t.1)
    }

    /// Adds to picture id and TL0PICIDX in a copy of the payload that was parsed.
    pub(crate) fn shift(&self, payload: &mut [u8], picture_id: u16, tl0: u8) {
        if let Some(Picture { at, wide, id }) = self.picture {
            let id = id.wrapping_add(picture_id);
            match payload.get_mut(at..at + 2) {
                Some(bytes) if wide => bytes.copy_from_slice(&(id | 0x8000).to_be_bytes()),
                _ => {
                    if let Some(byte) = payload.get_mut(at) {
                        *byte = (id & 0x7F) as u8;
                    }
                }
            }
        }
        if let Some((at, index)) = self.tl0
            && let Some(byte) = payload.get_mut(at)
        {
            *byte = index.wrapping_add(tl0);
        }
    }
}

#[cfg(test)]
#[path = "vp8_tests.rs"]
mod tests;
