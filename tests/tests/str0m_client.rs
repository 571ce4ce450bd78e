//! Two clients made of the `str0m` crate, over ways that lose packets: another's ICE, DTLS, SRTP, repetitions and sample
//! buffers against the server's.
#![allow(clippy::expect_used, reason = "a test that fails says where")]
#![expect(clippy::disallowed_methods, reason = "sockets and another's machine need real time")]
use cloud_window::clock::SystemClock;
use cloud_window::media_io::{MediaHandle, MediaIoConfig};
use desk::MediaIntent;
use protocol::ids::{Party, StaffId, TerminalId};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::UdpSocket;
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::change::SdpAnswer;
use str0m::config::DtlsVersion;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(20);
const T: Party = Party::Terminal(TerminalId(Uuid::from_u128(1)));
const C: Party = Party::Staff(StaffId(Uuid::from_u128(2)));
/// How often a picture is sent, and a voice.
const PICTURE: Duration = Duration::from_millis(40);
const PICTURES: u32 = 75;
/// Large enough for three packets.
const PICTURE_BYTES: usize = 3_000;
/// One packet of so many is lost.
const LOSES: usize = 9;

/// A way that loses every so many large packets of media: pictures and their repeats.
#[derive(Default)]
struct Way {
    lossy: bool,
    passed: usize,
    lost: usize,
}

impl Way {
    fn loses(&mut self, datagram: &[u8]) -> bool {
        let media = datagram.len() > 500 && (128..192).contains(&datagram[0]);
        self.passed += usize::from(media);
        let lost = self.lossy && media && self.passed.is_multiple_of(LOSES);
        self.lost += usize::from(lost);
        lost
    }
}

struct Client {
    rtc: Rtc,
    socket: UdpSocket,
    /// Voice and picture that it sends.
    sends: [Mid; 2],
    out: Way,
    back: Way,
    connected: bool,
    key_wanted: bool,
    /// Numbers of the pictures that came, and how many voice frames.
    seen: BTreeSet<u32>,
    heard: usize,
}

impl Client {
    /// A client whose offer the server answered.
    async fn join(media: &MediaHandle, party: Party) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.set_read_timeout(Some(Duration::from_millis(1))).expect("a time-out");
        let mut rtc = Rtc::builder()
            .set_crypto_provider(Arc::new(str0m::crypto::from_feature_flags()))
            .set_dtls_version(DtlsVersion::Dtls12)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            // As patient as a browser: what is asked for again comes within some dozens of packets.
            .set_reordering_size_video(150)
            .build(Instant::now());
        let address = socket.local_addr().expect("an address");
        rtc.add_local_candidate(Candidate::host(address, "udp").expect("a candidate"));
        let mut api = rtc.sdp_api();
        let mut line = |kind, direction| api.add_media(kind, direction, None, None, None);
        let mut lines = |direction| [MediaKind::Audio, MediaKind::Video].map(|kind| line(kind, direction));
        let (sends, _hears) = (lines(Direction::SendOnly), lines(Direction::RecvOnly));
        let (offer, pending) = api.apply().expect("an offer");
        let answer = media.offer(party, offer.to_sdp_string(), false).await.expect("an answer");
        let answer = SdpAnswer::from_sdp_string(&answer).expect("an answer that is one");
        rtc.sdp_api().accept_answer(pending, answer).expect("an answer that fits");
        Self {
            rtc,
            socket,
            sends,
            out: Way::default(),
            back: Way::default(),
            connected: false,
            key_wanted: true,
            seen: BTreeSet::new(),
            heard: 0,
        }
    }

    /// Says what it has to say, and listens for a millisecond at the most.
    fn step(&mut self) {
        loop {
            match self.rtc.poll_output().expect("it goes on") {
                Output::Timeout(_) => break,
                Output::Transmit(transmit) => {
                    if !self.out.loses(&transmit.contents) {
                        self.socket.send_to(&transmit.contents, transmit.destination).expect("it leaves");
                    }
                }
                Output::Event(event) => self.event(&event),
            }
        }
        let mut buffer = [0; 2000];
        let input = match self.socket.recv_from(&mut buffer) {
            Ok((len, source)) => {
                let datagram = &buffer[..len];
                let (proto, destination) = (Protocol::Udp, self.socket.local_addr().expect("an address"));
                let contents = datagram.try_into().expect("something known");
                let receive = Receive { proto, source, destination, contents };
                (!self.back.loses(datagram)).then_some(Input::Receive(Instant::now(), receive))
            }
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
            Err(e) => panic!("{e}"),
        };
        self.rtc.handle_input(input.unwrap_or(Input::Timeout(Instant::now()))).expect("it goes on");
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Connected => self.connected = true,
            Event::KeyframeRequest(_) => self.key_wanted = true,
            Event::MediaData(data) if data.data.len() == PICTURE_BYTES => {
                self.seen
                    .extend(data.data.get(10..14).and_then(|b| Some(u32::from_be_bytes(b.try_into().ok()?))));
            }
            Event::MediaData(data) => self.heard += usize::from(data.data.first() == Some(&0xAA)),
            _ => {}
        }
    }

    fn send(&mut self, number: u32) {
        let (now, time) = (Instant::now(), PICTURE * number);
        // The frame tag of VP8, a start code and a size (RFC 6386 §9.1), then a number.
        let tag = u8::from(!std::mem::take(&mut self.key_wanted));
        let mut picture = vec![tag, 0, 0, 0x9D, 0x01, 0x2A, 0x40, 1, 0xB4, 0];
        picture.extend_from_slice(&number.to_be_bytes());
        picture.resize(PICTURE_BYTES, 7);
        for (mid, data) in self.sends.into_iter().zip([vec![0xAA; 60], picture]) {
            let writer = self.rtc.writer(mid).expect("a line to send on");
            let format = writer.payload_params().next().expect("a codec in common").pt();
            writer.write(format, now, time.into(), data).expect("it is sent");
        }
    }
}

