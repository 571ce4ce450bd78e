//! Staff sign-in. An attempt is counted before the password is looked at, so that a hundred at once are no way around
//! the delay; names that nobody has take as long and are delayed alike. What is done for a name that somebody has (its
//! count, its chain) is not done for others, so every refusal waits until the same time is over.
use protocol::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::password::PasswordError;
use super::throttle::delay;
use super::watch::Revoked;
use super::{Auth, AuthError, StaffIdentity};
use crate::store::ledger::Actor;
use crate::store::sessions::{self, Kind};
use crate::store::{StoreError, staff};
use protocol::ids::{Party, StaffId};

/// Longest name that is looked up, in bytes.
const MOST_LOGIN_BYTES: usize = 64;

/// Why somebody cannot sign in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Wrong name, wrong password, or closed account: told apart by nobody outside.
    #[error("name or password is wrong")]
    Wrong,
    /// Too many wrong passwords for this name.
    #[error("too many wrong passwords")]
    Locked {
        /// When to try again.
        until: Timestamp,
    },
    /// Too many sign-ins at once.
    #[error("too many sign-ins at once")]
    Busy,
    /// The database refused or is gone.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Auth {
    /// Opens a session for whoever knows the password; the token, and who it is.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<(String, StaffIdentity), SignInError> {
        let floor = tokio::time::sleep(self.0.refusal_after);
        let answer = self.try_to_sign_in(login, password).await;
        if matches!(answer, Err(SignInError::Wrong | SignInError::Locked { .. })) {
            floor.await;
        }
        answer
    }

    async fn try_to_sign_in(
        &self,
        login: &str,
        password: &str,
    ) -> Result<(String, StaffIdentity), SignInError> {
        let inner = &self.0;
        let place = inner.hasher.admit().map_err(|_| SignInError::Busy)?;
        let login = login.trim();
        let known = match login.len() {
            1..=MOST_LOGIN_BYTES => staff::credentials(&inner.store, login).await?,
            _ => None,
        };
        match &known {
            Some(known) => self.count(known.id).await?,
            None => inner
                .strangers
                .attempt(inner.keys.blind(login), inner.clock.now())
                .map_err(|until| SignInError::Locked { until })?,
        }
        let hash = known.as_ref().map(|known| known.password_hash.as_str());
        let right = inner.hasher.verify(place, password, hash).await.map_err(|error| match error {
            PasswordError::Busy => SignInError::Busy,
            PasswordError::Length | PasswordError::Hash => SignInError::Wrong,
        })?;
        let Some(known) = known else { return Err(SignInError::Wrong) };
        if !right || known.disabled {
            self.note(known.id, "sign_in_refused").await?;
            return Err(SignInError::Wrong);
        }
        self.open_session(known.id).await
    }

    /// Ends a session, here and at every connection that it holds.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn sign_out(&self, who: &StaffIdentity) -> Result<(), StoreError> {
        let inner = &self.0;
        let now = inner.clock.now();
        let mut tx = inner.store.begin().await?;
        sessions::revoke(&mut tx, who.session, now).await?;
        let facts = json!({ "session": who.session });
        let by = (Actor::Staff(who.id()), now);
        staff::note(&mut tx, &inner.keys, (who.id(), "signed_out"), facts, None, by).await?;
        tx.commit().await?;
        self.announce(Revoked { session: who.session, party: Party::Staff(who.id()) });
        Ok(())
    }

    /// Counts an attempt, unless attempts are locked.
    async fn count(&self, id: StaffId) -> Result<(), SignInError> {
        let inner = &self.0;
        let now = inner.clock.now();
        let mut tx = inner.store.begin().await?;
        if let Some(until) = staff::locked_until(&mut tx, id).await?
            && until > now
        {
            return Err(SignInError::Locked { until });
        }
        let failed = staff::failed(&mut tx, id).await?;
        if let Some(delay) = delay(failed) {
            staff::lock(&mut tx, id, now.plus(delay)).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    async fn open_session(&self, id: StaffId) -> Result<(String, StaffIdentity), SignInError> {
        let inner = &self.0;
        let now = inner.clock.now();
        let session = self.new_session(Kind::Staff, id.0, now);
        let mut tx = inner.store.begin().await?;
        staff::succeeded(&mut tx, id).await?;
        sessions::add(&mut tx, &session, now).await?;
        let facts = json!({ "session": session.id });
        staff::note(&mut tx, &inner.keys, (id, "signed_in"), facts, None, (Actor::Staff(id), now)).await?;
        tx.commit().await.map_err(StoreError::from)?;
        let wrong = |error| match error {
            AuthError::Store(error) => SignInError::Store(error),
            AuthError::Bad(_) => SignInError::Wrong,
        };
        let token = inner.tokens.issue(&session, now).map_err(wrong)?;
        // Disabled between the check and now: then the session is already worth nothing.
        match self.who(&session, now).await.map_err(wrong)? {
            super::Identity::Staff(who) => Ok((token, who)),
            super::Identity::Terminal(_) => Err(SignInError::Wrong),
        }
    }

    async fn note(&self, id: StaffId, kind: &'static str) -> Result<(), StoreError> {
        let inner = &self.0;
        let now = inner.clock.now();
        let mut tx = inner.store.begin().await?;
        staff::note(&mut tx, &inner.keys, (id, kind), json!({}), None, (Actor::System, now)).await?;
        Ok(tx.commit().await?)
    }

    /// Whether a session is open: for connections that outlive the request that opened them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn is_open(&self, session: Uuid) -> Result<bool, StoreError> {
        let now = self.0.clock.now();
        let found = sessions::get(&self.0.store, session).await?;
        Ok(found.is_some_and(|found| found.revoked_at.is_none() && found.expires_at > now))
    }
}
