//! Whom an endpoint serves, said by the argument it takes.
use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use std::ops::Deref;

use super::{Auth, AuthError, Identity, StaffIdentity, TerminalIdentity};
use crate::problem::Problem;
use crate::store::staff::Role;

/// Anybody with an open session.
#[derive(Clone, Debug)]
pub struct AnyAuth(pub Identity);

/// A member of staff with an open session. Roles are asked for with [`StaffAuth::require`].
#[derive(Clone, Debug)]
pub struct StaffAuth(pub StaffIdentity);

/// A terminal with an open session.
#[derive(Clone, Debug)]
pub struct TerminalAuth(pub TerminalIdentity);

impl StaffAuth {
    /// Goes on only for somebody with the role.
    ///
    /// # Errors
    /// 403.
    pub fn require(&self, role: Role) -> Result<(), Problem> {
        if self.0.has(role) { Ok(()) } else { Err(forbidden()) }
    }
}

impl Deref for StaffAuth {
    type Target = StaffIdentity;
    fn deref(&self) -> &StaffIdentity {
        &self.0
    }
}

impl Deref for TerminalAuth {
    type Target = TerminalIdentity;
    fn deref(&self) -> &TerminalIdentity {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AnyAuth
where
    Auth: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        identify(parts, &Auth::from_ref(state)).await.map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for StaffAuth
where
    Auth: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match identify(parts, &Auth::from_ref(state)).await? {
            Identity::Staff(who) => Ok(Self(who)),
            Identity::Terminal(_) => Err(forbidden()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for TerminalAuth
where
    Auth: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match identify(parts, &Auth::from_ref(state)).await? {
            Identity::Terminal(who) => Ok(Self(who)),
            Identity::Staff(_) => Err(forbidden()),
        }
    }
}

/// Whose request it is; asked of the database once a request, however many ask.
pub(super) async fn identify(parts: &mut Parts, auth: &Auth) -> Result<Identity, Problem> {
    if let Some(known) = parts.extensions.get::<Identity>() {
        return Ok(known.clone());
    }
    let token = bearer(parts).ok_or_else(unauthenticated)?;
    let identity = auth.identify(token).await.map_err(|error| match error {
        AuthError::Bad(why) => {
            tracing::debug!(why, "token refused");
            unauthenticated()
        }
        AuthError::Store(error) => Problem::internal(&error),
    })?;
    parts.extensions.insert(identity.clone());
    Ok(identity)
}

fn bearer(parts: &Parts) -> Option<&str> {
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let (header, None) = (headers.next()?, headers.next()) else { return None };
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn unauthenticated() -> Problem {
    Problem::unauthenticated("send a token of an open session as `Authorization: Bearer …`")
}

fn forbidden() -> Problem {
    Problem::forbidden("your role does not include this")
}
