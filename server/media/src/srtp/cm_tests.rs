//! RFC 3711 appendix B, and whole packets that libsrtp's own test has.
use super::*;
use crate::srtp::hex;

const MASTER: &str = "e1f97a0d3e018be0d64fa32c06de4139";
const SALT: &str = "0ec675ad498afeebb6960b3aabe6";

#[test]
fn key_stream_of_rfc_3711_b2() {
    let key = counter_mode(&hex("2b7e151628aed2a6abf7158809cf4f3c")).unwrap();
    let mut stream = [0; 48];
    let iv = hex("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000").try_into().unwrap();
    add_key_stream(&key, iv, &mut stream).unwrap();
    let expected = "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab\
        41e95b3bb0a2e8dd477901e4fca894c0";
    assert_eq!(stream[..], hex(expected)[..]);
}

#[test]
fn session_keys_of_rfc_3711_b3() {
    let (master, salt) = (hex(MASTER), hex(SALT));
    let key: [u8; 16] = derive(&master, &salt, RTP_KEY).unwrap();
    assert_eq!(key[..], hex("c61e7a93744f39ee10734afe3ff7a087")[..]);
    let session_salt: [u8; 14] = derive(&master, &salt, RTP_SALT).unwrap();
    assert_eq!(session_salt[..], hex("30cbbc08863d8c85d49db34a9ae1")[..]);
    let authentication: [u8; 20] = derive(&master, &salt, RTP_AUTHENTICATION).unwrap();
    assert_eq!(authentication[..], hex("cebe321f6ff7716b6fd4ab49af256a156d38baa4")[..]);
}

#[test]
fn a_whole_rtp_packet() {
    let cm = Cm::new(&hex(MASTER), &hex(SALT)).unwrap();
    let plain = hex("800f1234decafbadcafebabeabababababababababababababababab");
    let mut room = [0; 64];
    room[..28].copy_from_slice(&plain);
    let n = cm.seal_rtp(&mut room, 12, 28, 0xcafe_babe, 0x1234).unwrap();
    let expected = "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb";
    assert_eq!(room[..n], hex(expected)[..]);
    assert_eq!(cm.open_rtp(&mut room[..n], 12, 0xcafe_babe, 0x1234), Some(28));
    assert_eq!(room[..28], plain[..]);
}

#[test]
fn a_whole_rtcp_packet() {
    let cm = Cm::new(&hex(MASTER), &hex(SALT)).unwrap();
    let plain = hex("81c8000bcafebabeabababababababababababababababab");
    let mut room = [0; 64];
    room[..24].copy_from_slice(&plain);
    let n = cm.seal_rtcp(&mut room, 24, 0xcafe_babe, 1).unwrap();
    let expected = "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798";
    assert_eq!(room[..n], hex(expected)[..]);
    assert_eq!(Cm::index_word(&room[..n]), Some([0x80, 0, 0, 1]));
    assert_eq!(cm.open_rtcp(&mut room[..n], 0xcafe_babe, [0x80, 0, 0, 1]), Some(24));
    assert_eq!(room[..24], plain[..]);
}
