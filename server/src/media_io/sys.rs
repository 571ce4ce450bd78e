//! What `std` does not have: many datagrams in one system call, each way, with the address of ours that they came to or
//! leave from; the kernel's buffers; the machine's own addresses. The only unsafe code of the server. Everything the
//! kernel is handed lives until the call returns, and it keeps no pointer afterwards.
#![allow(unsafe_code, reason = "recvmmsg, sendmmsg, setsockopt and getifaddrs have no safe binding in std")]
use std::io;
use std::mem::{size_of, zeroed};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::ptr;

use super::udp::{BATCH, DATAGRAM, Datagram, Run};

/// So many runs are sent with a short list of headers.
const FEW: usize = 4;

/// A socket address as the kernel writes it: `sockaddr_in` (16 bytes) or `sockaddr_in6` (28 bytes).
#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct RawAddr([u8; 28]);

const V4: u16 = libc::AF_INET as u16;
const V6: u16 = libc::AF_INET6 as u16;

impl RawAddr {
    const ZERO: Self = Self([0; 28]);

    /// Encodes `addr` for a socket of family V6 (`mapped`) or V4; gives the length that counts.
    fn encode(addr: SocketAddr, mapped: bool) -> (Self, libc::socklen_t) {
        let mut raw = Self::ZERO;
        raw.0[2..4].copy_from_slice(&addr.port().to_be_bytes());
        match addr {
            SocketAddr::V4(v4) if !mapped => {
                raw.0[..2].copy_from_slice(&V4.to_ne_bytes());
                raw.0[4..8].copy_from_slice(&v4.ip().octets());
                (raw, 16)
            }
            SocketAddr::V4(v4) => {
                raw.0[..2].copy_from_slice(&V6.to_ne_bytes());
                raw.0[8..24].copy_from_slice(&v4.ip().to_ipv6_mapped().octets());
                (raw, 28)
            }
            SocketAddr::V6(v6) => {
                raw.0[..2].copy_from_slice(&V6.to_ne_bytes());
                raw.0[8..24].copy_from_slice(&v6.ip().octets());
                raw.0[24..28].copy_from_slice(&v6.scope_id().to_ne_bytes());
                (raw, 28)
            }
        }
    }

    /// Decodes; an IPv4 address mapped into IPv6 comes out as IPv4.
    fn decode(&self) -> Option<SocketAddr> {
        let b = &self.0;
        let port = u16::from_be_bytes([b[2], b[3]]);
        match u16::from_ne_bytes([b[0], b[1]]) {
            V4 => Some((Ipv4Addr::new(b[4], b[5], b[6], b[7]), port).into()),
            V6 => {
                let mut octets = [0u8; 16];
                octets.copy_from_slice(&b[8..24]);
                Some((Ipv6Addr::from(octets).to_canonical(), port).into())
            }
            _ => None,
        }
    }
}

/// Room for the control messages of one datagram: which of our addresses it was sent to or leaves from (24 to 40 bytes),
/// and where a run is cut (24 bytes).
#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Control([u8; 64]);

impl Control {
    const ZERO: Self = Self([0; 64]);

    /// Appends a message after the first `used` bytes; gives how many are used then.
    fn add(&mut self, used: usize, level: libc::c_int, kind: libc::c_int, data: &[u8]) -> usize {
        let len = data.len() as libc::c_uint;
        // SAFETY: these only compute.
        let (space, len) = unsafe { (libc::CMSG_SPACE(len) as usize, libc::CMSG_LEN(len)) };
        assert!(used + space <= self.0.len(), "a control message has no room");
        // SAFETY: the header and its data lie within the buffer, as just checked; the buffer is aligned as the header is, and
        // `used` is a sum of CMSG_SPACEs, which keeps that alignment. All-zero is a valid header.
        unsafe {
            let at = self.0.as_mut_ptr().add(used);
            let mut header: libc::cmsghdr = zeroed();
            header.cmsg_len = len as _;
            header.cmsg_level = level;
            header.cmsg_type = kind;
            ptr::write(at.cast(), header);
            ptr::copy_nonoverlapping(data.as_ptr(), libc::CMSG_DATA(at.cast()), data.len());
        }
        used + space
    }

    /// Appends which address a datagram leaves from (`in_pktinfo`, `in6_pktinfo`), interface left open.
    fn add_source(&mut self, used: usize, source: IpAddr, mapped: bool) -> usize {
        let six = match source {
            IpAddr::V4(v4) if !mapped => {
                let mut info = [0; 12];
                info[4..8].copy_from_slice(&v4.octets());
                return self.add(used, libc::IPPROTO_IP, libc::IP_PKTINFO, &info);
            }
            IpAddr::V4(v4) => v4.to_ipv6_mapped(),
            IpAddr::V6(v6) => v6,
        };
        let mut info = [0; 20];
        info[..16].copy_from_slice(&six.octets());
        self.add(used, libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, &info)
    }
}

