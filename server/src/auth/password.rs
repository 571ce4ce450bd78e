//! Passwords, kept as argon2id hashes. Hashing is slow on purpose: it runs on threads of its own, a few at a time.
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::clock::SharedClock;

/// Shortest password that may be set, in characters.
pub const LEAST_CHARACTERS: usize = 10;
/// Longest password that is looked at, in bytes.
pub const MOST_BYTES: usize = 256;
/// Sign-ins that may wait for a thread; more are told to come back.
const MOST_WAITING: usize = 64;

/// How slow it is.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for Cost {
    /// What OWASP asks for at least of argon2id with one lane.
    fn default() -> Self {
        Self { memory_kib: Params::DEFAULT_M_COST, passes: Params::DEFAULT_T_COST }
    }
}

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hasher {
    cost: Cost,
    threads: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// What a password is checked against when there is nobody of that name: the answer takes as long.
    decoy: Arc<str>,
}

/// A place among those whose passwords are looked at.
#[derive(Debug)]
pub struct Place(#[allow(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

/// Why a password cannot be set or looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password has at least {LEAST_CHARACTERS} characters and at most {MOST_BYTES} bytes")]
    Length,
    /// Too many are being checked.
    #[error("too many passwords are being checked")]
    Busy,
    /// The hash could not be made.
    #[error("password could not be hashed")]
    Hash,
}

impl Hasher {
    /// A hasher, with a decoy of the same cost.
    pub async fn new(cost: Cost, clock: &SharedClock) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut hasher = Self {
            cost,
            threads: Arc::new(Semaphore::new(threads)),
            waiting: Arc::new(Semaphore::new(MOST_WAITING)),
            decoy: "".into(),
        };
        let nobody = hex::encode(clock.random::<16>());
        hasher.decoy = hasher.hash(&nobody, clock.random()).await.unwrap_or_default().into();
        hasher
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String, PasswordError> {
        if password.chars().count() < LEAST_CHARACTERS || password.len() > MOST_BYTES {
            return Err(PasswordError::Length);
        }
        let (cost, password) = (self.cost, password.to_owned());
        let hash = move || {
            let hash = argon2(cost)?.hash_password_with_salt(password.as_bytes(), &salt).ok()?;
            Some(hash.to_string())
        };
        let place = self.admit()?;
        self.on_a_thread(place, hash).await?.ok_or(PasswordError::Hash)
    }

    /// Takes a place, before anything else is done for a password: whoever finds none costs nothing and loses nothing.
    ///
    /// # Errors
    /// [`PasswordError::Busy`].
    pub fn admit(&self) -> Result<Place, PasswordError> {
        Arc::clone(&self.waiting).try_acquire_owned().map(Place).map_err(|_| PasswordError::Busy)
    }

    /// Whether the password is the one that was hashed; against no hash: no, after as long.
    ///
    /// # Errors
    /// [`PasswordError::Hash`] when the thread is gone.
    pub async fn verify(
        &self,
        place: Place,
        password: &str,
        hash: Option<&str>,
    ) -> Result<bool, PasswordError> {
        if password.len() > MOST_BYTES {
            return Ok(false);
        }
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.decoy).to_owned();
        let (cost, password) = (self.cost, password.to_owned());
        let verify = move || {
            let hasher = argon2(cost)?;
            Some(hasher.verify_password(password.as_bytes(), hash.as_str()).is_ok())
        };
        Ok(self.on_a_thread(place, verify).await?.unwrap_or(false) && known)
    }

    async fn on_a_thread<T: Send + 'static>(
        &self,
        _place: Place,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _thread = self.threads.acquire().await.map_err(|_| PasswordError::Busy)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::Hash)
    }
}

fn argon2(cost: Cost) -> Option<Argon2<'static>> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    async fn verify(hasher: &Hasher, password: &str, hash: Option<&str>) -> Result<bool, PasswordError> {
        hasher.verify(hasher.admit()?, password, hash).await
    }

    #[tokio::test]
    async fn a_password_is_argon2id_and_only_itself() {
        let clock = SystemClock::shared();
        let hasher = Hasher::new(Cost::default(), &clock).await;
        let hash = hasher.hash("correct horse", clock.random()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify(&hasher, "correct horse", Some(&hash)).await.unwrap());
        assert!(!verify(&hasher, "correct horsf", Some(&hash)).await.unwrap());
        assert!(!verify(&hasher, "correct horse", None).await.unwrap());
        assert!(!verify(&hasher, &"x".repeat(300), Some(&hash)).await.unwrap());
        assert!(!verify(&hasher, "correct horse", Some("no hash")).await.unwrap());
    }

    #[tokio::test]
    async fn short_and_endless_passwords_are_not_set() {
        let clock = SystemClock::shared();
        let hasher = Hasher::new(Cost { memory_kib: 8, passes: 1 }, &clock).await;
        for bad in ["", "123456789", &"x".repeat(257)] {
            assert_eq!(hasher.hash(bad, [0; 16]).await, Err(PasswordError::Length));
        }
        assert!(hasher.hash("十个汉字就可以了对吧", [0; 16]).await.is_ok());
    }

    #[tokio::test]
    async fn a_flood_of_sign_ins_is_told_to_come_back() {
        let clock = SystemClock::shared();
        let hasher = Hasher::new(Cost { memory_kib: 8, passes: 1 }, &clock).await;
        let all = hasher.waiting.acquire_many(MOST_WAITING as u32).await.unwrap();
        assert_eq!(verify(&hasher, "correct horse", None).await, Err(PasswordError::Busy));
        drop(all);
        assert_eq!(verify(&hasher, "correct horse", None).await, Ok(false));
    }
}
