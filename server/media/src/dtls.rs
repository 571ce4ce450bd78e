//! DTLS as the server, behind a trait small enough for another library (RFC 5764, RFC 6347).
use crate::config::{Certificate, ConfigError, fingerprint_of};
use crate::srtp::{self, Opener, Profile, Sealer};
use std::sync::Arc;
use std::time::Instant;

/// The longest DTLS datagram that is written, in bytes.
const MTU: usize = 1200;
/// Bytes of a record's header (RFC 6347 §4.1).
const RECORD_HEADER: usize = 13;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;

/// One thing that a DTLS library has to say.
#[derive(Debug)]
pub(crate) enum Step<'a> {
    /// A datagram for the peer.
    Send(&'a [u8]),
    /// The peer's certificate, DER.
    PeerCertificate(&'a [u8]),
    /// Keys for SRTP (RFC 5764 §4.2).
    Keys(Profile, Vec<u8>),
    /// The handshake is through.
    Connected,
    /// The peer said goodbye.
    Closed,
    /// Nothing more now; call again then.
    Wait(Instant),
    /// It does not fit into the room: no honest peer's does.
    TooLarge,
    /// Nothing that concerns us.
    Nothing,
}

/// The library gave up; its instance is of no more use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

/// What is asked of a DTLS library.
pub(crate) trait Engine: std::fmt::Debug + Send {
    fn tell_time(&mut self, now: Instant) -> Result<(), Broken>;
    fn receive(&mut self, datagram: &[u8]) -> Result<(), Broken>;
    /// Sends a close_notify with the next [`Self::poll`].
    fn close(&mut self);
    fn poll<'a>(&mut self, room: &'a mut [u8]) -> Step<'a>;
}

/// Makes engines; one for all peers.
#[derive(Clone)]
pub(crate) struct Factory {
    config: Arc<dimpl::Config>,
    certificate: Certificate,
}

impl std::fmt::Debug for Factory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Factory")
    }
}

impl Factory {
    pub(crate) fn new(certificate: Certificate) -> Result<Self, ConfigError> {
        // A client reaches us only after an authenticated check, which proves its address: no cookie is needed.
        let config = dimpl::Config::builder().mtu(MTU).use_server_cookie(false).build();
        Ok(Self { config: Arc::new(config.map_err(|_| ConfigError::Dtls)?), certificate })
    }

    fn server(&self, now: Instant) -> Box<dyn Engine> {
        Box::new(Dimpl(dimpl::Dtls::new_12(self.config.clone(), self.certificate.0.clone(), now)))
    }
}

#[derive(Debug)]
struct Dimpl(dimpl::Dtls);

impl Engine for Dimpl {
    fn tell_time(&mut self, now: Instant) -> Result<(), Broken> {
        self.0.handle_timeout(now).map_err(|_| Broken)
    }

    fn receive(&mut self, datagram: &[u8]) -> Result<(), Broken> {
        self.0.handle_packet(datagram).map_err(|_| Broken)
    }

    fn close(&mut self) {
        // It fails only if the connection is closed already.
        let _ = self.0.close();
    }

    fn poll<'a>(&mut self, room: &'a mut [u8]) -> Step<'a> {
        use dimpl::{Output, SrtpProfile};
        match self.0.poll_output(room) {
            Output::Packet(datagram) => Step::Send(datagram),
            Output::PeerCert(der) => Step::PeerCertificate(der),
            Output::KeyingMaterial(material, profile) => match profile {
                SrtpProfile::AEAD_AES_256_GCM => Step::Keys(Profile::Aes256Gcm, material.to_vec()),
                SrtpProfile::AEAD_AES_128_GCM => Step::Keys(Profile::Aes128Gcm, material.to_vec()),
                SrtpProfile::AES128_CM_SHA1_80 => Step::Keys(Profile::Aes128CmSha1, material.to_vec()),
                _ => Step::Nothing,
            },
            Output::Connected => Step::Connected,
            Output::CloseNotify => Step::Closed,
            Output::Timeout(at) => Step::Wait(at),
            Output::BufferTooSmall { .. } => Step::TooLarge,
            _ => Step::Nothing,
        }
    }
}

/// What a session's progress means for the peer.
#[derive(Debug)]
pub(crate) enum Progress {
    Nothing,
    /// The handshake is through with the offered certificate.
    Up(Profile, Opener, Sealer),
    Closed,
    WrongCertificate,
    NoProtection,
}

/// One peer's DTLS: filters what reaches the library and survives its failures.
#[derive(Debug)]
pub(crate) struct Session {
    engine: Option<Box<dyn Engine>>,
    fingerprint: [u8; 32],
    certificate_is_right: bool,
    keys: Option<(Profile, Opener, Sealer)>,
    connected: bool,
    due: Option<Instant>,
}

