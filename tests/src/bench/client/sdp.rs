//! The one offer with fixed slots (media.md), and what an answer says of the server.
use std::fmt::Write;
use std::net::SocketAddrV4;

/// Payload type of Opus in every offer.
pub(super) const OPUS: u8 = 111;
/// Payload type of VP8 in every offer.
pub(super) const VP8: u8 = 96;
/// Payload type of repeated VP8 packets.
const RTX: u8 = 97;
/// Header extension: the m-line a packet belongs to.
pub(super) const MID: u8 = 4;
/// Header extension: the simulcast layer a packet belongs to.
pub(super) const RID: u8 = 10;
/// Header extension: how loud a voice is.
pub(super) const LEVEL: u8 = 1;
/// m-line of the microphone.
pub(super) const MIC: &str = "0";
/// m-line of the camera.
pub(super) const CAMERA: &str = "1";
/// The one layer that a benchmark's camera sends.
pub(super) const LAYER: &str = "h";

/// The client's side of the credentials.
pub(super) struct Local<'a> {
    /// ICE user name fragment.
    pub(super) ufrag: &'a str,
    /// ICE password.
    pub(super) password: &'a str,
    /// SHA-256 of the certificate, with colons.
    pub(super) fingerprint: &'a str,
}

/// How many slots a client offers to receive in.
#[derive(Clone, Copy, Debug)]
pub struct Slots {
    /// For voices.
    pub voices: usize,
    /// For pictures.
    pub pictures: usize,
}

impl Slots {
    /// Those of media.md: enough for six parties.
    pub const FIXED: Self = Self { voices: 5, pictures: 6 };
}

/// The offer: microphone, camera with three layers, document camera, and the slots to receive in.
pub(super) fn offer(local: &Local<'_>, slots: Slots) -> String {
    let count = 3 + slots.voices + slots.pictures;
    let mids: Vec<String> = (0..count).map(|mid| mid.to_string()).collect();
    let mut text = format!(
        "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\n\
         a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n",
        mids.join(" ")
    );
    for (index, mid) in mids.iter().enumerate() {
        let audio = index == 0 || (3..3 + slots.voices).contains(&index);
        let sends = index < 3;
        media(&mut text, local, mid, audio, sends);
        if mid == CAMERA {
            text.push_str("a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n");
        }
    }
    text
}

fn media(text: &mut String, local: &Local<'_>, mid: &str, audio: bool, sends: bool) {
    let (kind, formats) = if audio { ("audio", OPUS.to_string()) } else { ("video", format!("{VP8} {RTX}")) };
    let direction = if sends { "sendonly" } else { "recvonly" };
    // Writing into a string does not fail.
    let _ = write!(
        text,
        "m={kind} 9 UDP/TLS/RTP/SAVPF {formats}\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n\
         a=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=ice-options:trickle\r\na=fingerprint:sha-256 {}\r\n\
         a=setup:actpass\r\na=mid:{mid}\r\na=extmap:{MID} urn:ietf:params:rtp-hdrext:sdes:mid\r\n",
        local.ufrag, local.password, local.fingerprint
    );
    if audio {
        let _ = write!(text, "a=extmap:{LEVEL} urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n");
    } else {
        let _ = write!(
            text,
            "a=extmap:{RID} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n\
             a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"
        );
    }
    let _ = write!(text, "a={direction}\r\n");
    if sends {
        let _ = write!(text, "a=msid:client t{mid}\r\n");
    }
    text.push_str("a=rtcp-mux\r\na=rtcp-rsize\r\n");
    if audio {
        let _ = write!(text, "a=rtpmap:{OPUS} opus/48000/2\r\na=fmtp:{OPUS} minptime=10;useinbandfec=1\r\n");
    } else {
        let _ = write!(
            text,
            "a=rtpmap:{VP8} VP8/90000\r\na=rtcp-fb:{VP8} ccm fir\r\na=rtcp-fb:{VP8} nack\r\n\
             a=rtcp-fb:{VP8} nack pli\r\na=rtpmap:{RTX} rtx/90000\r\na=fmtp:{RTX} apt={VP8}\r\n"
        );
    }
}

