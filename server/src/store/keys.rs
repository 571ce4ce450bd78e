//! Keys that live in files beside the database, never in it: whoever copies the database alone can neither read
//! what is sealed nor forge a checkpoint.
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use protocol::Timestamp;
use protocol::ids::EventId;
use std::fmt;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::clock::SharedClock;

/// The keys of one database: they seal personal data, blind search terms and sign checkpoints. Cheap to clone.
#[derive(Clone)]
pub struct LedgerKeys(Arc<Inner>);

struct Inner {
    signing: Ed25519KeyPair,
    signing_id: String,
    sealing: LessSafeKey,
    blinding: hmac::Key,
    sealing_id: String,
    clock: SharedClock,
}

impl fmt::Debug for LedgerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LedgerKeys").field("signing", &self.0.signing_id).finish_non_exhaustive()
    }
}

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("key file {path} cannot be used: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Others may read the file.
    #[error(
        "key file {0} may be read by others: run `chmod 600` on it, and think about who could have read it"
    )]
    Exposed(PathBuf),
    /// What is in the file is no key.
    #[error("key file {0} holds no key: restore it from a backup")]
    Damaged(PathBuf),
    /// Sealed text was changed, belongs elsewhere, or was sealed with another key.
    #[error("sealed text cannot be opened: changed, moved, or sealed with another key")]
    Unsealing,
}

impl LedgerKeys {
    /// The keys in `folder`, made at the first start.
    ///
    /// # Errors
    /// When a file cannot be read, written or trusted.
    pub fn open(folder: &Path, clock: SharedClock) -> Result<Self, KeyError> {
        let seed = secret_file(&folder.join("ledger-signing.key"), &clock)?;
        let sealing = secret_file(&folder.join("sealing.key"), &clock)?;
        let damaged = |name: &str| KeyError::Damaged(folder.join(name));
        let signing =
            Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| damaged("ledger-signing.key"))?;
        let unbound =
            UnboundKey::new(&AES_256_GCM, &derive(&sealing, b"seal")).map_err(|_| damaged("sealing.key"))?;
        Ok(Self(Arc::new(Inner {
            signing_id: short(signing.public_key().as_ref()),
            signing,
            sealing: LessSafeKey::new(unbound),
            blinding: hmac::Key::new(hmac::HMAC_SHA256, &derive(&sealing, b"blind")),
            sealing_id: short(&derive(&sealing, b"name")),
            clock,
        })))
    }

    /// What tells these keys from others; no secret.
    pub(super) fn names(&self) -> [(&'static str, String); 2] {
        [("ledger-signing", self.0.signing_id.clone()), ("sealing", self.0.sealing_id.clone())]
    }

    /// The id of the signing key, as checkpoints carry it.
    #[must_use]
    pub fn signing_id(&self) -> &str {
        &self.0.signing_id
    }

    pub(super) fn sign(&self, message: &[u8]) -> String {
        STANDARD.encode(self.0.signing.sign(message))
    }

    pub(super) fn signed(&self, message: &[u8], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        UnparsedPublicKey::new(&ED25519, self.0.signing.public_key()).verify(message, &signature).is_ok()
    }

    /// Encrypts (AES-256-GCM) for one place, such as `applicants.id_number|<id>`: moved elsewhere it does not open.
    ///
    /// # Errors
    /// Only when the text is too long for the cipher.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<String, KeyError> {
        let mut sealed = self.0.clock.random::<NONCE_LEN>().to_vec();
        let nonce = Nonce::try_assume_unique_for_key(&sealed).map_err(|_| KeyError::Unsealing)?;
        let mut text = plain.to_vec();
        self.0
            .sealing
            .seal_in_place_append_tag(nonce, Aad::from(place.as_bytes()), &mut text)
            .map_err(|_| KeyError::Unsealing)?;
        sealed.append(&mut text);
        Ok(STANDARD.encode(sealed))
    }

    /// Decrypts what [`seal`](Self::seal) made for the same place.
    ///
    /// # Errors
    /// [`KeyError::Unsealing`].
    pub fn unseal(&self, place: &str, sealed: &str) -> Result<Vec<u8>, KeyError> {
        let mut bytes = STANDARD.decode(sealed).map_err(|_| KeyError::Unsealing)?;
        let (nonce, text) = bytes.split_at_mut_checked(NONCE_LEN).ok_or(KeyError::Unsealing)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyError::Unsealing)?;
        let plain = self
            .0
            .sealing
            .open_in_place(nonce, Aad::from(place.as_bytes()), text)
            .map_err(|_| KeyError::Unsealing)?;
        Ok(plain.to_vec())
    }

    /// A keyed digest of a search term: equal terms are found without being stored in the clear.
    #[must_use]
    pub fn blind(&self, term: &str) -> String {
        hex::encode(hmac::sign(&self.0.blinding, term.as_bytes()))
    }

    pub(super) fn event_id(&self, at: Timestamp) -> EventId {
        EventId(self.0.clock.ids().uuid(at))
    }

    pub(super) fn salt(&self) -> [u8; 16] {
        self.0.clock.random()
    }
}

