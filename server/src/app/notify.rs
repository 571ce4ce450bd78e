//! Tells systemd how far the start or the stop is (sd_notify(3)): one datagram, nothing if nobody asked for it.
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Sends `state`, such as `READY=1`.
pub(super) fn systemd(state: &str) {
    if let Some(address) = std::env::var_os("NOTIFY_SOCKET").and_then(|name| name.into_string().ok())
        && let Err(error) = tell(&address, state)
    {
        tracing::warn!(%error, "systemd was not told {state}");
    }
}

fn tell(address: &str, state: &str) -> std::io::Result<()> {
    let address = match address.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(address)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_arrives_as_one_datagram() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        tell(path.to_str().unwrap(), "READY=1").unwrap();
        let mut bytes = [0; 64];
        let length = socket.recv(&mut bytes).unwrap();
        assert_eq!(&bytes[..length], b"READY=1");
        assert!(tell("/nowhere/at/all", "READY=1").is_err());
    }
}