/// What the answer says of the server.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Remote {
    /// ICE user name fragment.
    pub(super) ufrag: String,
    /// ICE password.
    pub(super) password: String,
    /// SHA-256 of the certificate.
    pub(super) fingerprint: Vec<u8>,
    /// Where media goes.
    pub(super) address: SocketAddrV4,
}

/// Why an answer is of no use.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum AnswerError {
    /// A needed line is missing or says something else than expected.
    #[error("the answer has no usable {0}")]
    Lacks(&'static str),
    /// The answer is to another offer.
    #[error("the answer has {0} m-lines instead of {1}")]
    Lines(usize, usize),
}

/// Reads an answer to the offer with these slots.
pub(super) fn read(answer: &str, slots: Slots) -> Result<Remote, AnswerError> {
    let first = |key: &str| answer.lines().find_map(|line| line.trim_end().strip_prefix(key));
    let need = |key: &'static str| first(key).ok_or(AnswerError::Lacks(key));
    let lines = answer.lines().filter(|line| line.starts_with("m=")).count();
    let expected = 3 + slots.voices + slots.pictures;
    if lines != expected {
        return Err(AnswerError::Lines(lines, expected));
    }
    if need("a=setup:")? != "passive" {
        return Err(AnswerError::Lacks("a=setup:passive"));
    }
    let fingerprint: Option<Vec<u8>> =
        need("a=fingerprint:sha-256 ")?.split(':').map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
    Ok(Remote {
        ufrag: need("a=ice-ufrag:")?.into(),
        password: need("a=ice-pwd:")?.into(),
        fingerprint: fingerprint.ok_or(AnswerError::Lacks("a=fingerprint:"))?,
        address: candidate(need("a=candidate:")?).ok_or(AnswerError::Lacks("a=candidate:"))?,
    })
}

/// `foundation component transport priority address port typ host …`
fn candidate(line: &str) -> Option<SocketAddrV4> {
    let mut words = line.split(' ').skip(2);
    let transport = words.next()?;
    let (address, port) = (words.nth(1)?, words.next()?);
    transport.eq_ignore_ascii_case("udp").then_some(())?;
    Some(SocketAddrV4::new(address.parse().ok()?, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:abcd\r\na=ice-pwd:efgh\r\n\
        a=fingerprint:sha-256 0A:FF\r\na=setup:passive\r\n\
        a=candidate:1 1 udp 2130706431 127.0.0.1 4000 typ host\r\n";
    const NONE: Slots = Slots { voices: 0, pictures: 0 };

    #[test]
    fn an_answer_tells_who_and_where() {
        let expected = Remote {
            ufrag: "abcd".into(),
            password: "efgh".into(),
            fingerprint: vec![10, 255],
            address: "127.0.0.1:4000".parse().unwrap(),
        };
        assert_eq!(read(ANSWER, NONE), Ok(expected));
    }

    #[test]
    fn an_answer_that_lacks_something_says_what() {
        assert_eq!(read(ANSWER, Slots::FIXED), Err(AnswerError::Lines(3, 14)));
        let active = ANSWER.replace("passive", "active");
        assert_eq!(read(&active, NONE), Err(AnswerError::Lacks("a=setup:passive")));
        let nowhere = ANSWER.replace(" udp ", " tcp ");
        assert_eq!(read(&nowhere, NONE), Err(AnswerError::Lacks("a=candidate:")));
    }

    #[test]
    fn the_offer_has_the_fixed_slots() {
        let local = Local { ufrag: "u", password: "p", fingerprint: "AA" };
        let offer = offer(&local, Slots::FIXED);
        let count = |start: &str| offer.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!((count("m=audio"), count("m=video")), (6, 8));
        assert_eq!((count("a=sendonly"), count("a=recvonly")), (3, 11));
        assert_eq!(count("a=simulcast:send q;h;f"), 1);
    }
}
