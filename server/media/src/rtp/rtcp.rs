//! RTCP packets (RFC 3550 §6, RFC 4585, RFC 5104): the few that an SFU reads and writes.

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const TRANSPORT_FEEDBACK: u8 = 205;
const PAYLOAD_FEEDBACK: u8 = 206;
const NACK: u8 = 1;
const PLI: u8 = 1;
const FIR: u8 = 4;
const APPLICATION: u8 = 15;
const TRANSPORT_WIDE: u8 = 15;

/// Who this side is in reports that are about a peer's streams rather than about one of ours.
pub(crate) const OURSELVES: u32 = 1;
/// Most packets that one NACK names: each takes one word.
pub(crate) const MAX_NACKED: usize = 64;

/// One packet of a compound that means something to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packet<'a> {
    SenderReport {
        ssrc: u32,
        ntp: u64,
        time: u32,
    },
    /// Pairs of packet id and bitmask, four bytes each.
    Nack {
        media: u32,
        pairs: &'a [u8],
    },
    /// PLI or FIR.
    KeyframeWanted {
        media: u32,
    },
    /// Transport-wide feedback, from its base sequence number on.
    Arrivals {
        feedback: &'a [u8],
    },
}

/// The packets of a compound that mean something to us, in order; ends at the first that is malformed.
pub(crate) fn packets(mut compound: &[u8]) -> impl Iterator<Item = Packet<'_>> {
    std::iter::from_fn(move || {
        loop {
            let head = compound.first_chunk::<4>()?;
            let len = 4 + 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
            if head[0] >> 6 != 2 || len > compound.len() {
                return None;
            }
            let (packet, rest) = compound.split_at(len);
            compound = rest;
            if let Some(read) = read(packet) {
                return Some(read);
            }
        }
    })
}

fn read(packet: &[u8]) -> Option<Packet<'_>> {
    match (packet[1], packet[0] & 31) {
        (SENDER_REPORT, _) => {
            let ntp = u64::from(u32_at(packet, 8)?) << 32 | u64::from(u32_at(packet, 12)?);
            Some(Packet::SenderReport { ssrc: u32_at(packet, 4)?, ntp, time: u32_at(packet, 16)? })
        }
        (TRANSPORT_FEEDBACK, NACK) => {
            Some(Packet::Nack { media: u32_at(packet, 8)?, pairs: packet.get(12..)? })
        }
        (TRANSPORT_FEEDBACK, TRANSPORT_WIDE) => Some(Packet::Arrivals { feedback: packet.get(12..)? }),
        (PAYLOAD_FEEDBACK, PLI) => Some(Packet::KeyframeWanted { media: u32_at(packet, 8)? }),
        (PAYLOAD_FEEDBACK, FIR) => Some(Packet::KeyframeWanted { media: u32_at(packet, 12)? }),
        _ => None,
    }
}

/// The sequence numbers that a NACK's pairs name (RFC 4585 §6.2.1).
pub(crate) fn nacked(pairs: &[u8]) -> impl Iterator<Item = u16> + '_ {
    pairs.as_chunks::<4>().0.iter().flat_map(|&[a, b, c, d]| {
        let (first, mask) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let more =
            (0..16).filter(move |bit| mask >> bit & 1 == 1).map(move |bit| first.wrapping_add(bit + 1));
        std::iter::once(first).chain(more)
    })
}

/// Writes words behind a header whose length field is set at the end.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    room: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    fn new(room: &'a mut [u8], count: u8, kind: u8) -> Self {
        room[..2].copy_from_slice(&[0x80 | count, kind]);
        Self { room, len: 4 }
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.room[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }

    pub(crate) fn word(&mut self, word: u32) {
        self.bytes(&word.to_be_bytes());
    }

    /// Pads to whole words; gives the packet's length.
    pub(crate) fn finish(mut self) -> usize {
        while !self.len.is_multiple_of(4) {
            self.bytes(&[0]);
        }
        let words = (self.len / 4 - 1) as u16;
        self.room[2..4].copy_from_slice(&words.to_be_bytes());
        self.len
    }
}

