//! The port, the mailbox and the worker, without media: real connections are made in the system tests.
use super::*;
use crate::clock::SystemClock;
use protocol::ids::{StaffId, TerminalId};
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;
use uuid::Uuid;

fn terminal(n: u128) -> Party {
    Party::Terminal(TerminalId(Uuid::from_u128(n)))
}

fn config(listen: &str) -> MediaIoConfig {
    MediaIoConfig { listen: listen.parse().unwrap(), public: vec![], clock: SystemClock::shared() }
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let (first, _events) = MediaHandle::start(config("127.0.0.1:0")).unwrap();
    let addr = first.local_addr().unwrap();
    let error = MediaHandle::start(config(&addr.to_string())).unwrap_err();
    assert!(matches!(error, MediaIoError::InUse(a) if a == addr));
    assert!(error.to_string().contains(&addr.to_string()) && error.to_string().contains("media_listen"));
    drop(first);
    MediaHandle::start(config(&addr.to_string())).expect("the port is free again");
}

#[tokio::test]
async fn an_address_of_another_machine_is_named() {
    let error = MediaHandle::start(config("192.0.2.1:0")).unwrap_err();
    assert!(matches!(error, MediaIoError::Bind(..)), "{error}");
}

#[tokio::test]
async fn wrong_offers_are_refused_with_the_part_that_is_wrong() {
    let (media, _events) = MediaHandle::start(config("127.0.0.1:0")).unwrap();
    let error = media.offer(terminal(1), "10.9.8.7 secret".into(), false).await.unwrap_err();
    assert!(matches!(&error, OfferError::Bad(text) if !text.contains("secret")), "{error}");
    assert_eq!(error.code(), ErrorCode::BadOffer);
    assert!(!media.alive(terminal(1)));
    media.stop();
    let error = media.offer(terminal(1), "v=0\r\n".into(), false).await.unwrap_err();
    assert_eq!(error, OfferError::Unavailable);
}

#[tokio::test]
async fn a_worker_that_panics_starts_anew_and_tells_whose_connection_is_gone() {
    let (media, mut events) = MediaHandle::start(config("127.0.0.1:0")).unwrap();
    let running = media.0.as_ref().unwrap();
    running.mailbox.set_alive(terminal(1), true);
    running.mailbox.panic();
    assert_eq!(events.recv().await, Some(MediaEvent::Down(terminal(1))));
    // It answers again, on the same port.
    let error = media.offer(terminal(1), "v=0\r\n".into(), false).await.unwrap_err();
    assert!(matches!(error, OfferError::Bad(_)), "{error}");
    assert_eq!((media.counters().restarts, media.counters().peers), (1, 0));
    assert!(!media.alive(terminal(1)));
}

#[tokio::test]
async fn a_handle_connected_to_nothing_refuses_offers_and_nothing_else() {
    let media = MediaHandle::default();
    let party = Party::Staff(StaffId(Uuid::from_u128(7)));
    media.apply(MediaIntent::Connect { a: terminal(1), b: party });
    media.slot_size(party, 0, 720);
    assert!(!media.alive(party) && media.local_addr().is_none());
    assert_eq!(media.counters(), MediaCounters::default());
    assert_eq!(media.offer(party, String::new(), false).await, Err(OfferError::Unavailable));
    media.stop();
}

#[test]
fn candidates_are_what_clients_can_reach() {
    let at = |text: &str| udp::candidates(&[], text.parse().unwrap());
    assert_eq!(at("127.0.0.1:9"), ["127.0.0.1:9".parse().unwrap()]);
    let all = at("0.0.0.0:9");
    assert_eq!(all.last(), Some(&"127.0.0.1:9".parse().unwrap()), "loopback comes last: {all:?}");
    assert!(all.iter().all(|a| a.is_ipv4() && a.port() == 9), "{all:?}");
    let public = udp::candidates(&["203.0.113.5".parse().unwrap()], "0.0.0.0:9".parse().unwrap());
    assert_eq!(public, ["203.0.113.5:9".parse().unwrap()]);
    assert!(plain::interface_addresses().unwrap().contains(&Ipv4Addr::LOCALHOST.into()));
}

/// Sends runs through `send` and gives what arrived, in order.
fn arrived(
    send: fn(&UdpSocket, &[u8], &[udp::Run], bool) -> io::Result<usize>,
    mut receive: impl FnMut(&UdpSocket, &mut Vec<(SocketAddr, Vec<u8>)>),
    listen: &str,
) -> (SocketAddr, Vec<(SocketAddr, Vec<u8>)>) {
    let from = udp::bind(listen.parse().unwrap()).unwrap();
    let to = udp::bind(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0)).unwrap();
    let to_addr = to.local_addr().unwrap();
    let mut data = vec![1; 300];
    data.extend([2; 300]);
    data.extend([3; 100]);
    data.extend([4; 9]);
    let runs = [
        udp::Run { to: to_addr, from: None, start: 0, len: 700, segment: 300 },
        udp::Run { to: to_addr, from: None, start: 700, len: 9, segment: 9 },
    ];
    let mut sent = 0;
    while sent < runs.len() {
        sent += send(&from, &data, &runs[sent..], from.local_addr().unwrap().is_ipv6()).unwrap();
    }
    let mut all = Vec::new();
    while all.len() < 4 {
        receive(&to, &mut all);
    }
    (SocketAddr::new(Ipv4Addr::LOCALHOST.into(), from.local_addr().unwrap().port()), all)
}

