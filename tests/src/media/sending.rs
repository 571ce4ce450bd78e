//! The sending side: a microphone, a camera of three layers and a document camera.
use bytes::Bytes;
use rtc::media_stream::MediaStreamTrack;
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use rtc::sdp::extmap::{SDES_MID_URI, SDES_RTP_STREAM_ID_URI};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::rtp_transceiver::RtpTransceiver;

use super::keyframes::Wanted;
use super::picture::{self, Place, Stamp};
use super::tone::{FRAME, Singer, Voice};
use crate::clock;

/// One audio frame lasts 20 ms; a picture is sent every third (16.7 a second), an aux picture every tenth.
const TICK: Duration = Duration::from_millis(20);
const CAMERA_EVERY: u64 = 3;
const AUX_EVERY: u64 = 10;
/// The stamp of the aux track's pictures.
pub(super) const AUX_LAYER: u8 = 3;

/// What is sent at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    /// The microphone.
    pub voice: bool,
    /// Camera layers, from the lowest: 0 to 3.
    pub layers: u8,
    /// The document camera.
    pub aux: bool,
}

impl Sending {
    /// What is sent before a call: sound and the lowest layer, to keep the way warm.
    pub const WARM: Self = Self { voice: true, layers: 1, aux: false };
    /// Everything.
    pub const ALL: Self = Self { voice: true, layers: 3, aux: true };
}

struct LayerPlan {
    rid: &'static str,
    size: (u16, u16),
    bytes: usize,
    more: usize,
}

/// The camera's layers as Chromium sends them of a 1280 × 720 camera, in small.
const LAYERS: [LayerPlan; 3] = [
    LayerPlan { rid: "q", size: (320, 180), bytes: 250, more: 0 },
    LayerPlan { rid: "h", size: (640, 360), bytes: 700, more: 0 },
    LayerPlan { rid: "f", size: (1280, 720), bytes: 1000, more: 1 },
];
const AUX: LayerPlan = LayerPlan { rid: "", size: (1920, 1080), bytes: 1000, more: 0 };

/// The three sending tracks of a participant.
pub(super) struct Tracks {
    pub(super) mic: Arc<TrackLocalStaticRTP>,
    pub(super) camera: Arc<TrackLocalStaticRTP>,
    pub(super) aux: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
}

impl Tracks {
    /// Tracks with SSRCs from `first` on: microphone, camera `q` `h` `f`, aux.
    pub(super) fn new(first: u32) -> Self {
        let layers: Vec<_> = (1..).zip(&LAYERS).map(|(i, layer)| (layer.rid, first + i)).collect();
        Self {
            mic: track("mic", RtpCodecKind::Audio, &opus(), &[("", first)]),
            camera: track("camera", RtpCodecKind::Video, &vp8(), &layers),
            aux: track("aux", RtpCodecKind::Video, &vp8(), &[("", first + 4)]),
            ssrc: first,
        }
    }

    /// The SSRCs of pictures.
    pub(super) fn video_ssrcs(&self) -> [u32; 4] {
        [1, 2, 3, 4].map(|i| self.ssrc + i)
    }
}

pub(super) fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: "audio/opus".to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: vec![],
    }
}

pub(super) fn vp8() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: "video/VP8".to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: vec![],
    }
}

fn track(
    name: &str,
    kind: RtpCodecKind,
    codec: &RTCRtpCodec,
    encodings: &[(&str, u32)],
) -> Arc<TrackLocalStaticRTP> {
    let encodings = encodings
        .iter()
        .map(|(rid, ssrc)| RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters {
                rid: (*rid).to_owned(),
                ssrc: Some(*ssrc),
                ..RTCRtpCodingParameters::default()
            },
            codec: codec.clone(),
            ..RTCRtpEncodingParameters::default()
        })
        .collect();
    let name = name.to_owned();
    let track = MediaStreamTrack::new("headless".to_owned(), name.clone(), name, kind, encodings);
    Arc::new(TrackLocalStaticRTP::new(track))
}

/// One stream as it was negotiated.
struct Outgoing {
    track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    payload_type: u8,
    extensions: Vec<(u8, Bytes)>,
    sequence: u16,
}

impl Outgoing {
    async fn new(
        track: &Arc<TrackLocalStaticRTP>,
        ssrc: u32,
        rid: &str,
        line: &dyn RtpTransceiver,
    ) -> anyhow::Result<Self> {
        let mid = line.mid().await?.unwrap_or_default();
        let sender = line.sender().await?.ok_or_else(|| anyhow::anyhow!("line {mid} has no sender"))?;
        let parameters = sender.get_parameters().await?.rtp_parameters;
        let payload_type = parameters.codecs.first().map(|c| c.payload_type);
        let extensions = parameters
            .header_extensions
            .iter()
            .filter_map(|e| match e.uri.as_str() {
                SDES_MID_URI => Some((e.id as u8, Bytes::from(mid.clone()))),
                SDES_RTP_STREAM_ID_URI if !rid.is_empty() => {
                    Some((e.id as u8, Bytes::copy_from_slice(rid.as_bytes())))
                }
                _ => None,
            })
            .collect();
        Ok(Self {
            track: Arc::clone(track),
            ssrc,
            payload_type: payload_type.ok_or_else(|| anyhow::anyhow!("line {mid}: no codec in common"))?,
            extensions,
            sequence: ssrc as u16,
        })
    }

