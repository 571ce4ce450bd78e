use super::*;
use proptest::prelude::*;

/// Bytes out of hexadecimal digits.
pub(crate) fn bytes_of(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap()).collect()
}

const PROFILES: [Profile; 3] = [Profile::Aes256Gcm, Profile::Aes128Gcm, Profile::Aes128CmSha1];

fn material(profile: Profile) -> Vec<u8> {
    let (key, salt) = profile.lengths();
    (0..2 * (key + salt)).map(|n| n as u8).collect()
}

/// Server and client that share keys.
fn both(profile: Profile) -> ((Opener, Sealer), (Opener, Sealer)) {
    let material = material(profile);
    (server_keys(profile, &material).unwrap(), client_keys(profile, &material).unwrap())
}

fn rtp(sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 96, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9];
    packet[2..4].copy_from_slice(&sequence.to_be_bytes());
    packet.extend_from_slice(b"payload");
    packet
}

fn rtcp(ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 201, 0, 1];
    packet.extend_from_slice(&ssrc.to_be_bytes());
    packet
}

fn sealed_rtcp(sealer: &mut Sealer, ssrc: u32) -> Vec<u8> {
    let mut room = rtcp(ssrc);
    let end = room.len();
    room.resize(end + 40, 0);
    let len = sealer.seal_rtcp(&mut room, end).unwrap();
    room.truncate(len);
    room
}

#[test]
fn what_one_side_seals_the_other_opens() {
    for profile in PROFILES {
        let ((mut opener, _), (_, mut sealer)) = both(profile);
        for index in [0, 1, 65_535, 65_536, 1 << 40] {
            let plain = rtp(index as u16);
            let mut room = plain.clone();
            room.resize(plain.len() + MAX_OVERHEAD, 0);
            let len = sealer.seal_rtp(&mut room, 12, plain.len(), 9, index).unwrap();
            assert_ne!(room[12..plain.len()], plain[12..], "it is encrypted");
            assert_eq!(opener.open_rtp(&mut room[..len], 12, 9, index), Some(plain.len()));
            assert_eq!(room[..plain.len()], plain[..]);
        }
        let mut packet = sealed_rtcp(&mut sealer, 9);
        assert_eq!(opener.open_rtcp(&mut packet), Ok(8));
    }
}

#[test]
fn a_flipped_bit_anywhere_is_found() {
    for profile in PROFILES {
        let ((mut opener, _), (_, mut sealer)) = both(profile);
        let mut room = rtp(5);
        let end = room.len();
        room.resize(end + MAX_OVERHEAD, 0);
        let len = sealer.seal_rtp(&mut room, 12, end, 9, 5).unwrap();
        let control = sealed_rtcp(&mut sealer, 9);
        for bit in 0..len * 8 {
            let mut packet = room[..len].to_vec();
            packet[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(opener.open_rtp(&mut packet, 12, 9, 5), None, "{profile:?} bit {bit}");
        }
        for bit in 0..control.len() * 8 {
            let mut packet = control.clone();
            packet[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(opener.open_rtcp(&mut packet), Err(Rejected::Forged), "{profile:?} bit {bit}");
        }
    }
}

#[test]
fn srtcp_index_and_window_are_per_sender() {
    let ((mut opener, _), (_, mut sealer)) = both(Profile::Aes128Gcm);
    let packets: Vec<Vec<u8>> = (0..8).map(|n| sealed_rtcp(&mut sealer, n % 2)).collect();
    // All of one sender, then all of the other with their lower indexes; the window lets them overtake each other.
    let mut order: Vec<usize> = (0..8).rev().collect();
    order.sort_by_key(|n| n % 2);
    for n in order {
        assert_eq!(opener.open_rtcp(&mut packets[n].clone()), Ok(8));
        assert_eq!(opener.open_rtcp(&mut packets[n].clone()), Err(Rejected::Replayed));
    }
}

#[test]
fn at_most_sixteen_reporters_and_forged_ones_take_no_place() {
    let ((mut opener, _), (_, mut sealer)) = both(Profile::Aes128Gcm);
    for ssrc in 100..200 {
        let mut forged = sealed_rtcp(&mut sealer, ssrc);
        forged[9] ^= 1;
        assert_eq!(opener.open_rtcp(&mut forged), Err(Rejected::Forged));
    }
    assert!(opener.reporters.is_empty());
    for ssrc in 0..40 {
        let opened = opener.open_rtcp(&mut sealed_rtcp(&mut sealer, ssrc));
        assert_eq!(opened.is_ok(), ssrc < MAX_REPORTERS as u32);
    }
}

#[test]
fn keying_material_of_the_wrong_length_is_refused() {
    for profile in PROFILES {
        let mut material = material(profile);
        material.pop();
        assert!(server_keys(profile, &material).is_err());
    }
}

#[test]
fn a_room_that_is_too_small_is_no_panic() {
    for profile in PROFILES {
        let (_, (_, mut sealer)) = both(profile);
        let mut room = rtp(1);
        let end = room.len();
        assert_eq!(sealer.seal_rtp(&mut room, 12, end, 9, 1), None);
        assert_eq!(sealer.seal_rtcp(&mut rtcp(1), 8), None);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_opening_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..120), header in 0usize..130) {
        for profile in PROFILES {
            let ((mut opener, _), _) = both(profile);
            let _ = opener.open_rtcp(&mut bytes);
            let header = header.min(bytes.len());
            let _ = opener.open_rtp(&mut bytes, header, 1, 1);
        }
    }
}
