//! Lets connections in: a cap for each address, and no waiting for small packets (media.md, rule 15).
use axum_server::accept::Accept;
use std::collections::BTreeMap;
use std::future::Ready;
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Counts who is in. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Door {
    open: Arc<Mutex<BTreeMap<IpAddr, u32>>>,
    most: u32,
}

/// A connection that is counted for as long as it lives, also as a WebSocket.
#[derive(Debug)]
pub(super) struct Counted {
    stream: TcpStream,
    _place: Place,
}

#[derive(Debug)]
struct Place {
    address: IpAddr,
    open: Arc<Mutex<BTreeMap<IpAddr, u32>>>,
}

impl Door {
    pub(super) fn new(most: u32) -> Self {
        Self { open: Arc::default(), most }
    }

    fn place(&self, address: IpAddr) -> Option<Place> {
        let address = whose(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place { address, open: Arc::clone(&self.open) })
    }
}

/// Whoever has one IPv6 address has the whole /64.
fn whose(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

impl<S> Accept<TcpStream, S> for Door {
    type Stream = Counted;
    type Service = S;
    type Future = Ready<io::Result<(Counted, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let counted = stream.set_nodelay(true).and_then(|()| stream.peer_addr()).and_then(|peer| {
            let place = self.place(peer.ip());
            place.ok_or_else(|| io::Error::other("too many connections from one address"))
        });
        std::future::ready(counted.map(|place| (Counted { stream, _place: place }, service)))
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_places_and_gets_them_back() {
        let door = Door::new(2);
        let (one, other): (IpAddr, IpAddr) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let first = door.place(one).unwrap();
        let _second = door.place(one).unwrap();
        assert!(door.place(one).is_none());
        assert!(door.place(other).is_some(), "others are not held up");
        drop(first);
        assert!(door.place(one).is_some());
        drop(_second);
        assert_eq!(door.open.lock().unwrap().len(), 0, "nobody is remembered");
    }

    #[test]
    fn one_house_is_one_address() {
        let net = |text: &str| whose(text.parse().unwrap());
        assert_eq!(net("2001:db8:1:2::5"), net("2001:db8:1:2:ffff::9"));
        assert_ne!(net("2001:db8:1:2::5"), net("2001:db8:1:3::5"));
        assert_eq!(net("::ffff:10.0.0.1"), net("10.0.0.1"));
    }
}
