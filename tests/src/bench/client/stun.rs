//! The client's half of ICE against a lite server: a nominating check and its answer (RFC 8489, RFC 8445).
use aws_lc_rs::hmac;

const MAGIC: [u8; 4] = 0x2112_A442_u32.to_be_bytes();
const REQUEST: [u8; 2] = 0x0001_u16.to_be_bytes();
const SUCCESS: [u8; 2] = 0x0101_u16.to_be_bytes();
const USERNAME: u16 = 0x0006;
const INTEGRITY: u16 = 0x0008;
const PRIORITY: u16 = 0x0024;
const USE_CANDIDATE: u16 = 0x0025;
const FINGERPRINT: u16 = 0x8028;
const CONTROLLING: u16 = 0x802A;
const HEADER: usize = 20;
/// Length of an integrity attribute with its head.
const INTEGRITY_SIZE: usize = 24;
/// Length of a fingerprint attribute with its head.
const FINGERPRINT_SIZE: usize = 8;

/// What a check needs to know of both sides.
pub(super) struct Checker {
    username: String,
    key: hmac::Key,
}

impl Checker {
    /// For checks that the server with `ufrag` and `password` accepts from the client with `own_ufrag`.
    pub(super) fn new(ufrag: &str, password: &str, own_ufrag: &str) -> Self {
        Self {
            username: format!("{ufrag}:{own_ufrag}"),
            key: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes()),
        }
    }

    /// A binding request that nominates its own path.
    pub(super) fn request(&self, transaction: [u8; 12]) -> Vec<u8> {
        let mut message = Vec::with_capacity(128);
        message.extend_from_slice(&REQUEST);
        message.extend_from_slice(&[0, 0]);
        message.extend_from_slice(&MAGIC);
        message.extend_from_slice(&transaction);
        attribute(&mut message, USERNAME, self.username.as_bytes());
        attribute(&mut message, CONTROLLING, &transaction[..8]);
        attribute(&mut message, PRIORITY, &0x6E00_01FF_u32.to_be_bytes());
        attribute(&mut message, USE_CANDIDATE, &[]);
        set_length(&mut message, INTEGRITY_SIZE);
        let tag = hmac::sign(&self.key, &message);
        attribute(&mut message, INTEGRITY, tag.as_ref());
        set_length(&mut message, FINGERPRINT_SIZE);
        let crc = crc32(&message) ^ 0x5354_554E;
        attribute(&mut message, FINGERPRINT, &crc.to_be_bytes());
        message
    }

    /// Whether `message` is the server's authentic consent to the request with this transaction.
    pub(super) fn is_answer(&self, message: &[u8], transaction: [u8; 12]) -> bool {
        let Some(head) = message.get(..HEADER) else { return false };
        if head[..2] != SUCCESS || head[4..8] != MAGIC || head[8..] != transaction {
            return false;
        }
        let mut at = HEADER;
        while let Some([a, b, c, d]) = message.get(at..at + 4) {
            let (kind, length) = (u16::from_be_bytes([*a, *b]), usize::from(u16::from_be_bytes([*c, *d])));
            let Some(value) = message.get(at + 4..at + 4 + length) else { return false };
            if kind == INTEGRITY {
                let mut covered = message[..at].to_vec();
                set_length(&mut covered, INTEGRITY_SIZE);
                return hmac::verify(&self.key, &covered, value).is_ok();
            }
            at += 4 + length.next_multiple_of(4);
        }
        false
    }
}

fn attribute(message: &mut Vec<u8>, kind: u16, value: &[u8]) {
    message.extend_from_slice(&kind.to_be_bytes());
    message.extend_from_slice(&(value.len() as u16).to_be_bytes());
    message.extend_from_slice(value);
    message.resize(message.len().next_multiple_of(4), 0);
}

/// The header's length covers what is there and the attribute that comes next.
fn set_length(message: &mut [u8], next: usize) {
    let length = (message.len() - HEADER + next) as u16;
    message[2..4].copy_from_slice(&length.to_be_bytes());
}

/// CRC-32 of ITU-T V.42, bit by bit: a check is sent every few seconds.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_common_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn only_the_authentic_answer_counts() {
        let checker = Checker::new("server", "secret of the server", "client");
        let mut answer = Vec::new();
        answer.extend_from_slice(&SUCCESS);
        answer.extend_from_slice(&[0, 0]);
        answer.extend_from_slice(&MAGIC);
        answer.extend_from_slice(&[7; 12]);
        attribute(&mut answer, 0x0020, &[0, 1, 2, 3, 4, 5, 6, 7]);
        set_length(&mut answer, INTEGRITY_SIZE);
        let tag = hmac::sign(&checker.key, &answer);
        attribute(&mut answer, INTEGRITY, tag.as_ref());
        assert!(checker.is_answer(&answer, [7; 12]));
        assert!(!checker.is_answer(&answer, [8; 12]), "another request's");
        answer[24] ^= 1;
        assert!(!checker.is_answer(&answer, [7; 12]), "altered");
        assert!(!checker.is_answer(&answer[..30], [7; 12]), "cut");
    }

    #[test]
    fn a_request_says_its_length_and_ends_with_the_checksum() {
        let request = Checker::new("server", "secret", "client").request([1; 12]);
        assert_eq!(usize::from(u16::from_be_bytes([request[2], request[3]])), request.len() - HEADER);
        let (covered, last) = request.split_at(request.len() - 4);
        assert_eq!(last, (crc32(&covered[..covered.len() - 4]) ^ 0x5354_554E).to_be_bytes());
    }
}
