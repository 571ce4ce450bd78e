//! The peer connection of one participant.
use rtc::interceptor::Slot as Position;
use rtc::peer_connection::configuration::RTCOfferOptions;
use rtc::peer_connection::configuration::interceptor_registry::{
    configure_simulcast_extension_headers, register_default_interceptors,
};
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpEncodingParameters,
    RTCRtpHeaderExtensionCapability, RtpCodecKind,
};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::watch;
use webrtc::media_stream::Track;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
    RTCIceGatheringState, RTCPeerConnectionState, RTCSessionDescription, Registry, SettingEngineBuilder,
};
use webrtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit, RtpTransceiver};

use super::keyframes::{KeyframeRequests, Wanted};
use super::sending::{Sender, Sending, Tracks, opus, vp8};
use super::senses::Senses;
use super::tone::{Heard, Listener};
use crate::clock::{self, within};

/// Receive slots of an offer.
pub const AUDIO_SLOTS: usize = 5;
/// Receive slots of an offer.
pub const VIDEO_SLOTS: usize = 6;
/// Lines before the slots: microphone, camera, aux.
const SENDING_LINES: usize = 3;
const OPUS: u8 = 111;
const VP8: u8 = 96;
const RTX: u8 = 97;
/// Between the interceptors that react to RTCP and the application.
const APPLICATION_SIDE: usize = 14_000;
const GATHERING: Duration = Duration::from_secs(5);

/// A receive slot, counted within its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// Below [`AUDIO_SLOTS`].
    Audio(usize),
    /// Below [`VIDEO_SLOTS`].
    Video(usize),
}

/// How the connection stands.
pub type State = RTCPeerConnectionState;

/// One participant's media.
pub struct Peer {
    number: u32,
    pc: Arc<dyn PeerConnection>,
    tracks: Tracks,
    lines: Vec<Arc<dyn RtpTransceiver>>,
    wanted: Arc<Wanted>,
    shared: Arc<Shared>,
    sending: watch::Sender<Sending>,
    sender: std::sync::Mutex<Option<tokio::task::JoinHandle<anyhow::Result<()>>>>,
}

struct Shared {
    state: watch::Sender<State>,
    gathered: watch::Sender<bool>,
    senses: watch::Sender<Senses>,
    /// Which slot an SSRC of the answer belongs to.
    slots: OnceLock<BTreeMap<u32, Slot>>,
}

impl Peer {
    /// A participant who sends what `sending` says and is reached at `local`. The number decides voice and SSRCs.
    ///
    /// # Errors
    /// If the connection cannot be made.
    pub async fn new(number: u32, local: IpAddr, sending: Sending) -> anyhow::Result<Self> {
        // Far apart, and different in every run that needs it: SSRCs are the sender's choice.
        let tracks = Tracks::new(0x1000_0000 + number * 16);
        let wanted = Wanted::new(tracks.video_ssrcs());
        let shared = Arc::new(Shared {
            state: watch::Sender::new(State::New),
            gathered: watch::Sender::new(false),
            senses: watch::Sender::new(Senses::new(AUDIO_SLOTS, VIDEO_SLOTS)),
            slots: OnceLock::new(),
        });
        // Boxed: what the crate awaits there is 20 KiB, and would stand in the future of everybody who awaits a peer.
        let pc =
            Box::pin(connection(local, Arc::clone(&wanted), Arc::new(Handler(Arc::clone(&shared))))).await?;
        let mut lines = Vec::new();
        for track in [&tracks.mic, &tracks.camera, &tracks.aux] {
            lines.push(add_sending(&*pc, track).await?);
        }
        for kind in [RtpCodecKind::Audio; AUDIO_SLOTS].into_iter().chain([RtpCodecKind::Video; VIDEO_SLOTS]) {
            let init = RTCRtpTransceiverInit {
                direction: RTCRtpTransceiverDirection::Recvonly,
                ..RTCRtpTransceiverInit::default()
            };
            pc.add_transceiver_from_kind(kind, Some(init)).await?;
        }
        let sending = watch::Sender::new(sending);
        Ok(Self { number, pc, tracks, lines, wanted, shared, sending, sender: std::sync::Mutex::default() })
    }

    /// The one offer, complete with candidates.
    ///
    /// # Errors
    /// If the connection refuses.
    pub async fn offer(&self) -> anyhow::Result<String> {
        self.offered(None).await
    }

    /// A second offer, with new ICE credentials and nothing else changed.
    ///
    /// # Errors
    /// If the connection refuses.
    pub async fn restart(&self) -> anyhow::Result<String> {
        self.shared.gathered.send_replace(false);
        self.offered(Some(RTCOfferOptions { ice_restart: true })).await
    }

    async fn offered(&self, options: Option<RTCOfferOptions>) -> anyhow::Result<String> {
        let offer = self.pc.create_offer(options).await?;
        self.pc.set_local_description(offer).await?;
        let mut gathered = self.shared.gathered.subscribe();
        within(GATHERING, "candidates", gathered.wait_for(|done| *done)).await??;
        let offer = self.pc.local_description().await;
        Ok(offer.ok_or_else(|| anyhow::anyhow!("no local description"))?.sdp)
    }

