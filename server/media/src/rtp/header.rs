//! RTP headers and their extensions (RFC 3550 §5.1, RFC 8285).

/// Length of the header that this side writes, without extensions.
pub(crate) const PLAIN: usize = 12;

/// A header that lies within its packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) marker: bool,
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) time: u32,
    pub(crate) ssrc: u32,
    /// Length with CSRCs and extensions: where the payload begins.
    pub(crate) len: usize,
    pub(crate) padded: bool,
    extensions: (usize, usize),
    two_byte: bool,
}

impl Header {
    pub(crate) fn parse(packet: &[u8]) -> Option<Self> {
        let fixed = packet.first_chunk::<PLAIN>()?;
        if fixed[0] >> 6 != 2 {
            return None;
        }
        let mut len = PLAIN + 4 * usize::from(fixed[0] & 15);
        let (mut extensions, mut two_byte) = ((0, 0), false);
        if fixed[0] & 0x10 != 0 {
            let head = packet.get(len..len + 4)?;
            let words = usize::from(u16::from_be_bytes([head[2], head[3]]));
            two_byte = head[0] == 0x10 && head[1] & 0xF0 == 0;
            let usable = two_byte || head[..2] == [0xBE, 0xDE];
            let end = len + 4 + 4 * words;
            extensions = if usable { (len + 4, end) } else { (0, 0) };
            len = end;
        }
        (len <= packet.len()).then(|| Self {
            marker: fixed[1] & 0x80 != 0,
            payload_type: fixed[1] & 0x7F,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            time: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
            len,
            padded: fixed[0] & 0x20 != 0,
            extensions,
            two_byte,
        })
    }

    /// The value of the extension with this id; 0 is no id.
    pub(crate) fn extension<'a>(&self, packet: &'a [u8], id: u8) -> Option<&'a [u8]> {
        let mut rest = packet.get(self.extensions.0..self.extensions.1)?;
        if id == 0 {
            return None;
        }
        loop {
            let (&first, after) = rest.split_first()?;
            if first == 0 {
                rest = after; // padding
                continue;
            }
            let (this, len, head) = if self.two_byte {
                (first, usize::from(*after.first()?), 2)
            } else if first >> 4 == 15 {
                return None; // RFC 8285 §4.2: stop here
            } else {
                (first >> 4, usize::from(first & 15) + 1, 1)
            };
            let value = rest.get(head..head + len)?;
            if this == id {
                return Some(value);
            }
            rest = &rest[head + len..];
        }
    }
}

/// What a written header says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outgoing {
    pub(crate) marker: bool,
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) time: u32,
    pub(crate) ssrc: u32,
    /// Transport-wide sequence number and the id of its extension, if the receiver reports on it.
    pub(crate) transport: Option<(u8, u16)>,
}

impl Outgoing {
    /// Writes the header; gives its length, 12 or 20 bytes.
    pub(crate) fn write(&self, room: &mut [u8]) -> usize {
        room[0] = if self.transport.is_some() { 0x90 } else { 0x80 };
        room[1] = self.payload_type | if self.marker { 0x80 } else { 0 };
        room[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        room[4..8].copy_from_slice(&self.time.to_be_bytes());
        room[8..PLAIN].copy_from_slice(&self.ssrc.to_be_bytes());
        let Some((id, sequence)) = self.transport else { return PLAIN };
        let [high, low] = sequence.to_be_bytes();
        room[PLAIN..PLAIN + 8].copy_from_slice(&[0xBE, 0xDE, 0, 1, id << 4 | 1, high, low, 0]);
        PLAIN + 8
    }
}

#[cfg(test)]
#[path = "header_tests.rs"]
mod tests;
