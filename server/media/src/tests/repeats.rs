//! Rules 9 and 11: what was lost comes again, and nothing leaves twice.
use super::client::{Outgoing, Picture, ids_of, ssrc_of};
use super::world::{CLERK, FACE, TERMINAL, World, camera_of};
use crate::rtp::rtcp::{self, Packet};
use crate::{Slot, Track};
use std::time::Duration;

fn nacked_by_the_sfu(world: &mut World, peer: crate::PeerId) -> Vec<u16> {
    let control = std::mem::take(&mut world.client(peer).control);
    let mut sequences = Vec::new();
    for packet in control.iter().flat_map(|c| rtcp::packets(c)) {
        if let Packet::Nack { pairs, .. } = packet {
            sequences.extend(rtcp::nacked(pairs));
        }
    }
    sequences
}

fn nack(world: &mut World, viewer: crate::PeerId, sequences: &[u16]) {
    let media = world.client(viewer).answer.slots[FACE].0;
    world.client(viewer).send_control(|room| rtcp::nack(room, media, sequences.iter().copied()));
    world.settle();
}

fn key(id: u16) -> Vec<u8> {
    Picture { key: true, id, ..Picture::of(Track::Camera, 0) }.payload()
}

/// The terminal sends two pictures, of which the first is lost on the way.
fn lose_one(world: &mut World) {
    let address = world.client(TERMINAL).address;
    world.client(TERMINAL).packet(&Outgoing { payload: &key(2), ..Outgoing::picture(Track::Camera, 0) });
    let next =
        world.client(TERMINAL).packet(&Outgoing { payload: &key(3), ..Outgoing::picture(Track::Camera, 0) });
    world.inject(next, address);
}

#[test]
fn what_a_viewer_missed_is_repeated_out_of_the_layers_history() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 60, 0);
    let original: Vec<_> = world.client(CLERK).in_slot(FACE).into_iter().cloned().collect();
    let missed = [original[10].index as u16, original[59].index as u16];
    nack(&mut world, CLERK, &missed);
    let repeats: Vec<_> = world.client(CLERK).repeats_in_slot(FACE).into_iter().cloned().collect();
    assert_eq!(repeats.len(), 2);
    for (repeat, first) in repeats.iter().zip([&original[10], &original[59]]) {
        assert_eq!(repeat.payload[..2], (first.index as u16).to_be_bytes());
        assert_eq!(repeat.payload[2..], first.payload);
        assert_eq!((repeat.time, repeat.marker), (first.time, first.marker));
    }
    assert_eq!(world.sfu.counters().repeats_sent, 2);
}

#[test]
fn repeats_survive_a_switch_of_layers_and_carry_the_numbers_of_their_segment() {
    let mut world = World::paired();
    world.sfu.want(CLERK, 0, 180).unwrap();
    world.film(TERMINAL, &[0, 1], 5, 0);
    world.sfu.want(CLERK, 0, 360).unwrap();
    world.film(TERMINAL, &[0, 1], 5, 5);
    let original: Vec<_> = world.client(CLERK).in_slot(FACE).into_iter().cloned().collect();
    let all: Vec<u16> = original.iter().map(|o| o.index as u16).collect();
    nack(&mut world, CLERK, &all);
    let repeats: Vec<_> = world.client(CLERK).repeats_in_slot(FACE).into_iter().cloned().collect();
    assert_eq!(repeats.len(), original.len());
    for (repeat, first) in repeats.iter().zip(&original) {
        assert_eq!(ids_of(&repeat.payload[2..]), ids_of(&first.payload));
        assert_eq!(repeat.time, first.time);
    }
}

#[test]
fn asking_for_what_was_never_sent_gets_nothing() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 5, 0);
    let last = world.client(CLERK).in_slot(FACE).last().unwrap().index as u16;
    nack(&mut world, CLERK, &[last.wrapping_add(1), last.wrapping_add(30_000), last.wrapping_sub(5)]);
    assert!(world.client(CLERK).repeats_in_slot(FACE).is_empty());
}

#[test]
fn asking_without_end_is_answered_within_bounds() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 20, 0);
    let last = world.client(CLERK).in_slot(FACE).last().unwrap().index as u16;
    for _ in 0..100 {
        nack(&mut world, CLERK, &[last; 60]);
    }
    assert_eq!(world.sfu.counters().nacks_received, 6_000);
    assert_eq!(world.sfu.counters().repeats_sent, 240);
    world.pass(Duration::from_millis(100));
    nack(&mut world, CLERK, &[last]);
    assert_eq!(world.sfu.counters().repeats_sent, 241);
}

