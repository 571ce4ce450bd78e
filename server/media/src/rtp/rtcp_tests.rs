use super::*;
use proptest::prelude::*;

#[test]
fn a_compound_is_read_packet_by_packet() {
    let mut room = [0; 400];
    let report = SenderReport { ssrc: 5, ntp: 0x0102_0304_0506_0708, time: 90, packets: 3, octets: 4 };
    let mut len = report.write(&mut room);
    len += receiver_report(&mut room[len..], &[ReportBlock::default(); 2]);
    len += pli(&mut room[len..], 77);
    len += nack(&mut room[len..], 78, [1, 65_535].into_iter());
    let read: Vec<Packet<'_>> = packets(&room[..len]).collect();
    assert_eq!(read[0], Packet::SenderReport { ssrc: 5, ntp: 0x0102_0304_0506_0708, time: 90 });
    assert_eq!(read[1], Packet::KeyframeWanted { media: 77 });
    let Packet::Nack { media: 78, pairs } = read[2] else { panic!("{:?}", read[2]) };
    assert_eq!(nacked(pairs).collect::<Vec<u16>>(), [1, 65_535]);
    assert_eq!(read.len(), 3);
}

#[test]
fn a_mask_names_the_sixteen_that_follow() {
    let pairs = [0xFF, 0xFE, 0b1000_0000, 0b0000_0101];
    assert_eq!(nacked(&pairs).collect::<Vec<u16>>(), [65_534, 65_535, 1, 14]);
}

#[test]
fn fir_asks_for_a_keyframe_of_the_entry() {
    let fir = [0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 3, 0, 0, 0];
    assert_eq!(packets(&fir).collect::<Vec<_>>(), [Packet::KeyframeWanted { media: 9 }]);
}

#[test]
fn remb_says_the_rate_and_whose() {
    let mut room = [0; 64];
    let len = remb(&mut room, 6_000_000, &[3, 4]);
    assert_eq!(len, 28);
    assert_eq!(&room[12..16], b"REMB");
    let word = u32::from_be_bytes(room[16..20].try_into().unwrap());
    let (count, exponent, mantissa) = (word >> 24, word >> 18 & 63, word & 0x3_FFFF);
    assert_eq!(count, 2);
    assert!((5_999_900..=6_000_000).contains(&(u64::from(mantissa) << exponent)));
}

#[test]
fn a_nack_never_outgrows_its_room() {
    let mut room = [0; 12 + 4 * MAX_NACKED];
    assert_eq!(nack(&mut room, 1, 0..1000), room.len());
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..300), kind in 199u8..208) {
        if bytes.len() > 4 {
            bytes[0] = bytes[0] & 0x3F | 0x80;
            bytes[1] = kind;
            bytes[2] = 0;
        }
        for packet in packets(&bytes) {
            if let Packet::Nack { pairs, .. } = packet {
                prop_assert!(nacked(pairs).count() <= bytes.len() / 4 * 17);
            }
        }
    }
}
