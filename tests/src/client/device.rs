//! A terminal's device key (ECDSA P-256), as a browser would keep it.
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// What is signed is this and the challenge.
const CONTEXT: &str = "cloud-window.terminal.v1\n";

/// A key pair.
#[derive(Debug)]
pub struct Device(EcdsaKeyPair);

impl Device {
    /// A new key.
    ///
    /// # Errors
    /// If the cryptographic library refuses.
    pub fn generate() -> anyhow::Result<Self> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map(Self)
            .map_err(|_| anyhow::anyhow!("no device key"))
    }

    /// The public half, as JWK (RFC 7517).
    #[must_use]
    pub fn jwk(&self) -> Value {
        // Uncompressed: 4, then both coordinates (SEC 1 §2.3.3).
        let point = self.0.public_key().as_ref();
        let coordinate = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"kty": "EC", "crv": "P-256", "x": coordinate(&point[1..33]), "y": coordinate(&point[33..65])})
    }

    /// Answers a challenge.
    ///
    /// # Errors
    /// If the cryptographic library refuses.
    pub fn sign(&self, challenge: &str) -> anyhow::Result<String> {
        let signature = self
            .0
            .sign(&SystemRandom::new(), format!("{CONTEXT}{challenge}").as_bytes())
            .map_err(|_| anyhow::anyhow!("the challenge could not be signed"))?;
        Ok(URL_SAFE_NO_PAD.encode(signature))
    }
}
