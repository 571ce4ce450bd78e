//! Terminals: enrolled once with a code, ever after recognised by their device key.
use aws_lc_rs::digest::{SHA256, digest};
use protocol::Timestamp;
use protocol::ids::{SiteCode, TerminalId};
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

use super::device::DeviceKey;
use super::token::SESSION_LIFE;
use super::{Auth, AuthError};
use crate::clock::SharedClock;
use crate::store::sessions::{self, Kind, Session};
use crate::store::terminals::{self, Enrolled};
use crate::store::{Store, StoreError};

/// How long an enrolment code is good.
pub const CODE_LIFE: Duration = Duration::from_secs(15 * 60);

/// Letters that nobody mistakes for another (Crockford's alphabet).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 10;

/// A code that enrols one terminal: ten letters, shown once, kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode(String);

impl EnrolmentCode {
    /// A fresh one.
    #[must_use]
    pub fn random(clock: &SharedClock) -> Self {
        let letters =
            clock.random::<LENGTH>().map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
        Self(letters.into_iter().collect())
    }

    /// What somebody typed: case, spaces and dashes do not matter, nor does O for 0 or I and L for 1.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let letters: String = text
            .chars()
            .filter(|sign| !matches!(sign, ' ' | '-' | '–' | '—'))
            .map(|sign| match sign.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                sign => sign,
            })
            .collect();
        let good = letters.len() == LENGTH && letters.bytes().all(|letter| LETTERS.contains(&letter));
        good.then_some(Self(letters))
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> String {
        hex::encode(digest(&SHA256, format!("cloud-window.enrolment.v1\n{}", self.0).as_bytes()))
    }
}

impl fmt::Display for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", &self.0[..LENGTH / 2], &self.0[LENGTH / 2..])
    }
}

impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrolmentCode(…)")
    }
}

/// Makes a code for one terminal at a site.
///
/// # Errors
/// [`StoreError::Missing`] when there is no such site.
pub async fn new_code(
    store: &Store,
    site: &SiteCode,
    clock: &SharedClock,
) -> Result<(EnrolmentCode, Timestamp), StoreError> {
    let code = EnrolmentCode::random(clock);
    let now = clock.now();
    let expires = now.plus(CODE_LIFE);
    let mut tx = store.begin().await?;
    terminals::add_code(&mut tx, &code.hash(), site, now, expires).await?;
    tx.commit().await?;
    Ok((code, expires))
}

impl Auth {
    /// Enrols the device that holds `key`; none when the code is not good.
    ///
    /// # Errors
    /// When the database refuses. The key must have been checked.
    pub async fn enrol(
        &self,
        code: &EnrolmentCode,
        key: &DeviceKey,
    ) -> Result<Option<TerminalId>, StoreError> {
        let inner = &self.0;
        let now = inner.clock.now();
        let fresh = TerminalId(inner.clock.ids().uuid(now));
        let jwk = serde_json::to_string(key).map_err(|_| StoreError::Damaged("device key"))?;
        let mut tx = inner.store.begin().await?;
        let device = (fresh, jwk.as_str(), &*key.thumbprint());
        match terminals::enrol(&mut tx, &inner.keys, &code.hash(), device, now).await? {
            Enrolled::Yes(id) => {
                tx.commit().await?;
                Ok(Some(id))
            }
            Enrolled::BadCode => Ok(None),
        }
    }

    /// Something for a terminal to sign. Given to everybody who asks: it says nothing about who exists.
    #[must_use]
    pub fn challenge(&self, terminal: TerminalId) -> String {
        self.0.challenges.issue(terminal, self.0.clock.random(), self.0.clock.now())
    }

    /// Opens a session for a terminal that signed its challenge; the token and when it expires.
    ///
    /// # Errors
    /// [`AuthError`].
    pub async fn terminal_session(
        &self,
        terminal: TerminalId,
        challenge: &str,
        signature: &str,
    ) -> Result<(String, Timestamp), AuthError> {
        let inner = &self.0;
        let now = inner.clock.now();
        if !inner.challenges.is_good(terminal, challenge, now) {
            return Err(AuthError::Bad("challenge"));
        }
        let found = terminals::get(&inner.store, terminal).await?;
        let found =
            found.filter(|found| found.revoked_at.is_none()).ok_or(AuthError::Bad("no such terminal"))?;
        let key: DeviceKey =
            serde_json::from_str(&found.public_key).map_err(|_| StoreError::Damaged("device key"))?;
        if !key.verifies(challenge, signature) {
            return Err(AuthError::Bad("signature"));
        }
        if !inner.challenges.take(terminal, challenge, now) {
            return Err(AuthError::Bad("challenge used"));
        }
        let mut tx = inner.store.begin().await?;
        terminals::seen(&mut tx, terminal, now).await?;
        let session = self.new_session(Kind::Terminal, terminal.0, now);
        sessions::add(&mut tx, &session, now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok((inner.tokens.issue(&session, now)?, session.expires_at))
    }

    pub(super) fn new_session(&self, kind: Kind, subject: Uuid, now: Timestamp) -> Session {
        let id = self.0.clock.ids().uuid(now);
        Session { id, kind, subject, expires_at: now.plus(SESSION_LIFE), revoked_at: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = EnrolmentCode("0123K6789A".into());
        assert_eq!(code.to_string(), "0123K-6789A");
        for typed in ["0123K-6789A", "0123k6789a", " O I23 K-6789a ", "ol23k–6789a"] {
            assert_eq!(EnrolmentCode::typed(typed).as_ref(), Some(&code), "{typed}");
        }
        for typed in ["", "0123K-6789", "0123K-6789AB", "0123K-6789U", "0123K-6789云"] {
            assert_eq!(EnrolmentCode::typed(typed), None, "{typed}");
        }
    }

    #[test]
    fn codes_differ_and_do_not_show_in_logs() {
        let clock = SystemClock::shared();
        let code = EnrolmentCode::random(&clock);
        assert_ne!(code, EnrolmentCode::random(&clock));
        assert_eq!(EnrolmentCode::typed(&code.to_string()), Some(code.clone()));
        assert_eq!(format!("{code:?}"), "EnrolmentCode(…)");
    }
}
