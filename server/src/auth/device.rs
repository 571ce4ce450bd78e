//! Device keys: ECDSA P-256, as browsers make them (WebCrypto), never extractable there.
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is signed is this and the challenge: a signature made for it fits nothing else.
const CONTEXT: &str = "cloud-window.terminal.v1\n";

/// The public half of a device key, as JWK (RFC 7517). Members that browsers add (`ext`, `key_ops`) are passed over.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeviceKey {
    /// `EC`.
    #[schema(example = "EC")]
    kty: String,
    /// `P-256`.
    #[schema(example = "P-256")]
    crv: String,
    /// First coordinate, base64url.
    x: String,
    /// Second coordinate, base64url.
    y: String,
    /// The private half: never accepted.
    #[serde(default, skip_serializing)]
    #[schema(ignore)]
    d: Option<serde::de::IgnoredAny>,
}

/// Why a key is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceKeyError {
    /// It is another kind of key.
    #[error("must be an EC key on P-256")]
    Kind,
    /// The private half was sent: the key is burnt.
    #[error("must be the public half alone; make a new key")]
    Private,
    /// The coordinates are no point of the curve.
    #[error("x and y must be a point of P-256, 32 bytes each, base64url without padding")]
    Point,
}

impl DeviceKey {
    /// Checks that it is a key that can verify something.
    ///
    /// # Errors
    /// [`DeviceKeyError`].
    pub fn check(&self) -> Result<(), DeviceKeyError> {
        if self.d.is_some() {
            return Err(DeviceKeyError::Private);
        }
        if self.kty != "EC" || self.crv != "P-256" {
            return Err(DeviceKeyError::Kind);
        }
        self.parsed().map(|_| ()).ok_or(DeviceKeyError::Point)
    }

    /// Its thumbprint (RFC 7638).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let Self { x, y, .. } = self;
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()))
    }

    /// Whether `signature` (base64url of the raw 64 bytes) answers the challenge.
    #[must_use]
    pub fn verifies(&self, challenge: &str, signature: &str) -> bool {
        let (Some(key), Ok(signature)) = (self.parsed(), URL_SAFE_NO_PAD.decode(signature)) else {
            return false;
        };
        key.verify_sig(format!("{CONTEXT}{challenge}").as_bytes(), &signature).is_ok()
    }

    fn parsed(&self) -> Option<ParsedPublicKey> {
        let coordinate = |text: &str| URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 32);
        let point = [vec![4], coordinate(&self.x)?, coordinate(&self.y)?].concat();
        ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::testing::Device;
    use serde_json::json;

    fn key(value: &serde_json::Value) -> Result<(), DeviceKeyError> {
        serde_json::from_value::<DeviceKey>(value.clone()).unwrap().check()
    }

    #[test]
    fn a_browsers_key_is_taken_and_others_are_not() {
        let device = Device::new();
        let mut jwk = device.jwk();
        jwk["ext"] = json!(true);
        jwk["key_ops"] = json!(["verify"]);
        assert_eq!(key(&jwk), Ok(()));
        let with = |field: &str, value: serde_json::Value| {
            let mut jwk = jwk.clone();
            jwk[field] = value;
            jwk
        };
        assert_eq!(key(&with("kty", json!("RSA"))), Err(DeviceKeyError::Kind));
        assert_eq!(key(&with("crv", json!("P-384"))), Err(DeviceKeyError::Kind));
        assert_eq!(key(&with("d", json!("AAAA"))), Err(DeviceKeyError::Private));
        for x in [json!(""), json!("AAAA"), json!(URL_SAFE_NO_PAD.encode([1; 32])), json!("no base64 !")] {
            assert_eq!(key(&with("x", x)), Err(DeviceKeyError::Point));
        }
    }

    #[test]
    fn a_signature_fits_its_challenge_and_key_only() {
        let device = Device::new();
        let key: DeviceKey = serde_json::from_value(device.jwk()).unwrap();
        let signature = device.sign("abc");
        assert!(key.verifies("abc", &signature));
        assert!(!key.verifies("abd", &signature));
        assert!(!key.verifies("abc", ""));
        assert!(!key.verifies("abc", &device.sign_raw(b"abc")), "without the context");
        let other: DeviceKey = serde_json::from_value(Device::new().jwk()).unwrap();
        assert!(!other.verifies("abc", &signature));
        assert_ne!(other.thumbprint(), key.thumbprint());
    }

    #[test]
    fn the_thumbprint_is_that_of_rfc_7638() {
        // Recomputed by hand from the RFC's rule: members in order, no spaces, SHA-256, base64url.
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": "eA", "y": "eQ", "ext": true});
        let key: DeviceKey = serde_json::from_value(jwk).unwrap();
        let text = br#"{"crv":"P-256","kty":"EC","x":"eA","y":"eQ"}"#;
        assert_eq!(key.thumbprint(), URL_SAFE_NO_PAD.encode(digest(&SHA256, text)));
    }
}
