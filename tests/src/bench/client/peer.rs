//! One client: it offers, checks the path, shakes hands, then sends and listens. It owns its socket; when to do what is
//! decided by the swarm.
use super::rtcp::{self, Heard, Notice};
use super::rtp::{Head, Kind, Stamp, Stream};
use super::sdp::{self, Remote};
use super::srtp::Keys;
use super::stun::Checker;
use super::tally::{Seen, Tally};
use crate::bench::sys::{Outbox, wall_nanos};
use anyhow::{Context as _, bail};
use dimpl::{Config, Dtls, DtlsCertificate, Output, SrtpProfile};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::net::{SocketAddrV4, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

const CHECK_RETRY: Duration = Duration::from_millis(50);
const CONSENT_EVERY: Duration = Duration::from_secs(4);
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// How often a client sends.
#[derive(Clone, Copy, Debug)]
pub struct Cadence {
    /// Between two voice packets.
    pub voice: Duration,
    /// Between two frames of three packets; none: no camera.
    pub camera: Option<Duration>,
}

impl Cadence {
    /// Opus 50 packets/s and VP8 90 packets/s.
    pub const CALL: Self =
        Self { voice: Duration::from_millis(20), camera: Some(Duration::from_nanos(33_333_333)) };
}

/// What all clients of a swarm share.
pub(super) struct Shared {
    /// The certificate of every client.
    pub(super) certificate: DtlsCertificate,
    /// Its digest, as offers say it.
    pub(super) fingerprint: String,
    /// Of DTLS.
    pub(super) config: Arc<Config>,
}

/// What a client may use while it acts.
pub(super) struct Tools<'a> {
    pub(super) now: Instant,
    pub(super) outbox: &'a mut Outbox,
    pub(super) tally: &'a mut Tally,
    pub(super) scratch: &'a mut Vec<u8>,
    pub(super) rng: &'a mut ChaCha8Rng,
}

enum Phase {
    Checking,
    Handshaking,
    Connected(Keys),
}

/// A source this client hears.
struct Source {
    heard: Heard,
    seen: Seen,
}

/// One client.
pub struct Peer {
    id: u32,
    pub(super) socket: UdpSocket,
    server: SocketAddrV4,
    fingerprint: Vec<u8>,
    checker: Checker,
    transaction: [u8; 12],
    check_due: Instant,
    phase: Phase,
    dtls: Dtls,
    dtls_due: Option<Instant>,
    voice: Stream,
    camera: Option<Stream>,
    report_due: Instant,
    sources: Vec<(u32, Source)>,
    /// When the first authentic media of somebody else arrived.
    pub first_media: Option<Instant>,
    /// Which kinds of media have arrived: voice, camera.
    pub hears: [bool; 2],
}

/// A client whose offer is on its way.
pub(super) struct Offering {
    /// What is offered.
    pub(super) offer: String,
    ufrag: String,
}

impl Offering {
    pub(super) fn new(shared: &Shared, slots: sdp::Slots, rng: &mut ChaCha8Rng) -> Self {
        let (ufrag, password) =
            (format!("{:08x}", rng.random::<u32>()), format!("{:032x}", rng.random::<u128>()));
        let local = sdp::Local { ufrag: &ufrag, password: &password, fingerprint: &shared.fingerprint };
        Self { offer: sdp::offer(&local, slots), ufrag }
    }
}

