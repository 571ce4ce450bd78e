//! AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714), in place.
use super::derive::{RTCP_KEY, RTCP_SALT, RTP_KEY, RTP_SALT, derive, derive_into};
use super::{ENCRYPTED, NoKeys};
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

const TAG: usize = 16;
const RTCP_HEADER: usize = 8;

#[derive(Debug)]
pub(super) struct Gcm {
    rtp: LessSafeKey,
    rtp_salt: [u8; 12],
    rtcp: LessSafeKey,
    rtcp_salt: [u8; 12],
}

impl Gcm {
    pub(super) fn new(master: &[u8], salt: &[u8]) -> Result<Self, NoKeys> {
        Ok(Self {
            rtp: session_key(master, salt, RTP_KEY)?,
            rtp_salt: derive(master, salt, RTP_SALT)?,
            rtcp: session_key(master, salt, RTCP_KEY)?,
            rtcp_salt: derive(master, salt, RTCP_SALT)?,
        })
    }

    /// RFC 7714 §8.1.
    fn rtp_nonce(&self, ssrc: u32, index: u64) -> Nonce {
        let mut iv = self.rtp_salt;
        mix(&mut iv[2..6], &ssrc.to_be_bytes());
        mix(&mut iv[6..], &index.to_be_bytes()[2..]);
        Nonce::assume_unique_for_key(iv)
    }

    /// RFC 7714 §9.1.
    fn rtcp_nonce(&self, ssrc: u32, index: u32) -> Nonce {
        let mut iv = self.rtcp_salt;
        mix(&mut iv[2..6], &ssrc.to_be_bytes());
        mix(&mut iv[8..], &index.to_be_bytes());
        Nonce::assume_unique_for_key(iv)
    }

    pub(super) fn seal_rtp(
        &self,
        room: &mut [u8],
        header: usize,
        end: usize,
        ssrc: u32,
        index: u64,
    ) -> Option<usize> {
        let (head, rest) = room.split_at_mut(header);
        let (body, tail) = rest.split_at_mut(end - header);
        let nonce = self.rtp_nonce(ssrc, index);
        let tag = self.rtp.seal_in_place_separate_tag(nonce, Aad::from(&*head), body).ok()?;
        tail.get_mut(..TAG)?.copy_from_slice(tag.as_ref());
        Some(end + TAG)
    }

    pub(super) fn open_rtp(&self, packet: &mut [u8], header: usize, ssrc: u32, index: u64) -> Option<usize> {
        if packet.len() < header + TAG {
            return None;
        }
        let (head, body) = packet.split_at_mut(header);
        let plain = self.rtp.open_in_place(self.rtp_nonce(ssrc, index), Aad::from(&*head), body).ok()?;
        Some(header + plain.len())
    }

    pub(super) fn seal_rtcp(&self, room: &mut [u8], end: usize, ssrc: u32, index: u32) -> Option<usize> {
        let word = (index | ENCRYPTED).to_be_bytes();
        let aad = rtcp_aad(room, word)?;
        let body = room.get_mut(RTCP_HEADER..end)?;
        let tag =
            self.rtcp.seal_in_place_separate_tag(self.rtcp_nonce(ssrc, index), Aad::from(aad), body).ok()?;
        room.get_mut(end..end + TAG)?.copy_from_slice(tag.as_ref());
        room.get_mut(end + TAG..end + TAG + 4)?.copy_from_slice(&word);
        Some(end + TAG + 4)
    }

    /// Opens a packet whose last four bytes are the index word.
    pub(super) fn open_rtcp(&self, packet: &mut [u8], ssrc: u32, word: [u8; 4]) -> Option<usize> {
        let aad = rtcp_aad(packet, word)?;
        let end = packet.len().checked_sub(4)?;
        let body = packet.get_mut(RTCP_HEADER..end)?;
        let index = u32::from_be_bytes(word) & !ENCRYPTED;
        let plain = self.rtcp.open_in_place(self.rtcp_nonce(ssrc, index), Aad::from(aad), body).ok()?;
        Some(RTCP_HEADER + plain.len())
    }
}

fn session_key(master: &[u8], salt: &[u8], label: u8) -> Result<LessSafeKey, NoKeys> {
    let mut key = [0; 32];
    let (key, algorithm) =
        if master.len() == 16 { (&mut key[..16], &AES_128_GCM) } else { (&mut key[..], &AES_256_GCM) };
    derive_into(master, salt, label, key)?;
    UnboundKey::new(algorithm, key).map(LessSafeKey::new).map_err(|_| NoKeys)
}

fn rtcp_aad(packet: &[u8], word: [u8; 4]) -> Option<[u8; 12]> {
    let mut aad = [0; 12];
    aad[..8].copy_from_slice(packet.get(..8)?);
    aad[8..].copy_from_slice(&word);
    Some(aad)
}

fn mix(iv: &mut [u8], with: &[u8]) {
    for (byte, with) in iv.iter_mut().zip(with) {
        *byte ^= with;
    }
}

#[cfg(test)]
#[path = "gcm_tests.rs"]
mod tests;
