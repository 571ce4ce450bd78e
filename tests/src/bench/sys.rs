//! The few system calls that the standard library does not offer: batched datagrams, a precise wait on many sockets, and
//! what another process used.
//!
//! Everything unsafe of the benchmarks is in this file.
#![allow(unsafe_code)]

use std::io;
use std::mem::{size_of, zeroed};
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::null_mut;
use std::time::Duration;

/// Datagrams taken with one call.
const BATCH: usize = 64;
/// Room for one datagram; what is longer is cut and will not authenticate.
const ROOM: usize = 2048;
/// Room for one control message.
const CONTROL: usize = 64;
/// The kernel takes at most this many segments in one piece.
const MAX_SEGMENTS: usize = 64;
/// The kernel takes at most this many bytes in one piece.
const MAX_RUN: usize = 60_000;

fn check(result: libc::c_int) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

fn set_option<T>(socket: &UdpSocket, level: libc::c_int, name: libc::c_int, value: &T) -> io::Result<()> {
    let (pointer, length) = (std::ptr::from_ref(value).cast(), size_of::<T>() as libc::socklen_t);
    // SAFETY: `pointer` points to `length` readable bytes for the duration of the call.
    check(unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, pointer, length) }).map(|_| ())
}

/// Asks for large buffers, so that a burst is not lost before it is read: beyond the system's limit where this process
/// may, as far as the limit elsewhere.
///
/// # Errors
/// When the system refuses the option itself.
pub fn enlarge_buffers(socket: &UdpSocket) -> io::Result<()> {
    let wanted: libc::c_int = 8 << 20;
    for (forced, usual) in [(libc::SO_RCVBUFFORCE, libc::SO_RCVBUF), (libc::SO_SNDBUFFORCE, libc::SO_SNDBUF)]
    {
        set_option(socket, libc::SOL_SOCKET, forced, &wanted)
            .or_else(|_| set_option(socket, libc::SOL_SOCKET, usual, &wanted))?;
    }
    Ok(())
}

/// While it lives, this session has the larger share of the processors, where the system allows it: a builder beside the
/// benchmark would otherwise decide how large batches get and what is lost.
#[derive(Debug)]
pub struct Precedence(());

impl Precedence {
    /// Takes precedence from now on, for this process and those that it starts. That it is refused to ordinary users is no
    /// matter.
    #[must_use]
    pub fn take() -> Self {
        share(-15);
        Self(())
    }
}

impl Drop for Precedence {
    fn drop(&mut self) {
        share(0);
    }
}

fn share(nice: libc::c_int) {
    // Where Linux groups processes by session, the group's value counts; elsewhere, the process's.
    let _ = std::fs::write("/proc/self/autogroup", nice.to_string());
    // SAFETY: the call takes integers only.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, nice) };
}

/// Has the kernel note when each datagram arrived.
///
/// # Errors
/// When the system does not support it.
pub fn stamp_arrivals(socket: &UdpSocket) -> io::Result<()> {
    set_option(socket, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, &1i32)
}

/// Nanoseconds since the epoch on the clock that stamps arrivals.
#[must_use]
pub fn wall_nanos() -> u64 {
    // SAFETY: `time` is a valid place for the result.
    let time = unsafe {
        let mut time: libc::timespec = zeroed();
        libc::clock_gettime(libc::CLOCK_REALTIME, &raw mut time);
        time
    };
    nanos(&time)
}

/// Wakes of this thread come as exactly as the kernel can, not 50 µs late.
pub fn sharpen_timers() {
    // SAFETY: the call takes integers only.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1usize) };
}

fn nanos(time: &libc::timespec) -> u64 {
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}

/// CPU time, user and system, that a process has used with all its threads.
///
/// # Errors
/// When there is no such process.
pub fn cpu_time(pid: u32) -> io::Result<Duration> {
    let pid = libc::pid_t::try_from(pid).map_err(io::Error::other)?;
    // SAFETY: `clock` and `time` are valid places for the results.
    unsafe {
        let mut clock: libc::clockid_t = 0;
        let mut time: libc::timespec = zeroed();
        match libc::clock_getcpuclockid(pid, &raw mut clock) {
            0 => check(libc::clock_gettime(clock, &raw mut time)).map(|_| Duration::from_nanos(nanos(&time))),
            error => Err(io::Error::from_raw_os_error(error)),
        }
    }
}

