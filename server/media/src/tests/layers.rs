//! The layer that fits the slot, among those that really arrive.
use super::client::{Picture, ids_of};
use super::world::{CLERK, FACE, TERMINAL, World};
use crate::feedback::Arrivals;
use crate::{PeerId, Track};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The layer of each picture in the clerk's slot, as [`super::client::Picture::payload`] wrote it behind the headers.
fn layers_seen(world: &mut World, viewer: PeerId) -> Vec<u8> {
    let layer = |payload: &[u8]| payload[payload.len() - 4];
    world.client(viewer).in_slot(FACE).iter().map(|r| layer(&r.payload)).collect()
}

fn last_layer(world: &mut World) -> u8 {
    *layers_seen(world, CLERK).last().unwrap()
}

#[test]
fn the_layer_follows_the_height_of_the_slot() {
    let mut world = World::paired();
    for (n, (height, layer)) in
        [(720, 2), (360, 1), (90, 0), (400, 1), (1080, 2), (160, 0), (220, 0), (230, 1)]
            .into_iter()
            .enumerate()
    {
        world.sfu.want(CLERK, 0, height).unwrap();
        world.film(TERMINAL, &[0, 1, 2], 5, n as u16 * 5);
        assert_eq!(last_layer(&mut world), layer, "{height} pixels");
    }
    let ids: Vec<u16> = world.client(CLERK).in_slot(FACE).iter().map(|r| ids_of(&r.payload).0).collect();
    assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1), "one picture after the other");
}

#[test]
fn only_layers_that_arrive_count_not_those_negotiated() {
    let mut world = World::paired();
    world.sfu.want(CLERK, 0, 1080).unwrap();
    world.film(TERMINAL, &[0], 10, 0);
    assert_eq!(last_layer(&mut world), 0);
    world.film(TERMINAL, &[0, 1], 10, 10);
    assert_eq!(last_layer(&mut world), 1);
}

#[test]
fn when_a_layer_ceases_the_slot_falls_back_within_a_second_and_returns_with_it() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0, 1, 2], 10, 0);
    assert_eq!(last_layer(&mut world), 2);
    world.film(TERMINAL, &[0, 1], 25, 10);
    assert_eq!(last_layer(&mut world), 1);
    world.film(TERMINAL, &[0, 1, 2], 20, 35);
    assert_eq!(last_layer(&mut world), 2);
}

#[test]
fn a_layer_that_returns_is_shown_from_the_keyframe_with_which_it_does() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0, 1, 2], 10, 0);
    world.film(TERMINAL, &[0], 25, 10);
    assert_eq!(last_layer(&mut world), 0);
    world.client(TERMINAL).takes_keyframe_request();
    let asked = world.sfu.counters().keyframes_asked;
    world.film(TERMINAL, &[0, 1, 2], 1, 35);
    assert_eq!(last_layer(&mut world), 2);
    world.film(TERMINAL, &[0, 1, 2], 5, 36);
    assert_eq!(world.sfu.counters().keyframes_asked, asked);
}

#[test]
fn while_another_layer_is_awaited_the_one_shown_goes_on() {
    let mut world = World::paired();
    world.sfu.want(CLERK, 0, 180).unwrap();
    world.film(TERMINAL, &[0, 1, 2], 5, 0);
    world.client(CLERK).received.clear();
    world.sfu.want(CLERK, 0, 720).unwrap();
    // No keyframe comes although one is asked for.
    for n in 5..10u16 {
        for layer in 0..3 {
            let picture = super::client::Picture {
                id: n,
                tl0: n as u8,
                time: u32::from(n) * 3600,
                ..super::client::Picture::of(crate::Track::Camera, layer)
            };
            world.client(TERMINAL).send_picture(picture);
        }
        world.pass(std::time::Duration::from_millis(40));
    }
    assert_eq!(layers_seen(&mut world, CLERK), [0; 5]);
    world.film(TERMINAL, &[0, 1, 2], 3, 10);
    assert_eq!(layers_seen(&mut world, CLERK)[5..], [0, 2, 2, 2]);
}

