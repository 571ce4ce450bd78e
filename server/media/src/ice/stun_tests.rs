use super::*;
use proptest::prelude::*;

/// RFC 5769 §2.1: a request with short-term credentials.
const REQUEST: &str = "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74\
    002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020\
    000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf";
/// RFC 5769 §2.2 and §2.3: responses with an IPv4 and an IPv6 address.
const RESPONSE_4: &str = "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220\
    002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96";
const RESPONSE_6: &str = "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220\
    002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed41\
    80280004c8fb0b4c";
const PASSWORD: &[u8] = b"VOkJxbRl1RmTxUk/WvJxBt";
const TRANSACTION: [u8; 12] = [0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae];

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap()).collect()
}

fn key(password: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, password)
}

#[test]
fn the_request_of_rfc_5769_is_read_and_authentic() {
    let bytes = hex(REQUEST);
    let message = Message::parse(&bytes).unwrap();
    assert_eq!((message.kind(), message.transaction()), (BINDING_REQUEST, TRANSACTION));
    assert_eq!(message.attribute(USERNAME), Some(&b"evtj:h6vY"[..]));
    assert_eq!(message.attribute(PRIORITY), Some(&[0x6e, 0, 1, 0xff][..]));
    assert_eq!(message.attribute(ICE_CONTROLLED).map(<[u8]>::len), Some(8));
    assert!(message.is_authentic(&key(PASSWORD)));
    assert!(!message.is_authentic(&key(b"VOkJxbRl1RmTxUk/WvJxBT")));
    assert_eq!(message.not_understood(), None);
}

#[test]
fn the_responses_of_rfc_5769_are_read_and_ours_say_the_same() {
    for (text, address) in
        [(RESPONSE_4, "192.0.2.1:32853"), (RESPONSE_6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853")]
    {
        let bytes = hex(text);
        let theirs = Message::parse(&bytes).unwrap();
        assert!(theirs.is_authentic(&key(PASSWORD)));
        let mut room = [0; 128];
        let mut writer = Writer::new(&mut room, BINDING_SUCCESS, &TRANSACTION);
        writer.mapped_address(address.parse().unwrap());
        let len = writer.seal(&key(PASSWORD));
        let ours = Message::parse(&room[..len]).unwrap();
        assert!(ours.is_authentic(&key(PASSWORD)));
        assert_eq!(ours.attribute(XOR_MAPPED_ADDRESS), theirs.attribute(XOR_MAPPED_ADDRESS));
    }
}

#[test]
fn every_flipped_bit_is_found() {
    let whole = hex(REQUEST);
    // The kind of the last attribute, FINGERPRINT, is the one thing that nothing guards: it may be absent.
    for bit in (0..whole.len() * 8).filter(|bit| !(800..816).contains(bit)) {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let passes = Message::parse(&bytes).is_some_and(|m| m.is_authentic(&key(PASSWORD)));
        assert!(!passes, "bit {bit}");
    }
}

#[test]
fn what_follows_message_integrity_is_not_looked_at() {
    let mut room = [0; 200];
    let mut writer = Writer::new(&mut room, BINDING_REQUEST, &TRANSACTION);
    writer.attribute(USERNAME, b"a:b");
    let len = writer.seal(&key(PASSWORD));
    // An attacker adds USE-CANDIDATE behind what is authenticated, without FINGERPRINT.
    let mut bytes = room[..len - 8].to_vec();
    bytes.extend_from_slice(&[0, 0x25, 0, 0]);
    let words = (bytes.len() - 20) as u16;
    bytes[2..4].copy_from_slice(&words.to_be_bytes());
    let message = Message::parse(&bytes).unwrap();
    assert!(message.is_authentic(&key(PASSWORD)));
    assert_eq!(message.attribute(USE_CANDIDATE), None);
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(message) = Message::parse(&bytes) {
            let _ = (message.attributes().count(), message.not_understood(), message.is_authentic(&key(PASSWORD)));
        }
    }

    /// Near the truth it is likelier to reach the far ends.
    #[test]
    fn no_damaged_message_makes_the_parser_panic(at in 0usize..108, byte: u8, cut in 0usize..108) {
        let mut bytes = hex(REQUEST);
        bytes[at] = byte;
        bytes.truncate(cut.max(1));
        if let Some(message) = Message::parse(&bytes) {
            let _ = (message.attributes().count(), message.is_authentic(&key(PASSWORD)));
        }
    }
}