/// One datagram of an [`Inbox`].
#[derive(Debug)]
pub struct Datagram<'a> {
    /// Who sent it.
    pub from: SocketAddrV4,
    /// Nanoseconds since the epoch when it arrived; 0 unless arrivals are stamped.
    pub arrived: u64,
    /// Its bytes, to be decrypted in place.
    pub bytes: &'a mut [u8],
}

/// Takes many datagrams with one system call.
pub struct Inbox {
    bytes: Box<[[u8; ROOM]]>,
    names: Box<[libc::sockaddr_in]>,
    controls: Box<[[u64; CONTROL / 8]]>,
    vectors: Box<[libc::iovec]>,
    headers: Box<[libc::mmsghdr]>,
    filled: usize,
}

impl Inbox {
    /// An empty inbox.
    #[must_use]
    pub fn new() -> Self {
        // SAFETY: all-zero bytes are a valid value of each of these plain C structures.
        let (name, vector, header) = unsafe { (zeroed(), zeroed(), zeroed()) };
        Self {
            bytes: vec![[0; ROOM]; BATCH].into(),
            names: vec![name; BATCH].into(),
            controls: vec![[0; CONTROL / 8]; BATCH].into(),
            vectors: vec![vector; BATCH].into(),
            headers: vec![header; BATCH].into(),
            filled: 0,
        }
    }

    /// Takes what is there. With a blocking socket it waits for the first datagram, as long as the socket's time-out.
    /// Gives how many came.
    ///
    /// # Errors
    /// Those of `recvmmsg`, `WouldBlock` for a time-out among them.
    pub fn receive(&mut self, socket: &UdpSocket) -> io::Result<usize> {
        self.filled = 0;
        for i in 0..BATCH {
            self.vectors[i] = libc::iovec { iov_base: self.bytes[i].as_mut_ptr().cast(), iov_len: ROOM };
            let header = &mut self.headers[i].msg_hdr;
            header.msg_name = (&raw mut self.names[i]).cast();
            header.msg_namelen = size_of::<libc::sockaddr_in>() as libc::socklen_t;
            header.msg_iov = &raw mut self.vectors[i];
            header.msg_iovlen = 1;
            header.msg_control = self.controls[i].as_mut_ptr().cast();
            header.msg_controllen = CONTROL as _;
        }
        let (headers, count) = (self.headers.as_mut_ptr(), BATCH as libc::c_uint);
        // SAFETY: every header points into boxed slices of `self` that live and do not move during the call.
        let result =
            unsafe { libc::recvmmsg(socket.as_raw_fd(), headers, count, libc::MSG_WAITFORONE, null_mut()) };
        self.filled = check(result)?;
        Ok(self.filled)
    }

    /// The datagram at `index` of those that came last.
    pub fn get(&mut self, index: usize) -> Option<Datagram<'_>> {
        if index >= self.filled {
            return None;
        }
        let header = &self.headers[index];
        let arrived = arrival(&header.msg_hdr);
        let length = (header.msg_len as usize).min(ROOM);
        let name = &self.names[index];
        let from = SocketAddrV4::new(
            Ipv4Addr::from(u32::from_be(name.sin_addr.s_addr)),
            u16::from_be(name.sin_port),
        );
        Some(Datagram { from, arrived, bytes: &mut self.bytes[index][..length] })
    }
}

impl Default for Inbox {
    fn default() -> Self {
        Self::new()
    }
}

fn arrival(header: &libc::msghdr) -> u64 {
    // SAFETY: the header is as the kernel left it: its control buffer holds `msg_controllen` bytes of well-formed messages.
    unsafe {
        let message = libc::CMSG_FIRSTHDR(header);
        if message.is_null() || (*message).cmsg_type != libc::SCM_TIMESTAMPNS {
            return 0;
        }
        nanos(&libc::CMSG_DATA(message).cast::<libc::timespec>().read_unaligned())
    }
}

/// Collects datagrams and sends them with as few system calls as the kernel allows: neighbours for one destination become
/// one piece that the kernel cuts up (GSO), and all pieces leave with one `sendmmsg`.
pub struct Outbox {
    bytes: Vec<u8>,
    packets: Vec<(SocketAddrV4, usize)>,
    join_neighbours: bool,
}

struct Run {
    to: libc::sockaddr_in,
    start: usize,
    length: usize,
    segment: usize,
    packets: usize,
}

