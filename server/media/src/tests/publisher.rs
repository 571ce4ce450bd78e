//! What a publisher hears back: keyframe requests, reports, arrival times.
use super::client::Client;
use super::world::{CLERK, TERMINAL, World, held};
use crate::rtp::rtcp;
use std::time::Duration;

fn of_kind(world: &mut World, kind: u8, format: u8) -> Vec<Vec<u8>> {
    let control = &world.client(TERMINAL).control;
    control.iter().filter(|c| c[1] == kind && c[0] & 31 == format).cloned().collect()
}

fn wants_keyframe(world: &mut World) {
    let media = world.client(CLERK).answer.slots[super::world::FACE].0;
    world.client(CLERK).send_control(|room| rtcp::pli(room, media));
    world.settle();
}

#[test]
fn keyframes_are_asked_for_at_once_but_not_twice_in_half_a_second() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 30, 0);
    world.client(TERMINAL).control.clear();
    let asked = world.sfu.counters().keyframes_asked;
    wants_keyframe(&mut world);
    assert_eq!(world.sfu.counters().keyframes_asked, asked + 1, "at once");
    for _ in 0..20 {
        wants_keyframe(&mut world);
        world.pass(Duration::from_millis(20));
    }
    assert_eq!(world.sfu.counters().keyframes_asked, asked + 1);
    world.pass(Duration::from_millis(120));
    assert_eq!(world.sfu.counters().keyframes_asked, asked + 2, "the wish was kept");
    assert_eq!(of_kind(&mut world, 206, 1).len(), 2);
}

#[test]
fn who_waits_for_a_keyframe_asks_until_it_comes() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 1, 0);
    world.sfu.feed(CLERK, crate::Slot::Video(0), None).unwrap();
    world.sfu.feed(CLERK, crate::Slot::Video(0), super::world::camera_of(TERMINAL)).unwrap();
    let asked = world.sfu.counters().keyframes_asked;
    world.pass(Duration::from_millis(2_100));
    let again = world.sfu.counters().keyframes_asked - asked;
    assert!((4..=5).contains(&again), "{again} times in 2.1 s");
}

#[test]
fn a_publisher_gets_receiver_reports_every_second() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0, 1], 75, 0);
    let reports = of_kind(&mut world, 201, 3);
    assert!((2..=3).contains(&reports.len()), "three streams, {} reports in 3 s", reports.len());
    assert_eq!(&reports[0][12..13], [0], "nothing was lost");
    world.pass(Duration::from_secs(5));
    assert!(
        world.client(TERMINAL).control.iter().filter(|c| c[1] == 201).count() <= 7,
        "none for streams that ceased"
    );
}

#[test]
fn a_publisher_is_told_when_its_packets_arrived_also_before_pairing() {
    let mut world = World::warm();
    world.film(TERMINAL, &[0, 1, 2], 25, 0);
    let told = of_kind(&mut world, 205, 15);
    let packets: u16 = told.iter().map(|t| u16::from_be_bytes([t[14], t[15]])).sum();
    assert!(packets >= 96, "{packets} of 100");
    assert!((15..=25).contains(&told.len()), "{} messages in a second", told.len());
    assert!(of_kind(&mut world, 206, 15).is_empty(), "who has this needs no REMB");
}

#[test]
fn who_does_not_know_transport_wide_feedback_gets_remb() {
    let mut world = World::new();
    let now = world.now;
    let mut client = Client::new(World::address_of(TERMINAL), now);
    client.offering.transport_wide = false;
    world.clients.insert(TERMINAL, client);
    world.join(TERMINAL);
    world.film(TERMINAL, &[0, 1], 50, 0);
    let remb = of_kind(&mut world, 206, 15);
    assert!((1..=2).contains(&remb.len()));
    assert_eq!((&remb[0][12..16], remb[0][16]), (&b"REMB"[..], 2));
    assert!(of_kind(&mut world, 205, 15).is_empty());
}

#[test]
fn a_layer_that_begins_with_a_keyframe_is_not_asked_for_one() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 5, 0);
    world.film(TERMINAL, &[0, 1, 2], 5, 5);
    world.pass(Duration::from_secs(1));
    assert_eq!(world.sfu.counters().keyframes_asked, 0);
}

#[test]
fn a_new_pairing_waits_for_no_throttle() {
    let mut world = World::paired();
    world.join(super::world::THIRD);
    world.film(TERMINAL, &[0], 5, 0);
    let asked = world.sfu.counters().keyframes_asked;
    wants_keyframe(&mut world);
    world.film(TERMINAL, &[0], 3, 5);
    assert_eq!(world.sfu.counters().keyframes_asked, asked + 1);
    let camera = super::world::camera_of(TERMINAL);
    world.sfu.feed(super::world::THIRD, crate::Slot::Video(0), camera).unwrap();
    world.settle();
    assert_eq!(world.sfu.counters().keyframes_asked, asked + 2, "120 ms after the one before");
}

#[test]
fn nobody_is_asked_for_what_nobody_sees() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 5, 0);
    let asked = world.sfu.counters().keyframes_asked;
    // As at a call's end: silence is lifted while the slot is still fed, and then it is not.
    world.sfu.silence(TERMINAL, held(true, true));
    world.sfu.silence(TERMINAL, held(false, false));
    world.sfu.feed(CLERK, crate::Slot::Video(0), None).unwrap();
    world.pass(Duration::from_secs(1));
    assert_eq!(world.sfu.counters().keyframes_asked, asked);
}
