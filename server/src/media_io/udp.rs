//! One UDP port, read and written in batches (media.md, rule 14).
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use super::MediaIoError;
#[cfg(not(target_os = "linux"))]
use super::plain as os;
#[cfg(target_os = "linux")]
use super::sys as os;

/// Datagrams that one call reads, and runs that one call writes, at most.
pub(super) const BATCH: usize = 64;
/// The longest datagram in bytes that is read or written.
pub(super) const DATAGRAM: usize = 2048;
/// How long a read waits: so late may timers be when nothing arrives.
const WAIT: Duration = Duration::from_millis(10);
/// Kernel buffers, bytes each way: a quarter of a second of 500 Mbit/s.
const KERNEL_BUFFER: i32 = 16 << 20;
/// Bytes and runs gathered before they are written, at most.
const GATHERED: usize = 512 << 10;
const RUNS: usize = 4 * BATCH;
/// The kernel cuts a run into at most 64 segments, and a run is one IP packet of at most 65,535 bytes before the cut.
const RUN_SEGMENTS: usize = 60;
const RUN_BYTES: usize = 60_000;

/// What arrived.
pub(super) struct Datagram<'a> {
    pub(super) from: SocketAddr,
    /// Which address of ours it was sent to; told only where there are several.
    pub(super) to: Option<IpAddr>,
    pub(super) bytes: &'a mut [u8],
}

/// Datagrams to one address that lie behind each other: all of `segment` bytes, but the last may be shorter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) to: SocketAddr,
    /// Which address of ours they leave from; none: whichever the kernel chooses.
    pub(super) from: Option<IpAddr>,
    pub(super) start: usize,
    pub(super) len: usize,
    pub(super) segment: usize,
}

impl Run {
    fn datagrams(&self) -> usize {
        self.len.div_ceil(self.segment.max(1))
    }
}

/// Peers whose path is known, at most.
const PATHS: usize = 1 << 16;

/// Datagrams written, and those that the kernel did not take.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traffic {
    pub(super) sent: u64,
    pub(super) dropped: u64,
}

/// Opens the port.
pub(super) fn bind(listen: SocketAddr) -> Result<UdpSocket, MediaIoError> {
    let open = || {
        let socket = UdpSocket::bind(listen)?;
        socket.set_read_timeout(Some(WAIT))?;
        if socket.local_addr()?.ip().is_unspecified() {
            os::tell_destinations(&socket, listen.is_ipv6())?;
        }
        Ok(socket)
    };
    let socket = open().map_err(|e: io::Error| match e.kind() {
        io::ErrorKind::AddrInUse => MediaIoError::InUse(listen),
        _ => MediaIoError::Bind(listen, e),
    })?;
    os::grow_buffers(&socket, KERNEL_BUFFER);
    Ok(socket)
}

/// The addresses that clients are told: those configured, else that of the socket, else all of this machine's that
/// clients can use. Loopback comes last: it serves only a browser on the same machine.
pub(super) fn candidates(public: &[IpAddr], local: SocketAddr) -> Vec<SocketAddr> {
    let mut addresses = if !public.is_empty() {
        public.to_vec()
    } else if !local.ip().is_unspecified() {
        vec![local.ip()]
    } else {
        os::interface_addresses().unwrap_or_else(|error| {
            tracing::warn!(%error, "media: the machine's addresses cannot be listed; set media_public");
            vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]
        })
    };
    // A link-local address means nothing without the name of the client's own interface.
    let usable = |ip: &IpAddr| match ip {
        IpAddr::V4(v4) => !v4.is_link_local(),
        IpAddr::V6(v6) => local.is_ipv6() && !v6.is_unicast_link_local(),
    };
    if public.is_empty() {
        addresses.retain(usable);
    }
    addresses.sort_by_key(|ip| (ip.is_loopback(), ip.is_ipv6()));
    addresses.dedup();
    addresses.into_iter().map(|ip| SocketAddr::new(ip, local.port())).collect()
}

/// Wakes the worker out of its read: an empty datagram to its own port, which nobody else can mistake for media.
#[derive(Debug)]
pub(super) struct Bell {
    socket: UdpSocket,
    to: SocketAddr,
}

impl Bell {
    pub(super) fn new(local: SocketAddr) -> io::Result<Self> {
        let (any, own): (IpAddr, IpAddr) = match local.ip() {
            IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(_) => (Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::LOCALHOST.into()),
        };
        let ip = if local.ip().is_unspecified() { own } else { local.ip() };
        let socket = UdpSocket::bind(SocketAddr::new(any, 0))?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket, to: SocketAddr::new(ip, local.port()) })
    }

    /// A ring that is lost costs no more than the read's time-out.
    pub(super) fn ring(&self) {
        let _ = self.socket.send_to(&[], self.to);
    }
}

/// Where datagrams are gathered until [`Outgoing::flush`]; packets are built and sealed in it.
pub(super) struct Outgoing {
    socket: Arc<UdpSocket>,
    data: Box<[u8]>,
    used: usize,
    runs: Vec<Run>,
    /// Whether the kernel and the network card cut runs; false after they once refused.
    cuts: bool,
    mapped: bool,
    paths: Paths,
    traffic: Traffic,
}

