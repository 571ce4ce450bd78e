//! Rules 10 and 12: a slot is one unbroken stream over every change of its source.
use super::client::{Outgoing, Picture, Received, ids_of, ssrc_of};
use super::world::{CLERK, FACE, TERMINAL, THIRD, VOICE, World, camera_of, held, mic_of};
use crate::rtp::rtcp::{self, Packet, SenderReport};
use crate::{FeedError, Slot, Source, Track};
use std::time::Duration;

fn is_unbroken(packets: &[&Received]) {
    for pair in packets.windows(2) {
        assert_eq!(pair[1].index, pair[0].index + 1);
        let (before, after) = (ids_of(&pair[0].payload), ids_of(&pair[1].payload));
        assert_eq!(after, ((before.0 + 1) & 0x7FFF, before.1.wrapping_add(1)));
        let ticks = pair[1].time.wrapping_sub(pair[0].time);
        let passed = pair[1].at.duration_since(pair[0].at).as_millis() as u32;
        assert!(ticks.abs_diff(passed * 90) <= 90, "{ticks} ticks in {passed} ms");
    }
}

#[test]
fn a_transfer_changes_the_face_at_a_keyframe_and_breaks_nothing() {
    let mut world = World::paired();
    world.join(THIRD);
    world.film(TERMINAL, &[0], 10, 32_760);
    world.film(THIRD, &[0], 3, 7);
    world.client(THIRD).takes_keyframe_request();
    world.sfu.feed(CLERK, Slot::Video(0), camera_of(THIRD)).unwrap();
    world.settle();
    assert!(world.client(THIRD).takes_keyframe_request(), "asked for at once");
    world.film(THIRD, &[0], 10, 900);
    world.film(TERMINAL, &[0], 3, 0);
    let faces = world.client(CLERK).in_slot(FACE).into_iter().cloned().collect::<Vec<_>>();
    assert_eq!(faces.len(), 20, "of each only what was fed");
    is_unbroken(&faces.iter().collect::<Vec<_>>());
}

#[test]
fn a_voice_changes_at_once() {
    let mut world = World::paired();
    world.join(THIRD);
    world.film(TERMINAL, &[0], 5, 0);
    world.sfu.feed(CLERK, Slot::Audio(0), mic_of(THIRD)).unwrap();
    world.film(THIRD, &[0], 5, 100);
    world.film(TERMINAL, &[0], 2, 200);
    let voices: Vec<Received> = world.client(CLERK).in_slot(VOICE).into_iter().cloned().collect();
    let said: Vec<u16> = voices.iter().map(|r| u16::from_be_bytes([r.payload[0], r.payload[1]])).collect();
    assert_eq!(said, [0, 1, 2, 3, 4, 100, 101, 102, 103, 104]);
    for pair in voices.windows(2) {
        assert_eq!((pair[1].index, pair[1].time), (pair[0].index + 1, pair[0].time.wrapping_add(1920)));
    }
}

#[test]
fn to_nothing_and_back_is_a_new_segment_and_no_loss() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 5, 0);
    world.sfu.feed(CLERK, Slot::Video(0), None).unwrap();
    world.film(TERMINAL, &[0], 50, 5);
    assert_eq!(world.client(CLERK).in_slot(FACE).len(), 5);
    world.sfu.feed(CLERK, Slot::Video(0), camera_of(TERMINAL)).unwrap();
    world.film(TERMINAL, &[0], 5, 55);
    let faces: Vec<Received> = world.client(CLERK).in_slot(FACE).into_iter().cloned().collect();
    assert_eq!(faces.len(), 10);
    is_unbroken(&faces.iter().collect::<Vec<_>>());
}

