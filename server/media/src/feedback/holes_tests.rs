use super::*;
use crate::tests::start;

fn asked(holes: &mut Holes, now: Instant) -> Vec<u16> {
    let mut room = [0; MAX_NACKED];
    let count = holes.due(now, &mut room);
    room[..count].to_vec()
}

#[test]
fn a_hole_is_asked_for_at_once_then_every_60_ms_at_most_ten_times() {
    let (begin, mut holes) = (start(), Holes::default());
    holes.open(65_534, 65_537, begin);
    let mut times = Vec::new();
    for ms in 0..2_000 {
        let sequences = asked(&mut holes, begin + Duration::from_millis(ms));
        if !sequences.is_empty() {
            assert_eq!(sequences, [65_535, 0]);
            times.push(ms);
        }
    }
    assert_eq!(times, (0..10).map(|n| n * 60).collect::<Vec<u64>>());
    assert!(holes.is_empty());
}

#[test]
fn what_came_is_not_asked_for() {
    let (begin, mut holes) = (start(), Holes::default());
    holes.open(10, 14, begin);
    holes.fill(12);
    assert_eq!(asked(&mut holes, begin), [11, 13]);
    holes.clear();
    assert!(holes.is_empty());
}

#[test]
fn no_more_holes_are_kept_than_one_nack_names() {
    let (begin, mut holes) = (start(), Holes::default());
    for n in 0..100 {
        holes.open(n * 100, n * 100 + 50, begin);
    }
    assert_eq!(asked(&mut holes, begin).len(), MAX_NACKED);
}
