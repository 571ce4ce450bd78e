//! Packets as a browser sends them: Opus every 20 ms, VP8 in frames of three packets, each with a stamp that tells the
//! receiver who sent it, which it is, and when it left.
use super::sdp;
use super::srtp::Direction;
use std::time::{Duration, Instant};

/// Payload of a voice packet: 32 kbit/s.
const VOICE_SIZE: usize = 80;
/// Payloads of the three packets of a frame.
const FRAME: [usize; 3] = [1_100, 1_100, 700];
const STAMP_SIZE: usize = 20;
const MAGIC: [u8; 4] = *b"cwbm";
const FIXED_HEADER: usize = 12;

/// What kind of stream a packet belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Opus.
    Voice,
    /// VP8.
    Camera,
}

/// What a packet tells its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Which peer sent it.
    pub(super) sender: u32,
    /// Its number in its stream, without gaps.
    pub(super) counter: u32,
    /// Nanoseconds since the epoch when it left.
    pub(super) sent: u64,
}

impl Stamp {
    fn write(self, payload: &mut [u8]) {
        let Some(start) = payload.len().checked_sub(STAMP_SIZE) else { return };
        let place = &mut payload[start..];
        place[..4].copy_from_slice(&MAGIC);
        place[4..8].copy_from_slice(&self.sender.to_be_bytes());
        place[8..12].copy_from_slice(&self.counter.to_be_bytes());
        place[12..].copy_from_slice(&self.sent.to_be_bytes());
    }

    /// The stamp at the end of a payload.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let (rest, sent) = payload.split_last_chunk::<8>()?;
        let (rest, counter) = rest.split_last_chunk::<4>()?;
        let (rest, sender) = rest.split_last_chunk::<4>()?;
        (rest.last_chunk::<4>()? == &MAGIC).then_some(Self {
            sender: u32::from_be_bytes(*sender),
            counter: u32::from_be_bytes(*counter),
            sent: u64::from_be_bytes(*sent),
        })
    }
}

/// One stream that a client sends.
pub(super) struct Stream {
    /// Which.
    pub(super) kind: Kind,
    /// Its source.
    pub(super) ssrc: u32,
    /// When the next packet or frame is due.
    pub(super) due: Instant,
    /// Packets sent.
    pub(super) packets: u32,
    /// Bytes of payload sent.
    pub(super) octets: u32,
    /// RTP time of the last packet.
    pub(super) timestamp: u32,
    /// The server said that it received from this source: it knows which m-line it is.
    pub(super) bound: bool,
    /// The next frame shall be a keyframe.
    pub(super) keyframe: bool,
    every: Duration,
    index: u64,
    counter: u32,
    picture: u16,
}

impl Stream {
    /// A stream that begins at `due` and has a packet or frame `every` so often.
    pub(super) fn new(kind: Kind, ssrc: u32, due: Instant, every: Duration) -> Self {
        Self {
            kind,
            ssrc,
            due,
            packets: 0,
            octets: 0,
            timestamp: ssrc,
            bound: false,
            keyframe: true,
            every,
            index: u64::from(ssrc % 1_000),
            counter: 0,
            picture: (ssrc & 0x3FFF) as u16,
        }
    }

    /// Goes on to the next packet or frame. What was missed by more than a tenth of a second is not made up for.
    pub(super) fn step(&mut self, now: Instant) {
        self.due += self.every;
        if now.saturating_duration_since(self.due) > Duration::from_millis(100) {
            self.due = now;
        }
        self.timestamp = self.timestamp.wrapping_add(match self.kind {
            Kind::Voice => 960,
            Kind::Camera => 3_000,
        });
    }

    /// How many packets come next.
    pub(super) fn burst(&self) -> usize {
        match self.kind {
            Kind::Voice => 1,
            Kind::Camera => FRAME.len(),
        }
    }

    /// Puts packet `part` of the burst at the end of `buffer`, encrypted.
    pub(super) fn write(
        &mut self,
        part: usize,
        sender: u32,
        sent: u64,
        keys: &Direction,
        buffer: &mut Vec<u8>,
    ) {
        let start = buffer.len();
        self.header(part, buffer);
        let (header, begin) = (buffer.len() - start, buffer.len());
        match self.kind {
            Kind::Voice => buffer.push(0x78),
            Kind::Camera => self.frame(part, buffer),
        }
        let size = if self.kind == Kind::Voice { VOICE_SIZE } else { FRAME[part] };
        buffer.resize(begin + size, 0xA5);
        Stamp { sender, counter: self.counter, sent }.write(&mut buffer[begin..]);
        // Fails only for a packet shorter than its own header.
        let sealed = keys.seal(buffer, start, header, self.index);
        debug_assert!(sealed.is_some());
        self.index += 1;
        self.counter += 1;
        self.packets += 1;
        self.octets = self.octets.wrapping_add(size as u32);
    }

