use super::*;
use proptest::prelude::*;

const CHANGE_CIPHER: u8 = 20;
const DATA: u8 = 23;

fn record(kind: u8, epoch: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, 0xFE, 0xFD];
    bytes.extend_from_slice(&epoch.to_be_bytes());
    bytes.extend_from_slice(&[0; 6]);
    bytes.extend_from_slice(&(body.len() as u16).to_be_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// What is left of these records, each with a body of its own.
fn left(records: &[(u8, u16)], has_keys: bool) -> Vec<usize> {
    let bodies: Vec<Vec<u8>> =
        records.iter().enumerate().map(|(n, r)| record(r.0, r.1, &vec![n as u8; n + 1])).collect();
    let mut datagram = bodies.concat();
    let len = keep_allowed(&mut datagram, has_keys);
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < len {
        let n = usize::from(datagram[at + 13]);
        assert_eq!(datagram[at..at + bodies[n].len()], bodies[n][..]);
        kept.push(n);
        at += bodies[n].len();
    }
    kept
}

#[test]
fn an_alert_in_the_clear_never_passes() {
    let records = [(HANDSHAKE, 0), (ALERT, 0), (CHANGE_CIPHER, 0), (HANDSHAKE, 1)];
    assert_eq!(left(&records, false), [0, 2, 3]);
    assert_eq!(left(&[(ALERT, 1)], false), [0], "one that is encrypted does");
}

#[test]
fn once_keys_exist_only_handshake_records_pass_in_the_clear() {
    let records =
        [(HANDSHAKE, 0), (CHANGE_CIPHER, 0), (DATA, 0), (ALERT, 0), (HANDSHAKE, 1), (DATA, 1), (ALERT, 1)];
    assert_eq!(left(&records, true), [0, 4, 5, 6]);
}

#[test]
fn a_record_that_is_cut_off_is_dropped() {
    let mut datagram = record(HANDSHAKE, 0, &[1; 10]);
    let whole = datagram.len();
    datagram.extend_from_slice(&record(HANDSHAKE, 0, &[2; 10])[..20]);
    assert_eq!(keep_allowed(&mut datagram, false), whole);
    assert_eq!(keep_allowed(&mut [HANDSHAKE; 5], false), 0);
}

proptest! {
    #[test]
    fn no_bytes_make_the_filter_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), keys: bool) {
        let whole = bytes.len();
        prop_assert!(keep_allowed(&mut bytes, keys) <= whole);
    }
}
