//! SRTP and SRTCP in place (RFC 3711, RFC 7714), without allocation once keys exist.
mod cm;
mod derive;
mod gcm;
mod window;

use cm::Cm;
use gcm::Gcm;
use smallvec::SmallVec;
pub(crate) use window::Window;

/// The most bytes that sealing adds to RTP.
pub(crate) const MAX_OVERHEAD: usize = 16;
/// The most senders whose reports are read from one peer.
const MAX_REPORTERS: usize = 16;
/// The bit of an SRTCP index word that says "encrypted".
const ENCRYPTED: u32 = 1 << 31;

/// How media is protected (RFC 5764 §4.1.2, RFC 7714 §14.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// SRTP_AEAD_AES_256_GCM, the one preferred.
    Aes256Gcm,
    /// SRTP_AEAD_AES_128_GCM.
    Aes128Gcm,
    /// SRTP_AES128_CM_HMAC_SHA1_80, for clients without GCM.
    Aes128CmSha1,
}

impl Profile {
    /// Lengths of master key and master salt.
    fn lengths(self) -> (usize, usize) {
        match self {
            Self::Aes256Gcm => (32, 12),
            Self::Aes128Gcm => (16, 12),
            Self::Aes128CmSha1 => (16, 14),
        }
    }
}

/// The keying material is not of the profile's length, or the library refused it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoKeys;

/// Why a packet was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejected {
    /// Too short, or not made with the peer's key.
    Forged,
    /// It came before, or is too old to tell.
    Replayed,
}

/// Both directions out of the keys that DTLS exported (RFC 5764 §4.2), for the DTLS server.
pub(crate) fn server_keys(profile: Profile, material: &[u8]) -> Result<(Opener, Sealer), NoKeys> {
    let (client, server) = split(profile, material)?;
    Ok((Opener::new(client), Sealer::new(server)))
}

/// The same for the DTLS client: the test's client is made of the same parts.
#[cfg(test)]
pub(crate) fn client_keys(profile: Profile, material: &[u8]) -> Result<(Opener, Sealer), NoKeys> {
    let (client, server) = split(profile, material)?;
    Ok((Opener::new(server), Sealer::new(client)))
}

fn split(profile: Profile, material: &[u8]) -> Result<(Cipher, Cipher), NoKeys> {
    let (key, salt) = profile.lengths();
    if material.len() != 2 * (key + salt) {
        return Err(NoKeys);
    }
    let (keys, salts) = material.split_at(2 * key);
    let client = Cipher::new(profile, &keys[..key], &salts[..salt])?;
    let server = Cipher::new(profile, &keys[key..], &salts[salt..])?;
    Ok((client, server))
}

#[derive(Debug)]
enum Cipher {
    Gcm(Gcm),
    Cm(Cm),
}

impl Cipher {
    fn new(profile: Profile, master: &[u8], salt: &[u8]) -> Result<Self, NoKeys> {
        Ok(match profile {
            Profile::Aes256Gcm | Profile::Aes128Gcm => Self::Gcm(Gcm::new(master, salt)?),
            Profile::Aes128CmSha1 => Self::Cm(Cm::new(master, salt)?),
        })
    }
}

/// Opens what one peer sends.
#[derive(Debug)]
pub(crate) struct Opener {
    cipher: Cipher,
    /// SRTCP indexes count per sender SSRC. Only authentic ones enter.
    reporters: SmallVec<[(u32, Window); 4]>,
}

impl Opener {
    fn new(cipher: Cipher) -> Self {
        Self { cipher, reporters: SmallVec::new() }
    }

    /// Opens an RTP packet whose header has `header` bytes; gives where its payload ends. Replay is the caller's concern,
    /// who knows the streams.
    pub(crate) fn open_rtp(&self, packet: &mut [u8], header: usize, ssrc: u32, index: u64) -> Option<usize> {
        match &self.cipher {
            Cipher::Gcm(gcm) => gcm.open_rtp(packet, header, ssrc, index),
            Cipher::Cm(cm) => cm.open_rtp(packet, header, ssrc, index),
        }
    }

    /// Opens an RTCP packet; gives its length.
    pub(crate) fn open_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, Rejected> {
        let word = match &self.cipher {
            // GCM without encryption is allowed by RFC 7714 and used by nobody.
            Cipher::Gcm(_) => packet.last_chunk::<4>().copied().filter(|word| word[0] & 0x80 != 0),
            Cipher::Cm(_) => Cm::index_word(packet),
        };
        let (Some(word), Some(ssrc)) = (word, packet.get(4..8).and_then(|b| b.try_into().ok())) else {
            return Err(Rejected::Forged);
        };
        let (ssrc, index) = (u32::from_be_bytes(ssrc), u64::from(u32::from_be_bytes(word) & !ENCRYPTED));
        let known = self.reporters.iter().position(|r| r.0 == ssrc);
        if known.is_some_and(|at| self.reporters[at].1.has(index)) {
            return Err(Rejected::Replayed);
        }
        let len = match &self.cipher {
            Cipher::Gcm(gcm) => gcm.open_rtcp(packet, ssrc, word),
            Cipher::Cm(cm) => cm.open_rtcp(packet, ssrc, word),
        };
        let len = len.ok_or(Rejected::Forged)?;
        match known {
            Some(at) => self.reporters[at].1.add(index),
            None if self.reporters.len() < MAX_REPORTERS => {
                let mut window = Window::default();
                window.add(index);
                self.reporters.push((ssrc, window));
            }
            None => return Err(Rejected::Replayed),
        }
        Ok(len)
    }
}

/// Seals what is sent to one peer.
#[derive(Debug)]
pub(crate) struct Sealer {
    cipher: Cipher,
    /// One counter for all senders of this side: it is unique for each.
    rtcp_index: u32,
}

impl Sealer {
    fn new(cipher: Cipher) -> Self {
        Self { cipher, rtcp_index: 0 }
    }

    /// Seals the plain packet `room[..end]` with a header of `header` bytes; gives its new length. None if the room is too
    /// small. An (SSRC, index) pair must never be sealed twice.
    pub(crate) fn seal_rtp(
        &self,
        room: &mut [u8],
        header: usize,
        end: usize,
        ssrc: u32,
        index: u64,
    ) -> Option<usize> {
        match &self.cipher {
            Cipher::Gcm(gcm) => gcm.seal_rtp(room, header, end, ssrc, index),
            Cipher::Cm(cm) => cm.seal_rtp(room, header, end, ssrc, index),
        }
    }

    /// Seals the plain RTCP packet `room[..end]`; gives its new length. None if the room is too small, or after 2^31
    /// packets, when new keys would be needed (RFC 3711 §9.2).
    pub(crate) fn seal_rtcp(&mut self, room: &mut [u8], end: usize) -> Option<usize> {
        let ssrc = u32::from_be_bytes(room.get(4..8)?.try_into().ok()?);
        let index = self.rtcp_index + 1;
        if index >= ENCRYPTED {
            return None;
        }
        self.rtcp_index = index;
        match &self.cipher {
            Cipher::Gcm(gcm) => gcm.seal_rtcp(room, end, ssrc, index),
            Cipher::Cm(cm) => cm.seal_rtcp(room, end, ssrc, index),
        }
    }
}

#[cfg(test)]
#[path = "srtp_tests.rs"]
mod tests;
#[cfg(test)]
use tests::bytes_of as hex;
