//! Against a reader of our own making, written from the draft (§3.1).
use super::*;
use crate::tests::start;
use proptest::prelude::*;

/// Sequence numbers with their arrival in ticks, none for those that did not arrive.
fn read(message: &[u8]) -> Vec<(u16, Option<i64>)> {
    assert_eq!((message[0], message[1]), (0x8F, 205));
    assert_eq!(message.len(), 4 + 4 * usize::from(u16::from_be_bytes([message[2], message[3]])));
    let base = u16::from_be_bytes([message[12], message[13]]);
    let count = u16::from_be_bytes([message[14], message[15]]);
    let mut ticks = i64::from(u32::from_be_bytes([0, message[16], message[17], message[18]])) * 256;
    let mut symbols = Vec::new();
    let mut at = 20;
    while symbols.len() < usize::from(count) {
        let chunk = u16::from_be_bytes([message[at], message[at + 1]]);
        at += 2;
        assert_eq!(chunk >> 14, 3, "two-bit vectors only");
        symbols.extend((0..7).map(|n| chunk >> (12 - 2 * n) & 3));
    }
    assert!(symbols[usize::from(count)..].iter().all(|s| *s == 0), "nothing behind the last");
    let mut arrivals = Vec::new();
    for (n, symbol) in symbols[..usize::from(count)].iter().enumerate() {
        let delta = match symbol {
            0 => None,
            1 => {
                at += 1;
                Some(i64::from(message[at - 1]))
            }
            _ => {
                at += 2;
                Some(i64::from(i16::from_be_bytes([message[at - 2], message[at - 1]])))
            }
        };
        arrivals.push((
            base.wrapping_add(n as u16),
            delta.map(|d| {
                ticks += d;
                ticks
            }),
        ));
    }
    assert!(message.len() - at < 4, "padding only");
    arrivals
}

fn told(arrivals: &mut Arrivals, now: Instant) -> Vec<(u16, Option<i64>)> {
    let mut room = [0; 1500];
    let mut all = Vec::new();
    while let Some(len) = arrivals.tell(now, &mut room) {
        all.extend(read(&room[..len]));
    }
    all
}

#[test]
fn what_arrived_when_and_what_did_not() {
    let (begin, mut arrivals) = (start(), Arrivals::new());
    let at = |ms: u64| begin + Duration::from_millis(ms);
    for (sequence, ms) in [(65_534, 0), (65_535, 5), (1, 100), (0, 101)] {
        arrivals.note(sequence, 7, at(ms));
    }
    assert!(arrivals.is_due(at(101)));
    let first = told(&mut arrivals, at(101));
    assert_eq!(first, [(65_534, Some(0)), (65_535, Some(20)), (0, Some(404)), (1, Some(400))]);
    assert!(!arrivals.is_due(at(300)), "nothing new");
    arrivals.note(4, 7, at(310));
    let second = told(&mut arrivals, at(310));
    assert_eq!(second, [(2, None), (3, None), (4, Some(1240))]);
}

#[test]
fn a_publisher_is_told_at_most_every_50_ms() {
    let (begin, mut arrivals) = (start(), Arrivals::new());
    arrivals.note(1, 7, begin);
    told(&mut arrivals, begin);
    arrivals.note(2, 7, begin + Duration::from_millis(1));
    assert!(!arrivals.is_due(begin + Duration::from_millis(49)));
    assert!(arrivals.is_due(begin + Duration::from_millis(50)));
}

proptest! {
    /// Whatever is lost, late or reordered: each arrival is told once, with its time.
    #[test]
    fn every_arrival_is_told_once(
        first: u16,
        steps in prop::collection::vec((1u16..30, 0u64..90, any::<bool>()), 1..300),
    ) {
        let (begin, mut arrivals) = (start(), Arrivals::new());
        let (mut sequence, mut ms) = (first, 0);
        let (mut expected, mut got) = (Vec::new(), Vec::new());
        for (ahead, passed, tell) in steps {
            sequence = sequence.wrapping_add(ahead);
            ms += passed;
            let now = begin + Duration::from_millis(ms);
            arrivals.note(sequence, 1, now);
            expected.push((sequence, now.duration_since(begin).as_micros() as i64 / 250));
            if tell {
                got.extend(told(&mut arrivals, now));
            }
        }
        got.extend(told(&mut arrivals, begin + Duration::from_millis(ms)));
        // Virtual time begins with the first packet.
        let zero = expected[0].1;
        let expected: Vec<(u16, i64)> = expected.into_iter().map(|(s, t)| (s, t - zero)).collect();
        let got: Vec<(u16, i64)> = got.into_iter().filter_map(|(s, t)| Some((s, t?))).collect();
        prop_assert_eq!(got, expected);
    }
}
