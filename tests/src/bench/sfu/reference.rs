//! The reference: an SFU on the `str0m` crate, as good as one gets it in a few hundred lines. One socket, one thread, no
//! locks; datagrams are taken in batches, found by address, and sent in batches with GSO; forwarded payloads are shared,
//! not copied; one certificate for all; ICE-lite. It forwards what a call of two needs and answers keyframe requests;
//! repetition, reports and the rest are the crate's own.
use super::{Order, Reply, orders, say};
use crate::bench::now;
use crate::bench::sys::{Inbox, Outbox, enlarge_buffers};
use anyhow::{Context, bail};
use std::collections::{BTreeMap, HashMap};
use std::io::ErrorKind;
use std::net::{SocketAddr, SocketAddrV4, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};
use str0m::change::SdpOffer;
use str0m::config::{CryptoProvider, DtlsCert, DtlsVersion};
use str0m::media::{Direction, KeyframeRequestKind, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite, Ssrc};
use str0m::{Candidate, Event, Input, Output, Rtc};

/// The longest sleep; the crate's own timers are coarser.
const TICK: Duration = Duration::from_millis(10);
/// Least time between two requests for a keyframe to one camera.
const THROTTLE: Duration = Duration::from_millis(500);

/// Serves until the pipe of orders is closed.
pub(super) fn serve() -> anyhow::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0").context("no socket")?;
    enlarge_buffers(&socket)?;
    socket.set_read_timeout(Some(TICK))?;
    let address = socket.local_addr()?;
    let (sender, receiver) = channel();
    std::thread::spawn(move || read_orders(&sender, address));
    say(&Reply::Ready)?;
    Sfu::new(socket, address)?.run(&receiver)
}

/// Hands orders to the loop and wakes it by a datagram.
fn read_orders(sender: &Sender<anyhow::Result<Order>>, address: SocketAddr) -> anyhow::Result<()> {
    let knock = UdpSocket::bind("127.0.0.1:0")?;
    for order in orders() {
        sender.send(order)?;
        knock.send_to(&[0xFF], address)?;
    }
    Ok(())
}

struct Client {
    rtc: Rtc,
    call: u32,
    timeout: Instant,
    /// Slots that the client receives in: the first voice and the first picture.
    voice_slot: Option<Mid>,
    picture_slot: Option<Mid>,
    /// m-lines that the client sends in.
    microphone: Option<Mid>,
    camera: Option<Mid>,
    camera_source: Option<Ssrc>,
    keyframe_asked: Option<Instant>,
    /// What to write to this client in this round.
    inbound: Vec<(Mid, RtpPacket)>,
}

struct Sfu {
    socket: UdpSocket,
    address: SocketAddr,
    crypto: Arc<CryptoProvider>,
    certificate: DtlsCert,
    clients: BTreeMap<u32, Client>,
    calls: BTreeMap<u32, Vec<u32>>,
    by_address: HashMap<SocketAddrV4, u32>,
    outbox: Outbox,
}

impl Sfu {
    fn new(socket: UdpSocket, address: SocketAddr) -> anyhow::Result<Self> {
        let crypto = str0m::crypto::from_feature_flags();
        let certificate = crypto.dtls_provider.generate_certificate().context("no certificate")?;
        Ok(Self {
            socket,
            address,
            crypto: Arc::new(crypto),
            certificate,
            clients: BTreeMap::new(),
            calls: BTreeMap::new(),
            by_address: HashMap::new(),
            outbox: Outbox::new(true),
        })
    }

    fn run(&mut self, orders: &Receiver<anyhow::Result<Order>>) -> anyhow::Result<()> {
        let mut inbox = Inbox::new();
        loop {
            let count = match inbox.receive(&self.socket) {
                Ok(count) => count,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => 0,
                Err(error) => return Err(error.into()),
            };
            let moment = now();
            for at in 0..count {
                if let Some(datagram) = inbox.get(at) {
                    self.take(datagram.from, datagram.bytes, moment)?;
                }
            }
            self.deliver(moment)?;
            self.outbox.flush(&self.socket)?;
            loop {
                match orders.try_recv() {
                    Ok(order) => self.follow(order?)?,
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return Ok(()),
                }
            }
        }
    }

    fn take(&mut self, from: SocketAddrV4, bytes: &[u8], moment: Instant) -> anyhow::Result<()> {
        let Ok(contents) = bytes.try_into() else { return Ok(()) };
        let receive =
            Receive { proto: Protocol::Udp, source: from.into(), destination: self.address, contents };
        let input = Input::Receive(moment, receive);
        let known = self.by_address.get(&from).copied();
        let found = known.or_else(|| {
            self.clients.iter().find(|(_, client)| client.rtc.accepts(&input)).map(|(id, _)| *id)
        });
        let Some((id, client)) = found.and_then(|id| Some((id, self.clients.get_mut(&id)?))) else {
            return Ok(());
        };
        if known.is_none() {
            self.by_address.insert(from, id);
        }
        client.rtc.handle_input(input)?;
        self.drain(id, moment)
    }

    /// Takes everything that a client's machine has to say, and hands its media on.
    fn drain(&mut self, id: u32, moment: Instant) -> anyhow::Result<()> {
        loop {
            let Some(client) = self.clients.get_mut(&id) else { return Ok(()) };
            match client.rtc.poll_output()? {
                Output::Timeout(timeout) => {
                    client.timeout = timeout;
                    return Ok(());
                }
                Output::Transmit(transmit) => {
                    if let SocketAddr::V4(to) = transmit.destination {
                        self.outbox.push(to, &transmit.contents);
                    }
                }
                Output::Event(event) => self.event(id, event, moment),
            }
        }
    }