/// Which of our addresses a datagram was sent to, if the kernel said it.
fn sent_to(header: &libc::msghdr) -> Option<IpAddr> {
    // SAFETY: the kernel filled the control buffer up to `msg_controllen`, within which the macros stay; the two structures
    // are read only where the kernel put them.
    unsafe {
        let mut at = libc::CMSG_FIRSTHDR(header);
        while let Some(message) = at.as_ref() {
            let data = libc::CMSG_DATA(at);
            match (message.cmsg_level, message.cmsg_type) {
                (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                    let info: libc::in_pktinfo = ptr::read_unaligned(data.cast());
                    return Some(IpAddr::V4(Ipv4Addr::from(info.ipi_spec_dst.s_addr.to_ne_bytes())));
                }
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                    let info: libc::in6_pktinfo = ptr::read_unaligned(data.cast());
                    return Some(Ipv6Addr::from(info.ipi6_addr.s6_addr).to_canonical());
                }
                _ => at = libc::CMSG_NXTHDR(header, at),
            }
        }
    }
    None
}

/// What one call read. Datagrams longer than [`DATAGRAM`] are passed over: nothing of ours is that long.
pub(super) struct Incoming {
    buffers: Box<[[u8; DATAGRAM]]>,
    from: Box<[RawAddr]>,
    controls: Box<[Control]>,
    to: [Option<IpAddr>; BATCH],
    lengths: [usize; BATCH],
}

impl Incoming {
    pub(super) fn new() -> Self {
        Self {
            buffers: vec![[0; DATAGRAM]; BATCH].into_boxed_slice(),
            from: vec![RawAddr::ZERO; BATCH].into_boxed_slice(),
            controls: vec![Control::ZERO; BATCH].into_boxed_slice(),
            to: [None; BATCH],
            lengths: [0; BATCH],
        }
    }

    /// Blocks until there is at least one datagram (then takes what else is there) or the socket's read time-out; gives
    /// how many.
    pub(super) fn receive(&mut self, socket: &UdpSocket) -> io::Result<usize> {
        // SAFETY: all-zero is a valid `iovec` and `mmsghdr`: null pointers and zero lengths.
        let (mut parts, mut messages): ([libc::iovec; BATCH], [libc::mmsghdr; BATCH]) = unsafe { zeroed() };
        for i in 0..BATCH {
            parts[i] = libc::iovec { iov_base: self.buffers[i].as_mut_ptr().cast(), iov_len: DATAGRAM };
            let header = &mut messages[i].msg_hdr;
            header.msg_name = (&raw mut self.from[i]).cast();
            header.msg_namelen = size_of::<RawAddr>() as libc::socklen_t;
            header.msg_iov = &raw mut parts[i];
            header.msg_iovlen = 1;
            header.msg_control = self.controls[i].0.as_mut_ptr().cast();
            header.msg_controllen = size_of::<Control>() as _;
        }
        // SAFETY: every pointer in `messages` leads to a buffer of `self` or of this frame, with its true length, borrowed
        // exclusively until the call returns; the count is that of the array.
        let count = unsafe {
            let flags = libc::MSG_WAITFORONE as _;
            libc::recvmmsg(socket.as_raw_fd(), messages.as_mut_ptr(), BATCH as u32, flags, ptr::null_mut())
        };
        let count = usize::try_from(count).map_err(|_| io::Error::last_os_error())?;
        for (i, message) in messages.iter().enumerate().take(count) {
            let whole = message.msg_hdr.msg_flags & libc::MSG_TRUNC == 0;
            self.lengths[i] = if whole { message.msg_len as usize } else { 0 };
            self.to[i] = sent_to(&message.msg_hdr);
        }
        Ok(count)
    }

    /// The datagram at `i` of those that the last call gave.
    pub(super) fn get(&mut self, i: usize) -> Option<Datagram<'_>> {
        let from = self.from.get(i)?.decode()?;
        let to = *self.to.get(i)?;
        let bytes = self.buffers.get_mut(i)?.get_mut(..*self.lengths.get(i)?)?;
        (!bytes.is_empty()).then_some(Datagram { from, to, bytes })
    }
}

/// Hands over as many of `runs` (at most [`BATCH`]) as the kernel takes now, without waiting; gives how many. A run of
/// several segments is cut by the kernel (UDP GSO). `mapped`: the socket is of family V6.
pub(super) fn send(socket: &UdpSocket, data: &[u8], runs: &[Run], mapped: bool) -> io::Result<usize> {
    // Mostly there are one or two, and empty headers for all that there might be cost more than those.
    if runs.len() <= FEW {
        send_up_to::<FEW>(socket, data, runs, mapped)
    } else {
        send_up_to::<BATCH>(socket, data, runs, mapped)
    }
}