    /// Takes the answer, and begins to send if it is the first.
    ///
    /// # Errors
    /// If the answer cannot be used.
    pub async fn answer(&self, sdp: &str) -> anyhow::Result<()> {
        let _ = self.shared.slots.set(slots_of(sdp));
        self.pc.set_remote_description(RTCSessionDescription::answer(sdp.to_owned())?).await?;
        if self.lock_sender().is_none() {
            let sender =
                Sender::new(self.number, &self.tracks, &self.lines, Arc::clone(&self.wanted)).await?;
            let task = tokio::spawn(sender.run(self.sending.subscribe()));
            *self.lock_sender() = Some(task);
        }
        Ok(())
    }

    fn lock_sender(&self) -> std::sync::MutexGuard<'_, Option<tokio::task::JoinHandle<anyhow::Result<()>>>> {
        self.sender.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// This participant's number.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Waits until the connection stands so.
    ///
    /// # Errors
    /// If it does not come to that in time.
    pub async fn reaches(&self, state: State, limit: Duration) -> anyhow::Result<()> {
        let mut states = self.shared.state.subscribe();
        within(limit, &format!("connection {state}"), states.wait_for(|s| *s == state)).await??;
        Ok(())
    }

    /// How the connection stands.
    #[must_use]
    pub fn state(&self) -> State {
        *self.shared.state.borrow()
    }

    /// What arrived so far.
    #[must_use]
    pub fn senses(&self) -> watch::Ref<'_, Senses> {
        self.shared.senses.borrow()
    }

    /// Waits until what arrived satisfies `enough`.
    ///
    /// # Errors
    /// If it does not in time; says what was being waited for.
    pub async fn sees(
        &self,
        what: &str,
        limit: Duration,
        enough: impl FnMut(&Senses) -> bool,
    ) -> anyhow::Result<()> {
        let mut senses = self.shared.senses.subscribe();
        within(limit, what, senses.wait_for(enough)).await??;
        Ok(())
    }

    /// Forgets what arrived, for the next call.
    pub fn start_over(&self) {
        self.shared.senses.send_modify(Senses::start_over);
    }

    /// Sends this from now on.
    pub fn send(&self, what: Sending) {
        self.sending.send_replace(what);
    }

    /// How often the server asked for a keyframe.
    #[must_use]
    pub fn keyframes_asked(&self) -> u64 {
        self.wanted.asked()
    }

    /// Leaves with a goodbye.
    ///
    /// # Errors
    /// If the connection refuses.
    pub async fn close(&self) -> anyhow::Result<()> {
        if let Some(task) = self.lock_sender().take() {
            task.abort();
        }
        self.pc.close().await?;
        Ok(())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Some(task) = self.lock_sender().take() {
            task.abort();
        }
    }
}

async fn connection(
    local: IpAddr,
    wanted: Arc<Wanted>,
    handler: Arc<Handler>,
) -> anyhow::Result<Arc<dyn PeerConnection>> {
    let mut engine = MediaEngine::default();
    let rtx = RTCRtpCodec { mime_type: "video/rtx".into(), sdp_fmtp_line: format!("apt={VP8}"), ..vp8() };
    for (payload_type, rtp_codec, kind) in [
        (OPUS, opus(), RtpCodecKind::Audio),
        (VP8, vp8(), RtpCodecKind::Video),
        (RTX, rtx, RtpCodecKind::Video),
    ] {
        engine.register_codec(RTCRtpCodecParameters { rtp_codec, payload_type }, kind)?;
    }
    let pli = RTCPFeedback { typ: "nack".to_owned(), parameter: "pli".to_owned() };
    engine.register_feedback(pli, RtpCodecKind::Video);
    let mid = RTCRtpHeaderExtensionCapability { uri: rtc::sdp::extmap::SDES_MID_URI.to_owned() };
    engine.register_header_extension(mid, RtpCodecKind::Audio, None)?;
    configure_simulcast_extension_headers(&mut engine)?;
    let registry = register_default_interceptors(Registry::new(), &mut engine)?
        .with(Position::from(APPLICATION_SIDE), KeyframeRequests::new(wanted));
    let settings = SettingEngineBuilder::new().with_include_loopback_candidate(true).build();
    let pc = PeerConnectionBuilder::new()
        .with_configuration(RTCConfigurationBuilder::new().build())
        .with_media_engine(engine)
        .with_interceptor_registry(registry)
        .with_setting_engine(settings)
        .with_handler(handler)
        .with_udp_addrs(vec![std::net::SocketAddr::new(local, 0)]);
    let pc = Box::pin(pc.build()).await?;
    Ok(Arc::new(pc))
}

