//! The layer that fits the slot, among those that really arrive.
use super::client::ids_of;
use super::world::{CLERK, FACE, TERMINAL, World};
use crate::PeerId;

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
