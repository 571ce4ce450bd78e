//! SRTP and SRTCP with AES-GCM (RFC 3711, RFC 7714), as the client does them: written apart from the server's, so that
//! both must have understood the standard.
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::iv::FixedLength;

const SALT: usize = 12;
/// The word after a control packet: the flag of encryption and the index.
const INDEX: usize = 4;

/// Keys of both directions, as exported by DTLS.
pub(super) struct Keys {
    /// For what the client sends.
    pub(super) out: Direction,
    /// For what the server sends.
    pub(super) inn: Direction,
}

impl Keys {
    /// From the exported material: both keys, then both salts (RFC 5764 §4.2).
    pub(super) fn new(material: &[u8]) -> Result<Self, Unspecified> {
        let length = material.len().checked_sub(2 * SALT).ok_or(Unspecified)? / 2;
        let (keys, salts) = material.split_at(2 * length);
        Ok(Self {
            out: Direction::new(&keys[..length], &salts[..SALT])?,
            inn: Direction::new(&keys[length..], &salts[SALT..])?,
        })
    }
}

/// Keys of one direction.
pub(super) struct Direction {
    media: LessSafeKey,
    media_salt: [u8; SALT],
    control: LessSafeKey,
    control_salt: [u8; SALT],
    control_index: u32,
}

impl Direction {
    fn new(key: &[u8], salt: &[u8]) -> Result<Self, Unspecified> {
        Ok(Self {
            media: cipher(&derive(key, salt, 0, key.len())?)?,
            media_salt: derive(key, salt, 2, SALT)?.try_into().map_err(|_| Unspecified)?,
            control: cipher(&derive(key, salt, 3, key.len())?)?,
            control_salt: derive(key, salt, 5, SALT)?.try_into().map_err(|_| Unspecified)?,
            control_index: 0,
        })
    }

    /// Encrypts the packet that begins at `start` of `buffer` and whose header is `header` bytes long.
    pub(super) fn seal(&self, buffer: &mut Vec<u8>, start: usize, header: usize, index: u64) -> Option<()> {
        let nonce = media_nonce(&self.media_salt, buffer.get(start + 8..start + 12)?, index);
        let (head, body) = buffer[start..].split_at_mut_checked(header)?;
        let tag = self.media.seal_in_place_separate_tag(nonce, Aad::from(&*head), body).ok()?;
        buffer.extend_from_slice(tag.as_ref());
        Some(())
    }

    /// Decrypts a packet in place; gives its payload if it is authentic.
    pub(super) fn open<'a>(&self, packet: &'a mut [u8], header: usize, index: u64) -> Option<&'a [u8]> {
        let nonce = media_nonce(&self.media_salt, packet.get(8..12)?, index);
        let (head, body) = packet.split_at_mut_checked(header)?;
        self.media.open_in_place(nonce, Aad::from(&*head), body).ok().map(|payload| &*payload)
    }

    /// Encrypts a compound control packet.
    pub(super) fn seal_control(&mut self, packet: &mut Vec<u8>) -> Option<()> {
        self.control_index = (self.control_index + 1) & 0x7FFF_FFFF;
        let nonce = control_nonce(&self.control_salt, packet.get(4..8)?, self.control_index);
        let word = (self.control_index | 0x8000_0000).to_be_bytes();
        let mut covered = [0; 12];
        covered[..8].copy_from_slice(packet.get(..8)?);
        covered[8..].copy_from_slice(&word);
        let tag =
            self.control.seal_in_place_separate_tag(nonce, Aad::from(covered), &mut packet[8..]).ok()?;
        packet.extend_from_slice(tag.as_ref());
        packet.extend_from_slice(&word);
        Some(())
    }

    /// Decrypts a control packet in place; gives the whole compound if it is authentic.
    pub(super) fn open_control<'a>(&self, packet: &'a mut [u8]) -> Option<&'a [u8]> {
        let end = packet.len().checked_sub(INDEX)?;
        let word: [u8; 4] = packet.get(end..)?.try_into().ok()?;
        let index = u32::from_be_bytes(word) & 0x7FFF_FFFF;
        let nonce = control_nonce(&self.control_salt, packet.get(4..8)?, index);
        let mut covered = [0; 12];
        covered[..8].copy_from_slice(packet.get(..8)?);
        covered[8..].copy_from_slice(&word);
        let body = packet.get_mut(8..end)?;
        let length = self.control.open_in_place(nonce, Aad::from(covered), body).ok()?.len();
        packet.get(..8 + length)
    }
}

