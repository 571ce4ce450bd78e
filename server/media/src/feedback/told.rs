//! Reads transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).

/// Ticks of 250 µs in one step of the reference time.
const REFERENCE: i64 = 256;

/// What a viewer says about our packets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    pub(super) base: u16,
    pub(super) count: u16,
    /// Steps of 64 ms, 24 bits.
    pub(super) reference: u32,
    chunks: &'a [[u8; 2]],
    deltas: &'a [u8],
}

impl<'a> Told<'a> {
    /// Reads what stands behind the two SSRCs; none if it is malformed or tells of more than `most` packets.
    pub(super) fn parse(feedback: &'a [u8], most: u16) -> Option<Self> {
        let (head, rest) = feedback.split_first_chunk::<8>()?;
        let (base, count) = (u16::from_be_bytes([head[0], head[1]]), u16::from_be_bytes([head[2], head[3]]));
        if count > most {
            return None;
        }
        let reference = u32::from_be_bytes([0, head[4], head[5], head[6]]);
        let (mut covered, mut used) = (0usize, 0);
        let all = rest.as_chunks::<2>().0;
        while covered < usize::from(count) {
            covered += symbols(*all.get(used)?).1;
            used += 1;
        }
        Some(Self { base, count, reference, chunks: &all[..used], deltas: &rest[2 * used..] })
    }

    /// Each packet in order: its sequence number, and when it came, in ticks since the reference began to count, if it did.
    /// `reference` is the unwrapped one. A packet that came at an untold time is left out.
    pub(super) fn each(&self, reference: i64, mut visit: impl FnMut(u16, Option<i64>)) {
        let (mut ticks, mut deltas, mut sequence) = (reference * REFERENCE, self.deltas, self.base);
        let all = self.chunks.iter().flat_map(|chunk| {
            let (symbol, count) = symbols(*chunk);
            (0..count).map(move |n| symbol(*chunk, n))
        });
        for symbol in all.take(usize::from(self.count)) {
            let len = match symbol {
                0 => 0,
                1 => 1,
                2 => 2,
                _ => {
                    sequence = sequence.wrapping_add(1);
                    continue;
                }
            };
            let Some((delta, rest)) = deltas.split_at_checked(len) else { return };
            deltas = rest;
            ticks += match *delta {
                [small] => i64::from(small),
                [high, low] => i64::from(i16::from_be_bytes([high, low])),
                _ => 0,
            };
            visit(sequence, (len > 0).then_some(ticks));
            sequence = sequence.wrapping_add(1);
        }
    }
}

/// Reads the n-th symbol of a chunk.
type Symbol = fn([u8; 2], usize) -> u16;

/// How to read a chunk's symbols, and how many it has (§3.1.3, §3.1.4).
fn symbols(chunk: [u8; 2]) -> (Symbol, usize) {
    let word = u16::from_be_bytes(chunk);
    match word >> 14 {
        0 | 1 => (|chunk, _| u16::from_be_bytes(chunk) >> 13 & 3, usize::from(word & 0x1FFF)),
        2 => (|chunk, n| u16::from_be_bytes(chunk) >> (13 - n) & 1, 14),
        _ => (|chunk, n| u16::from_be_bytes(chunk) >> (12 - 2 * n) & 3, 7),
    }
}
