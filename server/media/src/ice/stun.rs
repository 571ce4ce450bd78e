//! STUN messages (RFC 8489) as far as ICE checks need them. Reading and writing allocate nothing.
use super::crc::crc32;
use aws_lc_rs::{constant_time, hmac};
use std::net::{IpAddr, SocketAddr};

const MAGIC: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const HEADER: usize = 20;
const FINGERPRINT_XOR: u32 = 0x5354_554E;

pub(crate) const BINDING_REQUEST: u16 = 0x0001;
pub(crate) const BINDING_SUCCESS: u16 = 0x0101;
pub(crate) const BINDING_ERROR: u16 = 0x0111;

pub(crate) const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;
pub(crate) const ERROR_CODE: u16 = 0x0009;
pub(crate) const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
pub(crate) const XOR_MAPPED_ADDRESS: u16 = 0x0020;
pub(crate) const PRIORITY: u16 = 0x0024;
pub(crate) const USE_CANDIDATE: u16 = 0x0025;
const FINGERPRINT: u16 = 0x8028;
pub(crate) const ICE_CONTROLLED: u16 = 0x8029;

/// Attributes from here on may be ignored by those who do not know them (RFC 8489 §14).
const OPTIONAL: u16 = 0x8000;

/// A STUN message that is well-formed: its length fits, its attributes lie within, its FINGERPRINT, if any, is right.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'a> {
    bytes: &'a [u8],
    /// Where MESSAGE-INTEGRITY begins; what follows it is not authenticated and is not looked at.
    integrity_at: usize,
}

impl<'a> Message<'a> {
    /// Reads a message. None if it is malformed or carries no MESSAGE-INTEGRITY: nothing that ICE sends to us lacks it.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() < HEADER || bytes[0] >= 0x40 || bytes[4..8] != MAGIC || !bytes.len().is_multiple_of(4)
        {
            return None;
        }
        if usize::from(u16_at(bytes, 2)) + HEADER != bytes.len() {
            return None;
        }
        let mut integrity_at = None;
        let mut at = HEADER;
        while at < bytes.len() {
            let (kind, len) = (u16_at(bytes, at), usize::from(u16_at(bytes, at + 2)));
            let value = bytes.get(at + 4..at + 4 + len)?;
            match kind {
                MESSAGE_INTEGRITY if integrity_at.is_none() => {
                    integrity_at = Some(at);
                    if len != 20 {
                        return None;
                    }
                }
                FINGERPRINT => {
                    let right = (crc32(&bytes[..at]) ^ FINGERPRINT_XOR).to_be_bytes();
                    if value != right || at + 8 != bytes.len() {
                        return None;
                    }
                }
                _ => {}
            }
            at += 4 + len.next_multiple_of(4);
        }
        Some(Self { bytes, integrity_at: integrity_at? })
    }

    pub(crate) fn kind(&self) -> u16 {
        u16_at(self.bytes, 0)
    }

    pub(crate) fn transaction(&self) -> [u8; 12] {
        std::array::from_fn(|n| self.bytes[8 + n])
    }

    /// The attributes before MESSAGE-INTEGRITY.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (u16, &'a [u8])> + use<'a> {
        let (bytes, end) = (self.bytes, self.integrity_at);
        let mut at = HEADER;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let (kind, len) = (u16_at(bytes, at), usize::from(u16_at(bytes, at + 2)));
            let value = bytes.get(at + 4..at + 4 + len)?;
            at += 4 + len.next_multiple_of(4);
            Some((kind, value))
        })
    }

    pub(crate) fn attribute(&self, kind: u16) -> Option<&'a [u8]> {
        self.attributes().find(|a| a.0 == kind).map(|a| a.1)
    }

    /// Whether MESSAGE-INTEGRITY was made with this key (RFC 8489 §14.5).
    pub(crate) fn is_authentic(&self, key: &hmac::Key) -> bool {
        let at = self.integrity_at;
        // The length that was signed ends with MESSAGE-INTEGRITY, whatever follows it.
        let signed_len = (at + 24 - HEADER) as u16;
        let mut context = hmac::Context::with_key(key);
        context.update(&self.bytes[..2]);
        context.update(&signed_len.to_be_bytes());
        context.update(&self.bytes[4..at]);
        let tag = context.sign();
        constant_time::verify_slices_are_equal(tag.as_ref(), &self.bytes[at + 4..at + 24]).is_ok()
    }

    /// The first attribute that must be understood and is not (RFC 8489 §6.3.1).
    pub(crate) fn not_understood(&self) -> Option<u16> {
        let known = |kind| matches!(kind, USERNAME | PRIORITY | USE_CANDIDATE | MESSAGE_INTEGRITY);
        self.attributes().map(|a| a.0).find(|&kind| kind < OPTIONAL && !known(kind))
    }
}

