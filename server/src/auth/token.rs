//! Session tokens: JWT, one algorithm, one header, every claim required and of its type.
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use protocol::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

use super::AuthError;
use crate::clock::SharedClock;
use crate::store::keys::{KeyError, secret_file};
use crate::store::sessions::{Kind, Session};

/// How long a session lasts at most.
pub const SESSION_LIFE: Duration = Duration::from_secs(12 * 60 * 60);

const ISSUER: &str = "cloud-window";
/// The one purpose that these tokens have; those of other purposes are not taken for them.
const PURPOSE: &str = "session";
const MOST_BYTES: usize = 1024;

/// Signs and checks tokens.
pub(super) struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    /// The first part of every token of ours, with its dot. Only this very text is taken as a header: so nothing in
    /// a header (`alg`, `jku`, `jwk`, `kid` …) can ever have an effect.
    header: String,
}

/// What a good token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claimed {
    pub(super) kind: Kind,
    pub(super) subject: Uuid,
    pub(super) session: Uuid,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    typ: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: Uuid,
}

impl Tokens {
    pub(super) fn open(folder: &Path, clock: &SharedClock) -> Result<Self, KeyError> {
        let path = folder.join("session-signing.key");
        let damaged = || KeyError::Damaged(path.clone());
        let pair = Ed25519KeyPair::from_seed_unchecked(&secret_file(&path, clock)?).map_err(|_| damaged())?;
        let private = pair.to_pkcs8().map_err(|_| damaged())?;
        let signing = EncodingKey::from_ed_der(private.as_ref());
        let checking = DecodingKey::from_ed_der(pair.public_key().as_ref());
        let mut tokens = Self { signing, checking, header: String::new() };
        let sample = tokens.sign(&()).map_err(|_| damaged())?;
        tokens.header = sample.split_inclusive('.').next().unwrap_or_default().to_owned();
        Ok(tokens)
    }

    pub(super) fn issue(&self, session: &Session, now: Timestamp) -> Result<String, AuthError> {
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: audience(session.kind).to_owned(),
            sub: session.subject,
            typ: PURPOSE.to_owned(),
            iat: seconds(now),
            nbf: seconds(now),
            exp: seconds(session.expires_at),
            jti: session.id,
        };
        self.sign(&claims).map_err(|_| AuthError::Bad("cannot be signed"))
    }

    pub(super) fn check(&self, token: &str, now: Timestamp) -> Result<Claimed, AuthError> {
        if token.len() > MOST_BYTES {
            return Err(AuthError::Bad("too long"));
        }
        if !token.starts_with(&self.header) {
            return Err(AuthError::Bad("header is not ours"));
        }
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[audience(Kind::Staff), audience(Kind::Terminal)]);
        rules.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        // Times are checked below, against our own clock and without leeway.
        (rules.validate_exp, rules.validate_nbf) = (false, false);
        let claims: Claims = jsonwebtoken::decode(token, &self.checking, &rules)
            .map_err(|_| AuthError::Bad("signature or claims"))?
            .claims;
        if claims.typ != PURPOSE {
            return Err(AuthError::Bad("for another purpose"));
        }
        let now = seconds(now);
        if claims.exp <= now {
            return Err(AuthError::Bad("expired"));
        }
        if claims.nbf > now {
            return Err(AuthError::Bad("not yet good"));
        }
        let kind = [Kind::Staff, Kind::Terminal].into_iter().find(|kind| audience(*kind) == claims.aud);
        let kind = kind.ok_or(AuthError::Bad("for somebody else"))?;
        Ok(Claimed { kind, subject: claims.sub, session: claims.jti })
    }

    fn sign(&self, claims: &impl Serialize) -> Result<String, jsonwebtoken::errors::Error> {
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), claims, &self.signing)
    }
}

fn audience(kind: Kind) -> &'static str {
    match kind {
        Kind::Staff => "cloud-window/staff",
        Kind::Terminal => "cloud-window/terminal",
    }
}

fn seconds(at: Timestamp) -> i64 {
    at.0.div_euclid(1_000_000)
}

#[cfg(test)]
mod tests;