impl Outgoing {
    pub(super) fn new(socket: Arc<UdpSocket>, local: SocketAddr) -> Self {
        Self {
            socket,
            data: vec![0; GATHERED].into_boxed_slice(),
            used: 0,
            runs: Vec::with_capacity(RUNS),
            cuts: cfg!(target_os = "linux"),
            mapped: local.is_ipv6(),
            paths: Paths::default(),
            traffic: Traffic::default(),
        }
    }

    /// Answers to `peer` leave from `own` from now on: the address that its latest datagram was sent to. A client takes no
    /// answer from another.
    pub(super) fn learn(&mut self, peer: SocketAddr, own: IpAddr) {
        self.paths.learn(peer, own);
    }

    /// Writes everything. What the kernel does not take at once is lost, as on any network: media must not wait.
    pub(super) fn flush(&mut self) {
        let mut at = 0;
        while let Some(run) = self.runs.get(at).copied() {
            match os::send(&self.socket, &self.data, &self.runs[at..], self.mapped) {
                Ok(sent @ 1..) => {
                    self.traffic.sent +=
                        self.runs[at..at + sent].iter().map(|r| r.datagrams() as u64).sum::<u64>();
                    at += sent;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                // The address that was asked is no longer ours: any other is better than none.
                Err(e) if run.from.is_some() && e.raw_os_error() == Some(libc::EINVAL) => {
                    self.runs[at].from = None;
                }
                Err(e) if run.len > run.segment && refuses_cutting(&e) => {
                    tracing::info!(
                        "media: this system does not cut runs of datagrams (UDP GSO); sending them one by one"
                    );
                    self.cuts = false;
                    self.split(at);
                }
                // An address without a route, a full buffer: the next run may have more luck.
                Ok(0) | Err(_) => {
                    self.traffic.dropped += run.datagrams() as u64;
                    at += 1;
                }
            }
        }
        self.runs.clear();
        self.used = 0;
    }

    /// Makes every run from `at` on runs of one datagram each.
    fn split(&mut self, at: usize) {
        let tail = self.runs.split_off(at);
        for run in tail {
            let end = run.start + run.len;
            self.runs.extend((run.start..end).step_by(run.segment).map(|start| {
                let len = run.segment.min(end - start);
                Run { start, len, segment: len, ..run }
            }));
        }
    }

    pub(super) fn traffic(&self) -> Traffic {
        self.traffic
    }
}

/// From which address of ours each peer is answered, where there are several.
#[derive(Debug, Default)]
struct Paths {
    own: HashMap<SocketAddr, IpAddr>,
    latest: Option<(SocketAddr, IpAddr)>,
}

impl Paths {
    fn learn(&mut self, peer: SocketAddr, own: IpAddr) {
        // Datagrams of one peer come in runs.
        if self.latest == Some((peer, own)) {
            return;
        }
        self.latest = Some((peer, own));
        // Strangers are learnt too, so it is bounded; whoever is still there is learnt again within milliseconds.
        if self.own.len() >= PATHS {
            self.own.clear();
        }
        self.own.insert(peer, own);
    }

    fn own(&self, peer: SocketAddr) -> Option<IpAddr> {
        if self.own.is_empty() { None } else { self.own.get(&peer).copied() }
    }
}

impl media::Transmit for Outgoing {
    fn room(&mut self) -> &mut [u8] {
        if self.used + DATAGRAM > self.data.len() || self.runs.len() == RUNS {
            self.flush();
        }
        &mut self.data[self.used..self.used + DATAGRAM]
    }

    fn commit(&mut self, to: SocketAddr, len: usize) {
        let start = self.used;
        self.used += len;
        if let Some(run) = self.runs.last_mut()
            && self.cuts
            && run.to == to
            && run.len.is_multiple_of(run.segment)
            && len <= run.segment
            && run.datagrams() < RUN_SEGMENTS
            && run.len + len <= RUN_BYTES
        {
            run.len += len;
        } else if len > 0 {
            let from = self.paths.own(to);
            self.runs.push(Run { to, from, start, len, segment: len });
        }
    }
}

/// `EINVAL` and `EOPNOTSUPP`: no such option; `EIO`: a network card without checksum offload.
fn refuses_cutting(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EINVAL | libc::EOPNOTSUPP | libc::EIO | libc::ENOPROTOOPT))
}

/// Reads one batch. An error of an earlier write (a closed port elsewhere) shows here and means nothing.
pub(super) fn receive(incoming: &mut os::Incoming, socket: &UdpSocket) -> io::Result<usize> {
    match incoming.receive(socket) {
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::WouldBlock
                    | io::ErrorKind::TimedOut
                    | io::ErrorKind::Interrupted
                    | io::ErrorKind::ConnectionRefused
            ) =>
        {
            Ok(0)
        }
        other => other,
    }
}

pub(super) use os::Incoming;