/// Writes a message into a buffer that is large enough for it.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(out: &'a mut [u8], kind: u16, transaction: &[u8; 12]) -> Self {
        out[..2].copy_from_slice(&kind.to_be_bytes());
        out[4..8].copy_from_slice(&MAGIC);
        out[8..HEADER].copy_from_slice(transaction);
        Self { out, len: HEADER }
    }

    pub(crate) fn attribute(&mut self, kind: u16, value: &[u8]) {
        let (at, end) = (self.len, self.len + 4 + value.len());
        self.out[at..at + 2].copy_from_slice(&kind.to_be_bytes());
        self.out[at + 2..at + 4].copy_from_slice(&(value.len() as u16).to_be_bytes());
        self.out[at + 4..end].copy_from_slice(value);
        self.len = HEADER + (end - HEADER).next_multiple_of(4);
        self.out[end..self.len].fill(0);
    }

    /// XOR-MAPPED-ADDRESS (RFC 8489 §14.2).
    pub(crate) fn mapped_address(&mut self, address: SocketAddr) {
        let mut value = [0; 20];
        let mut mask = [0; 16];
        mask[..4].copy_from_slice(&MAGIC);
        mask[4..].copy_from_slice(&self.out[8..HEADER]);
        value[2..4].copy_from_slice(&address.port().to_be_bytes());
        let len = match address.ip() {
            IpAddr::V4(ip) => {
                value[1] = 1;
                value[4..8].copy_from_slice(&ip.octets());
                8
            }
            IpAddr::V6(ip) => {
                value[1] = 2;
                value[4..20].copy_from_slice(&ip.octets());
                20
            }
        };
        value[2] ^= MAGIC[0];
        value[3] ^= MAGIC[1];
        for (byte, mask) in value[4..len].iter_mut().zip(mask) {
            *byte ^= mask;
        }
        self.attribute(XOR_MAPPED_ADDRESS, &value[..len]);
    }

    /// ERROR-CODE without a phrase (RFC 8489 §14.8).
    pub(crate) fn error(&mut self, code: u16) {
        self.attribute(ERROR_CODE, &[0, 0, (code / 100) as u8, (code % 100) as u8]);
    }

    /// Adds MESSAGE-INTEGRITY and FINGERPRINT; gives the message's length.
    pub(crate) fn seal(mut self, key: &hmac::Key) -> usize {
        self.set_len(self.len + 24);
        let tag = hmac::sign(key, &self.out[..self.len]);
        self.attribute(MESSAGE_INTEGRITY, tag.as_ref());
        self.set_len(self.len + 8);
        let crc = crc32(&self.out[..self.len]) ^ FINGERPRINT_XOR;
        self.attribute(FINGERPRINT, &crc.to_be_bytes());
        self.len
    }

    fn set_len(&mut self, total: usize) {
        self.out[2..4].copy_from_slice(&((total - HEADER) as u16).to_be_bytes());
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

#[cfg(test)]
#[path = "stun_tests.rs"]
mod tests;
