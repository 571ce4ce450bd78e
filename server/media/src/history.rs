//! The last packets of one layer, kept once however many receive it.

/// How many packets are kept.
pub(crate) const CELLS: usize = 128;
/// The longest payload that is kept, in bytes. Longer ones are forwarded and cannot be repeated.
pub(crate) const CELL: usize = 1280;

#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    /// Sequence number plus one; 0 in a cell that was never written.
    tag: u64,
    time: u32,
    len: u16,
    marker: bool,
}

/// A packet out of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept<'a> {
    pub(crate) time: u32,
    pub(crate) marker: bool,
    pub(crate) payload: &'a [u8],
}

/// A ring of [`CELLS`] payloads; allocated once.
#[derive(Debug)]
pub(crate) struct History {
    cells: [Cell; CELLS],
    bytes: Box<[u8]>,
}

impl History {
    pub(crate) fn new() -> Self {
        Self { cells: [Cell::default(); CELLS], bytes: vec![0; CELLS * CELL].into_boxed_slice() }
    }

    pub(crate) fn put(&mut self, sequence: u64, time: u32, marker: bool, payload: &[u8]) {
        let at = place(sequence);
        // Also when it is too long: what stood there is older than the ring.
        let fits = payload.len() <= CELL;
        self.cells[at] =
            Cell { tag: if fits { sequence + 1 } else { 0 }, time, len: payload.len() as u16, marker };
        if fits {
            self.bytes[at * CELL..at * CELL + payload.len()].copy_from_slice(payload);
        }
    }

    pub(crate) fn get(&self, sequence: u64) -> Option<Kept<'_>> {
        let at = place(sequence);
        let cell = &self.cells[at];
        (cell.tag == sequence + 1).then(|| Kept {
            time: cell.time,
            marker: cell.marker,
            payload: &self.bytes[at * CELL..at * CELL + usize::from(cell.len)],
        })
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.cells = [Cell::default(); CELLS];
    }
}

fn place(sequence: u64) -> usize {
    (sequence % CELLS as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn history_keeps_the_last_128_packets_of_a_layer() {
        let mut history = History::new();
        for sequence in 0..300u64 {
            history.put(sequence, sequence as u32 * 3, sequence % 2 == 0, &sequence.to_be_bytes());
        }
        assert_eq!(history.get(171), None);
        for sequence in 172..300u64 {
            let payload = &sequence.to_be_bytes()[..];
            assert_eq!(
                history.get(sequence),
                Some(Kept { time: sequence as u32 * 3, marker: sequence % 2 == 0, payload })
            );
        }
        assert_eq!(history.get(300), None);
        history.clear();
        assert_eq!(history.get(299), None);
    }

    #[test]
    fn a_payload_that_is_too_long_is_not_kept_and_hides_the_older_one() {
        let mut history = History::new();
        history.put(1, 0, false, &[1; 10]);
        history.put(1 + CELLS as u64, 0, false, &[2; CELL + 1]);
        assert_eq!(history.get(1), None);
        assert_eq!(history.get(1 + CELLS as u64), None);
    }

    proptest! {
        /// The ring against a list that forgets nothing, in any order of arrival.
        #[test]
        fn what_is_found_is_what_was_put(order in prop::collection::vec(0u64..600, 1..400)) {
            let (mut history, mut last) = (History::new(), std::collections::BTreeMap::new());
            for (n, sequence) in order.iter().enumerate() {
                history.put(*sequence, n as u32, false, &[n as u8]);
                last.insert(sequence % CELLS as u64, (*sequence, n));
            }
            for sequence in 0..600u64 {
                let expected = last.get(&(sequence % CELLS as u64)).filter(|l| l.0 == sequence);
                prop_assert_eq!(history.get(sequence).map(|k| k.time), expected.map(|l| l.1 as u32));
            }
        }
    }
}
