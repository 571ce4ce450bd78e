//! The one gate that datagrams pass: STUN by its credentials, everything else by where it comes from.
use super::{Sfu, remote};
use crate::dtls::{Progress, keep_allowed};
use crate::ice::{Ufrag, stun};
use crate::{Down, Event, Transmit, rtp};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// An address is taken from a peer by another's authentic check only when its own checks have ceased for so long:
/// Chromium checks every 2.5 s.
const ABANDONED: Duration = Duration::from_secs(10);

impl Sfu {
    pub(super) fn pass(
        &mut self,
        datagram: &mut [u8],
        from: SocketAddr,
        now: Instant,
        out: &mut impl Transmit,
    ) {
        self.router.counters.received += 1;
        let Some(&first) = datagram.first() else { return };
        if first < 4 {
            return self.stun(datagram, from, now, out);
        }
        // Nothing but STUN passes from an address that has not passed an authentic check.
        let Some(&place) = self.by_address.get(&remote(from)) else {
            self.router.counters.dropped_stranger += 1;
            return;
        };
        // RFC 7983 §7.
        match first {
            20..=63 => self.dtls(place, datagram, from, now, out),
            128..=191 if rtp::is_rtcp(datagram) => self.router.rtcp(place, datagram, now, out),
            128..=191 => self.router.rtp(place, datagram, now, out),
            _ => self.router.counters.dropped_forged += 1,
        }
    }

    pub(super) fn tick(&mut self, now: Instant, out: &mut impl Transmit) {
        for place in 0..self.connections.len() {
            let Some(connection) = self.connections[place].as_mut() else { continue };
            if !connection.ice.has_consent(now) {
                self.router.counters.expired += 1;
                self.end(place, Down::ConsentLost, false);
            } else if connection.dtls.due().is_some_and(|due| due <= now) {
                let to = connection.ice.destination();
                let progress = connection.dtls.handle_timeout(now, &mut |datagram| {
                    if let Some(to) = to {
                        send(out, to, datagram);
                    }
                });
                self.follow(place, progress, now);
            }
        }
        self.router.handle_timeout(now, out);
    }

    fn stun(&mut self, datagram: &[u8], from: SocketAddr, now: Instant, out: &mut impl Transmit) {
        if self.check(datagram, from, now, out).is_none() {
            self.router.counters.dropped_stun += 1;
        }
    }

    fn check(
        &mut self,
        datagram: &[u8],
        from: SocketAddr,
        now: Instant,
        out: &mut impl Transmit,
    ) -> Option<()> {
        let request = stun::Message::parse(datagram).filter(|m| m.kind() == stun::BINDING_REQUEST)?;
        let ours: Ufrag = request.attribute(stun::USERNAME)?.first_chunk().copied()?;
        let place = *self.by_ufrag.get(&ours)?;
        let connection = self.connections[place].as_mut()?;
        let generation = connection.ice.authenticate(&request)?;
        if let Some(&other) = self.by_address.get(&remote(from)).filter(|other| **other != place) {
            let holder = self.connections[other].as_mut()?;
            if now.saturating_duration_since(holder.ice.last_check()) < ABANDONED {
                return None;
            }
            holder.ice.release(from);
            self.router.set_destination(other, holder.ice.destination());
            self.by_address.remove(&remote(from));
        }
        let connection = self.connections[place].as_mut()?;
        let checked = connection.ice.check(&request, generation, from, now, out.room());
        self.router.set_destination(place, connection.ice.destination());
        if checked.new_address {
            self.by_address.insert(remote(from), place);
        }
        if let Some(evicted) = checked.evicted {
            self.by_address.remove(&remote(evicted));
        }
        if let Some(retired) = checked.retired {
            self.by_ufrag.remove(&retired);
        }
        out.commit(from, checked.response);
        Some(())
    }

    fn dtls(
        &mut self,
        place: usize,
        datagram: &mut [u8],
        from: SocketAddr,
        now: Instant,
        out: &mut impl Transmit,
    ) {
        let Some(connection) = self.connections[place].as_mut() else { return };
        let whole = datagram.len();
        let len = keep_allowed(datagram, connection.dtls.has_keys());
        self.router.counters.dropped_dtls += u64::from(len < whole);
        if len == 0 {
            return;
        }
        let progress = connection
            .dtls
            .receive(&datagram[..len], &self.factory, now, &mut |reply| send(out, from, reply));
        self.follow(place, progress, now);
    }

    fn follow(&mut self, place: usize, progress: Progress, now: Instant) {
        match progress {
            Progress::Nothing => {}
            Progress::Up(profile, opener, sealer) => {
                let Some(connection) = self.connections[place].as_mut() else { return };
                connection.profile = Some(profile);
                self.router.counters.joined += 1;
                self.events.push_back(Event::Up(connection.peer));
                self.router.set_keys(place, opener, sealer, now);
            }
            Progress::Closed => self.end(place, Down::Closed, false),
            Progress::WrongCertificate => self.end(place, Down::WrongCertificate, true),
            Progress::NoProtection => self.end(place, Down::NoProtection, true),
        }
    }

    /// Ends a connection by itself: the caller is told.
    fn end(&mut self, place: usize, why: Down, goodbye: bool) {
        let Some(connection) = self.connections[place].as_ref() else { return };
        self.events.push_back(Event::Down(connection.peer, why));
        let kept = self.goodbyes.len();
        self.close(place);
        if !goodbye {
            self.goodbyes.truncate(kept);
        }
    }

    pub(super) fn close(&mut self, place: usize) {
        let Some(connection) = self.connections[place].take() else { return };
        for ufrag in connection.ice.ufrags() {
            self.by_ufrag.remove(&ufrag);
        }
        for address in connection.ice.addresses() {
            self.by_address.remove(&remote(*address));
        }
        self.peers.remove(&connection.peer);
        self.router.close(place);
        if let Some(to) = connection.ice.destination() {
            self.goodbyes.push((to, connection.dtls));
        }
    }
}

pub(super) fn send(out: &mut impl Transmit, to: SocketAddr, datagram: &[u8]) {
    let room = out.room();
    if let Some(room) = room.get_mut(..datagram.len()) {
        room.copy_from_slice(datagram);
        out.commit(to, datagram.len());
    }
}