fn cipher(key: &[u8]) -> Result<LessSafeKey, Unspecified> {
    let algorithm = if key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
    Ok(LessSafeKey::new(UnboundKey::new(algorithm, key)?))
}

/// RFC 3711 §4.3.1 and §4.3.3, with the twelve bytes of salt of RFC 7714 §12 and a key derivation rate of zero.
fn derive(key: &[u8], salt: &[u8], label: u8, length: usize) -> Result<Vec<u8>, Unspecified> {
    let mut block = [0; 16];
    block.get_mut(..salt.len()).ok_or(Unspecified)?.copy_from_slice(salt);
    block[7] ^= label;
    let algorithm = if key.len() == 16 { &AES_128 } else { &AES_256 };
    let cipher = EncryptingKey::ctr(UnboundCipherKey::new(algorithm, key)?)?;
    let mut derived = vec![0; length];
    cipher.less_safe_encrypt(&mut derived, EncryptionContext::Iv128(FixedLength::from(block)))?;
    Ok(derived)
}

/// RFC 7714 §8.1: two zero bytes, the SSRC, the 48-bit packet index; all of it under the salt.
fn media_nonce(salt: &[u8; SALT], ssrc: &[u8], index: u64) -> Nonce {
    let mut nonce = *salt;
    let rest = index.to_be_bytes();
    for (byte, value) in nonce[2..].iter_mut().zip(ssrc.iter().chain(&rest[2..])) {
        *byte ^= value;
    }
    Nonce::assume_unique_for_key(nonce)
}

/// RFC 7714 §9.1: two zero bytes, the SSRC, two zero bytes, the 31-bit index; all of it under the salt.
fn control_nonce(salt: &[u8; SALT], ssrc: &[u8], index: u32) -> Nonce {
    let mut nonce = *salt;
    for (byte, value) in nonce[2..].iter_mut().zip(ssrc.iter().chain(&[0, 0]).chain(&index.to_be_bytes())) {
        *byte ^= value;
    }
    Nonce::assume_unique_for_key(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both directions of one session with a key of 16 or 32 bytes.
    fn pair(length: usize) -> (Keys, Keys) {
        let material: Vec<u8> = (0..(2 * length + 2 * SALT) as u8).collect();
        let (keys, salts) = material.split_at(2 * length);
        let swapped = [&keys[length..], &keys[..length], &salts[SALT..], &salts[..SALT]].concat();
        (Keys::new(&material).unwrap(), Keys::new(&swapped).unwrap())
    }

    #[test]
    fn media_goes_through_and_forgeries_do_not() {
        for length in [16, 32] {
            let (client, server) = pair(length);
            let mut packet = vec![0x80, 96, 1, 2, 0, 0, 0, 9, 0, 0, 0, 7];
            packet.extend_from_slice(b"a frame");
            client.out.seal(&mut packet, 0, 12, 0x1_0102).unwrap();
            assert_eq!(packet.len(), 12 + 7 + 16);
            assert_eq!(server.inn.open(&mut packet.clone(), 12, 0x1_0102), Some(&b"a frame"[..]));
            assert_eq!(server.inn.open(&mut packet.clone(), 12, 0x0_0102), None, "another roll-over");
            packet[14] ^= 1;
            assert_eq!(server.inn.open(&mut packet, 12, 0x1_0102), None);
        }
    }

    #[test]
    fn control_goes_through_and_forgeries_do_not() {
        let (mut client, server) = pair(32);
        let plain = [0x80, 201, 0, 1, 0, 0, 0, 7, 1, 2, 3, 4];
        let mut packet = plain.to_vec();
        client.out.seal_control(&mut packet).unwrap();
        assert_eq!(server.inn.open_control(&mut packet.clone()), Some(&plain[..]));
        *packet.last_mut().unwrap() ^= 1;
        assert_eq!(server.inn.open_control(&mut packet), None);
    }

    /// RFC 3711 appendix B.3, the cipher key and the first bytes of the salt (the label lies in both salts' common part).
    #[test]
    fn keys_are_derived_as_the_standard_shows() {
        let master = hex("E1F97A0D3E018BE0D64FA32C06DE4139");
        let salt = hex("0EC675AD498AFEEBB6960B3AABE6");
        assert_eq!(derive(&master, &salt, 0, 16).unwrap(), hex("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(derive(&master, &salt, 2, 14).unwrap(), hex("30CBBC08863D8C85D49DB34A9AE1"));
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
    }
}
