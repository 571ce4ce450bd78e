use super::*;
use proptest::prelude::*;

/// A keyframe's first payload: extended, 15-bit picture id, TL0PICIDX, TID.
fn keyframe(id: u16, tl0: u8) -> Vec<u8> {
    let [high, low] = (id | 0x8000).to_be_bytes();
    vec![0x90, 0xE0, high, low, tl0, 0x20, 0x10, 1, 2, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01, 9]
}

#[test]
fn a_keyframe_tells_its_height_and_ids() {
    let read = Descriptor::parse(&keyframe(0x1234, 7)).unwrap();
    assert!(read.starts_keyframe);
    assert_eq!((read.picture_id(), read.tl0(), read.height), (0x1234, 7, Some(360)));
}

#[test]
fn only_the_first_payload_of_a_keyframe_starts_it() {
    let mut later = keyframe(1, 1);
    later[0] = 0x80;
    assert!(!Descriptor::parse(&later).unwrap().starts_keyframe);
    let mut delta = keyframe(1, 1);
    delta[6] |= 1;
    assert!(!Descriptor::parse(&delta).unwrap().starts_keyframe);
    let plain = [0x10, 0x00, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xD0];
    let read = Descriptor::parse(&plain).unwrap();
    assert_eq!((read.starts_keyframe, read.height), (true, None), "cut behind a short descriptor");
}

#[test]
fn ids_are_shifted_in_their_width_and_wrap() {
    let mut payload = keyframe(0x7FFF, 255);
    Descriptor::parse(&payload).unwrap().shift(&mut payload, 1, 2);
    let read = Descriptor::parse(&payload).unwrap();
    assert_eq!((read.picture_id(), read.tl0()), (0, 1));

    let mut narrow = vec![0x90, 0x80, 0x7F, 0x01, 0, 0];
    Descriptor::parse(&narrow).unwrap().shift(&mut narrow, 2, 9);
    assert_eq!(narrow, [0x90, 0x80, 0x01, 0x01, 0, 0]);
}

#[test]
fn what_was_not_there_is_not_written() {
    let mut plain = vec![0x10, 0x00, 0x11, 0x22];
    let before = plain.clone();
    Descriptor::parse(&plain).unwrap().shift(&mut plain, 77, 88);
    assert_eq!(plain, before);
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..40), id: u16, tl0: u8) {
        if let Some(read) = Descriptor::parse(&bytes) {
            let before = bytes.clone();
            read.shift(&mut bytes, id, tl0);
            prop_assert_eq!(bytes.len(), before.len());
            // Shifting back restores it, so nothing else was touched.
            Descriptor::parse(&bytes).unwrap().shift(&mut bytes, 0u16.wrapping_sub(id), 0u8.wrapping_sub(tl0));
            prop_assert_eq!(bytes, before);
        }
    }
}