    async fn send(&mut self, timestamp: u32, marker: bool, payload: Bytes) -> anyhow::Result<()> {
        let mut header = rtp::header::Header {
            version: 2,
            marker,
            payload_type: self.payload_type,
            sequence_number: self.sequence,
            timestamp,
            ssrc: self.ssrc,
            ..rtp::header::Header::default()
        };
        for (id, value) in &self.extensions {
            header.set_extension(*id, value.clone())?;
        }
        self.sequence = self.sequence.wrapping_add(1);
        self.track.write_rtp(rtp::Packet { header, payload }).await?;
        Ok(())
    }
}

struct Layer {
    out: Outgoing,
    plan: &'static LayerPlan,
    stamp: Stamp,
    picture_id: u16,
    tl0: u8,
}

impl Layer {
    async fn show(&mut self, timestamp: u32, wanted: &Wanted) -> anyhow::Result<()> {
        let keyframe = wanted.take(self.out.ssrc);
        self.stamp.count += 1;
        self.stamp.sent_us = clock::micros();
        self.picture_id = (self.picture_id + 1) & 0x7fff;
        self.tl0 = self.tl0.wrapping_add(1);
        let place = Place { keyframe, picture_id: self.picture_id, tl0: self.tl0, size: self.plan.size };
        let payloads = picture::build(self.stamp, place, self.plan.bytes, self.plan.more);
        let last = payloads.len() - 1;
        for (part, payload) in payloads.into_iter().enumerate() {
            self.out.send(timestamp, part == last, payload).await?;
        }
        Ok(())
    }
}

/// Everything that one participant sends.
pub(super) struct Sender {
    singer: Singer,
    mic: Outgoing,
    camera: Vec<Layer>,
    aux: Layer,
    wanted: Arc<Wanted>,
}

impl Sender {
    /// After negotiation; `lines` are those of microphone, camera and aux.
    pub(super) async fn new(
        number: u32,
        tracks: &Tracks,
        lines: &[Arc<dyn RtpTransceiver>],
        wanted: Arc<Wanted>,
    ) -> anyhow::Result<Self> {
        let [mic, camera, aux] = lines else { anyhow::bail!("the offer lost its lines") };
        let layer =
            async |track: &Arc<_>, line: &Arc<dyn RtpTransceiver>, i: u8, plan: &'static LayerPlan| {
                let out = Outgoing::new(track, tracks.ssrc + 1 + u32::from(i), plan.rid, &**line).await?;
                let stamp = Stamp { source: number, layer: i, count: 0, sent_us: 0 };
                anyhow::Ok(Layer { out, plan, stamp, picture_id: number as u16 & 0x7fff, tl0: 0 })
            };
        let mut layers = Vec::new();
        for (i, plan) in (0..).zip(&LAYERS) {
            layers.push(layer(&tracks.camera, camera, i, plan).await?);
        }
        Ok(Self {
            singer: Singer::new(Voice::of(number))?,
            mic: Outgoing::new(&tracks.mic, tracks.ssrc, "", &**mic).await?,
            camera: layers,
            aux: layer(&tracks.aux, aux, AUX_LAYER, &AUX).await?,
            wanted,
        })
    }

    /// Sends until `sending` ends. Time stamps follow the clock, so that a tick that came late or not at all shows as
    /// such.
    pub(super) async fn run(mut self, sending: watch::Receiver<Sending>) -> anyhow::Result<()> {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let begun = ticks.tick().await;
        loop {
            // The moment for which the tick was meant, however late it came.
            let frame = (ticks.tick().await - begun).as_millis() as u64 / TICK.as_millis() as u64;
            if sending.has_changed().is_err() {
                return Ok(());
            }
            let now = *sending.borrow();
            if now.voice {
                self.mic.send((frame * FRAME as u64) as u32, false, self.singer.sing()).await?;
            }
            let video_time = (frame * 1800) as u32;
            if frame.is_multiple_of(CAMERA_EVERY) {
                for layer in self.camera.iter_mut().take(now.layers.into()) {
                    layer.show(video_time, &self.wanted).await?;
                }
            }
            if now.aux && frame.is_multiple_of(AUX_EVERY) {
                self.aux.show(video_time, &self.wanted).await?;
            }
        }
    }
}
