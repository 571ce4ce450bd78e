//! Rule 6: who has no GCM is served with AES_CM_128_HMAC_SHA1_80, and each peer has its own protection.
use super::offers::{MID_ID, OPUS, Offering};
use super::start;
use super::world::{CLERK, TERMINAL, mic_of};
use crate::random::Random;
use crate::router::Router;
use crate::rtp::Header;
use crate::srtp::{Opener, Profile, Sealer, client_keys, server_keys};
use crate::{Outbox, PeerId, Slot, sdp};

/// Opens a place whose peer negotiated this profile; gives the peer's own keys.
fn open(router: &mut Router, place: usize, peer: PeerId, profile: Profile) -> (Opener, Sealer) {
    let offer = sdp::parse(&Offering::default().sdp()).unwrap();
    router.open(place, peer, &offer, &mut Random::new(&[place as u8; 32]));
    let len = if profile == Profile::Aes128CmSha1 { 60 } else { 88 };
    let material: Vec<u8> = (0..len).map(|n| n as u8 ^ place as u8).collect();
    let (opener, sealer) = server_keys(profile, &material).unwrap();
    router.set_destination(place, Some(format!("192.0.2.{place}:1000").parse().unwrap()));
    router.set_keys(place, opener, sealer, start());
    client_keys(profile, &material).unwrap()
}

#[test]
fn a_client_without_gcm_and_one_with_it_hear_each_other() {
    let (mut router, mut out, now) = (Router::new(), Outbox::default(), start());
    let clients = [
        open(&mut router, 0, TERMINAL, Profile::Aes128CmSha1),
        open(&mut router, 1, CLERK, Profile::Aes256Gcm),
    ];
    router.feed(TERMINAL, Slot::Audio(0), mic_of(CLERK));
    router.feed(CLERK, Slot::Audio(0), mic_of(TERMINAL));
    for (from, to) in [(0, 1), (1, 0)] {
        for sequence in 0..50u16 {
            let mut packet =
                vec![0x90, OPUS, 0, 0, 0, 0, 0, 9, 0, 0, 0, 77, 0xBE, 0xDE, 0, 1, MID_ID << 4, b'0', 0, 0];
            packet[2..4].copy_from_slice(&sequence.to_be_bytes());
            packet.extend_from_slice(&[from as u8, sequence as u8]);
            let end = packet.len();
            packet.resize(end + 16, 0);
            let len = clients[from].1.seal_rtp(&mut packet, 20, end, 77, u64::from(sequence)).unwrap();
            router.rtp(from, &mut packet[..len], now, &mut out);
        }
        let mut heard = Vec::new();
        for mut datagram in out.take() {
            let header = Header::parse(&datagram.bytes).unwrap();
            let index = u64::from(header.sequence);
            let end = clients[to].0.open_rtp(&mut datagram.bytes, header.len, header.ssrc, index).unwrap();
            heard.push(datagram.bytes[header.len..end].to_vec());
        }
        assert_eq!(heard, (0..50).map(|n| vec![from as u8, n]).collect::<Vec<_>>());
    }
}
