//! AES_CM_128_HMAC_SHA1_80 (RFC 3711), in place: for clients that have no GCM.
use super::derive::{
    RTCP_AUTHENTICATION, RTCP_KEY, RTCP_SALT, RTP_AUTHENTICATION, RTP_KEY, RTP_SALT, add_key_stream,
    counter_mode, derive,
};
use super::{ENCRYPTED, NoKeys};
use aws_lc_rs::{cipher::EncryptingKey, constant_time, hmac};

const TAG: usize = 10;
const RTCP_HEADER: usize = 8;

pub(super) struct Cm {
    rtp: Half,
    rtcp: Half,
}

struct Half {
    key: EncryptingKey,
    salt: [u8; 14],
    authentication: hmac::Key,
}

impl std::fmt::Debug for Cm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cm")
    }
}

impl Half {
    fn new(master: &[u8], salt: &[u8], labels: [u8; 3]) -> Result<Self, NoKeys> {
        let key: [u8; 16] = derive(master, salt, labels[0])?;
        let authentication: [u8; 20] = derive(master, salt, labels[1])?;
        Ok(Self {
            key: counter_mode(&key)?,
            salt: derive(master, salt, labels[2])?,
            authentication: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &authentication),
        })
    }

    /// RFC 3711 §4.1.1: (salt · 2^16) XOR (SSRC · 2^64) XOR (index · 2^16).
    fn cipher(&self, bytes: &mut [u8], ssrc: u32, index: u64) -> Option<()> {
        let mut iv = [0; 16];
        iv[..14].copy_from_slice(&self.salt);
        for (byte, with) in iv[4..8].iter_mut().zip(ssrc.to_be_bytes()) {
            *byte ^= with;
        }
        for (byte, with) in iv[8..14].iter_mut().zip(&index.to_be_bytes()[2..]) {
            *byte ^= with;
        }
        add_key_stream(&self.key, iv, bytes).ok()
    }

    fn tag(&self, bytes: &[u8], more: &[u8]) -> [u8; TAG] {
        let mut context = hmac::Context::with_key(&self.authentication);
        context.update(bytes);
        context.update(more);
        let tag = context.sign();
        let mut short = [0; TAG];
        short.copy_from_slice(&tag.as_ref()[..TAG]);
        short
    }

    fn is_authentic(&self, bytes: &[u8], more: &[u8], tag: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.tag(bytes, more), tag).is_ok()
    }
}

impl Cm {
    pub(super) fn new(master: &[u8], salt: &[u8]) -> Result<Self, NoKeys> {
        Ok(Self {
            rtp: Half::new(master, salt, [RTP_KEY, RTP_AUTHENTICATION, RTP_SALT])?,
            rtcp: Half::new(master, salt, [RTCP_KEY, RTCP_AUTHENTICATION, RTCP_SALT])?,
        })
    }

    pub(super) fn seal_rtp(
        &self,
        room: &mut [u8],
        header: usize,
        end: usize,
        ssrc: u32,
        index: u64,
    ) -> Option<usize> {
        self.rtp.cipher(room.get_mut(header..end)?, ssrc, index)?;
        let tag = self.rtp.tag(&room[..end], &roll_over(index));
        room.get_mut(end..end + TAG)?.copy_from_slice(&tag);
        Some(end + TAG)
    }

    pub(super) fn open_rtp(&self, packet: &mut [u8], header: usize, ssrc: u32, index: u64) -> Option<usize> {
        let end = packet.len().checked_sub(TAG).filter(|end| *end >= header)?;
        if !self.rtp.is_authentic(&packet[..end], &roll_over(index), &packet[end..]) {
            return None;
        }
        self.rtp.cipher(&mut packet[header..end], ssrc, index)?;
        Some(end)
    }

    pub(super) fn seal_rtcp(&self, room: &mut [u8], end: usize, ssrc: u32, index: u32) -> Option<usize> {
        self.rtcp.cipher(room.get_mut(RTCP_HEADER..end)?, ssrc, u64::from(index))?;
        room.get_mut(end..end + 4)?.copy_from_slice(&(index | ENCRYPTED).to_be_bytes());
        let tag = self.rtcp.tag(&room[..end + 4], &[]);
        room.get_mut(end + 4..end + 4 + TAG)?.copy_from_slice(&tag);
        Some(end + 4 + TAG)
    }

    /// Opens a packet that ends with the index word and the tag.
    pub(super) fn open_rtcp(&self, packet: &mut [u8], ssrc: u32, word: [u8; 4]) -> Option<usize> {
        let end = packet.len().checked_sub(TAG + 4).filter(|end| *end >= RTCP_HEADER)?;
        if !self.rtcp.is_authentic(&packet[..end + 4], &[], &packet[end + 4..]) {
            return None;
        }
        let index = u32::from_be_bytes(word);
        if index & ENCRYPTED != 0 {
            self.rtcp.cipher(&mut packet[RTCP_HEADER..end], ssrc, u64::from(index & !ENCRYPTED))?;
        }
        Some(end)
    }

    /// Where the index word of an SRTCP packet is.
    pub(super) fn index_word(packet: &[u8]) -> Option<[u8; 4]> {
        let end = packet.len().checked_sub(TAG)?;
        packet.get(end.checked_sub(4)?..end)?.try_into().ok()
    }
}

fn roll_over(index: u64) -> [u8; 4] {
    ((index >> 16) as u32).to_be_bytes()
}

#[cfg(test)]
#[path = "cm_tests.rs"]
mod tests;