#[test]
fn saying_the_same_again_changes_nothing() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 3, 0);
    let switches = world.sfu.counters().switches;
    for n in 0..5 {
        world.sfu.feed(CLERK, Slot::Video(0), camera_of(TERMINAL)).unwrap();
        world.sfu.silence(TERMINAL, held(false, false));
        world.sfu.want(CLERK, 0, 360).unwrap();
        world.settle();
        world.client(TERMINAL).takes_keyframe_request();
        world.film(TERMINAL, &[0], 1, 3 + n);
    }
    assert_eq!(world.sfu.counters().switches, switches);
    assert_eq!(world.client(CLERK).in_slot(FACE).len(), 8);
}

#[test]
fn a_slot_takes_only_what_fits_it() {
    let mut world = World::new();
    let aux = Some(Source { peer: TERMINAL, track: Track::Aux });
    assert_eq!(world.sfu.feed(CLERK, Slot::Audio(0), aux), Err(FeedError::WrongKind));
    assert_eq!(world.sfu.feed(CLERK, Slot::Video(0), mic_of(TERMINAL)), Err(FeedError::WrongKind));
    assert_eq!(world.sfu.feed(CLERK, Slot::Audio(5), None), Err(FeedError::NoSuchSlot));
    assert_eq!(world.sfu.feed(CLERK, Slot::Video(6), aux), Err(FeedError::NoSuchSlot));
    assert_eq!(world.sfu.want(CLERK, 6, 100), Err(FeedError::NoSuchSlot));
    assert_eq!(world.sfu.feed(CLERK, Slot::Video(5), aux), Ok(()));
}

#[test]
fn a_sender_report_is_relayed_at_once_with_the_slots_own_time() {
    let mut world = World::paired();
    world.join(THIRD);
    world.film(TERMINAL, &[0], 5, 0);
    world.sfu.feed(CLERK, Slot::Audio(0), mic_of(THIRD)).unwrap();
    world.film(THIRD, &[0], 5, 500);
    world.client(CLERK).control.clear();
    // The report says which NTP moment the last packet belongs to.
    let of = |ssrc, time| SenderReport { ssrc, ntp: 0xAABB_CCDD_0000_1111, time, packets: 9, octets: 9 };
    let report = of(ssrc_of(Track::Mic, 0), 504 * 1920);
    world.client(THIRD).send_control(|room| report.write(room));
    // One of somebody who is not heard there goes nowhere.
    let other = of(ssrc_of(Track::Mic, 0), 0);
    world.client(TERMINAL).send_control(|room| other.write(room));
    world.settle();
    let (ssrc, last) =
        (world.client(CLERK).answer.slots[VOICE].0, world.client(CLERK).in_slot(VOICE).last().unwrap().time);
    let relayed: Vec<Vec<u8>> = world.client(CLERK).control.iter().filter(|c| c[1] == 200).cloned().collect();
    assert_eq!(relayed.len(), 1);
    let read = rtcp::packets(&relayed[0]).next();
    assert_eq!(read, Some(Packet::SenderReport { ssrc, ntp: 0xAABB_CCDD_0000_1111, time: last }));
    let packets = u32::from_be_bytes(relayed[0][20..24].try_into().unwrap());
    assert_eq!(packets, 10, "counts are the slot's own");
}

#[test]
fn six_parties_see_and_hear_each_other() {
    let mut world = World::new();
    let parties: Vec<crate::PeerId> = (1..=6).map(crate::PeerId).collect();
    for &party in &parties {
        world.join(party);
    }
    for &viewer in &parties {
        for (n, &source) in parties.iter().filter(|p| **p != viewer).enumerate() {
            world.sfu.feed(viewer, Slot::Audio(n as u8), mic_of(source)).unwrap();
            world.sfu.feed(viewer, Slot::Video(n as u8), camera_of(source)).unwrap();
        }
    }
    world.settle();
    for &party in &parties {
        world.film(party, &[0], 3, party.0 as u16 * 100);
    }
    for &viewer in &parties {
        for n in 0..5 {
            assert_eq!(world.client(viewer).in_slot(VOICE + n).len(), 3);
            assert_eq!(world.client(viewer).in_slot(FACE + n).len(), 3);
        }
    }
    assert_eq!(world.sfu.counters().forwarded, 6 * 5 * 6);
}

