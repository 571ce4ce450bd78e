//! A second device in the same network: pages may use the camera only over HTTPS, so the demonstration makes a
//! certificate of its own and says what the browser will ask.
use anyhow::{Context, bail};
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::config::Config;

/// This machine, as other devices of its network see it.
#[derive(Clone, Copy, Debug)]
pub struct Lan {
    /// Its address.
    pub address: IpAddr,
}

impl Lan {
    /// Finds the address. Nothing is sent: the system only says which address it would send from.
    ///
    /// # Errors
    /// When this machine is in no network.
    pub fn find() -> anyhow::Result<Self> {
        let probe = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|socket| {
            // TEST-NET-1 (RFC 5737): nobody's.
            socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
            socket.local_addr()
        });
        match probe.map(|address| address.ip()) {
            Ok(address) if !address.is_loopback() && !address.is_unspecified() => Ok(Self { address }),
            _ => bail!("this machine is in no network: --lan needs one"),
        }
    }

    /// Listens on every address, with a certificate for this one.
    pub(super) fn prepare(&self, config: &mut Config, data: &Path) -> anyhow::Result<()> {
        config.listen = SocketAddr::from((Ipv4Addr::UNSPECIFIED, config.listen.port()));
        if config.media_public.is_empty() {
            config.media_public = vec![self.address, Ipv4Addr::LOCALHOST.into()];
        }
        if config.tls() {
            return Ok(());
        }
        let folder = data.join("tls");
        let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        let address = folder.join("address");
        let made_for = std::fs::read_to_string(&address).unwrap_or_default();
        if made_for != self.address.to_string() || !cert.is_file() || !key.is_file() {
            let names = vec![self.address.to_string(), "127.0.0.1".to_owned(), "localhost".to_owned()];
            let made = rcgen::generate_simple_self_signed(names).context("no certificate")?;
            std::fs::create_dir_all(&folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
            write(&key, &made.signing_key.serialize_pem())?;
            write(&cert, &made.cert.pem())?;
            write(&address, &self.address.to_string())?;
        }
        (config.tls_cert, config.tls_key) = (Some(cert), Some(key));
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let file = options.create(true).write(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_kept_until_the_address_changes() {
        let folder = tempfile::tempdir().unwrap();
        let read = || std::fs::read_to_string(folder.path().join("tls/cert.pem")).unwrap();
        let prepare = |last: u8| {
            let mut config = Config::default();
            Lan { address: [10, 0, 0, last].into() }.prepare(&mut config, folder.path()).unwrap();
            config
        };
        let config = prepare(7);
        assert!(config.tls() && config.listen.ip().is_unspecified());
        let first = read();
        prepare(7);
        assert_eq!(read(), first);
        prepare(8);
        assert_ne!(read(), first);
    }
}
