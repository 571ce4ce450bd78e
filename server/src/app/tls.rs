//! HTTPS from two PEM files.
use axum_server::tls_rustls::RustlsConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, crypto, version};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why HTTPS cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is missing, unreadable or no PEM of its kind.
    #[error("{what} {path} cannot be used: {why}")]
    File {
        /// Certificate chain or key.
        what: &'static str,
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// Key and certificate do not fit, or are of a kind that is not supported.
    #[error("tls_cert and tls_key cannot be used together: {0}")]
    Pair(#[from] rustls::Error),
}

/// Reads the files. TLS 1.2 and 1.3, HTTP/1.1: the WebSocket needs nothing newer, and header time-outs hold for all of it.
pub(super) fn read(cert: &Path, key: &Path) -> Result<RustlsConfig, TlsError> {
    let bad = |what, path: &Path, why: String| TlsError::File { what, path: path.to_owned(), why };
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| bad("certificate", cert, error.to_string()))?;
    if chain.is_empty() {
        return Err(bad("certificate", cert, "no certificate in it".to_owned()));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| bad("key", key, error.to_string()))?;
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])?
        .with_no_client_auth()
        .with_single_cert(chain, secret)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
