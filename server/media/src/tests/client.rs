//! The least client: the crate's own parts and the DTLS library's client side.
use super::offers::{MID_ID, OPUS, Offering, REPEATED_RID_ID, RID_ID, RTX, TRANSPORT_ID, VP8};
use crate::ice::stun;
use crate::rtp::{Header, is_rtcp};
use crate::srtp::{Opener, Profile, Sealer, Window, client_keys};
use crate::{Certificate, Track};
use aws_lc_rs::hmac;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// What the answer says to the client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) ufrag: String,
    pub(crate) password: String,
    /// SSRCs of media and repeats of the receiving lines, in order.
    pub(crate) slots: Vec<(u32, u32)>,
}

impl Answer {
    pub(crate) fn parse(sdp: &str) -> Self {
        let mut answer = Self::default();
        let mut ssrcs: Vec<u32> = Vec::new();
        for line in sdp.lines() {
            if let Some(ufrag) = line.strip_prefix("a=ice-ufrag:") {
                answer.ufrag = ufrag.into();
            } else if let Some(password) = line.strip_prefix("a=ice-pwd:") {
                answer.password = password.into();
            } else if let Some(ssrc) = line.strip_prefix("a=ssrc:") {
                ssrcs.push(ssrc.split(' ').next().unwrap().parse().unwrap());
            } else if line.starts_with("m=") {
                answer.slot(&mut ssrcs);
            }
        }
        answer.slot(&mut ssrcs);
        answer
    }

    fn slot(&mut self, ssrcs: &mut Vec<u32>) {
        if let Some(&media) = ssrcs.first() {
            self.slots.push((media, ssrcs.get(1).copied().unwrap_or(0)));
        }
        ssrcs.clear();
    }
}

/// An RTP packet that a client received and opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) ssrc: u32,
    /// Extended, as SRTP knows it.
    pub(crate) index: u64,
    pub(crate) payload_type: u8,
    pub(crate) time: u32,
    pub(crate) marker: bool,
    pub(crate) payload: Vec<u8>,
    pub(crate) at: Instant,
    pub(crate) transport: Option<u16>,
}

/// A peer outside of the crate.
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) offering: Offering,
    pub(crate) answer: Answer,
    pub(crate) profile: Option<Profile>,
    pub(crate) received: Vec<Received>,
    pub(crate) control: Vec<Vec<u8>>,
    pub(crate) responses: Vec<Vec<u8>>,
    pub(crate) closed: bool,
    pub(crate) outgoing: Vec<Vec<u8>>,
    dtls: dimpl::Dtls,
    opener: Option<Opener>,
    sealer: Option<Sealer>,
    windows: BTreeMap<u32, Window>,
    /// Next sequence number and whether the SSRC was named before, by SSRC.
    sending: BTreeMap<u32, u64>,
    transport: u16,
    transactions: u8,
}