    fn event(&mut self, id: u32, event: Event, moment: Instant) {
        match event {
            Event::MediaAdded(added) => {
                let Some(client) = self.clients.get_mut(&id) else { return };
                let place = match (added.kind, added.direction) {
                    (MediaKind::Audio, Direction::SendOnly) => &mut client.voice_slot,
                    (MediaKind::Video, Direction::SendOnly) => &mut client.picture_slot,
                    (MediaKind::Audio, _) => &mut client.microphone,
                    (MediaKind::Video, _) => &mut client.camera,
                };
                // The first of each kind is the one that a call of two uses.
                place.get_or_insert(added.mid);
            }
            Event::RtpPacket(packet) => self.forward(id, packet),
            Event::Connected | Event::KeyframeRequest(_) => {
                if let Some(other) = self.other(id) {
                    self.ask_keyframe(other, moment);
                }
            }
            _ => {}
        }
    }

    fn other(&self, id: u32) -> Option<u32> {
        let call = self.clients.get(&id)?.call;
        self.calls.get(&call)?.iter().copied().find(|other| *other != id)
    }

    fn forward(&mut self, from: u32, packet: RtpPacket) {
        let other = self.other(from);
        let Some(client) = self.clients.get_mut(&from) else { return };
        let stream = client.rtc.direct_api().stream_rx(&packet.header.ssrc).map(|stream| stream.mid());
        let voice = stream.is_some() && stream == client.microphone;
        if !voice && stream == client.camera {
            client.camera_source = Some(packet.header.ssrc);
        } else if !voice {
            return;
        }
        let Some(other) = other.and_then(|other| self.clients.get_mut(&other)) else { return };
        if let Some(slot) = if voice { other.voice_slot } else { other.picture_slot } {
            other.inbound.push((slot, packet));
        }
    }

    fn ask_keyframe(&mut self, camera_of: u32, moment: Instant) {
        let Some(client) = self.clients.get_mut(&camera_of) else { return };
        if client.keyframe_asked.is_some_and(|asked| moment < asked + THROTTLE) {
            return;
        }
        let Some(source) = client.camera_source else { return };
        if let Some(stream) = client.rtc.direct_api().stream_rx(&source) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
            client.keyframe_asked = Some(moment);
            client.timeout = moment;
        }
    }

    /// Writes what this round brought, and does what time asks for.
    fn deliver(&mut self, moment: Instant) -> anyhow::Result<()> {
        let due: Vec<u32> = self
            .clients
            .iter()
            .filter(|(_, client)| client.timeout <= moment || !client.inbound.is_empty())
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            let Some(client) = self.clients.get_mut(&id) else { continue };
            for (slot, packet) in std::mem::take(&mut client.inbound) {
                if let Some(stream) = client.rtc.direct_api().stream_tx_by_mid(slot, None) {
                    stream.write_rtp(outgoing(packet));
                }
            }
            client.rtc.handle_input(Input::Timeout(moment))?;
            self.drain(id, moment)?;
        }
        self.clients.retain(|_, client| client.rtc.is_alive());
        Ok(())
    }

    fn follow(&mut self, order: Order) -> anyhow::Result<()> {
        let reply = match order {
            Order::Join { peer, call, offer } => match self.join(peer, call, &offer) {
                Ok(answer) => Reply::Joined { answer },
                Err(error) => Reply::Refused { reason: format!("{error:#}") },
            },
            Order::Leave { peer } => {
                if let Some(client) = self.clients.remove(&peer) {
                    self.calls.entry(client.call).or_default().retain(|other| *other != peer);
                }
                self.by_address.retain(|_, id| *id != peer);
                Reply::Left
            }
        };
        say(&reply)
    }

    fn join(&mut self, peer: u32, call: u32, offer: &str) -> anyhow::Result<String> {
        let moment = now();
        let mut rtc = Rtc::builder()
            .set_crypto_provider(self.crypto.clone())
            .set_dtls_cert(self.certificate.clone())
            .set_dtls_version(DtlsVersion::Dtls12)
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .build(moment);
        rtc.add_local_candidate(Candidate::host(self.address, "udp")?);
        let answer = rtc.sdp_api().accept_offer(SdpOffer::from_sdp_string(offer)?)?.to_sdp_string();
        if self.clients.contains_key(&peer) {
            bail!("peer {peer} is here already");
        }
        let client = Client {
            rtc,
            call,
            timeout: moment,
            voice_slot: None,
            picture_slot: None,
            microphone: None,
            camera: None,
            camera_source: None,
            keyframe_asked: None,
            inbound: Vec::new(),
        };
        self.clients.insert(peer, client);
        self.calls.entry(call).or_default().push(peer);
        self.drain(peer, moment)?;
        Ok(answer)
    }
}

/// The packet as it leaves: same payload, numbers and times, its own place.
fn outgoing(packet: RtpPacket) -> RtpWrite {
    let (header, received) = (packet.header, packet.timestamp);
    let extensions =
        ExtensionValues { audio_level: header.ext_vals.audio_level, ..ExtensionValues::default() };
    RtpWrite::new(header.payload_type, packet.seq_no, header.timestamp, received, packet.payload)
        .marker(header.marker)
        .ext_vals(extensions)
        .nackable(true)
}