impl Peer {
    /// A client whose offer was answered. It begins at once.
    pub(super) fn new(
        id: u32,
        offering: &Offering,
        remote: Remote,
        shared: &Shared,
        cadence: Cadence,
        rng: &mut ChaCha8Rng,
        now: Instant,
    ) -> anyhow::Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0").context("no socket for a client")?;
        socket.connect(remote.address).context("no way to the media server")?;
        socket.set_nonblocking(true)?;
        crate::bench::sys::enlarge_buffers(&socket)?;
        crate::bench::sys::stamp_arrivals(&socket)?;
        let mut dtls = Dtls::new_12(shared.config.clone(), shared.certificate.clone(), now);
        dtls.set_active(true);
        // Clients do not beat in one rhythm.
        let ssrc = rng.random::<u32>() & 0x7FFF_FFF0;
        let camera = cadence
            .camera
            .map(|every| Stream::new(Kind::Camera, ssrc + 1, now + every.mul_f64(rng.random()), every));
        let voice = Stream::new(Kind::Voice, ssrc, now + cadence.voice.mul_f64(rng.random()), cadence.voice);
        Ok(Self {
            id,
            socket,
            server: remote.address,
            fingerprint: remote.fingerprint,
            checker: Checker::new(&remote.ufrag, &remote.password, &offering.ufrag),
            transaction: [0; 12],
            check_due: now,
            phase: Phase::Checking,
            dtls,
            dtls_due: None,
            voice,
            camera,
            report_due: now,
            sources: Vec::new(),
            first_media: None,
            hears: [false; 2],
        })
    }

    /// Whether media can flow.
    #[must_use]
    pub fn connected(&self) -> bool {
        matches!(self.phase, Phase::Connected(_))
    }

    /// When it wants to act next.
    pub(super) fn due(&self) -> Instant {
        let mut due = self.check_due;
        if let Some(dtls) = self.dtls_due {
            due = due.min(dtls);
        }
        if self.connected() {
            due = due.min(self.report_due).min(self.voice.due);
            due = self.camera.as_ref().map_or(due, |camera| due.min(camera.due));
        }
        due
    }

    /// Does what is due. What it sends lies in the outbox.
    pub(super) fn act(&mut self, tools: &mut Tools<'_>) -> anyhow::Result<()> {
        if self.check_due <= tools.now {
            self.transaction = tools.rng.random();
            tools.outbox.push(self.server, &self.checker.request(self.transaction));
            let answered = !matches!(self.phase, Phase::Checking);
            self.check_due = tools.now + if answered { CONSENT_EVERY } else { CHECK_RETRY };
        }
        if self.dtls_due.is_some_and(|due| due <= tools.now) {
            self.shake_hands(None, tools)?;
        }
        let Phase::Connected(keys) = &mut self.phase else { return Ok(()) };
        for stream in [Some(&mut self.voice), self.camera.as_mut()].into_iter().flatten() {
            if stream.due > tools.now {
                continue;
            }
            let sent = wall_nanos();
            for part in 0..stream.burst() {
                tools
                    .outbox
                    .write(self.server, |buffer| stream.write(part, self.id, sent, &keys.out, buffer));
                tools.tally.left(sent);
            }
            stream.step(tools.now);
        }
        if self.report_due <= tools.now {
            self.report_due = tools.now + REPORT_EVERY;
            let heard: Vec<Heard> = self
                .sources
                .iter()
                .map(|(_, source)| Heard { ssrc: source.heard.ssrc, top: source.heard.top })
                .collect();
            let camera = self.camera.as_ref().unwrap_or(&self.voice);
            let mut packet = rtcp::report([&self.voice, camera], &heard, wall_nanos(), "bench");
            keys.out.seal_control(&mut packet).context("a report too short to encrypt")?;
            tools.outbox.push(self.server, &packet);
        }
        Ok(())
    }

    /// Takes a datagram of the server. What it sends in return lies in the outbox.
    pub(super) fn take(
        &mut self,
        bytes: &mut [u8],
        arrived: u64,
        tools: &mut Tools<'_>,
    ) -> anyhow::Result<()> {
        match (bytes.first().copied(), bytes.get(1).copied()) {
            (Some(0..=3), _) => self.checked(bytes, tools),
            (Some(20..=63), _) => self.shake_hands(Some(bytes), tools),
            (Some(128..=191), Some(192..=223)) => {
                self.control(bytes, tools.now);
                Ok(())
            }
            (Some(128..=191), _) => {
                self.media(bytes, arrived, tools);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn checked(&mut self, message: &[u8], tools: &mut Tools<'_>) -> anyhow::Result<()> {
        if !matches!(self.phase, Phase::Checking) || !self.checker.is_answer(message, self.transaction) {
            return Ok(());
        }
        self.phase = Phase::Handshaking;
        self.check_due = tools.now + CONSENT_EVERY;
        self.shake_hands(None, tools)
    }

    fn shake_hands(&mut self, record: Option<&[u8]>, tools: &mut Tools<'_>) -> anyhow::Result<()> {
        self.dtls.handle_timeout(tools.now)?;
        if let Some(record) = record {
            self.dtls.handle_packet(record)?;
        }
        loop {
            match self.dtls.poll_output(tools.scratch) {
                Output::Packet(packet) => tools.outbox.push(self.server, packet),
                Output::BufferTooSmall { needed } => tools.scratch.resize(needed, 0),
                Output::PeerCert(certificate) => {
                    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, certificate);
                    if digest.as_ref() != self.fingerprint {
                        bail!("the server's certificate is not the one that its answer names");
                    }
                }
                Output::KeyingMaterial(_, SrtpProfile::AES128_CM_SHA1_80) => {
                    bail!("the server chose a profile without AES-GCM");
                }
                Output::KeyingMaterial(material, _) => {
                    // Comes when the handshake is done, and after the certificate was checked.
                    self.phase = Phase::Connected(Keys::new(&material).context("keys of an unknown length")?);
                }
                Output::CloseNotify => bail!("the server ended the connection"),
                Output::Timeout(due) => {
                    self.dtls_due = Some(due);
                    return Ok(());
                }
                _ => {}
            }
        }
    }

    fn control(&mut self, packet: &mut [u8], now: Instant) {
        let Phase::Connected(keys) = &self.phase else { return };
        let Some(compound) = keys.inn.open_control(packet) else { return };
        let mut streams = [Some(&mut self.voice), self.camera.as_mut()];
        rtcp::read(compound, |notice| {
            for stream in streams.iter_mut().flatten() {
                match notice {
                    Notice::Received(ssrc) if ssrc == stream.ssrc => stream.bound = true,
                    Notice::Keyframe(ssrc) if ssrc == stream.ssrc => {
                        stream.keyframe = true;
                        stream.due = stream.due.min(now);
                    }
                    _ => {}
                }
            }
        });
    }

    fn media(&mut self, packet: &mut [u8], arrived: u64, tools: &mut Tools<'_>) {
        let Phase::Connected(keys) = &self.phase else { return };
        let Some(head) = Head::read(packet) else { return };
        let at = self.sources.iter().position(|(_, source)| source.heard.ssrc == head.ssrc);
        let index =
            at.map_or(u64::from(head.sequence), |at| extend(self.sources[at].1.heard.top, head.sequence));
        let Some(payload) = keys.inn.open(packet, head.length, index) else { return };
        // Repetitions have a type of their own and no stamp where one is looked for; padding has none at all.
        let kind = match head.payload_type {
            sdp::OPUS => Kind::Voice,
            sdp::VP8 => Kind::Camera,
            _ => return,
        };
        let Some(stamp) = Stamp::read(payload) else { return };
        let at = at.unwrap_or_else(|| {
            let heard = Heard { ssrc: head.ssrc, top: index };
            self.sources.push((stamp.sender, Source { heard, seen: Seen::default() }));
            self.sources.len() - 1
        });
        let (sender, source) = &mut self.sources[at];
        if *sender != stamp.sender {
            (*sender, source.seen) = (stamp.sender, Seen::default());
        }
        source.heard.top = source.heard.top.max(index);
        let again = source.seen.note(stamp.counter);
        tools.tally.arrived(stamp.sent, arrived, again);
        self.hears[usize::from(kind == Kind::Camera)] = true;
        self.first_media.get_or_insert(tools.now);
    }
}

/// The index nearest to the highest one that has these low bits.
fn extend(top: u64, sequence: u16) -> u64 {
    let ahead = i64::from(sequence.wrapping_sub(top as u16) as i16);
    top.checked_add_signed(ahead).unwrap_or(u64::from(sequence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_roll_over_both_ways() {
        assert_eq!(extend(0xFFFE, 1), 0x1_0001);
        assert_eq!(extend(0x1_0001, 0xFFFE), 0xFFFE);
        assert_eq!(extend(3, 0xFFFE), 0xFFFE, "nothing lies below zero");
    }
}
