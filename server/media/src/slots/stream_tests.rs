use super::*;
use crate::tests::start;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;

const VIDEO: u32 = 90_000;

fn at(sequence: u64, time: u32, picture_id: u16, tl0: u8) -> Position {
    Position { sequence, time, picture_id, tl0 }
}

#[test]
fn the_first_source_keeps_its_time_and_begins_where_the_slot_does() {
    let (now, mut stream) = (start(), Unbroken::new(500, VIDEO));
    stream.switch(StreamId(1), at(77, 9000, 300, 5), now);
    let (index, segment) = stream.place(at(77, 9000, 300, 5), now).unwrap();
    assert_eq!((index, segment.time, segment.source), (501, 0, StreamId(1)));
    assert_eq!(300u16.wrapping_add(segment.picture_id), 1);
}

#[test]
fn a_switch_continues_all_numbers_and_time_passes_as_it_did() {
    let (now, mut stream) = (start(), Unbroken::new(0, VIDEO));
    stream.switch(StreamId(1), at(10, 1000, 5, 1), now);
    stream.place(at(10, 1000, 5, 1), now).unwrap();
    let later = now + Duration::from_millis(40);
    let from = at(60_000, 4_000_000_000, 32_000, 200);
    stream.switch(StreamId(2), from, later);
    let (index, segment) = stream.place(from, later).unwrap();
    assert_eq!(index, 2);
    assert_eq!(from.time.wrapping_add(segment.time), 1000 + 3600);
    assert_eq!(from.picture_id.wrapping_add(segment.picture_id) & 0x7FFF, 2);
    assert_eq!(from.tl0.wrapping_add(segment.tl0), 2);
}

/// Pictures of two packets, 33 ms apart, each sent `late` after it was taken.
struct Camera {
    taken: u32,
    sequence: u64,
    picture: u16,
}

impl Camera {
    fn next(&mut self, late: u64, begun: std::time::Instant) -> ([Position; 2], std::time::Instant) {
        let (time, sent) = (self.taken * 90, begun + Duration::from_millis(u64::from(self.taken) + late));
        let packet = |n: u64| at(self.sequence + n, time, self.picture, 0);
        let both = [packet(0), packet(1)];
        (self.taken, self.sequence, self.picture) = (self.taken + 33, self.sequence + 2, self.picture + 1);
        (both, sent)
    }
}

#[test]
fn a_late_key_picture_does_not_make_those_after_it_early() {
    let (begun, mut stream) = (start(), Unbroken::new(0, VIDEO));
    let mut small = Camera { taken: 0, sequence: 0, picture: 0 };
    let mut sent = Vec::new();
    let mut send = |stream: &mut Unbroken, [first, second]: [Position; 2], now| {
        let (_, segment) = stream.place(first, now).unwrap();
        let time = first.time.wrapping_add(segment.time);
        let (_, again) = stream.place(second, now).unwrap();
        assert_eq!(second.time.wrapping_add(again.time), time, "a picture has one time");
        sent.push((i64::from(time) / 90, (now - begun).as_millis() as i64));
    };
    let (first, now) = small.next(10, begun);
    stream.switch(StreamId(1), first[0], now);
    send(&mut stream, first, now);
    for _ in 0..20 {
        let (packets, now) = small.next(10, begun);
        send(&mut stream, packets, now);
    }
    let mut large = Camera { taken: small.taken, sequence: 7000, picture: 900 };
    let (key, now) = large.next(110, begun);
    stream.switch(StreamId(2), key[0], now);
    send(&mut stream, key, now);
    for _ in 0..20 {
        let (packets, taken) = large.next(20, begun);
        // Those that were taken meanwhile follow the key picture at once.
        let now = taken.max(now);
        send(&mut stream, packets, now);
    }
    let lags: Vec<i64> = sent.iter().map(|(time, at)| at - time).collect();
    assert!(sent.windows(2).all(|w| w[0].0 < w[1].0), "time only grows: {sent:?}");
    assert_eq!(lags[0], lags[20], "a steady source keeps its lag");
    assert!(lags[30..].iter().all(|lag| (lags[0] - lag).abs() <= 10), "nobody is held back: {lags:?}");
}

#[test]
fn no_time_is_taken_from_a_voice_that_comes_early() {
    let (begun, mut stream) = (start(), Unbroken::new(0, 48_000));
    let ms = |ms: u64| begun + Duration::from_millis(ms);
    stream.switch(StreamId(1), at(10, 0, 0, 0), ms(60));
    let sent = [(10, 0, 60), (11, 960, 61), (12, 1920, 62), (13, 2880, 63), (14, 3840, 83)];
    for (sequence, time, now) in sent {
        let (_, segment) = stream.place(at(sequence, time, 0, 0), ms(now)).unwrap();
        assert_eq!(segment.time, 0, "{sequence}");
    }
}

#[test]
fn a_packet_from_before_time_was_set_back_keeps_its_time() {
    let (begun, mut stream) = (start(), Unbroken::new(0, VIDEO));
    let ms = |ms: u64| begun + Duration::from_millis(ms);
    stream.switch(StreamId(1), at(10, 0, 1, 0), ms(0));
    stream.place(at(10, 0, 1, 0), ms(0)).unwrap();
    // 12 is missing; 14 begins a picture that was taken 90 ms later and comes 40 ms later.
    let (_, before) = stream.place(at(11, 2970, 2, 0), ms(33)).unwrap();
    let (_, _) = stream.place(at(13, 2970, 2, 0), ms(34)).unwrap();
    let (index, after) = stream.place(at(14, 8100, 3, 0), ms(40)).unwrap();
    assert_eq!((index, after.time), (5, 0u32.wrapping_sub(4500)));
    assert_eq!(stream.place(at(12, 2970, 2, 0), ms(41)), Some((3, before)));
    assert_eq!(stream.find(3).map(|(i, s)| (i, s.time)), Some((3, before.time)), "also when it is repeated");
}

