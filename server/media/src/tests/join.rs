//! Joining: offer, check, handshake; and that nothing flows unasked.
use super::world::{CLERK, FACE, TERMINAL, VOICE, World};
use crate::{Event, Profile};

#[test]
fn two_peers_join_over_ipv4_and_ipv6_with_gcm() {
    let mut world = World::new();
    world.join(TERMINAL);
    world.join(CLERK);
    assert_eq!(world.events, [Event::Up(TERMINAL), Event::Up(CLERK)]);
    assert_eq!(world.client(CLERK).profile, Some(Profile::Aes256Gcm));
    assert_eq!(world.sfu.profile(CLERK), Some(Profile::Aes256Gcm));
}

#[test]
fn warm_is_not_watched_nothing_is_forwarded_before_pairing() {
    let mut world = World::warm();
    world.film(TERMINAL, &[0, 1, 2], 25, 0);
    assert_eq!(world.sfu.counters().forwarded, 0);
    assert!(world.client(CLERK).received.is_empty());
}

#[test]
fn paired_peers_see_and_hear_each_other() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0, 1, 2], 25, 100);
    world.film(CLERK, &[0], 25, 700);
    // The first picture comes in all three layers, each of them a switch.
    for (viewer, from, pictures) in [(CLERK, 100, 27), (TERMINAL, 700, 25)] {
        let voices: Vec<u16> = world
            .client(viewer)
            .in_slot(VOICE)
            .iter()
            .map(|r| u16::from_be_bytes([r.payload[0], r.payload[1]]))
            .collect();
        assert_eq!(voices, (from..from + 25).collect::<Vec<u16>>());
        assert_eq!(world.client(viewer).in_slot(FACE).len(), pictures);
    }
    assert_eq!(world.sfu.counters().forwarded, 102);
}
