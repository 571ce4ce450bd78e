//! Hears the server ask for keyframes. The `webrtc` crate keeps RTCP from applications; an interceptor sees it.
use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::sansio::Protocol;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// Which of some streams must begin anew. Shared by the interceptor and the sender.
#[derive(Debug)]
pub(super) struct Wanted {
    streams: Vec<(u32, AtomicBool)>,
    asked: AtomicU64,
}

impl Wanted {
    pub(super) fn new(ssrcs: impl IntoIterator<Item = u32>) -> Arc<Self> {
        let streams = ssrcs.into_iter().map(|ssrc| (ssrc, AtomicBool::new(true))).collect();
        Arc::new(Self { streams, asked: AtomicU64::new(0) })
    }

    /// Whether the stream must begin anew; true once for any number of requests, and for its beginning.
    pub(super) fn take(&self, ssrc: u32) -> bool {
        self.streams.iter().any(|(s, wanted)| *s == ssrc && wanted.swap(false, Ordering::AcqRel))
    }

    /// How often anything was asked for.
    pub(super) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    fn ask(&self, ssrc: u32) {
        self.asked.fetch_add(1, Ordering::Relaxed);
        for (_, wanted) in self.streams.iter().filter(|(s, _)| *s == ssrc) {
            wanted.store(true, Ordering::Release);
        }
    }
}

/// Reads PLI and FIR (RFC 4585 §6.3.1, RFC 5104 §4.3.1) and lets everything pass.
pub(super) struct KeyframeRequests {
    wanted: Arc<Wanted>,
    incoming: VecDeque<TaggedPacket>,
    outgoing: VecDeque<TaggedPacket>,
}

impl KeyframeRequests {
    pub(super) fn new(wanted: Arc<Wanted>) -> Self {
        Self { wanted, incoming: VecDeque::new(), outgoing: VecDeque::new() }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for KeyframeRequests {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = rtc::shared::error::Error;
    type Time = Instant;

    fn handle_read(&mut self, msg: TaggedPacket) -> Result<(), Self::Error> {
        if let Packet::Rtcp(packets) = &msg.message.packet {
            for packet in packets {
                let packet = packet.as_any();
                if let Some(pli) = packet.downcast_ref::<PictureLossIndication>() {
                    self.wanted.ask(pli.media_ssrc);
                } else if let Some(fir) = packet.downcast_ref::<FullIntraRequest>() {
                    fir.fir.iter().for_each(|entry| self.wanted.ask(entry.ssrc));
                }
            }
        }
        self.incoming.push_back(msg);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<Self::Rout> {
        self.incoming.pop_front()
    }

    fn handle_write(&mut self, msg: TaggedPacket) -> Result<(), Self::Error> {
        self.outgoing.push_back(msg);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<Self::Wout> {
        self.outgoing.pop_front()
    }
}

impl Interceptor for KeyframeRequests {
    fn bind_local_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _info: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _info: &StreamInfo) {}
}