fn send_up_to<const MOST: usize>(
    socket: &UdpSocket,
    data: &[u8],
    runs: &[Run],
    mapped: bool,
) -> io::Result<usize> {
    let runs = &runs[..runs.len().min(MOST)];
    let mut addrs = [RawAddr::ZERO; MOST];
    let mut controls = [Control::ZERO; MOST];
    // SAFETY: all-zero is a valid `iovec` and `mmsghdr`: null pointers and zero lengths.
    let (mut parts, mut messages): ([libc::iovec; MOST], [libc::mmsghdr; MOST]) = unsafe { zeroed() };
    for (i, run) in runs.iter().enumerate() {
        let bytes = &data[run.start..run.start + run.len];
        let (addr, addr_len) = RawAddr::encode(run.to, mapped);
        addrs[i] = addr;
        parts[i] = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
        let mut used = 0;
        if run.len > run.segment {
            let segment = (run.segment as u16).to_ne_bytes();
            used = controls[i].add(used, libc::SOL_UDP, libc::UDP_SEGMENT, &segment);
        }
        if let Some(source) = run.from {
            used = controls[i].add_source(used, source, mapped);
        }
        let header = &mut messages[i].msg_hdr;
        header.msg_name = (&raw mut addrs[i]).cast();
        header.msg_namelen = addr_len;
        header.msg_iov = &raw mut parts[i];
        header.msg_iovlen = 1;
        if used > 0 {
            header.msg_control = (&raw mut controls[i]).cast();
            header.msg_controllen = used as _;
        }
    }
    // SAFETY: every pointer in `messages` leads into `data` (which the kernel only reads) or to an array of this frame, all
    // of which outlive the call; the count is at most that of the array.
    let sent = unsafe {
        libc::sendmmsg(socket.as_raw_fd(), messages.as_mut_ptr(), runs.len() as u32, libc::MSG_DONTWAIT)
    };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

/// Asks the kernel to say with each datagram which of our addresses it was sent to.
pub(super) fn tell_destinations(socket: &UdpSocket, v6: bool) -> io::Result<()> {
    let (level, option) =
        if v6 { (libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO) } else { (libc::IPPROTO_IP, libc::IP_PKTINFO) };
    if set_option(socket, level, option, 1) { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn set_option(socket: &UdpSocket, level: libc::c_int, option: libc::c_int, value: i32) -> bool {
    // SAFETY: the option's value is an `int`, which lives until the call returns.
    unsafe {
        let len = size_of::<i32>() as libc::socklen_t;
        libc::setsockopt(socket.as_raw_fd(), level, option, (&raw const value).cast(), len) == 0
    }
}

/// Asks for kernel buffers of `bytes` each way; beyond the system's limit only where this process may.
pub(super) fn grow_buffers(socket: &UdpSocket, bytes: i32) {
    for (forced, usual) in [(libc::SO_RCVBUFFORCE, libc::SO_RCVBUF), (libc::SO_SNDBUFFORCE, libc::SO_SNDBUF)]
    {
        if !set_option(socket, libc::SOL_SOCKET, forced, bytes) {
            set_option(socket, libc::SOL_SOCKET, usual, bytes);
        }
    }
}

/// The addresses of this machine's interfaces that are up.
pub(super) fn interface_addresses() -> io::Result<Vec<IpAddr>> {
    let mut list: *mut libc::ifaddrs = ptr::null_mut();
    // SAFETY: on success `list` is a linked list that stays valid until `freeifaddrs` below.
    if unsafe { libc::getifaddrs(&raw mut list) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let mut found = Vec::new();
    let mut at = list;
    while !at.is_null() {
        // SAFETY: `at` is a node of the list; a non-null `ifa_addr` leads to a `sockaddr` of its family, and of the two
        // families read here as many bytes exist as are copied.
        unsafe {
            let node = &*at;
            if !node.ifa_addr.is_null() && node.ifa_flags & libc::IFF_UP as u32 != 0 {
                let len = match i32::from((*node.ifa_addr).sa_family) {
                    libc::AF_INET => size_of::<libc::sockaddr_in>(),
                    libc::AF_INET6 => size_of::<libc::sockaddr_in6>(),
                    _ => 0,
                };
                let mut raw = RawAddr::ZERO;
                ptr::copy_nonoverlapping(node.ifa_addr.cast::<u8>(), raw.0.as_mut_ptr(), len);
                found.extend(raw.decode().map(|a| a.ip()));
            }
            at = node.ifa_next;
        }
    }
    // SAFETY: the list came from `getifaddrs` and is not used after this.
    unsafe { libc::freeifaddrs(list) };
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_as_they_went_and_mapped_ones_as_ipv4() {
        for text in ["192.0.2.7:50000", "[2001:db8::9]:443", "[fe80::1%3]:9"] {
            let addr: SocketAddr = text.parse().unwrap();
            let back = RawAddr::encode(addr, false).0.decode().unwrap();
            assert_eq!((back.ip(), back.port()), (addr.ip(), addr.port()));
        }
        let v4: SocketAddr = "192.0.2.7:50000".parse().unwrap();
        assert_eq!(RawAddr::encode(v4, true).0.decode(), Some(v4));
        assert_eq!(RawAddr::ZERO.decode(), None);
    }

    #[test]
    fn this_machine_has_a_loopback_address() {
        assert!(interface_addresses().unwrap().contains(&IpAddr::V4(Ipv4Addr::LOCALHOST)));
    }
}