/// Asks for a keyframe (RFC 4585 §6.3.1).
pub(crate) fn pli(room: &mut [u8], media: u32) -> usize {
    let mut writer = Writer::new(room, PLI, PAYLOAD_FEEDBACK);
    writer.word(OURSELVES);
    writer.word(media);
    writer.finish()
}

/// Asks for packets again; at most [`MAX_NACKED`].
pub(crate) fn nack(room: &mut [u8], media: u32, sequences: impl Iterator<Item = u16>) -> usize {
    let mut writer = Writer::new(room, NACK, TRANSPORT_FEEDBACK);
    writer.word(OURSELVES);
    writer.word(media);
    for sequence in sequences.take(MAX_NACKED) {
        writer.word(u32::from(sequence) << 16);
    }
    writer.finish()
}

/// A sender report without report blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SenderReport {
    pub(crate) ssrc: u32,
    pub(crate) ntp: u64,
    pub(crate) time: u32,
    pub(crate) packets: u32,
    pub(crate) octets: u32,
}

impl SenderReport {
    pub(crate) fn write(&self, room: &mut [u8]) -> usize {
        let mut writer = Writer::new(room, 0, SENDER_REPORT);
        writer.word(self.ssrc);
        writer.bytes(&self.ntp.to_be_bytes());
        writer.word(self.time);
        writer.word(self.packets);
        writer.word(self.octets);
        writer.finish()
    }
}

/// One block of a receiver report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReportBlock {
    pub(crate) ssrc: u32,
    /// Of 256, since the last report.
    pub(crate) fraction_lost: u8,
    /// 24 bits.
    pub(crate) lost: u32,
    pub(crate) highest: u32,
    pub(crate) jitter: u32,
    /// Middle 32 bits of the last sender report's NTP time.
    pub(crate) last_report: u32,
    /// Since then, in 1/65,536 s.
    pub(crate) delay: u32,
}

/// A receiver report (RFC 3550 §6.4.2); at most 31 blocks.
pub(crate) fn receiver_report(room: &mut [u8], blocks: &[ReportBlock]) -> usize {
    let blocks = &blocks[..blocks.len().min(31)];
    let mut writer = Writer::new(room, blocks.len() as u8, RECEIVER_REPORT);
    writer.word(OURSELVES);
    for block in blocks {
        writer.word(block.ssrc);
        writer.word(u32::from(block.fraction_lost) << 24 | (block.lost & 0x7F_FFFF));
        writer.word(block.highest);
        writer.word(block.jitter);
        writer.word(block.last_report);
        writer.word(block.delay);
    }
    writer.finish()
}

/// How fast a publisher may send in all (draft-alvestrand-rmcat-remb-03), for those who do not know transport-wide
/// feedback.
pub(crate) fn remb(room: &mut [u8], bits_per_second: u64, ssrcs: &[u32]) -> usize {
    let exponent = (64 - bits_per_second.leading_zeros()).saturating_sub(18);
    let mantissa = (bits_per_second >> exponent) as u32;
    let mut writer = Writer::new(room, APPLICATION, PAYLOAD_FEEDBACK);
    writer.word(OURSELVES);
    writer.word(0);
    writer.bytes(b"REMB");
    writer.word((ssrcs.len() as u32) << 24 | exponent << 18 | mantissa);
    for ssrc in ssrcs {
        writer.word(*ssrc);
    }
    writer.finish()
}

/// Begins transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).
pub(crate) fn arrivals(room: &mut [u8], media: u32) -> Writer<'_> {
    let mut writer = Writer::new(room, TRANSPORT_WIDE, TRANSPORT_FEEDBACK);
    writer.word(OURSELVES);
    writer.word(media);
    writer
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
#[path = "rtcp_tests.rs"]
mod tests;