impl Client {
    pub(crate) fn new(address: SocketAddr, now: Instant) -> Self {
        let certificate = Certificate::generate().unwrap();
        let offering = Offering { fingerprint: certificate.fingerprint(), ..Offering::default() };
        let config = Arc::new(dimpl::Config::builder().mtu(1200).build().unwrap());
        let mut dtls = dimpl::Dtls::new_12(config, certificate.0, now);
        dtls.set_active(true);
        Self {
            address,
            offering,
            answer: Answer::default(),
            profile: None,
            received: Vec::new(),
            control: Vec::new(),
            responses: Vec::new(),
            closed: false,
            outgoing: Vec::new(),
            dtls,
            opener: None,
            sealer: None,
            windows: BTreeMap::new(),
            sending: BTreeMap::new(),
            transport: 0,
            transactions: 0,
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.sealer.is_some()
    }

    /// A check with the credentials of the last answer.
    pub(crate) fn check(&mut self, nominate: bool) {
        let name = format!("{}:{}", self.answer.ufrag, self.offering.ufrag);
        let message = self.request(&name, &self.answer.password.clone(), nominate, &[]);
        self.outgoing.push(message);
    }

    pub(crate) fn request(
        &mut self,
        name: &str,
        password: &str,
        nominate: bool,
        more: &[(u16, &[u8])],
    ) -> Vec<u8> {
        self.transactions += 1;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
        let mut room = [0; 400];
        let mut writer = stun::Writer::new(&mut room, stun::BINDING_REQUEST, &[self.transactions; 12]);
        writer.attribute(stun::USERNAME, name.as_bytes());
        writer.attribute(stun::PRIORITY, &[0x6e, 0, 1, 0xff]);
        if nominate {
            writer.attribute(stun::USE_CANDIDATE, &[]);
        }
        for (kind, value) in more {
            writer.attribute(*kind, value);
        }
        let len = writer.seal(&key);
        room[..len].to_vec()
    }

    /// Whether a response was made with the password of the last answer.
    pub(crate) fn is_authentic(&self, response: &[u8]) -> bool {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.answer.password.as_bytes());
        stun::Message::parse(response).is_some_and(|m| m.is_authentic(&key))
    }

    pub(crate) fn start_dtls(&mut self, now: Instant) {
        self.drive(now, None);
    }

    pub(crate) fn close(&mut self, now: Instant) {
        self.dtls.close().unwrap();
        self.drive(now, None);
    }

    pub(crate) fn receive(&mut self, mut datagram: Vec<u8>, now: Instant) {
        match datagram[0] {
            0..4 => self.responses.push(datagram),
            20..64 => self.drive(now, Some(&datagram)),
            _ if is_rtcp(&datagram) => {
                let len = self.opener.as_mut().unwrap().open_rtcp(&mut datagram).unwrap();
                self.control.push(datagram[..len].to_vec());
            }
            _ => self.receive_media(datagram, now),
        }
    }

    fn receive_media(&mut self, mut datagram: Vec<u8>, at: Instant) {
        let header = Header::parse(&datagram).unwrap();
        let window = self.windows.entry(header.ssrc).or_default();
        let index = window.index(header.sequence).unwrap();
        assert!(!window.has(index), "sequence {} was sent twice", header.sequence);
        let opener = self.opener.as_ref().unwrap();
        let end = opener.open_rtp(&mut datagram, header.len, header.ssrc, index).expect("authentic");
        window.add(index);
        let transport = header.extension(&datagram, TRANSPORT_ID).map(|b| u16::from_be_bytes([b[0], b[1]]));
        self.received.push(Received {
            ssrc: header.ssrc,
            index,
            payload_type: header.payload_type,
            time: header.time,
            marker: header.marker,
            payload: datagram[header.len..end].to_vec(),
            at,
            transport,
        });
    }

    pub(crate) fn drive(&mut self, now: Instant, datagram: Option<&[u8]>) {
        self.dtls.handle_timeout(now).unwrap();
        if let Some(datagram) = datagram {
            self.dtls.handle_packet(datagram).unwrap();
        }
        let mut room = [0; 4096];
        loop {
            match self.dtls.poll_output(&mut room) {
                dimpl::Output::Packet(packet) => self.outgoing.push(packet.to_vec()),
                dimpl::Output::KeyingMaterial(material, profile) => {
                    let profile = match profile {
                        dimpl::SrtpProfile::AEAD_AES_256_GCM => Profile::Aes256Gcm,
                        dimpl::SrtpProfile::AEAD_AES_128_GCM => Profile::Aes128Gcm,
                        _ => Profile::Aes128CmSha1,
                    };
                    let (opener, sealer) = client_keys(profile, &material).unwrap();
                    (self.profile, self.opener, self.sealer) = (Some(profile), Some(opener), Some(sealer));
                }
                dimpl::Output::CloseNotify => self.closed = true,
                dimpl::Output::Timeout(_) => break,
                _ => {}
            }
        }
    }

