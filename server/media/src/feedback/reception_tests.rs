use super::*;
use crate::tests::start;
use std::time::Duration;

#[test]
fn loss_since_the_last_report_and_in_all() {
    let now = start();
    let mut reception = Reception::new(9, 100, 90_000, now);
    for n in 0..100u32 {
        if n % 4 != 0 {
            reception.packet(n * 3000, now + Duration::from_millis(u64::from(n) * 33));
        }
    }
    let block = reception.block(199, now);
    assert_eq!((block.ssrc, block.fraction_lost, block.lost, block.highest), (9, 64, 25, 199));
    let block = reception.block(199, now);
    assert_eq!((block.fraction_lost, block.lost), (0, 25), "nothing more was lost since");
    (0..5).for_each(|_| reception.repeat());
    assert_eq!(reception.block(199, now).lost, 20, "a repeat makes it good");
}

#[test]
fn jitter_is_nothing_on_an_even_stream_and_follows_an_uneven_one() {
    let now = start();
    let at = |ms: u64| now + Duration::from_millis(ms);
    let mut even = Reception::new(1, 0, 48_000, now);
    let mut uneven = Reception::new(1, 0, 48_000, now);
    for n in 0..200u32 {
        even.packet(n * 960, at(u64::from(n) * 20));
        uneven.packet(n * 960, at(u64::from(n) * 20 + if n % 2 == 0 { 10 } else { 0 }));
    }
    assert_eq!(even.block(199, now).jitter, 0);
    let jitter = uneven.block(199, now).jitter;
    assert!((440..=480).contains(&jitter), "10 ms are 480 ticks: {jitter}");
}

#[test]
fn the_delay_since_a_sender_report_is_told() {
    let now = start();
    let mut reception = Reception::new(1, 0, 90_000, now);
    assert_eq!(reception.block(0, now).last_report, 0);
    reception.sender_report(0x1122_3344_5566_7788, now);
    let block = reception.block(0, now + Duration::from_millis(500));
    assert_eq!((block.last_report, block.delay), (0x3344_5566, 32_768));
}