impl Outbox {
    /// An empty outbox; `join_neighbours` allows GSO.
    #[must_use]
    pub fn new(join_neighbours: bool) -> Self {
        Self { bytes: Vec::with_capacity(1 << 18), packets: Vec::with_capacity(256), join_neighbours }
    }

    /// Adds a datagram.
    pub fn push(&mut self, to: SocketAddrV4, datagram: &[u8]) {
        self.bytes.extend_from_slice(datagram);
        self.packets.push((to, datagram.len()));
    }

    /// Adds a datagram that `write` puts at the end of the buffer it is handed.
    pub fn write(&mut self, to: SocketAddrV4, write: impl FnOnce(&mut Vec<u8>)) {
        let before = self.bytes.len();
        write(&mut self.bytes);
        self.packets.push((to, self.bytes.len() - before));
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<(SocketAddrV4, Run)> = Vec::with_capacity(self.packets.len());
        let mut at = 0;
        for &(to, length) in &self.packets {
            match runs.last_mut() {
                // Only the last segment of a run may be shorter than the others.
                Some((last, run))
                    if self.join_neighbours
                        && *last == to
                        && run.packets < MAX_SEGMENTS
                        && run.length + length <= MAX_RUN
                        && run.length == run.segment * run.packets
                        && length <= run.segment =>
                {
                    run.length += length;
                    run.packets += 1;
                }
                _ => runs.push((to, Run { to: name(to), start: at, length, segment: length, packets: 1 })),
            }
            at += length;
        }
        runs.into_iter().map(|(_, run)| run).collect()
    }

    /// Sends everything. What the socket refuses is dropped, like any datagram on its way.
    ///
    /// # Errors
    /// Those of `sendmmsg` that do not concern a single datagram.
    pub fn flush(&mut self, socket: &UdpSocket) -> io::Result<()> {
        let mut runs = self.runs();
        let mut at = 0;
        while at < runs.len() {
            let end = runs.len().min(at + BATCH);
            match send(socket, &mut self.bytes, &mut runs[at..end]) {
                Ok(sent) => at += sent.max(1),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A closed port of a peer that left, or a full buffer.
                Err(error) if matches!(error.raw_os_error(), Some(libc::ECONNREFUSED | libc::EAGAIN)) => {
                    at += 1
                }
                Err(error) => return Err(error),
            }
        }
        self.bytes.clear();
        self.packets.clear();
        Ok(())
    }
}

fn name(to: SocketAddrV4) -> libc::sockaddr_in {
    // SAFETY: all-zero bytes are a valid `sockaddr_in`.
    let mut name: libc::sockaddr_in = unsafe { zeroed() };
    name.sin_family = libc::AF_INET as libc::sa_family_t;
    name.sin_port = to.port().to_be();
    name.sin_addr.s_addr = u32::from(*to.ip()).to_be();
    name
}

fn send(socket: &UdpSocket, bytes: &mut [u8], runs: &mut [Run]) -> io::Result<usize> {
    let mut vectors: Vec<libc::iovec> = runs
        .iter()
        .map(|run| libc::iovec { iov_base: bytes[run.start..].as_mut_ptr().cast(), iov_len: run.length })
        .collect();
    let mut controls = vec![[0u64; CONTROL / 8]; runs.len()];
    let mut headers: Vec<libc::mmsghdr> = Vec::with_capacity(runs.len());
    for ((run, vector), control) in runs.iter_mut().zip(&mut vectors).zip(&mut controls) {
        // SAFETY: zeroes are a valid header. The control buffer is aligned for `cmsghdr` and larger than one message with
        // two bytes, so that CMSG_FIRSTHDR gives a place within it.
        unsafe {
            let mut header: libc::mmsghdr = zeroed();
            header.msg_hdr.msg_name = (&raw mut run.to).cast();
            header.msg_hdr.msg_namelen = size_of::<libc::sockaddr_in>() as libc::socklen_t;
            header.msg_hdr.msg_iov = std::ptr::from_mut(vector);
            header.msg_hdr.msg_iovlen = 1;
            if run.packets > 1 {
                header.msg_hdr.msg_control = control.as_mut_ptr().cast();
                header.msg_hdr.msg_controllen = libc::CMSG_SPACE(size_of::<u16>() as u32) as _;
                let message = libc::CMSG_FIRSTHDR(&raw const header.msg_hdr);
                (*message).cmsg_level = libc::SOL_UDP;
                (*message).cmsg_type = libc::UDP_SEGMENT;
                (*message).cmsg_len = libc::CMSG_LEN(size_of::<u16>() as u32) as _;
                libc::CMSG_DATA(message).cast::<u16>().write_unaligned(run.segment as u16);
            }
            headers.push(header);
        }
    }
    // SAFETY: every header points into `runs`, `vectors`, `controls` and `bytes`, which outlive the call.
    check(unsafe { libc::sendmmsg(socket.as_raw_fd(), headers.as_mut_ptr(), headers.len() as u32, 0) })
}