/// Lets both go on until it is so.
fn until(clients: &mut [Client; 2], what: &str, so: impl Fn(&[Client; 2]) -> bool) {
    let end = Instant::now() + SOON;
    while !so(clients) {
        assert!(Instant::now() < end, "{what}: {:?}", clients.each_ref().map(|c| (c.seen.len(), c.heard)));
        clients.iter_mut().for_each(Client::step);
    }
}

#[tokio::test]
async fn what_is_lost_on_either_way_is_repeated_and_every_picture_comes() {
    let here = ([127, 0, 0, 1], 0).into();
    let config = MediaIoConfig { listen: here, public: vec![], clock: SystemClock::shared() };
    let (media, _events) = MediaHandle::start(config).expect("media");
    let mut clients = [Client::join(&media, T).await, Client::join(&media, C).await];
    until(&mut clients, "both connect", |c| c.iter().all(|c| c.connected) && media.counters().peers == 2);
    media.apply(MediaIntent::Connect { a: T, b: C });

    // Undisturbed until both see each other, so that it is known from which picture on none may be missing.
    let mut number = 0;
    let mut begins = [0, 0];
    while number < PICTURES + begins[0].max(begins[1]) {
        number += 1;
        clients.iter_mut().for_each(|client| client.send(number));
        let end = Instant::now() + PICTURE;
        until(&mut clients, "a picture's time", |_| Instant::now() >= end);
        for (client, begin) in clients.iter_mut().zip(&mut begins) {
            *begin = client.seen.first().copied().unwrap_or(number);
            (client.out.lossy, client.back.lossy) = (client.seen.len() > 3, client.seen.len() > 3);
        }
    }
    clients.iter_mut().for_each(|c| (c.out.lossy, c.back.lossy) = (false, false));
    // What follows tells the last losses.
    number += 1;
    clients.iter_mut().for_each(|client| client.send(number));
    until(&mut clients, "the last picture", |c| c.iter().all(|c| c.seen.contains(&number)));
    for (client, begin) in clients.iter().zip(begins) {
        assert!(client.out.lost > 10 && client.back.lost > 10, "{} {}", client.out.lost, client.back.lost);
        let missing: Vec<u32> = (begin..=number).filter(|n| !client.seen.contains(n)).collect();
        assert!(missing.is_empty(), "missing {missing:?} from {begin} to {number}");
        assert!(client.heard as u32 + 5 > number - begin, "{} voice frames", client.heard);
    }
}