    // --- media -------------------------------------------------------------------------------------------------

    /// Seals an RTP packet as Chromium would, with mid, rid and transport-wide number.
    pub(crate) fn packet(&mut self, of: &Outgoing<'_>) -> Vec<u8> {
        let sequence = self.sending.entry(of.ssrc).or_insert(u64::from(of.ssrc) & 0xFFF);
        let index = of.index.unwrap_or(*sequence);
        *sequence = (*sequence).max(index + 1);
        let mut room = vec![0; 2000];
        room[0] = 0x90;
        room[1] = of.payload_type | if of.marker { 0x80 } else { 0 };
        room[2..4].copy_from_slice(&(index as u16).to_be_bytes());
        room[4..8].copy_from_slice(&of.time.to_be_bytes());
        room[8..12].copy_from_slice(&of.ssrc.to_be_bytes());
        let mut extensions = vec![MID_ID << 4 | (of.mid.len() as u8 - 1)];
        extensions.extend_from_slice(of.mid.as_bytes());
        if let Some((id, rid)) = of.rid {
            extensions.push(id << 4 | (rid.len() as u8 - 1));
            extensions.extend_from_slice(rid.as_bytes());
        }
        if self.offering.transport_wide {
            extensions.push(TRANSPORT_ID << 4 | 1);
            extensions.extend_from_slice(&self.transport.to_be_bytes());
            self.transport = self.transport.wrapping_add(1);
        }
        extensions.resize(extensions.len().next_multiple_of(4), 0);
        room[12..16].copy_from_slice(&[0xBE, 0xDE, 0, (extensions.len() / 4) as u8]);
        room[16..16 + extensions.len()].copy_from_slice(&extensions);
        let start = 16 + extensions.len();
        let end = start + of.payload.len();
        room[start..end].copy_from_slice(of.payload);
        let len = self.sealer.as_ref().unwrap().seal_rtp(&mut room, start, end, of.ssrc, index).unwrap();
        room.truncate(len);
        room
    }

    /// Seals a plain packet whose header has `header` bytes, in the first round of its sequence numbers.
    pub(crate) fn seal(&mut self, mut packet: Vec<u8>, header: usize) -> Vec<u8> {
        let end = packet.len();
        let read = Header::parse(&packet).unwrap();
        packet.resize(end + 64, 0);
        let sealer = self.sealer.as_ref().unwrap();
        let len = sealer.seal_rtp(&mut packet, header, end, read.ssrc, u64::from(read.sequence)).unwrap();
        packet.truncate(len);
        packet
    }

    pub(crate) fn send_voice(&mut self, time: u32, payload: &[u8]) {
        let packet = self.packet(&Outgoing { payload, time, ..Outgoing::voice() });
        self.outgoing.push(packet);
    }

    /// Sends one picture in one packet.
    pub(crate) fn send_picture(&mut self, of: Picture) {
        let payload = of.payload();
        let packet = self.packet(&Outgoing {
            payload: &payload,
            time: of.time,
            ..Outgoing::picture(of.track, of.layer)
        });
        self.outgoing.push(packet);
    }

    pub(crate) fn send_control(&mut self, write: impl FnOnce(&mut [u8]) -> usize) {
        let mut room = vec![0; 1500];
        let end = write(&mut room);
        let len = self.sealer.as_mut().unwrap().seal_rtcp(&mut room, end).unwrap();
        room.truncate(len);
        self.outgoing.push(room);
    }

    /// What came into a slot, by the order of the receiving lines, without repeats.
    pub(crate) fn in_slot(&self, slot: usize) -> Vec<&Received> {
        let ssrc = self.answer.slots[slot].0;
        self.received.iter().filter(|r| r.ssrc == ssrc).collect()
    }

    pub(crate) fn repeats_in_slot(&self, slot: usize) -> Vec<&Received> {
        let ssrc = self.answer.slots[slot].1;
        self.received.iter().filter(|r| r.ssrc == ssrc).collect()
    }
}