/// Waits for many sockets at once, to the microsecond.
pub struct Poller {
    epoll: OwnedFd,
    events: Vec<libc::epoll_event>,
}

impl Poller {
    /// A poller that watches nothing yet.
    ///
    /// # Errors
    /// When the system has no more descriptors.
    pub fn new() -> io::Result<Self> {
        // SAFETY: the call takes an integer; the descriptor it gives is owned by nobody else.
        let epoll = unsafe {
            let descriptor = libc::epoll_create1(libc::EPOLL_CLOEXEC);
            check(descriptor)?;
            OwnedFd::from_raw_fd(descriptor)
        };
        Ok(Self { epoll, events: vec![libc::epoll_event { events: 0, u64: 0 }; 128] })
    }

    /// Watches a socket for datagrams; `token` names it. It is forgotten when it is closed.
    ///
    /// # Errors
    /// Those of `epoll_ctl`.
    pub fn watch(&self, socket: &UdpSocket, token: u64) -> io::Result<()> {
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: token };
        let (epoll, socket) = (self.epoll.as_raw_fd(), socket.as_raw_fd());
        // SAFETY: `event` is readable for the duration of the call.
        check(unsafe { libc::epoll_ctl(epoll, libc::EPOLL_CTL_ADD, socket, &raw mut event) }).map(|_| ())
    }

    /// Waits until a socket has something or the time is over, and puts the tokens of those that have into `ready`.
    ///
    /// # Errors
    /// Those of `epoll_pwait2`.
    pub fn wait(&mut self, limit: Duration, ready: &mut Vec<u64>) -> io::Result<()> {
        ready.clear();
        // SAFETY: zeroes are a valid `timespec`; `events` has room for as many events as are asked for.
        let result = unsafe {
            let mut time: libc::timespec = zeroed();
            time.tv_sec = libc::time_t::try_from(limit.as_secs()).unwrap_or(libc::time_t::MAX);
            time.tv_nsec = libc::c_long::from(limit.subsec_nanos());
            let (events, room) = (self.events.as_mut_ptr(), self.events.len() as libc::c_int);
            libc::epoll_pwait2(self.epoll.as_raw_fd(), events, room, &raw const time, std::ptr::null())
        };
        match check(result) {
            Ok(count) => {
                ready.extend(self.events[..count].iter().map(|event| event.u64));
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_joined_comes_in_apart() {
        let a = UdpSocket::bind("127.0.0.1:0").unwrap();
        let b = UdpSocket::bind("127.0.0.1:0").unwrap();
        b.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stamp_arrivals(&b).unwrap();
        let (from, to) = (addr(&a), addr(&b));
        let mut outbox = Outbox::new(true);
        for length in [900, 900, 300, 900, 20] {
            outbox.push(to, &vec![length as u8; length]);
        }
        assert_eq!(outbox.runs().len(), 2, "a shorter datagram ends a run");
        outbox.flush(&a).unwrap();
        let (mut inbox, mut lengths) = (Inbox::new(), Vec::new());
        while lengths.len() < 5 {
            for i in 0..inbox.receive(&b).unwrap() {
                let datagram = inbox.get(i).unwrap();
                assert_eq!(datagram.from, from);
                assert!(datagram.arrived > 0);
                assert!(datagram.bytes.iter().all(|byte| *byte == datagram.bytes.len() as u8));
                lengths.push(datagram.bytes.len());
            }
        }
        assert_eq!(lengths, [900, 900, 300, 900, 20]);
    }

    #[test]
    fn one_process_has_used_some_time() {
        assert!(cpu_time(std::process::id()).unwrap() > Duration::ZERO);
    }

    fn addr(socket: &UdpSocket) -> SocketAddrV4 {
        match socket.local_addr().unwrap() {
            std::net::SocketAddr::V4(address) => address,
            std::net::SocketAddr::V6(_) => panic!("bound to IPv4"),
        }
    }
}
