//! Rules 2, 3, 4: nomination, restart, consent, goodbye; and offers anew.
use super::client::Answer;
use super::world::{CLERK, FACE, TERMINAL, VOICE, World};
use crate::{Down, Event, OfferError, PeerId};
use std::time::Duration;

#[test]
fn every_check_is_answered_and_the_latest_nomination_is_followed() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 2, 0);
    let elsewhere = "192.0.2.77:4001".parse().unwrap();
    world.client(CLERK).check(false);
    let check = world.client(CLERK).outgoing.remove(0);
    world.inject(check, elsewhere);
    world.film(TERMINAL, &[0], 2, 10);
    let before = world.client(CLERK).received.len();

    // 5G to Wi-Fi: the clerk's new address nominates itself, and everything goes there.
    world.client(CLERK).check(true);
    let check = world.client(CLERK).outgoing.remove(0);
    world.inject(check, elsewhere);
    world.film(TERMINAL, &[0], 2, 20);
    assert_eq!(world.client(CLERK).received.len(), before, "nothing comes to the old address");
    world.client(CLERK).address = elsewhere;
    world.film(TERMINAL, &[0], 2, 30);
    assert_eq!(world.client(CLERK).received.len(), before + 4);
    assert!(world.client(CLERK).responses.iter().all(|r| !r.is_empty()));
}

#[test]
fn media_is_sent_to_the_first_valid_address_before_nomination() {
    let mut world = World::new();
    world.offer(TERMINAL);
    let now = world.now;
    world.client(TERMINAL).check(false);
    world.client(TERMINAL).start_dtls(now);
    world.settle();
    assert_eq!(world.events, [Event::Up(TERMINAL)]);
    let response = world.client(TERMINAL).responses[0].clone();
    assert!(world.client(TERMINAL).is_authentic(&response));
}

#[test]
fn ice_restart_keeps_media_flowing_with_dtls_srtp_and_ssrcs_untouched() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 5, 0);
    let old = world.client(CLERK).answer.clone();
    world.client(CLERK).offering.ufrag = "fresh".into();
    let sdp = world.client(CLERK).offering.sdp();
    let now = world.now;
    let answer = Answer::parse(&world.sfu.restart(CLERK, &sdp, now).unwrap());
    assert_ne!((&answer.ufrag, &answer.password), (&old.ufrag, &old.password));
    assert_eq!(answer.slots, old.slots);

    // The answer has not arrived yet: the old credentials carry on.
    world.film(TERMINAL, &[0], 5, 5);
    world.client(CLERK).answer = answer;
    world.client(CLERK).address = "192.0.2.78:4002".parse().unwrap();
    world.client(CLERK).check(true);
    world.settle();
    world.film(TERMINAL, &[0], 5, 10);

    let indexes: Vec<u64> = world.client(CLERK).in_slot(FACE).iter().map(|r| r.index).collect();
    assert_eq!(indexes, (indexes[0]..indexes[0] + 15).collect::<Vec<u64>>());
    assert!(world.events.is_empty());
    assert_eq!(world.sfu.counters().restarts, 1);

    // The old credentials ended with the nomination.
    world.client(CLERK).answer = old;
    world.client(CLERK).offering.ufrag = "h6vY".into();
    world.client(CLERK).check(true);
    world.settle();
    assert_eq!(world.sfu.counters().dropped_stun, 1);
}

#[test]
fn a_restart_of_nothing_or_with_other_lines_is_refused() {
    let mut world = World::warm();
    let now = world.now;
    let sdp = world.client(CLERK).offering.sdp();
    assert_eq!(world.sfu.restart(PeerId(99), &sdp, now), Err(OfferError::NothingToRestart));
    let mut other = world.client(CLERK).offering.clone();
    other.fingerprint = [0; 32];
    let refused = world.sfu.restart(CLERK, &other.sdp(), now);
    assert!(matches!(refused, Err(OfferError::RestartChanges { .. })));
    assert!(world.sfu.restart(CLERK, "v=0", now).is_err());
    world.client(CLERK).check(true);
    world.settle();
    assert_eq!(world.sfu.counters().dropped_stun, 0, "the connection is as it was");
}