#[test]
fn what_is_older_than_the_switch_is_dropped() {
    let (now, mut stream) = (start(), Unbroken::new(0, VIDEO));
    stream.switch(StreamId(1), at(100, 0, 0, 0), now);
    stream.place(at(100, 0, 0, 0), now).unwrap();
    stream.place(at(103, 0, 0, 0), now).unwrap();
    assert_eq!(stream.place(at(99, 0, 0, 0), now), None);
    assert_eq!(stream.place(at(101, 0, 0, 0), now).map(|p| p.0), Some(2), "late within the segment is fine");
}

#[test]
fn a_slot_keeps_eight_segments_and_finds_repeats_in_each() {
    let (now, mut stream) = (start(), Unbroken::new(65_530, VIDEO));
    for n in 0..10u64 {
        let from = at(1000 * n, 0, 0, 0);
        stream.switch(StreamId(n), from, now);
        for k in 0..3 {
            stream.place(at(1000 * n + k, 0, 0, 0), now).unwrap();
        }
    }
    for n in 0..10u64 {
        for k in 0..3 {
            let sequence = (65_531 + 3 * n + k) as u16;
            let found = stream.find(sequence).map(|(i, s)| (s.source, s.source_sequence(i).unwrap()));
            assert_eq!(found, (n >= 2).then_some((StreamId(n), 1000 * n + k)));
        }
    }
}

#[test]
fn a_gap_that_could_cost_the_receiver_its_count_is_torn() {
    let (now, mut stream) = (start(), Unbroken::new(0, VIDEO));
    stream.switch(StreamId(1), at(10, 0, 0, 0), now);
    stream.place(at(10, 0, 0, 0), now).unwrap();
    assert!(!stream.is_torn(10 + 511, 512));
    assert!(stream.is_torn(10 + 512, 512));
}

/// What a source does next: send on, lose some, overtake, or be switched away from.
#[derive(Clone, Debug)]
enum Act {
    Send,
    Lose(u64),
    Late,
    Switch(u64),
    Wait(u64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        6 => Just(Act::Send),
        1 => (1u64..20).prop_map(Act::Lose),
        1 => Just(Act::Late),
        1 => (0u64..4).prop_map(Act::Switch),
        1 => (0u64..200).prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 1..500)
}

proptest! {
    /// However sources lose, overtake and replace each other, near any wrap: an index (which makes the nonce) is never
    /// used twice, every switch continues sequence, picture id and TL0PICIDX by one and time by what passed.
    #[test]
    fn one_unbroken_stream_and_no_nonce_twice(
        first in prop_oneof![0u64..0x8000, Just(65_530u64)],
        starts in prop::collection::vec((0u64..70_000, any::<u32>(), any::<u16>(), any::<u8>()), 4),
        acts in acts(),
    ) {
        let mut now = start();
        let mut stream = Unbroken::new(first, VIDEO);
        let mut sources: Vec<Position> = starts.iter().map(|s| at(s.0, s.1, s.2, s.3)).collect();
        let mut pending: Vec<Position> = Vec::new();
        let (mut current, mut lives) = (0usize, 0u64);
        let mut used = BTreeSet::new();
        let mut last: Option<(Position, Instant)> = None;
        let mut switching = true;
        for act in acts {
            match act {
                Act::Wait(ms) => now += Duration::from_millis(ms),
                Act::Switch(to) => {
                    (current, switching) = (to as usize, true);
                    pending.clear();
                }
                Act::Lose(n) => {
                    pending.push(sources[current]);
                    sources[current].sequence += n;
                }
                Act::Late | Act::Send => {
                    let late = matches!(act, Act::Late) && !switching;
                    let packet = if late {
                        let Some(packet) = pending.pop() else { continue };
                        packet
                    } else {
                        let packet = sources[current];
                        let next = &mut sources[current];
                        next.sequence += 1;
                        next.time = next.time.wrapping_add(3600);
                        next.picture_id = next.picture_id.wrapping_add(1) & 0x7FFF;
                        next.tl0 = next.tl0.wrapping_add(1);
                        packet
                    };
                    if switching {
                        lives += 1;
                        stream.switch(StreamId(lives), packet, now);
                    }
                    let Some((index, segment)) = stream.place(packet, now) else {
                        prop_assert!(late);
                        continue;
                    };
                    prop_assert!(used.insert(index), "index {index} twice");
                    let out = at(
                        index,
                        packet.time.wrapping_add(segment.time),
                        packet.picture_id.wrapping_add(segment.picture_id) & 0x7FFF,
                        packet.tl0.wrapping_add(segment.tl0),
                    );
                    let found = stream.find(index as u16).map(|(i, s)| (i, s.source_sequence(i)));
                    prop_assert_eq!(found, Some((index, Some(packet.sequence))));
                    if let Some((before, when)) = last.filter(|_| switching) {
                        let passed = now.duration_since(when).as_millis().max(1) as u32;
                        prop_assert_eq!(out.sequence, before.sequence + 1);
                        prop_assert_eq!(out.time, before.time.wrapping_add(passed * 90));
                        prop_assert_eq!(out.picture_id, (before.picture_id + 1) & 0x7FFF);
                        prop_assert_eq!(out.tl0, before.tl0.wrapping_add(1));
                    }
                    if last.is_none_or(|(before, _)| out.sequence > before.sequence) {
                        last = Some((out, now));
                    }
                    switching = false;
                }
            }
        }
    }
}
