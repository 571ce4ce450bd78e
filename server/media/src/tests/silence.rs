//! Mute, camera off and hold really silence; the recording's tap hears what is heard.
use super::client::Picture;
use super::world::{CLERK, FACE, TERMINAL, VOICE, World, camera_of, held, mic_of};
use crate::rtp::rtcp;
use crate::{Silenced, Slot, Source, Track};

#[test]
fn mute_forwards_no_voice_and_camera_off_no_picture() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 5, 0);
    world.sfu.silence(TERMINAL, held(true, false));
    world.film(TERMINAL, &[0], 5, 5);
    assert_eq!(world.client(CLERK).in_slot(VOICE).len(), 5);
    assert_eq!(world.client(CLERK).in_slot(FACE).len(), 10);
    world.sfu.silence(TERMINAL, held(true, true));
    world.film(TERMINAL, &[0], 5, 10);
    assert_eq!(world.client(CLERK).in_slot(FACE).len(), 10);
    assert_eq!(world.sfu.counters().dropped_silenced, 15);
    world.sfu.silence(TERMINAL, held(false, false));
    world.film(TERMINAL, &[0], 5, 15);
    let voices: Vec<u64> = world.client(CLERK).in_slot(VOICE).iter().map(|r| r.index).collect();
    let faces: Vec<u64> = world.client(CLERK).in_slot(FACE).iter().map(|r| r.index).collect();
    assert_eq!(
        voices,
        (voices[0]..voices[0] + 10).collect::<Vec<u64>>(),
        "the pause does not look like loss"
    );
    assert_eq!(faces, (faces[0]..faces[0] + 15).collect::<Vec<u64>>());
}

#[test]
fn who_hides_their_face_still_shows_their_papers() {
    let mut world = World::paired();
    let aux = Source { peer: TERMINAL, track: Track::Aux };
    world.sfu.feed(CLERK, Slot::Video(1), Some(aux)).unwrap();
    let mut show = |silenced, id: u16| {
        world.sfu.silence(TERMINAL, silenced);
        let papers = Picture { key: true, id, time: u32::from(id) * 3600, ..Picture::of(Track::Aux, 0) };
        world.client(TERMINAL).send_picture(papers);
        world.film(TERMINAL, &[0], 1, id);
        [FACE, FACE + 1].map(|slot| world.client(CLERK).in_slot(slot).len())
    };
    assert_eq!(show(Silenced { camera: true, ..Silenced::default() }, 0), [0, 1]);
    assert_eq!(show(Silenced { aux: true, ..Silenced::default() }, 1), [1, 1]);
    assert_eq!(show(Silenced::default(), 2), [2, 2]);
}

#[test]
fn silence_may_come_before_the_connection() {
    let mut world = World::new();
    world.sfu.silence(TERMINAL, held(true, true));
    world.sfu.feed(CLERK, Slot::Audio(0), mic_of(TERMINAL)).unwrap();
    world.sfu.feed(CLERK, Slot::Video(0), camera_of(TERMINAL)).unwrap();
    world.join(TERMINAL);
    world.join(CLERK);
    world.film(TERMINAL, &[0], 5, 0);
    assert_eq!(world.sfu.counters().forwarded, 0);
}

#[test]
fn what_is_said_while_muted_cannot_be_had_by_asking_for_repeats() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 5, 0);
    let last = world.client(CLERK).in_slot(FACE).last().unwrap().index as u16;
    let media = world.client(CLERK).answer.slots[FACE].0;
    let ask = |world: &mut World| {
        world.client(CLERK).send_control(|room| {
            rtcp::nack(room, media, (0..8).map(|n| last.wrapping_sub(2).wrapping_add(n)))
        });
        world.settle();
        world.sfu.counters().repeats_sent
    };
    world.sfu.silence(TERMINAL, held(false, true));
    world.film(TERMINAL, &[0], 5, 5);
    assert_eq!(ask(&mut world), 0);
    world.sfu.silence(TERMINAL, held(false, false));
    assert_eq!(ask(&mut world), 0, "nor afterwards");
}

#[test]
fn no_sender_report_of_a_silenced_source_is_relayed() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 5, 0);
    world.sfu.silence(TERMINAL, held(true, true));
    world.client(CLERK).control.clear();
    let ssrc = super::client::ssrc_of(Track::Mic, 0);
    let report = rtcp::SenderReport { ssrc, ntp: 1, time: 0, packets: 0, octets: 0 };
    world.client(TERMINAL).send_control(|room| report.write(room));
    world.settle();
    assert!(world.client(CLERK).control.is_empty());
}

#[test]
fn the_tap_gets_each_packet_once_as_it_came_and_none_that_is_silenced() {
    let mut world = World::warm();
    world.sfu.tap(TERMINAL, true);
    world.film(TERMINAL, &[0, 2], 3, 0);
    world.sfu.silence(TERMINAL, held(true, false));
    world.film(TERMINAL, &[0], 2, 3);
    let count = |track, layer| {
        world.wire.samples.iter().filter(|s| s.0 == TERMINAL && s.1 == track && s.2 == layer).count()
    };
    assert_eq!((count(Track::Mic, 0), count(Track::Camera, 0), count(Track::Camera, 2)), (3, 5, 3));
    assert_eq!(world.wire.samples[2].4, 0u16.to_be_bytes());
    let total = world.wire.samples.len();
    world.sfu.tap(TERMINAL, false);
    world.film(TERMINAL, &[0], 2, 9);
    assert_eq!(world.wire.samples.len(), total);
}