#[test]
fn without_checks_for_30_s_the_peer_is_gone_and_nothing_is_sent_to_it() {
    let mut world = World::paired();
    for second in 0..29 {
        world.client(TERMINAL).check(true);
        world.film(TERMINAL, &[0], 1, second);
        world.pass(Duration::from_millis(960));
    }
    assert!(world.events.is_empty());
    for second in 29..32 {
        world.client(TERMINAL).check(true);
        world.film(TERMINAL, &[0], 1, second);
        world.pass(Duration::from_millis(960));
    }
    assert_eq!(world.events, [Event::Down(CLERK, Down::ConsentLost)]);
    assert_eq!(world.sfu.counters().expired, 1);
    let sent = world.sent[&CLERK];
    world.client(TERMINAL).check(true);
    world.film(TERMINAL, &[0], 5, 40);
    assert_eq!(world.sent[&CLERK], sent);
    // Its address is nobody's now.
    let address = world.client(CLERK).address;
    world.inject(vec![0x80; 50], address);
    assert_eq!(world.sfu.counters().dropped_stranger, 1);
}

#[test]
fn an_offer_that_nobody_follows_expires_too() {
    let mut world = World::new();
    world.offer(TERMINAL);
    world.pass(Duration::from_secs(31));
    assert_eq!(world.events, [Event::Down(TERMINAL, Down::ConsentLost)]);
    assert_eq!(world.sfu.poll_timeout(), None, "nothing is left to do");
}

#[test]
fn close_notify_ends_a_peer_at_once() {
    let mut world = World::paired();
    let now = world.now;
    world.client(CLERK).close(now);
    world.settle();
    assert_eq!(world.events, [Event::Down(CLERK, Down::Closed)]);
    let sent = world.sent[&CLERK];
    world.film(TERMINAL, &[0], 2, 0);
    assert_eq!(world.sent[&CLERK], sent);
}

#[test]
fn a_peer_that_is_removed_hears_a_goodbye_and_is_forgotten() {
    let mut world = World::paired();
    let now = world.now;
    world.sfu.remove(CLERK, now);
    world.settle();
    assert!(world.client(CLERK).closed);
    assert!(world.events.is_empty(), "the caller knows");
    // The same id again is a stranger to whom nothing is fed.
    world.clients.remove(&CLERK);
    world.join(CLERK);
    world.film(TERMINAL, &[0], 3, 0);
    assert!(world.client(CLERK).received.is_empty());
}

#[test]
fn a_wrong_certificate_is_torn_down_with_no_packet_forwarded() {
    let mut world = World::new();
    world.join(TERMINAL);
    world.sfu.feed(CLERK, crate::Slot::Audio(0), super::world::mic_of(TERMINAL)).unwrap();
    world.events.clear();
    let now = world.now;
    let mut imposter = super::client::Client::new(World::address_of(CLERK), now);
    imposter.offering.fingerprint = [0x55; 32];
    world.clients.insert(CLERK, imposter);
    world.offer(CLERK);
    world.client(CLERK).check(true);
    world.client(CLERK).start_dtls(now);
    world.settle();
    assert_eq!(world.events, [Event::Down(CLERK, Down::WrongCertificate)]);
    world.film(TERMINAL, &[0], 3, 0);
    assert_eq!(world.sfu.counters().forwarded, 0);
}

#[test]
fn a_new_offer_replaces_the_connection_and_keeps_who_sees_whom() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 2, 0);
    world.clients.remove(&CLERK);
    world.join(CLERK);
    assert_eq!(world.events, [Event::Up(CLERK)]);
    world.film(TERMINAL, &[0], 3, 10);
    world.film(CLERK, &[0], 3, 10);
    assert_eq!(world.client(CLERK).in_slot(VOICE).len(), 3);
    assert_eq!(world.client(TERMINAL).in_slot(FACE).len(), 3);
}

#[test]
fn a_wrong_offer_changes_nothing() {
    let mut world = World::paired();
    let now = world.now;
    assert!(world.sfu.offer(CLERK, "v=0\r\nm=audio", now).is_err());
    world.film(TERMINAL, &[0], 2, 0);
    assert_eq!(world.client(CLERK).in_slot(VOICE).len(), 2);
}