fn expected(from: SocketAddr) -> Vec<(SocketAddr, Vec<u8>)> {
    [(1, 300), (2, 300), (3, 100), (4, 9)].map(|(b, n)| (from, vec![b; n])).into()
}

#[test]
fn runs_are_cut_at_their_segments_and_come_from_their_sender() {
    for listen in ["127.0.0.1:0", "[::]:0"] {
        let mut incoming = plain::Incoming::new();
        let (from, all) = arrived(
            plain::send,
            |socket, all| {
                let count = incoming.receive(socket).unwrap();
                for i in 0..count {
                    all.extend(incoming.get(i).map(|d| (d.from, d.bytes.to_vec())));
                }
            },
            listen,
        );
        assert_eq!(all, expected(from), "{listen}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_batch_does_the_same_in_one_call() {
    for listen in ["127.0.0.1:0", "[::]:0"] {
        let mut incoming = sys::Incoming::new();
        let (from, all) = arrived(
            sys::send,
            |socket, all| {
                let count = incoming.receive(socket).unwrap();
                for i in 0..count {
                    all.extend(incoming.get(i).map(|d| (d.from, d.bytes.to_vec())));
                }
            },
            listen,
        );
        assert_eq!(all, expected(from), "{listen}");
    }
}

#[test]
fn what_is_gathered_leaves_in_runs_and_arrives_whole_and_in_order() {
    use media::Transmit;
    let (a, b) = (
        udp::bind("127.0.0.1:0".parse().unwrap()).unwrap(),
        udp::bind("127.0.0.1:0".parse().unwrap()).unwrap(),
    );
    let (a_addr, b_addr) = (a.local_addr().unwrap(), b.local_addr().unwrap());
    let mut out = udp::Outgoing::new(Arc::new(a), a_addr);
    // Equal, equal, shorter (ends the run), longer (a new run), equal.
    let lengths = [500, 500, 200, 700, 700];
    for (i, len) in lengths.into_iter().enumerate() {
        out.room()[..len].fill(i as u8 + 1);
        out.commit(b_addr, len);
    }
    out.flush();
    let mut incoming = udp::Incoming::new();
    let mut all = Vec::new();
    while all.len() < lengths.len() {
        let count = udp::receive(&mut incoming, &b).unwrap();
        for i in 0..count {
            all.extend(incoming.get(i).map(|d| (d.from, d.bytes[0], d.bytes.len())));
        }
    }
    let expected: Vec<_> = (1u8..).zip(lengths).map(|(i, len)| (a_addr, i, len)).collect();
    assert_eq!(all, expected);
    assert_eq!((out.traffic().sent, out.traffic().dropped), (5, 0));
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_leaves_from_the_address_that_was_asked() {
    use media::Transmit;
    for listen in ["0.0.0.0:0", "[::]:0"] {
        let server = udp::bind(listen.parse().unwrap()).unwrap();
        let local = server.local_addr().unwrap();
        // Any address of 127/8 is this machine's; the kernel would answer from 127.0.0.1.
        let asked = SocketAddr::from(([127, 0, 0, 5], local.port()));
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        client.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        client.send_to(b"question", asked).unwrap();

        let mut incoming = udp::Incoming::new();
        while udp::receive(&mut incoming, &server).unwrap() == 0 {}
        let datagram = incoming.get(0).unwrap();
        let (from, to) = (datagram.from, datagram.to);
        assert_eq!((from, to), (client.local_addr().unwrap(), Some(asked.ip())), "{listen}");

        let mut out = udp::Outgoing::new(Arc::new(server), local);
        out.learn(from, asked.ip());
        // Two that are cut from one run, so that both control messages go together.
        for _ in 0..2 {
            out.room()[..9].copy_from_slice(b"an answer");
            out.commit(from, 9);
        }
        out.flush();
        for _ in 0..2 {
            let mut buffer = [0; 64];
            let (len, by) = client.recv_from(&mut buffer).unwrap();
            assert_eq!((&buffer[..len], by), (&b"an answer"[..], asked), "{listen}");
        }
    }
}

#[test]
fn a_read_waits_no_longer_than_its_time_and_a_bell_ends_it() {
    let socket = udp::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let mut incoming = udp::Incoming::new();
    assert_eq!(udp::receive(&mut incoming, &socket).unwrap(), 0);
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let bell = Bell::new(socket.local_addr().unwrap()).unwrap();
    bell.ring();
    let count = udp::receive(&mut incoming, &socket).unwrap();
    assert_eq!(count, 1);
    assert!(incoming.get(0).is_none(), "a ring is no datagram for the SFU");
}
