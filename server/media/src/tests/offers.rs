//! Offers as our pages make them, in Chromium's words.
use std::fmt::Write;

/// What an offer says; tests change what they are about.
#[derive(Clone, Debug)]
pub(crate) struct Offering {
    pub(crate) ufrag: String,
    pub(crate) password: String,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) transport_wide: bool,
    pub(crate) remb: bool,
    pub(crate) repeats: bool,
    pub(crate) audio_slots: usize,
    pub(crate) video_slots: usize,
}

impl Default for Offering {
    fn default() -> Self {
        Self {
            ufrag: "h6vY".into(),
            password: "VOkJxbRl1RmTxUk/WvJxBt".into(),
            fingerprint: [0xAB; 32],
            transport_wide: true,
            remb: true,
            repeats: true,
            audio_slots: 5,
            video_slots: 6,
        }
    }
}

pub(crate) const OPUS: u8 = 111;
pub(crate) const VP8: u8 = 96;
pub(crate) const RTX: u8 = 97;
pub(crate) const MID_ID: u8 = 4;
pub(crate) const RID_ID: u8 = 10;
pub(crate) const REPEATED_RID_ID: u8 = 11;
pub(crate) const TRANSPORT_ID: u8 = 3;

impl Offering {
    pub(crate) fn sdp(&self) -> String {
        let lines = 3 + self.audio_slots + self.video_slots;
        let mids: Vec<String> = (0..lines).map(|n| n.to_string()).collect();
        let mut out = format!(
            "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\n\
             a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n",
            mids.join(" ")
        );
        for n in 0..lines {
            let audio = n == 0 || (3..3 + self.audio_slots).contains(&n);
            self.line(&mut out, n, audio, n < 3);
        }
        out
    }

    fn line(&self, out: &mut String, mid: usize, audio: bool, sends: bool) {
        let (media, formats) = match (audio, self.repeats) {
            (true, _) => ("audio", format!("{OPUS} 63")),
            (false, true) => ("video", format!("{VP8} {RTX}")),
            (false, false) => ("video", format!("{VP8}")),
        };
        let hex: Vec<String> = self.fingerprint.iter().map(|b| format!("{b:02X}")).collect();
        let _ = write!(
            out,
            "m={media} 9 UDP/TLS/RTP/SAVPF {formats}\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n\
             a=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=ice-options:trickle\r\na=fingerprint:sha-256 {}\r\n\
             a=setup:actpass\r\na=mid:{mid}\r\na=extmap:{MID_ID} urn:ietf:params:rtp-hdrext:sdes:mid\r\n",
            self.ufrag,
            self.password,
            hex.join(":")
        );
        if self.transport_wide {
            let _ = write!(
                out,
                "a=extmap:{TRANSPORT_ID} \
                 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
            );
        }
        if !audio {
            let _ = write!(
                out,
                "a=extmap:{RID_ID} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n\
                 a=extmap:{REPEATED_RID_ID} urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"
            );
        }
        let direction = if sends { "sendonly" } else { "recvonly" };
        let _ = write!(out, "a={direction}\r\na=rtcp-mux\r\na=rtcp-rsize\r\n");
        let format = if audio { OPUS } else { VP8 };
        let codec = if audio { "opus/48000/2" } else { "VP8/90000" };
        let _ = write!(out, "a=rtpmap:{format} {codec}\r\n");
        if self.remb {
            let _ = write!(out, "a=rtcp-fb:{format} goog-remb\r\n");
        }
        if self.transport_wide {
            let _ = write!(out, "a=rtcp-fb:{format} transport-cc\r\n");
        }
        if audio {
            let _ = write!(out, "a=fmtp:{OPUS} minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\n");
        } else {
            let _ = write!(
                out,
                "a=rtcp-fb:{VP8} ccm fir\r\na=rtcp-fb:{VP8} nack\r\na=rtcp-fb:{VP8} nack pli\r\n"
            );
            if self.repeats {
                let _ = write!(out, "a=rtpmap:{RTX} rtx/90000\r\na=fmtp:{RTX} apt={VP8}\r\n");
            }
        }
        if mid == 1 {
            let _ = write!(out, "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n");
        }
    }
}
