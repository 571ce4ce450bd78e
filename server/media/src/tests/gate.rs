//! Rules 1, 5 and 7: strangers cost little and change nothing.
use super::client::{Outgoing, Picture};
use super::world::{CLERK, FACE, TERMINAL, THIRD, World};
use crate::{Event, Track};
use std::net::SocketAddr;
use std::time::Duration;

fn stranger() -> SocketAddr {
    "198.51.100.9:666".parse().unwrap()
}

/// A record in the clear, as anybody can make one.
fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, body.len() as u8];
    bytes.extend_from_slice(body);
    bytes
}

#[test]
fn nothing_but_stun_passes_from_an_address_that_passed_no_check() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 2, 0);
    let before = world.sfu.counters();
    let sent = world.sent.clone();
    let genuine = world.client(TERMINAL).packet(&Outgoing { payload: &[1], ..Outgoing::voice() });
    let datagrams =
        [genuine, record(22, &[1; 50]), record(21, &[2, 40]), vec![0x80; 200], vec![0xFF], vec![]];
    for datagram in datagrams {
        world.inject(datagram, stranger());
    }
    let after = world.sfu.counters();
    assert_eq!(after.dropped_stranger - before.dropped_stranger, 5);
    assert_eq!((after.forwarded, world.sent), (before.forwarded, sent));
}

#[test]
fn stun_with_a_wrong_password_gets_no_answer_and_opens_no_gate() {
    let mut world = World::warm();
    let name = format!("{}:h6vY", world.client(CLERK).answer.ufrag);
    let forged = world.client(CLERK).request(&name, "a-guess-of-22-letters!", true, &[]);
    world.inject(forged, stranger());
    let unknown = world.client(CLERK).request("whoknows:h6vY", "a-guess-of-22-letters!", true, &[]);
    world.inject(unknown, stranger());
    assert_eq!(world.sfu.counters().dropped_stun, 2);
    world.inject(vec![0x80; 100], stranger());
    assert_eq!(world.sfu.counters().dropped_stranger, 1);
}

#[test]
fn forged_srtp_from_the_right_address_does_nothing() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 1, 0);
    let before = world.sfu.counters();
    let address = world.client(TERMINAL).address;
    for n in 0..100u32 {
        let mut forged = world.client(TERMINAL).packet(&Outgoing {
            ssrc: 0xF000 + n,
            payload: &[9; 30],
            ..Outgoing::voice()
        });
        let last = forged.len() - 1;
        forged[last] ^= 1;
        world.inject(forged, address);
    }
    let after = world.sfu.counters();
    assert_eq!(after.dropped_forged - before.dropped_forged, 100);
    assert_eq!(after.forwarded, before.forwarded);
    // None of them took a place: the streams of the terminal still do.
    world.film(TERMINAL, &[0, 1, 2], 3, 500);
    assert!(world.client(CLERK).in_slot(FACE).len() > 3);
}

#[test]
fn replayed_srtp_is_forwarded_once() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 1, 0);
    let picture = Picture { key: true, ..Picture::of(Track::Camera, 0) }.payload();
    let packet =
        world.client(TERMINAL).packet(&Outgoing { payload: &picture, ..Outgoing::picture(Track::Camera, 0) });
    let before = world.sfu.counters();
    let address = world.client(TERMINAL).address;
    for _ in 0..50 {
        world.inject(packet.clone(), address);
    }
    let after = world.sfu.counters();
    assert_eq!(
        (after.forwarded - before.forwarded, after.dropped_replayed - before.dropped_replayed),
        (1, 49)
    );
}

#[test]
fn state_for_an_ssrc_begins_with_its_first_authentic_packet_and_at_most_sixteen_have_one() {
    let mut world = World::paired();
    for n in 0..40 {
        // The same line and layer under ever new SSRCs: each authentic.
        let packet =
            world.client(TERMINAL).packet(&Outgoing { ssrc: 0xA000 + n, payload: &[1], ..Outgoing::voice() });
        let address = world.client(TERMINAL).address;
        world.inject(packet, address);
    }
    assert_eq!(world.sfu.counters().forwarded, 16);
}