async fn add_sending(
    pc: &dyn PeerConnection,
    track: &Arc<TrackLocalStaticRTP>,
) -> anyhow::Result<Arc<dyn RtpTransceiver>> {
    // Given explicitly, the encodings have no repair stream of their own: lost packets are sent again as they were.
    let send_encodings: Vec<RTCRtpEncodingParameters> = track.codings().await;
    let init = RTCRtpTransceiverInit {
        direction: RTCRtpTransceiverDirection::Sendonly,
        streams: vec![],
        send_encodings,
    };
    Ok(pc.add_transceiver_from_track(Arc::clone(track) as Arc<dyn TrackLocal>, Some(init)).await?)
}

/// The first `a=ssrc` of every receive line, which is that of its media (the second repairs it).
fn slots_of(answer: &str) -> BTreeMap<u32, Slot> {
    let mut slots = BTreeMap::new();
    let (mut line, mut audio, mut video, mut found) = (0usize, 0usize, 0usize, false);
    let mut slot = None;
    for text in answer.lines() {
        if let Some(media) = text.strip_prefix("m=") {
            line += 1;
            found = false;
            slot = if line <= SENDING_LINES {
                None
            } else if media.starts_with("audio") {
                audio += 1;
                Some(Slot::Audio(audio - 1))
            } else {
                video += 1;
                Some(Slot::Video(video - 1))
            };
        }
        let ssrc = text.strip_prefix("a=ssrc:").and_then(|rest| rest.split(' ').next()?.parse().ok());
        if let (Some(slot), Some(ssrc), false) = (slot, ssrc, found) {
            slots.insert(ssrc, slot);
            found = true;
        }
    }
    slots
}

struct Handler(Arc<Shared>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        self.0.gathered.send_replace(state == RTCIceGatheringState::Complete);
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.0.state.send_replace(state);
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        tokio::spawn(Arc::clone(&self.0).watch(track));
    }
}

impl Shared {
    /// Takes in what arrives on one track, which is one slot, until the connection ends.
    async fn watch(self: Arc<Self>, track: Arc<dyn TrackRemote>) {
        let (mut listener, mut beginnings) = (Listener::new().ok(), 0);
        while let Some(event) = track.poll().await {
            let TrackRemoteEvent::OnRtpPacket(packet) = event else { continue };
            let now = clock::micros();
            let slot = self.slots.get().and_then(|slots| slots.get(&packet.header.ssrc)).copied();
            let (sequence, payload) = (packet.header.sequence_number, &packet.payload);
            let now_beginnings = self.senses.borrow().beginnings;
            if beginnings != now_beginnings {
                beginnings = now_beginnings;
                listener = listener.and_then(|mut l| l.forget().ok().map(|()| l));
            }
            let heard = match (slot, &mut listener) {
                (Some(Slot::Audio(_)), Some(listener)) => listener.hear(payload).unwrap_or(Heard::Noise),
                _ => Heard::Noise,
            };
            self.senses.send_modify(|senses| {
                senses.packets += 1;
                match slot {
                    Some(Slot::Audio(n)) => {
                        senses.audio.get_mut(n).into_iter().for_each(|s| s.take(sequence, heard, now));
                    }
                    Some(Slot::Video(n)) => {
                        senses.video.get_mut(n).into_iter().for_each(|s| s.take(sequence, payload, now));
                    }
                    None => {}
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_counted_within_their_kind_and_repair_streams_are_none() {
        let answer = "v=0\r\nm=audio 9\r\nm=video 9\r\nm=video 9\r\nm=audio 9\r\na=ssrc:1 cname:x\r\n\
                      m=audio 9\r\na=ssrc:2 cname:x\r\na=ssrc:2 msid:x\r\nm=video 9\r\na=ssrc-group:FID 3 4\r\n\
                      a=ssrc:3 cname:x\r\na=ssrc:4 cname:x\r\n";
        let expected = [(1, Slot::Audio(0)), (2, Slot::Audio(1)), (3, Slot::Video(0))];
        assert_eq!(slots_of(answer), expected.into());
    }

    #[tokio::test]
    async fn an_offer_has_the_fixed_lines_in_order() {
        let peer = Peer::new(1, std::net::Ipv4Addr::LOCALHOST.into(), Sending::WARM).await.unwrap();
        let offer = peer.offer().await.unwrap();
        let lines: Vec<_> = offer.lines().filter(|l| l.starts_with("m=")).map(|l| &l[2..7]).collect();
        let expected =
            [vec!["audio", "video", "video"], vec!["audio"; AUDIO_SLOTS], vec!["video"; VIDEO_SLOTS]];
        assert_eq!(lines, expected.concat());
        assert_eq!(offer.matches("a=sendonly").count(), 3, "{offer}");
        assert_eq!(offer.matches("a=recvonly").count(), 11, "{offer}");
        assert!(offer.contains("a=simulcast:send q;h;f"), "{offer}");
        assert!(offer.contains("a=candidate:") && offer.contains("127.0.0.1"), "{offer}");
        peer.close().await.unwrap();
    }
}
