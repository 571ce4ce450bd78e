//! ICE as a lite agent (RFC 8445 §2.5): it answers checks and sends none. The peer is always in control.
mod crc;
pub(crate) mod stun;

use aws_lc_rs::hmac;
use smallvec::SmallVec;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use stun::{Message, Writer};

/// How long a peer may be silent before nothing more is sent to it (RFC 7675 §5.1).
pub(crate) const CONSENT: Duration = Duration::from_secs(30);
/// How many addresses of a peer are known at once.
pub(crate) const MAX_ADDRESSES: usize = 4;
/// Length of our user name fragments.
pub(crate) const UFRAG: usize = 8;
/// Length of our passwords: 144 bits.
pub(crate) const PASSWORD: usize = 24;

/// Our half of the user name, the key by which a check finds its peer.
pub(crate) type Ufrag = [u8; UFRAG];

/// One generation of credentials: those of one offer and its answer.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) ufrag: Ufrag,
    key: hmac::Key,
    /// The peer's half of the user name.
    theirs: Box<[u8]>,
}

impl Credentials {
    pub(crate) fn new(ufrag: Ufrag, password: &[u8; PASSWORD], theirs: &str) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, password);
        Self { ufrag, key, theirs: theirs.as_bytes().into() }
    }
}

/// What an authentic check changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Checked {
    /// Length of the response that was written.
    pub(crate) response: usize,
    /// The address was not known before.
    pub(crate) new_address: bool,
    /// An address that had to make room.
    pub(crate) evicted: Option<SocketAddr>,
    /// Credentials that ended because newer ones carried a nomination.
    pub(crate) retired: Option<Ufrag>,
}

/// One peer's side of ICE: credentials, known addresses, the chosen one, consent.
#[derive(Debug)]
pub(crate) struct Agent {
    /// Oldest first: those in use, and those of a restart that has not carried a nomination.
    generations: SmallVec<[Credentials; 2]>,
    addresses: SmallVec<[SocketAddr; MAX_ADDRESSES]>,
    selected: Option<SocketAddr>,
    consent: Instant,
}

impl Agent {
    pub(crate) fn new(credentials: Credentials, now: Instant) -> Self {
        let generations = SmallVec::from_iter([credentials]);
        Self { generations, addresses: SmallVec::new(), selected: None, consent: now }
    }

    /// New credentials beside those in use. Gives those that ended: of an earlier restart that never was used.
    pub(crate) fn restart(&mut self, credentials: Credentials) -> Option<Ufrag> {
        let unused = if self.generations.len() > 1 { self.generations.pop() } else { None };
        self.generations.push(credentials);
        unused.map(|c| c.ufrag)
    }

    pub(crate) fn ufrags(&self) -> impl Iterator<Item = Ufrag> + '_ {
        self.generations.iter().map(|c| c.ufrag)
    }

    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Where to send: the latest nominated address, before that the first that passed a check.
    pub(crate) fn destination(&self) -> Option<SocketAddr> {
        self.selected.or(self.addresses.first().copied())
    }

    /// Forgets an address that another peer proved to hold now.
    pub(crate) fn release(&mut self, address: SocketAddr) {
        self.addresses.retain(|a| *a != address);
        if self.selected == Some(address) {
            self.selected = None;
        }
    }

    /// When the last authentic check came, or the offer.
    pub(crate) fn last_check(&self) -> Instant {
        self.consent
    }

    pub(crate) fn has_consent(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.consent) < CONSENT
    }

    /// Whether a check is authentic: the user name is whole and MESSAGE-INTEGRITY is ours. Gives its generation.
    pub(crate) fn authenticate(&self, request: &Message<'_>) -> Option<usize> {
        let name = request.attribute(stun::USERNAME)?;
        let (ours, theirs) = (name.get(..UFRAG)?, name.get(UFRAG + 1..)?);
        let generation = self.generations.iter().position(|c| c.ufrag == *ours)?;
        let credentials = &self.generations[generation];
        let whole = name[UFRAG] == b':' && *theirs == *credentials.theirs;
        (whole && request.is_authentic(&credentials.key)).then_some(generation)
    }

    /// Takes an authentic check of the given generation and writes the response.
    pub(crate) fn check(
        &mut self,
        request: &Message<'_>,
        generation: usize,
        from: SocketAddr,
        now: Instant,
        room: &mut [u8],
    ) -> Checked {
        let credentials = &self.generations[generation];
        let refuse = |room, code: u16, attribute: Option<u16>| {
            let mut writer = Writer::new(room, stun::BINDING_ERROR, &request.transaction());
            writer.error(code);
            if let Some(attribute) = attribute {
                writer.attribute(stun::UNKNOWN_ATTRIBUTES, &attribute.to_be_bytes());
            }
            let response = writer.seal(&credentials.key);
            Checked { response, new_address: false, evicted: None, retired: None }
        };
        if let Some(unknown) = request.not_understood() {
            return refuse(room, 420, Some(unknown));
        }
        if request.attribute(stun::ICE_CONTROLLED).is_some() {
            // Both cannot be controlled; a lite agent never takes control (RFC 8445 §7.3.1.1, §6.1.1).
            return refuse(room, 487, None);
        }
        let mut writer = Writer::new(room, stun::BINDING_SUCCESS, &request.transaction());
        writer.mapped_address(from);
        let response = writer.seal(&credentials.key);

        self.consent = now;
        let nominates = request.attribute(stun::USE_CANDIDATE).is_some();
        let (new_address, evicted) = self.learn(from, nominates);
        let retired = (nominates && generation > 0).then(|| self.generations.remove(0).ufrag);
        Checked { response, new_address, evicted, retired }
    }

    fn learn(&mut self, from: SocketAddr, nominates: bool) -> (bool, Option<SocketAddr>) {
        if nominates {
            self.selected = Some(from);
        }
        if self.addresses.contains(&from) {
            return (false, None);
        }
        // The address in use is never evicted; a nomination has just made `from` that one.
        let in_use = self.destination();
        let full = self.addresses.len() == MAX_ADDRESSES;
        let oldest = self.addresses.iter().position(|a| Some(*a) != in_use);
        let evicted = oldest.filter(|_| full).map(|at| self.addresses.remove(at));
        self.addresses.push(from);
        (true, evicted)
    }
}

#[cfg(test)]
#[path = "agent_tests.rs"]
mod tests;
