use super::*;
use proptest::prelude::*;

/// A packet with one-byte extensions, a CSRC and three bytes of payload.
fn packet() -> Vec<u8> {
    let mut bytes = vec![0x91, 0x80 | 96, 0x12, 0x34, 0, 0, 0, 7, 0, 0, 0, 9, 1, 2, 3, 4];
    bytes.extend_from_slice(&[0xBE, 0xDE, 0, 2, 0x10, b'5', 0x00, 0x31, 0xAB, 0xCD, 0, 0]);
    bytes.extend_from_slice(&[7, 8, 9]);
    bytes
}

#[test]
fn a_header_with_everything_is_read() {
    let packet = packet();
    let header = Header::parse(&packet).unwrap();
    assert!(header.marker && !header.padded);
    assert_eq!((header.payload_type, header.sequence, header.time, header.ssrc), (96, 0x1234, 7, 9));
    assert_eq!(packet[header.len..], [7, 8, 9]);
    assert_eq!(header.extension(&packet, 1), Some(&b"5"[..]));
    assert_eq!(header.extension(&packet, 3), Some(&[0xAB, 0xCD][..]));
    assert_eq!(header.extension(&packet, 2), None);
    assert_eq!(header.extension(&packet, 0), None);
}

#[test]
fn two_byte_extensions_are_read() {
    let mut bytes = vec![0x90, 96, 0, 1, 0, 0, 0, 7, 0, 0, 0, 9];
    bytes.extend_from_slice(&[0x10, 0x00, 0, 2, 20, 0, 0, 3, 4, b'a', b'b', b'c', b'd']);
    bytes.truncate(24);
    let header = Header::parse(&bytes).unwrap();
    assert_eq!(header.extension(&bytes, 20), Some(&[][..]));
    assert_eq!(header.extension(&bytes, 3), None, "its value would end outside");
}

#[test]
fn what_is_no_rtp_is_refused() {
    let whole = packet();
    for len in 0..whole.len() - 3 {
        assert_eq!(Header::parse(&whole[..len]), None, "{len} bytes");
    }
    let mut version = whole;
    version[0] = 0x51;
    assert_eq!(Header::parse(&version), None);
}

#[test]
fn a_written_header_is_read_again() {
    for transport in [None, Some((5, 0xABCD))] {
        let header = Outgoing {
            marker: true,
            payload_type: 111,
            sequence: 65_535,
            time: 1 << 31,
            ssrc: u32::MAX,
            transport,
        };
        let mut room = [0xFF; 40];
        let len = header.write(&mut room);
        let read = Header::parse(&room[..len]).unwrap();
        assert_eq!(read.len, len);
        assert!(read.marker);
        assert_eq!(
            (read.payload_type, read.sequence, read.time, read.ssrc),
            (111, 65_535, 1 << 31, u32::MAX)
        );
        assert_eq!(read.extension(&room, 5), transport.map(|_| &[0xAB, 0xCD][..]));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..120), id: u8) {
        if let Some(first) = bytes.first_mut() {
            *first = *first & 0x3F | 0x80;
        }
        if let Some(header) = Header::parse(&bytes) {
            prop_assert!(header.len <= bytes.len());
            let _ = header.extension(&bytes, id);
        }
    }
}
