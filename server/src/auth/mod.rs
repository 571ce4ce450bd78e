//! Who somebody is, and what they may therefore do.
//!
//! Staff sign in with a password, terminals with a device key; both get a session: an EdDSA token that is only as
//! good as its row in the database. A session buys a single-use pass for one WebSocket. Endpoints name whom they
//! serve by the extractor they take ([`StaffAuth`], [`TerminalAuth`], [`AnyAuth`]); [`guard`] turns away everybody
//! else from every path that is not public, so that an endpoint that names nobody serves nobody.
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use protocol::ids::{Party, StaffId, TerminalId};
use protocol::{SiteView, Timestamp};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::clock::SharedClock;
use crate::store::keys::{KeyError, LedgerKeys};
use crate::store::sessions::{self, Kind, Session};
use crate::store::staff::{Role, Staff};
use crate::store::{Store, StoreError, sites, staff, terminals};

mod challenge;
mod device;
mod enrol;
mod extract;
mod guard;
mod passes;
pub mod password;
mod sign_in;
#[cfg(test)]
pub(crate) mod testing;
mod throttle;
mod token;
mod watch;

pub use device::{DeviceKey, DeviceKeyError};
pub use enrol::{CODE_LIFE, EnrolmentCode, new_code};
pub use extract::{AnyAuth, StaffAuth, TerminalAuth};
pub use guard::{PUBLIC, guard};
pub use passes::PASS_LIFE;
pub use sign_in::SignInError;
pub use token::SESSION_LIFE;
pub use watch::Revoked;

/// No refusal of a sign-in comes sooner: well above what a look at a password takes on a busy machine.
const REFUSAL_AFTER: Duration = Duration::from_millis(400);

/// Signs and checks sessions, keeps passes and challenges. Cheap to clone.
#[derive(Clone)]
pub struct Auth(Arc<Inner>);

struct Inner {
    store: Store,
    keys: LedgerKeys,
    clock: SharedClock,
    hasher: password::Hasher,
    tokens: token::Tokens,
    challenges: challenge::Challenges,
    passes: passes::Passes,
    strangers: throttle::Strangers,
    refusal_after: Duration,
    revoked: broadcast::Sender<Revoked>,
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").finish_non_exhaustive()
    }
}

/// Who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// A member of staff.
    Staff(StaffIdentity),
    /// A terminal.
    Terminal(TerminalIdentity),
}

/// A member of staff with an open session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffIdentity {
    /// The session.
    pub session: Uuid,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// The account.
    pub staff: Staff,
}

/// A terminal with an open session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalIdentity {
    /// The session.
    pub session: Uuid,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// The terminal.
    pub id: TerminalId,
    /// Where it stands.
    pub site: SiteView,
    /// The pool of clerks that serves it.
    pub hub: String,
}

impl Identity {
    /// Who it is to the machines.
    #[must_use]
    pub fn party(&self) -> Party {
        match self {
            Self::Staff(who) => Party::Staff(who.staff.id),
            Self::Terminal(who) => Party::Terminal(who.id),
        }
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> Uuid {
        match self {
            Self::Staff(who) => who.session,
            Self::Terminal(who) => who.session,
        }
    }
}

impl StaffIdentity {
    /// The account's id.
    #[must_use]
    pub fn id(&self) -> StaffId {
        self.staff.id
    }

    /// Whether the person has the role.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.staff.has(role)
    }
}

/// Why a token is not taken. Outside all are one.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Forged, for another purpose, expired, revoked, or its owner is locked out.
    #[error("token is not good: {0}")]
    Bad(&'static str),
    /// The database refused or is gone.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Auth {
    /// Ready to check people in. `folder` holds the key that signs sessions; it is made at the first start.
    ///
    /// # Errors
    /// When the key file cannot be used.
    pub async fn open(
        store: Store,
        keys: LedgerKeys,
        clock: SharedClock,
        folder: &Path,
    ) -> Result<Self, KeyError> {
        let hasher = password::Hasher::new(password::Cost::default(), &clock).await;
        Self::with_hasher(store, keys, clock, folder, (hasher, REFUSAL_AFTER))
    }

    fn with_hasher(
        store: Store,
        keys: LedgerKeys,
        clock: SharedClock,
        folder: &Path,
        (hasher, refusal_after): (password::Hasher, Duration),
    ) -> Result<Self, KeyError> {
        let tokens = token::Tokens::open(folder, &clock)?;
        let challenges = challenge::Challenges::new(clock.random());
        let (revoked, _) = broadcast::channel(1024);
        let (passes, strangers) = (passes::Passes::default(), throttle::Strangers::default());
        let inner = Inner {
            store,
            keys,
            clock,
            hasher,
            tokens,
            challenges,
            passes,
            strangers,
            refusal_after,
            revoked,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Whose token it is, if its session is still open.
    ///
    /// # Errors
    /// [`AuthError`].
    pub async fn identify(&self, token: &str) -> Result<Identity, AuthError> {
        let now = self.0.clock.now();
        let claims = self.0.tokens.check(token, now)?;
        let session =
            sessions::get(&self.0.store, claims.session).await?.ok_or(AuthError::Bad("no session"))?;
        if session.kind != claims.kind || session.subject != claims.subject {
            return Err(AuthError::Bad("session of somebody else"));
        }
        self.who(&session, now).await
    }

    async fn who(&self, session: &Session, now: Timestamp) -> Result<Identity, AuthError> {
        if session.revoked_at.is_some() {
            return Err(AuthError::Bad("revoked"));
        }
        if session.expires_at <= now {
            return Err(AuthError::Bad("expired"));
        }
        let Session { id: session, expires_at, subject, kind, .. } = *session;
        match kind {
            Kind::Staff => {
                let staff = staff::get(&self.0.store, StaffId(subject)).await?;
                let staff = staff.filter(|staff| staff.disabled_at.is_none());
                let staff = staff.ok_or(AuthError::Bad("account closed"))?;
                Ok(Identity::Staff(StaffIdentity { session, expires_at, staff }))
            }
            Kind::Terminal => {
                let terminal = terminals::get(&self.0.store, TerminalId(subject)).await?;
                let terminal = terminal.filter(|terminal| terminal.revoked_at.is_none());
                let terminal = terminal.ok_or(AuthError::Bad("terminal locked out"))?;
                let site = sites::get(&self.0.store, &terminal.site).await?;
                let site = site.ok_or(AuthError::Bad("site gone"))?;
                let (id, hub) = (terminal.id, site.hub);
                Ok(Identity::Terminal(TerminalIdentity { session, expires_at, id, site: site.view, hub }))
            }
        }
    }

    /// A pass for one WebSocket; none if the session holds too many already.
    #[must_use]
    pub fn issue_pass(&self, session: Uuid) -> Option<String> {
        let inner = &self.0;
        inner.passes.issue(session, inner.clock.random(), inner.clock.now())
    }

    /// Whose pass it is. It works once, within [`PASS_LIFE`], while the session is open.
    ///
    /// # Errors
    /// [`AuthError`].
    pub async fn redeem_pass(&self, pass: &str) -> Result<Identity, AuthError> {
        let now = self.0.clock.now();
        let session = self.0.passes.redeem(pass, now).ok_or(AuthError::Bad("no such pass"))?;
        let session = sessions::get(&self.0.store, session).await?.ok_or(AuthError::Bad("no session"))?;
        self.who(&session, now).await
    }
}

#[cfg(test)]
mod tests;