/// 32 secret bytes in a file that only its owner may read; made at the first start.
///
/// # Errors
/// When the file cannot be read, written or trusted.
pub fn secret_file(path: &Path, clock: &SharedClock) -> Result<[u8; 32], KeyError> {
    let file = |source| KeyError::File { path: path.to_owned(), source };
    match std::fs::metadata(path) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => Err(KeyError::Exposed(path.to_owned())),
        Ok(_) => {
            let text = std::fs::read_to_string(path).map_err(file)?;
            let bytes = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
            bytes.ok_or_else(|| KeyError::Damaged(path.to_owned()))
        }
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => {
            let secret: [u8; 32] = clock.random();
            match create(path, &secret) {
                // Another process of the same first start was quicker: its key is the key.
                Err(other) if other.kind() == std::io::ErrorKind::AlreadyExists => secret_file(path, clock),
                made => made.map(|()| secret).map_err(file),
            }
        }
        Err(source) => Err(file(source)),
    }
}

/// Written aside and then linked into place, so that nobody ever reads half a key.
fn create(path: &Path, secret: &[u8; 32]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let aside = path.with_extension(format!("new-{}", short(secret)));
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
    file.write_all(hex::encode(secret).as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&aside, path);
    std::fs::remove_file(&aside)?;
    linked?;
    std::fs::File::open(folder)?.sync_all()
}

/// One secret per purpose out of one file.
fn derive(secret: &[u8; 32], purpose: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), purpose).as_ref().to_vec()
}

fn short(bytes: &[u8]) -> String {
    hex::encode(&digest::digest(&digest::SHA256, bytes).as_ref()[..8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn keys_stay_the_same_over_a_restart_and_only_the_owner_may_read_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/a.key");
        let first = secret_file(&path, &SystemClock::shared()).unwrap();
        assert_eq!(secret_file(&path, &SystemClock::shared()).unwrap(), first);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn an_exposed_or_damaged_key_is_refused_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.key");
        let clock = SystemClock::shared();
        secret_file(&path, &clock).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(secret_file(&path, &clock), Err(KeyError::Exposed(_))));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "half a ke").unwrap();
        assert!(matches!(secret_file(&path, &clock), Err(KeyError::Damaged(_))));
    }

    #[test]
    fn sealed_text_opens_only_unchanged_and_at_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let keys = LedgerKeys::open(folder.path(), SystemClock::shared()).unwrap();
        let sealed = keys.seal("applicants|1", b"440114195603170013").unwrap();
        assert!(!sealed.contains("440114"));
        assert_ne!(sealed, keys.seal("applicants|1", b"440114195603170013").unwrap());
        assert_eq!(keys.unseal("applicants|1", &sealed).unwrap(), b"440114195603170013");
        assert!(keys.unseal("applicants|2", &sealed).is_err());
        let mut bytes = STANDARD.decode(&sealed).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            assert!(keys.unseal("applicants|1", &STANDARD.encode(&bytes)).is_err(), "byte {at}");
            bytes[at] ^= 1;
        }
        assert!(keys.unseal("applicants|1", "short").is_err());
        let other = LedgerKeys::open(&folder.path().join("other"), SystemClock::shared()).unwrap();
        assert!(other.unseal("applicants|1", &sealed).is_err());
        assert_ne!(other.blind("x"), keys.blind("x"));
        assert_eq!(keys.blind("x"), keys.blind("x"));
    }
}
