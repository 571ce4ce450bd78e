//! The same as `sys`, one datagram a call, for systems that have no batches. Built and tested everywhere.
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};

use super::udp::{DATAGRAM, Datagram, Run};

/// What one call read.
pub(super) struct Incoming {
    buffer: Box<[u8; DATAGRAM]>,
    last: Option<(SocketAddr, usize)>,
}

impl Incoming {
    pub(super) fn new() -> Self {
        Self { buffer: Box::new([0; DATAGRAM]), last: None }
    }

    /// Blocks until there is a datagram or the socket's read time-out; gives how many there are.
    pub(super) fn receive(&mut self, socket: &UdpSocket) -> io::Result<usize> {
        let (len, from) = socket.recv_from(self.buffer.as_mut_slice())?;
        self.last = Some((SocketAddr::new(from.ip().to_canonical(), from.port()), len));
        Ok(1)
    }

    /// The datagram at `i` of those that the last call gave.
    pub(super) fn get(&mut self, i: usize) -> Option<Datagram<'_>> {
        let (from, len) = self.last.filter(|_| i == 0)?;
        let bytes = self.buffer.get_mut(..len)?;
        (!bytes.is_empty()).then_some(Datagram { from, to: None, bytes })
    }
}

/// Sends the first of `runs`, segment by segment, from whichever address; gives how many runs were sent. `mapped`: the socket is of family V6.
pub(super) fn send(socket: &UdpSocket, data: &[u8], runs: &[Run], mapped: bool) -> io::Result<usize> {
    let Some(run) = runs.first() else { return Ok(0) };
    let to = match run.to {
        SocketAddr::V4(v4) if mapped => SocketAddr::new(IpAddr::V6(v4.ip().to_ipv6_mapped()), v4.port()),
        to => to,
    };
    for segment in data[run.start..run.start + run.len].chunks(run.segment.max(1)) {
        socket.send_to(segment, to)?;
    }
    Ok(1)
}

/// There is no portable way: the system's buffers stay as they are.
#[cfg(not(target_os = "linux"))]
pub(super) fn grow_buffers(_socket: &UdpSocket, _bytes: i32) {}

/// There is no portable way: answers leave from the address that the system chooses.
#[cfg(not(target_os = "linux"))]
pub(super) fn tell_destinations(_socket: &UdpSocket, _v6: bool) -> io::Result<()> {
    Ok(())
}

/// There is no portable way to list addresses: the one that a datagram to the outside would have, and loopback.
pub(super) fn interface_addresses() -> io::Result<Vec<IpAddr>> {
    let mut found = vec![IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)];
    // Connecting a UDP socket sends nothing; the address is one of those set aside for documentation (RFC 5737).
    let probe = UdpSocket::bind("0.0.0.0:0")?;
    if probe.connect("192.0.2.1:9").is_ok() {
        found.push(probe.local_addr()?.ip());
    }
    Ok(found)
}