#[test]
fn a_feed_may_come_before_either_side_is_connected() {
    let mut world = World::new();
    world.sfu.feed(CLERK, Slot::Audio(0), mic_of(TERMINAL)).unwrap();
    world.join(CLERK);
    world.pass(Duration::from_millis(100));
    world.join(TERMINAL);
    world.film(TERMINAL, &[0], 2, 0);
    assert_eq!(world.client(CLERK).in_slot(VOICE).len(), 2);
}

#[test]
fn the_first_picture_of_a_pairing_is_the_smallest_and_the_best_takes_over() {
    let mut world = World::warm();
    world.film(TERMINAL, &[0, 1, 2], 5, 0);
    world.client(TERMINAL).control.clear();
    world.sfu.feed(CLERK, Slot::Video(0), camera_of(TERMINAL)).unwrap();
    world.settle();
    let control = std::mem::take(&mut world.client(TERMINAL).control);
    let asked: Vec<Packet<'_>> = control.iter().flat_map(|c| rtcp::packets(c)).collect();
    let wanted = |layer| Packet::KeyframeWanted { media: ssrc_of(Track::Camera, layer) };
    assert_eq!(asked, [wanted(0), wanted(2)], "both are asked for at once, and no other");

    // The large keyframe takes longer on its way; until it is there the small layer plays.
    let sent = [(0, true, 50), (2, false, 50), (0, false, 51), (2, true, 52), (0, false, 52), (2, false, 53)];
    for (layer, key, id) in sent {
        let time = u32::from(id) * 900;
        let of = Picture { key, id, tl0: id as u8, time, ..Picture::of(Track::Camera, layer) };
        world.client(TERMINAL).send_picture(of);
        world.settle();
        world.pass(Duration::from_millis(10));
    }
    let faces: Vec<Received> = world.client(CLERK).in_slot(FACE).into_iter().cloned().collect();
    let layers: Vec<u8> = faces.iter().map(|f| f.payload[f.payload.len() - 4]).collect();
    assert_eq!(layers, [0, 0, 2, 2]);
    for pair in faces.windows(2) {
        let (before, after) = (ids_of(&pair[0].payload), ids_of(&pair[1].payload));
        assert_eq!((pair[1].index, after.0, after.1), (pair[0].index + 1, before.0 + 1, before.1 + 1));
    }
}

#[test]
fn padding_before_a_change_of_source_breaks_no_picture_ids() {
    let mut world = World::paired();
    world.join(THIRD);
    world.film(TERMINAL, &[0], 5, 700);
    let padding = world.client(TERMINAL).packet(&Outgoing::picture(Track::Camera, 0));
    let address = world.client(TERMINAL).address;
    world.inject(padding, address);
    world.sfu.feed(CLERK, Slot::Video(0), camera_of(THIRD)).unwrap();
    world.film(THIRD, &[0], 5, 20);
    let faces: Vec<Received> = world.client(CLERK).in_slot(FACE).into_iter().cloned().collect();
    assert!(faces[5].payload.is_empty(), "it keeps its place among the numbers");
    let pictures = faces.iter().filter(|f| !f.payload.is_empty());
    let ids: Vec<u16> = pictures.map(|f| ids_of(&f.payload).0).collect();
    assert_eq!(ids, (ids[0]..ids[0] + 10).collect::<Vec<u16>>());
}

#[test]
fn reports_that_come_by_the_dozen_are_relayed_once() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 2, 0);
    let of = |time| SenderReport { ssrc: ssrc_of(Track::Mic, 0), ntp: 7, time, packets: 9, octets: 9 };
    for n in 1..=2 {
        world.client(CLERK).control.clear();
        world
            .client(TERMINAL)
            .send_control(|room| (0..40).fold(0, |at, n| at + of(n).write(&mut room[at..])));
        world.settle();
        let relayed = world.client(CLERK).control.iter().filter(|c| c[1] == 200).count();
        assert_eq!(relayed, 1, "time {n}");
        world.pass(Duration::from_millis(50));
    }
}