#[test]
fn a_hidden_slot_gets_nothing() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 3, 0);
    world.sfu.want(CLERK, 0, 0).unwrap();
    world.film(TERMINAL, &[0], 10, 3);
    assert_eq!(world.client(CLERK).in_slot(FACE).len(), 3);
    world.sfu.want(CLERK, 0, 360).unwrap();
    world.film(TERMINAL, &[0], 3, 13);
    assert_eq!(world.client(CLERK).in_slot(FACE).len(), 6);
}

#[test]
fn two_viewers_of_one_camera_get_the_layer_that_each_needs() {
    let mut world = World::paired();
    let third = super::world::THIRD;
    world.join(third);
    world.sfu.feed(third, crate::Slot::Video(0), super::world::camera_of(TERMINAL)).unwrap();
    world.sfu.want(third, 0, 180).unwrap();
    world.sfu.want(CLERK, 0, 720).unwrap();
    world.film(TERMINAL, &[0, 1, 2], 10, 0);
    assert_eq!(last_layer(&mut world), 2);
    assert!(layers_seen(&mut world, third).iter().all(|l| *l == 0));
}

/// The clerk's path to the SFU's eyes: told of through transport-wide feedback.
struct Path {
    bits_per_second: u64,
    free_at: Instant,
    told: usize,
    under_way: VecDeque<(Instant, u16)>,
    arrivals: Arrivals,
}

impl Path {
    /// Tells when the packets since the last time came through.
    fn tell(&mut self, world: &mut World) {
        let received: Vec<_> = world.client(CLERK).received[self.told..].to_vec();
        self.told += received.len();
        for packet in received {
            let nanos = (packet.payload.len() as u64 + 64) * 8_000_000_000 / self.bits_per_second;
            self.free_at = self.free_at.max(packet.at) + Duration::from_nanos(nanos);
            self.under_way.push_back((self.free_at, packet.transport.unwrap()));
        }
        let (mut room, now) = ([0; 1500], world.now);
        while let Some((at, sequence)) = self.under_way.pop_front_if(|(at, _)| *at <= now) {
            self.arrivals.note(sequence, 1, at);
        }
        while let Some(len) = self.arrivals.tell(now, &mut room) {
            world.client(CLERK).send_control(|out| {
                out[..len].copy_from_slice(&room[..len]);
                len
            });
        }
        world.settle();
    }
}

/// Sends all three layers, 60, 180 and 360 kbit/s, for so many seconds over the path.
fn film_over(world: &mut World, path: &mut Path, seconds: u16, from: u16) {
    for n in from..from + seconds * 25 {
        let key = n == from || world.client(TERMINAL).takes_keyframe_request();
        for (layer, size) in [(0, 300), (1, 900), (2, 1_200), (2, 600)] {
            let picture = Picture {
                key: key && size != 600,
                id: n,
                time: u32::from(n) * 3600,
                size,
                ..Picture::of(Track::Camera, layer)
            };
            world.client(TERMINAL).send_picture(picture);
        }
        world.pass(Duration::from_millis(40));
        path.tell(world);
        if n % 50 == 0 {
            world.client(TERMINAL).check(true);
            world.client(CLERK).check(true);
        }
    }
}

#[test]
fn a_narrow_path_gets_a_smaller_layer_within_5_s_and_the_best_within_15_s_of_relief() {
    let mut world = World::paired();
    let mut path = Path {
        bits_per_second: 10_000_000,
        free_at: world.now,
        told: 0,
        under_way: VecDeque::new(),
        arrivals: Arrivals::new(),
    };
    film_over(&mut world, &mut path, 3, 0);
    assert_eq!(last_layer(&mut world), 2);
    path.bits_per_second = 250_000;
    film_over(&mut world, &mut path, 5, 100);
    assert!(last_layer(&mut world) < 2, "adapts within 5 s");
    path.bits_per_second = 10_000_000;
    film_over(&mut world, &mut path, 15, 300);
    assert_eq!(last_layer(&mut world), 2, "back within 15 s");
}
