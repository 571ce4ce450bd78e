//! What a worker is told when it starts.
use aws_lc_rs::digest;
use std::fmt;
use std::net::SocketAddr;

/// Configuration of one worker: one [`crate::Sfu`] behind one UDP port.
#[derive(Clone)]
pub struct Config {
    /// The DTLS certificate; peers know it by its fingerprint.
    pub certificate: Certificate,
    /// Addresses under which the worker's port is reached, best first. IPv4 and IPv6.
    pub candidates: Vec<SocketAddr>,
    /// Seeds ICE credentials, SSRCs and first sequence numbers. Must be secret and different at each start.
    pub seed: [u8; 32],
}

impl Config {
    /// A configuration of its parts.
    #[must_use]
    pub fn new(certificate: Certificate, candidates: Vec<SocketAddr>, seed: [u8; 32]) -> Self {
        Self { certificate, candidates, seed }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("candidates", &self.candidates).finish_non_exhaustive()
    }
}

/// A configuration that cannot be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Nobody could be told where to connect.
    #[error("no candidate address: name at least one under which the media port is reached")]
    NoCandidate,
    /// `0.0.0.0`, `::` or port 0 are no addresses to connect to.
    #[error("a candidate address is unspecified: name the address and port that clients can reach")]
    UnspecifiedCandidate,
    /// The DTLS library refused its settings.
    #[error("the DTLS library refused its settings")]
    Dtls,
}

/// A certificate with its private key, both DER.
#[derive(Clone)]
pub struct Certificate(pub(crate) dimpl::DtlsCertificate);

/// No certificate could be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no certificate could be made")]
pub struct CertificateError;

impl Certificate {
    /// A new self-signed P-256 certificate, valid for a year. Browsers compare its fingerprint only (RFC 8827), so each
    /// start may have its own. It takes time and randomness from the certificate library.
    ///
    /// # Errors
    /// If the library cannot make a key.
    pub fn generate() -> Result<Self, CertificateError> {
        dimpl::certificate::generate_self_signed_certificate().map(Self).map_err(|_| CertificateError)
    }

    /// A certificate made elsewhere: an X.509 certificate with an ECDSA P-256 or P-384 key in PKCS #8.
    #[must_use]
    pub fn from_der(certificate: Vec<u8>, private_key: Vec<u8>) -> Self {
        Self(dimpl::DtlsCertificate { certificate, private_key })
    }

    /// SHA-256 of the certificate (RFC 8122).
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        fingerprint_of(&self.0.certificate)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificate")
    }
}

/// SHA-256 of a DER certificate.
pub(crate) fn fingerprint_of(der: &[u8]) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, der);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest.as_ref());
    bytes
}