#[test]
fn an_ssrc_that_was_replaced_cannot_come_back() {
    let mut world = World::paired();
    let address = world.client(TERMINAL).address;
    let old = world.client(TERMINAL).packet(&Outgoing { ssrc: 1111, payload: &[1], ..Outgoing::voice() });
    let next = world.client(TERMINAL).packet(&Outgoing { ssrc: 1111, payload: &[2], ..Outgoing::voice() });
    let new = world.client(TERMINAL).packet(&Outgoing { ssrc: 2222, payload: &[3], ..Outgoing::voice() });
    for packet in [old.clone(), new, old, next] {
        world.inject(packet, address);
    }
    let heard: Vec<u8> = world.client(CLERK).received.iter().map(|r| r.payload[0]).collect();
    assert_eq!(heard, [1, 3]);
}

#[test]
fn alerts_in_the_clear_end_neither_a_handshake_nor_a_connection() {
    let mut world = World::new();
    world.offer(TERMINAL);
    let now = world.now;
    let address = world.client(TERMINAL).address;
    world.client(TERMINAL).check(true);
    world.settle();
    // Before and during the handshake, from the client's own address.
    for kind in [21, 23, 20] {
        world.inject(record(kind, &[2, 40]), address);
    }
    world.client(TERMINAL).start_dtls(now);
    let hello = world.client(TERMINAL).outgoing.remove(0);
    world.inject(record(21, &[2, 40]), address);
    world.client(TERMINAL).outgoing.push(hello);
    world.settle();
    assert_eq!(world.events, [Event::Up(TERMINAL)]);
    for kind in [21, 23, 20] {
        world.inject(record(kind, &[1, 0]), address);
    }
    world.pass(Duration::from_millis(100));
    assert_eq!(world.events, [Event::Up(TERMINAL)]);
    world.join(CLERK);
    world.film(TERMINAL, &[0], 1, 0);
}

#[test]
fn garbage_that_ends_a_handshake_does_not_end_the_peer() {
    let mut world = World::new();
    world.offer(TERMINAL);
    let (now, address) = (world.now, world.client(TERMINAL).address);
    world.client(TERMINAL).check(true);
    world.settle();
    // A ClientHello that is none, and handshake messages out of order.
    let mut hello = vec![1, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 60];
    hello.extend_from_slice(&[0xFE; 60]);
    for body in [hello, vec![16, 0, 0, 4, 0, 5, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4], vec![20; 40]] {
        world.inject(record(22, &body), address);
    }
    world.client(TERMINAL).start_dtls(now);
    world.settle();
    world.pass(Duration::from_secs(3));
    assert!(world.events.contains(&Event::Up(TERMINAL)), "{:?}", world.events);
}

#[test]
fn an_address_in_use_cannot_be_taken_by_another_peer() {
    let mut world = World::warm();
    world.offer(THIRD);
    let (held, own) = (world.client(TERMINAL).address, world.client(THIRD).address);
    // The third has credentials of its own, but checks from the terminal's address.
    world.client(THIRD).check(true);
    let check = world.client(THIRD).outgoing.remove(0);
    world.inject(check.clone(), held);
    assert_eq!(world.sfu.counters().dropped_stun, 1);
    // Once the terminal has been silent for 10 s, the address may have gone to somebody else.
    world.pass(Duration::from_secs(10));
    world.inject(check, held);
    assert_eq!(world.sfu.counters().dropped_stun, 1);
    assert_ne!(held, own);
}

#[test]
fn no_datagram_makes_it_panic() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0, 1, 2], 3, 0);
    let address = world.client(TERMINAL).address;
    let mut seed = 1u32;
    let mut next = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) as u8
    };
    for _ in 0..5_000 {
        let len = usize::from(next()) * 6;
        let mut datagram: Vec<u8> = (0..len).map(|_| next()).collect();
        if let (Some(first), kind) = (datagram.first_mut(), next()) {
            *first = [0, 22, 0x80, 0x90, 0x81, *first][usize::from(kind % 6)];
        }
        world.inject(datagram, address);
    }
    world.film(TERMINAL, &[0, 1, 2], 3, 100);
    assert!(world.client(CLERK).in_slot(FACE).len() >= 6);
}