/// An RTP packet to be sealed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outgoing<'a> {
    pub(crate) ssrc: u32,
    /// None: the next.
    pub(crate) index: Option<u64>,
    pub(crate) payload_type: u8,
    pub(crate) time: u32,
    pub(crate) marker: bool,
    pub(crate) mid: &'a str,
    pub(crate) rid: Option<(u8, &'a str)>,
    pub(crate) payload: &'a [u8],
}

pub(crate) const RIDS: [&str; 3] = ["q", "h", "f"];

/// The client's SSRC of a track's layer; that of its repeats is 0x1000 higher.
pub(crate) fn ssrc_of(track: Track, layer: u8) -> u32 {
    let base = match track {
        Track::Mic => 0x0100_0000,
        Track::Camera => 0x0200_0000,
        Track::Aux => 0x0300_0000,
    };
    base + u32::from(layer) * 0x100 + 0x11
}

impl Outgoing<'_> {
    pub(crate) fn voice() -> Self {
        let ssrc = ssrc_of(Track::Mic, 0);
        Self {
            ssrc,
            index: None,
            payload_type: OPUS,
            time: 0,
            marker: false,
            mid: "0",
            rid: None,
            payload: &[],
        }
    }

    pub(crate) fn picture(track: Track, layer: u8) -> Self {
        let camera = track == Track::Camera;
        Self {
            ssrc: ssrc_of(track, layer),
            payload_type: VP8,
            marker: true,
            mid: if camera { "1" } else { "2" },
            rid: camera.then(|| (RID_ID, RIDS[usize::from(layer)])),
            ..Self::voice()
        }
    }

    /// The stream that repeats it.
    pub(crate) fn repeat(track: Track, layer: u8) -> Self {
        let media = Self::picture(track, layer);
        Self {
            ssrc: media.ssrc + 0x1000,
            payload_type: RTX,
            rid: media.rid.map(|r| (REPEATED_RID_ID, r.1)),
            ..media
        }
    }
}

/// A picture of VP8, well-formed as far as anybody here looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Picture {
    pub(crate) track: Track,
    pub(crate) layer: u8,
    pub(crate) key: bool,
    pub(crate) id: u16,
    pub(crate) tl0: u8,
    pub(crate) time: u32,
    pub(crate) height: u16,
    /// At least so many bytes of payload.
    pub(crate) size: usize,
}

impl Picture {
    pub(crate) fn of(track: Track, layer: u8) -> Self {
        Self { track, layer, key: false, id: 0, tl0: 0, time: 0, height: 180 << layer, size: 0 }
    }

    pub(crate) fn payload(&self) -> Vec<u8> {
        let [high, low] = (self.id & 0x7FFF | 0x8000).to_be_bytes();
        let mut payload = vec![0x90, 0xE0, high, low, self.tl0, 0, u8::from(!self.key), 0, 0];
        if self.key {
            payload.extend_from_slice(&[0x9D, 0x01, 0x2A]);
            payload.extend_from_slice(&(self.height / 9 * 16).to_le_bytes());
            payload.extend_from_slice(&self.height.to_le_bytes());
        }
        payload.resize(payload.len().max(self.size.saturating_sub(4)), 0);
        payload.extend_from_slice(&[self.layer, 0xEE, high, low]);
        payload
    }
}

/// Picture id and TL0PICIDX of a payload that [`Picture::payload`] made.
pub(crate) fn ids_of(payload: &[u8]) -> (u16, u8) {
    (u16::from_be_bytes([payload[2] & 0x7F, payload[3]]), payload[4])
}

impl Client {
    /// Whether a keyframe was asked for since the last time this was called.
    pub(crate) fn takes_keyframe_request(&mut self) -> bool {
        let before = self.control.len();
        self.control.retain(|c| c[1] != 206 || c[0] & 31 != 1);
        self.control.len() < before
    }
}
