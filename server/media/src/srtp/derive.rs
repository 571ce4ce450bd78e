//! Session keys out of master keys (RFC 3711 §4.3, key derivation rate 0; RFC 7714 §11 uses the same function).
use super::NoKeys;
use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};

pub(super) const RTP_KEY: u8 = 0;
pub(super) const RTP_AUTHENTICATION: u8 = 1;
pub(super) const RTP_SALT: u8 = 2;
pub(super) const RTCP_KEY: u8 = 3;
pub(super) const RTCP_AUTHENTICATION: u8 = 4;
pub(super) const RTCP_SALT: u8 = 5;

/// AES in counter mode, for keys of 16 or 32 bytes.
pub(super) fn counter_mode(key: &[u8]) -> Result<EncryptingKey, NoKeys> {
    let algorithm = if key.len() == 16 { &AES_128 } else { &AES_256 };
    let key = UnboundCipherKey::new(algorithm, key).map_err(|_| NoKeys)?;
    EncryptingKey::ctr(key).map_err(|_| NoKeys)
}

/// Adds the key stream that begins at `iv` to the bytes; the same again takes it off.
pub(super) fn add_key_stream(key: &EncryptingKey, iv: [u8; 16], bytes: &mut [u8]) -> Result<(), NoKeys> {
    key.less_safe_encrypt(bytes, EncryptionContext::Iv128(iv.into())).map(|_| ()).map_err(|_| NoKeys)
}

/// `N` bytes of session key for a label. The salt has 14 bytes, or 12 for GCM.
pub(super) fn derive<const N: usize>(master: &[u8], salt: &[u8], label: u8) -> Result<[u8; N], NoKeys> {
    let mut out = [0; N];
    derive_into(master, salt, label, &mut out)?;
    Ok(out)
}

pub(super) fn derive_into(master: &[u8], salt: &[u8], label: u8, out: &mut [u8]) -> Result<(), NoKeys> {
    let mut iv = [0; 16];
    iv[..salt.len()].copy_from_slice(salt);
    iv[7] ^= label;
    out.fill(0);
    add_key_stream(&counter_mode(master)?, iv, out)
}
