//! The estimate against a path with a bottleneck and a queue, in virtual time.
use super::*;
use crate::feedback::Arrivals;
use crate::rtp::rtcp::{self, Packet};
use crate::tests::start;
use proptest::prelude::*;

/// A path that carries so many bits per second behind a queue of half a second, and loses one packet in `loses`.
struct Path {
    bits_per_second: u64,
    loses: Option<u32>,
    free_at: Instant,
    count: u32,
}

impl Path {
    fn arrival(&mut self, size: usize, now: Instant) -> Option<Instant> {
        self.count += 1;
        let begins = self.free_at.max(now);
        let lost = self.loses.is_some_and(|n| self.count.is_multiple_of(n));
        if lost || begins.duration_since(now) > Duration::from_millis(500) {
            return None;
        }
        self.free_at = begins + Duration::from_nanos(size as u64 * 8 * 1_000_000_000 / self.bits_per_second);
        Some(self.free_at + Duration::from_millis(20))
    }
}

/// Sends at the given rate for so long, or as much as the estimate allows; gives the estimate at the end.
fn run(estimate: &mut Estimate, path: &mut Path, begin: Instant, rate: u64, seconds: u64) -> u64 {
    const SIZE: usize = 1000;
    let (mut now, mut arrivals) = (begin, Arrivals::new());
    let mut under_way: Vec<(Instant, u16)> = Vec::new();
    let mut room = [0; 1500];
    while now < begin + Duration::from_secs(seconds) {
        let sequence = estimate.send(SIZE, now);
        under_way.extend(path.arrival(SIZE, now).map(|at| (at, sequence)));
        let rate = rate.min(estimate.bits_per_second());
        now += Duration::from_nanos(SIZE as u64 * 8 * 1_000_000_000 / rate);
        under_way.sort_unstable();
        let due = under_way.partition_point(|(at, _)| *at <= now);
        for (at, sequence) in under_way.drain(..due) {
            arrivals.note(sequence, 1, at);
        }
        if arrivals.is_due(now) {
            while let Some(len) = arrivals.tell(now, &mut room) {
                let Some(Packet::Arrivals { feedback }) = rtcp::packets(&room[..len]).next() else {
                    panic!()
                };
                estimate.feedback(feedback, now);
            }
        }
    }
    estimate.bits_per_second()
}

fn path(bits_per_second: u64, loses: Option<u32>) -> Path {
    Path { bits_per_second, loses, free_at: start(), count: 0 }
}

#[test]
fn a_wide_path_is_left_at_what_it_began_with_or_more() {
    let begin = start();
    let mut estimate = Estimate::new(begin);
    let at_the_end = run(&mut estimate, &mut path(20_000_000, None), begin, 2_000_000, 10);
    assert!(at_the_end >= INITIAL as u64, "{at_the_end}");
}

#[test]
fn a_narrow_path_is_found_within_five_seconds() {
    let begin = start();
    let mut estimate = Estimate::new(begin);
    let at_the_end = run(&mut estimate, &mut path(500_000, None), begin, 1_500_000, 5);
    assert!((300_000..=520_000).contains(&at_the_end), "{at_the_end}");
}

#[test]
fn heavy_loss_is_followed_and_light_loss_is_not() {
    let begin = start();
    let (mut heavy, mut light) = (Estimate::new(begin), Estimate::new(begin));
    let with_heavy = run(&mut heavy, &mut path(20_000_000, Some(4)), begin, 2_000_000, 10);
    let with_light = run(&mut light, &mut path(20_000_000, Some(50)), begin, 2_000_000, 10);
    assert!(with_heavy < 1_000_000, "{with_heavy}");
    assert!(with_light >= INITIAL as u64, "{with_light}");
}

#[test]
fn run_lengths_and_one_bit_vectors_are_read() {
    // Base 10, nine packets, reference 2; a run of two that did not come, a vector of which two came, of seven.
    let mut feedback = vec![0, 10, 0, 9, 0, 0, 2, 0];
    feedback.extend_from_slice(&[0b0000_0000, 2]);
    feedback.extend_from_slice(&[0b1001_0000, 0b0010_0000]);
    feedback.extend_from_slice(&[4, 8]);
    let told = Told::parse(&feedback, 100).unwrap();
    let mut seen = Vec::new();
    told.each(2, |sequence, ticks| seen.push((sequence, ticks)));
    let mut expected: Vec<(u16, Option<i64>)> = (10..19).map(|n| (n, None)).collect();
    // Symbols of the vector: 0 1 0 0 0 0 0 0 1: the second and the ninth; the ninth lies behind the count.
    expected[3].1 = Some(516);
    assert_eq!(seen, expected);
}

#[test]
fn two_bytes_that_tell_of_thousands_are_read_once_a_turn() {
    let mut estimate = Estimate::new(start());
    for _ in 0..SENT {
        estimate.send(100, start());
    }
    // Base 0, reference 1, a run of 4,000 that did not come.
    let lost = [0, 0, 0x0F, 0xA0, 0, 0, 1, 0, 0x0F, 0xA0];
    let tell = |estimate: &mut Estimate| {
        estimate.feedback(&lost, start() + Duration::from_secs(1));
        estimate.counted
    };
    assert_eq!((tell(&mut estimate), tell(&mut estimate)), (4000, 4000));
    estimate.refill();
    assert_eq!(tell(&mut estimate), 8000);
}

#[test]
fn the_reference_time_begins_anywhere_and_wraps() {
    let mut estimate = Estimate::new(start());
    let first = estimate.unwrap(0xFF_FFFE);
    assert_eq!(estimate.unwrap(1), first + 3);
    assert_eq!(estimate.unwrap(0xFF_FFFF), first + 1, "what was told late");
    assert_eq!(estimate.unwrap(2), first + 4);
    // Arrivals are told in 32 bits of ticks, which must not run out when the browser's clock is old.
    assert!(first > 0 && u32::try_from((first + 4) * 256).is_ok());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..100), reference: u32) {
        let mut estimate = Estimate::new(start());
        for _ in 0..50 {
            estimate.send(100, start());
        }
        estimate.feedback(&bytes, start() + Duration::from_secs(1));
        if let Some(told) = Told::parse(&bytes, u16::MAX) {
            let mut count = 0u32;
            told.each(i64::from(reference), |_, _| count += 1);
            prop_assert!(count <= 65_535);
        }
    }
}