impl Session {
    /// A session with a peer whose certificate has this SHA-256.
    pub(crate) fn new(fingerprint: [u8; 32]) -> Self {
        Self {
            engine: None,
            fingerprint,
            certificate_is_right: false,
            keys: None,
            connected: false,
            due: None,
        }
    }

    pub(crate) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Takes a datagram of which only records that may come now are left by [`keep_allowed`].
    pub(crate) fn receive(
        &mut self,
        datagram: &[u8],
        factory: &Factory,
        now: Instant,
        send: &mut dyn FnMut(&[u8]),
    ) -> Progress {
        if self.engine.is_none() {
            // After an error the next ClientHello begins anew; a session that was up keeps its keys and needs no other.
            if self.connected || !is_client_hello(datagram) {
                return Progress::Nothing;
            }
            (self.keys, self.certificate_is_right) = (None, false);
            self.engine = Some(factory.server(now));
        }
        self.drive(now, Some(datagram), send)
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant, send: &mut dyn FnMut(&[u8])) -> Progress {
        self.drive(now, None, send)
    }

    /// Says goodbye.
    pub(crate) fn close(&mut self, send: &mut dyn FnMut(&[u8])) {
        let Some(mut engine) = self.engine.take() else { return };
        engine.close();
        let mut room = [0; 2 * MTU];
        while let Step::Send(datagram) = engine.poll(&mut room) {
            send(datagram);
        }
    }

    /// Whether epoch 0 has had its day: from here on only handshake records may come in the clear.
    pub(crate) fn has_keys(&self) -> bool {
        self.keys.is_some() || self.connected
    }

    fn drive(&mut self, now: Instant, datagram: Option<&[u8]>, send: &mut dyn FnMut(&[u8])) -> Progress {
        let Some(engine) = &mut self.engine else { return Progress::Nothing };
        let told = engine.tell_time(now).and_then(|()| datagram.map_or(Ok(()), |d| engine.receive(d)));
        let mut just_connected = false;
        // A certificate is the largest thing that comes; any browser's fits.
        let mut room = [0; 4096];
        while told.is_ok() {
            match engine.poll(&mut room) {
                Step::Send(datagram) => send(datagram),
                Step::PeerCertificate(der) => {
                    self.certificate_is_right = fingerprint_of(der) == self.fingerprint;
                    if !self.certificate_is_right {
                        return Progress::WrongCertificate;
                    }
                }
                Step::Keys(profile, material) => {
                    self.keys = srtp::server_keys(profile, &material).ok().map(|(o, s)| (profile, o, s));
                }
                Step::Connected => just_connected = true,
                Step::Closed => return Progress::Closed,
                Step::Wait(at) => {
                    self.due = Some(at);
                    return self.progress(just_connected);
                }
                Step::Nothing => {}
                Step::TooLarge => break,
            }
        }
        (self.engine, self.due) = (None, None);
        Progress::Nothing
    }

    fn progress(&mut self, just_connected: bool) -> Progress {
        if !just_connected {
            return Progress::Nothing;
        }
        self.connected = true;
        match self.keys.take() {
            _ if !self.certificate_is_right => Progress::WrongCertificate,
            Some((profile, opener, sealer)) => Progress::Up(profile, opener, sealer),
            None => Progress::NoProtection,
        }
    }
}

/// Leaves only the records of a datagram that may come now, moved together; gives their length. In the clear (epoch 0) an
/// alert can be anybody's, so it never passes; once keys exist only handshake records do, which a client repeats.
pub(crate) fn keep_allowed(datagram: &mut [u8], has_keys: bool) -> usize {
    let (mut at, mut kept) = (0, 0);
    while let Some(header) = datagram.get(at..at + RECORD_HEADER) {
        let (kind, epoch) = (header[0], u16::from_be_bytes([header[3], header[4]]));
        let end = at + RECORD_HEADER + usize::from(u16::from_be_bytes([header[11], header[12]]));
        if end > datagram.len() {
            break;
        }
        let allowed = epoch != 0 || kind == HANDSHAKE || (kind != ALERT && !has_keys);
        if allowed {
            datagram.copy_within(at..end, kept);
            kept += end - at;
        }
        at = end;
    }
    kept
}

fn is_client_hello(datagram: &[u8]) -> bool {
    datagram.first() == Some(&HANDSHAKE) && datagram.get(RECORD_HEADER) == Some(&CLIENT_HELLO)
}

#[cfg(test)]
#[path = "dtls_tests.rs"]
mod tests;