    fn header(&self, part: usize, buffer: &mut Vec<u8>) {
        let mut extensions: Vec<u8> = Vec::with_capacity(8);
        if self.kind == Kind::Voice {
            extensions.extend_from_slice(&[sdp::LEVEL << 4, 0x80 | 30]);
        }
        if !self.bound {
            let mid = if self.kind == Kind::Voice { sdp::MIC } else { sdp::CAMERA };
            extensions.extend_from_slice(&[sdp::MID << 4, mid.as_bytes()[0]]);
            if self.kind == Kind::Camera {
                extensions.extend_from_slice(&[sdp::RID << 4, sdp::LAYER.as_bytes()[0]]);
            }
        }
        extensions.resize(extensions.len().next_multiple_of(4), 0);
        let (payload_type, marker) = match self.kind {
            Kind::Voice => (sdp::OPUS, self.counter == 0),
            Kind::Camera => (sdp::VP8, part + 1 == FRAME.len()),
        };
        buffer.push(if extensions.is_empty() { 0x80 } else { 0x90 });
        buffer.push(payload_type | u8::from(marker) << 7);
        buffer.extend_from_slice(&(self.index as u16).to_be_bytes());
        buffer.extend_from_slice(&self.timestamp.to_be_bytes());
        buffer.extend_from_slice(&self.ssrc.to_be_bytes());
        if !extensions.is_empty() {
            buffer.extend_from_slice(&[0xBE, 0xDE, 0, (extensions.len() / 4) as u8]);
            buffer.extend_from_slice(&extensions);
        }
    }

    /// Payload descriptor (RFC 7741) with a picture number of 15 bits, and the beginning of the frame.
    fn frame(&mut self, part: usize, buffer: &mut Vec<u8>) {
        if part == 0 {
            self.picture = (self.picture + 1) & 0x7FFF;
        }
        let [high, low] = (self.picture | 0x8000).to_be_bytes();
        let first = if part == 0 { 0x90 } else { 0x80 };
        buffer.extend_from_slice(&[first, 0xE0, high, low, self.picture as u8, 0]);
        if part == 0 && self.keyframe {
            self.keyframe = false;
            // Shown keyframe of 960 × 540.
            buffer.extend_from_slice(&[0x10, 0, 0, 0x9D, 0x01, 0x2A, 0xC0, 0x03, 0x1C, 0x02]);
        } else if part == 0 {
            buffer.extend_from_slice(&[0x11, 0, 0]);
        }
    }
}

/// The parts of a header that a receiver needs.
pub(super) struct Head {
    /// Length with extensions.
    pub(super) length: usize,
    /// Payload type.
    pub(super) payload_type: u8,
    /// Sequence number.
    pub(super) sequence: u16,
    /// Source.
    pub(super) ssrc: u32,
}

impl Head {
    /// Reads an RTP header; none if it is not one.
    pub(super) fn read(packet: &[u8]) -> Option<Self> {
        let fixed = packet.get(..FIXED_HEADER)?;
        (fixed[0] >> 6 == 2).then_some(())?;
        let mut length = FIXED_HEADER + 4 * usize::from(fixed[0] & 0xF);
        if fixed[0] & 0x10 != 0 {
            let words = packet.get(length + 2..length + 4)?;
            length += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
        }
        (length < packet.len()).then_some(Self {
            length,
            payload_type: fixed[1] & 0x7F,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::srtp::Keys;
    use super::*;

    #[test]
    fn a_frame_is_three_packets_that_say_who_sent_them() {
        let material: Vec<u8> = (0..88).collect();
        let keys = Keys::new(&material).unwrap();
        let now = super::super::super::now();
        let mut camera = Stream::new(Kind::Camera, 42_017, now, Duration::from_millis(33));
        assert_eq!(camera.burst(), FRAME.len());
        for (part, size) in FRAME.into_iter().enumerate() {
            let mut packet = Vec::new();
            camera.write(part, 5, 1_000, &keys.out, &mut packet);
            let head = Head::read(&packet).unwrap();
            assert_eq!((head.payload_type, head.ssrc), (sdp::VP8, 42_017));
            assert_eq!(usize::from(head.sequence), 17 + part);
            assert_eq!(packet[1] >> 7 == 1, part == 2, "the marker ends the frame");
            let payload = keys.out.open(&mut packet, head.length, 17 + part as u64).unwrap();
            assert_eq!(payload.len(), size);
            assert_eq!(Stamp::read(payload), Some(Stamp { sender: 5, counter: part as u32, sent: 1_000 }));
            assert_eq!(payload[0] & 0x10 != 0, part == 0, "the first begins the partition");
        }
        camera.step(now);
        assert_eq!(camera.due, now + Duration::from_millis(33));
    }

    #[test]
    fn a_payload_without_stamp_says_nothing() {
        assert_eq!(Stamp::read(&[0; 100]), None);
        assert_eq!(Stamp::read(&MAGIC), None);
    }
}