#[test]
fn a_hole_from_a_publisher_is_asked_for_at_once_and_again_until_it_comes() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 2, 0);
    let (ssrc, address) = (ssrc_of(Track::Camera, 0), world.client(TERMINAL).address);
    let lost =
        world.client(TERMINAL).packet(&Outgoing { payload: &key(2), ..Outgoing::picture(Track::Camera, 0) });
    let lost_sequence = u16::from_be_bytes([lost[2], lost[3]]);
    let next =
        world.client(TERMINAL).packet(&Outgoing { payload: &key(3), ..Outgoing::picture(Track::Camera, 0) });
    world.client(TERMINAL).control.clear();
    world.inject(next, address);
    assert_eq!(nacked_by_the_sfu(&mut world, TERMINAL), [lost_sequence], "at once");
    world.pass(Duration::from_millis(130));
    assert_eq!(nacked_by_the_sfu(&mut world, TERMINAL), [lost_sequence; 2], "and again every 60 ms");

    // It comes as a repeat: unwrapped, it goes where the original would have gone.
    let mut payload = lost_sequence.to_be_bytes().to_vec();
    payload.extend_from_slice(&key(2));
    let repeat =
        world.client(TERMINAL).packet(&Outgoing { payload: &payload, ..Outgoing::repeat(Track::Camera, 0) });
    world.inject(repeat, address);
    world.pass(Duration::from_millis(200));
    assert!(nacked_by_the_sfu(&mut world, TERMINAL).is_empty());
    let seen: Vec<u64> = world.client(CLERK).in_slot(FACE).iter().map(|r| r.index).collect();
    let top = seen[2];
    assert_eq!(seen, [top - 3, top - 2, top, top - 1]);
    assert_eq!(world.client(CLERK).in_slot(FACE)[3].payload[9..], key(2)[9..]);
    assert_ne!(ssrc, 0);
}

#[test]
fn a_sequence_never_leaves_twice_whatever_a_publisher_repeats() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 3, 0);
    let address = world.client(TERMINAL).address;
    let first = u64::from(ssrc_of(Track::Camera, 0)) & 0xFFF;
    let before = world.sfu.counters();
    // Chromium repeats packets as probes of bandwidth.
    for n in 0..3u64 {
        let mut payload = ((first + n) as u16).to_be_bytes().to_vec();
        payload.extend_from_slice(&key(n as u16));
        let probe = world
            .client(TERMINAL)
            .packet(&Outgoing { payload: &payload, ..Outgoing::repeat(Track::Camera, 0) });
        world.inject(probe, address);
    }
    let after = world.sfu.counters();
    assert_eq!(after.repeats_received - before.repeats_received, 3);
    assert_eq!(after.forwarded, before.forwarded);
}

#[test]
fn padding_that_probes_for_bandwidth_is_not_forwarded() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 3, 0);
    let address = world.client(TERMINAL).address;
    let before = world.sfu.counters();
    // A repeat without the number of an original.
    let probe =
        world.client(TERMINAL).packet(&Outgoing { payload: &[], ..Outgoing::repeat(Track::Camera, 0) });
    world.inject(probe, address);
    let after = world.sfu.counters();
    assert_eq!((after.forwarded, after.dropped_forged), (before.forwarded, before.dropped_forged));
}

#[test]
fn a_gap_too_wide_to_repeat_is_healed_by_a_keyframe() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 30, 0);
    world.client(TERMINAL).takes_keyframe_request();
    let address = world.client(TERMINAL).address;
    let index = (u64::from(ssrc_of(Track::Camera, 0)) & 0xFFF) + 30 + 200;
    let payload = Picture { id: 99, ..Picture::of(Track::Camera, 0) }.payload();
    let of = Outgoing { index: Some(index), payload: &payload, ..Outgoing::picture(Track::Camera, 0) };
    let packet = world.client(TERMINAL).packet(&of);
    world.inject(packet, address);
    world.pass(Duration::from_millis(20));
    assert!(nacked_by_the_sfu(&mut world, TERMINAL).is_empty());
    world.pass(Duration::from_millis(500));
    assert_eq!(world.sfu.counters().keyframes_asked, 1, "no repeat of 200 packets was asked for");
}

#[test]
fn nobody_is_asked_to_repeat_what_nobody_sees() {
    let mut world = World::warm();
    world.film(TERMINAL, &[0], 2, 0);
    lose_one(&mut world);
    assert_eq!(world.sfu.counters().nacks_sent, 0);
}

#[test]
fn what_was_seen_before_a_change_of_source_is_not_repeated_after_it() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 5, 0);
    let last = world.client(CLERK).in_slot(FACE).last().unwrap().index as u16;
    world.sfu.feed(CLERK, Slot::Video(0), None).unwrap();
    nack(&mut world, CLERK, &[last]);
    world.sfu.feed(CLERK, Slot::Video(0), camera_of(CLERK)).unwrap();
    nack(&mut world, CLERK, &[last]);
    assert!(world.client(CLERK).repeats_in_slot(FACE).is_empty());
}

#[test]
fn what_is_not_seen_any_more_is_not_asked_for_any_more() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 2, 0);
    lose_one(&mut world);
    assert_eq!(world.sfu.counters().nacks_sent, 1);
    world.sfu.feed(CLERK, Slot::Video(0), None).unwrap();
    world.pass(Duration::from_secs(1));
    assert_eq!(world.sfu.counters().nacks_sent, 1);
}
