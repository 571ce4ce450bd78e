//! RFC 7714 §16 and §17, whose examples begin with session keys.
use super::*;
use crate::srtp::hex;

const SALT: [u8; 12] = *b"Quid pro quo";
const RTP: &str = "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e697320646976697361\
    20696e207061727465732074726573";
const RTP_128: &str = "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a\
    51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce";
const RTP_256: &str = "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a02\
    76ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13";
const RTCP: &str = "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61\
    deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
const RTCP_128: &str = "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda\
    4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4";

fn gcm(key: &[u8]) -> Gcm {
    let algorithm = if key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
    let key = || LessSafeKey::new(UnboundKey::new(algorithm, key).unwrap());
    Gcm { rtp: key(), rtp_salt: SALT, rtcp: key(), rtcp_salt: SALT }
}

fn counting(len: u8) -> Vec<u8> {
    (0..len).collect()
}

#[test]
fn rtp_as_in_rfc_7714_section_16() {
    for (len, sealed) in [(16, RTP_128), (32, RTP_256)] {
        let gcm = gcm(&counting(len));
        let (plain, sealed) = (hex(RTP), hex(sealed));
        let mut room = [0; 200];
        room[..plain.len()].copy_from_slice(&plain);
        let n = gcm.seal_rtp(&mut room, 12, plain.len(), 0x5501_a0b2, 0xf17b).unwrap();
        assert_eq!(room[..n], sealed[..]);
        assert_eq!(gcm.open_rtp(&mut room[..n], 12, 0x5501_a0b2, 0xf17b), Some(plain.len()));
        assert_eq!(room[..plain.len()], plain[..]);
    }
}

#[test]
fn rtcp_as_in_rfc_7714_section_17() {
    let gcm = gcm(&counting(16));
    let (plain, sealed) = (hex(RTCP), hex(RTCP_128));
    let mut room = [0; 200];
    room[..plain.len()].copy_from_slice(&plain);
    let n = gcm.seal_rtcp(&mut room, plain.len(), 0x4d61_7273, 0x5d4).unwrap();
    assert_eq!(room[..n], sealed[..]);
    assert_eq!(gcm.open_rtcp(&mut room[..n], 0x4d61_7273, [0x80, 0, 5, 0xd4]), Some(plain.len()));
    assert_eq!(room[..plain.len()], plain[..]);
}
