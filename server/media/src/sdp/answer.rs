//! Writes the one answer (RFC 8829 §5.3 in part).
use super::{Feedback, Kind, Line, Offer, Use, extmap};
use crate::Track;
use std::fmt::Write;
use std::net::{IpAddr, SocketAddr};

/// Chromium begins its bandwidth estimate with 300 kbit/s, which leaves the larger layers of a camera off for as long as
/// half a minute on a busy machine. Told so, it begins with this many kbit/s, and its congestion control corrects that on
/// a narrow path within a second or two; before the ring it sends only the lowest layer anyway.
const START: &str = "x-google-start-bitrate=2500";

/// What the answering side says of itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity<'a> {
    pub(crate) ufrag: &'a str,
    pub(crate) password: &'a str,
    pub(crate) fingerprint: &'a [u8; 32],
    pub(crate) candidates: &'a [SocketAddr],
    /// Session id and version (RFC 8866 §5.2).
    pub(crate) session: (u32, u32),
}

/// The SSRCs of one receiving line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SlotSsrcs {
    pub(crate) media: u32,
    pub(crate) repeats: u32,
}

/// The answer. `ssrcs` belong to the receiving lines, in their order.
pub(crate) fn answer(offer: &Offer, me: &Identity<'_>, ssrcs: &[SlotSsrcs]) -> String {
    let mut out = String::with_capacity(1024 + 800 * offer.lines.len());
    let mids = offer.lines.iter().filter(|l| l.used != Use::Refused).map(|l| l.mid.as_str());
    let mids: Vec<&str> = mids.collect();
    let mut ssrcs = ssrcs.iter();
    // Writing into a String does not fail.
    let _ = write_session(&mut out, me, &mids);
    for line in &offer.lines {
        let _ = match line.used {
            Use::Refused => write_refused(&mut out, line),
            Use::Sends(_) => write_common(&mut out, line, me).and_then(|()| write_sending(&mut out, line)),
            Use::HearsIn(_) | Use::SeesIn(_) => write_common(&mut out, line, me)
                .and_then(|()| ssrcs.next().map_or(Ok(()), |ssrcs| write_slot(&mut out, line, ssrcs))),
        };
    }
    out
}

fn write_session(out: &mut String, me: &Identity<'_>, mids: &[&str]) -> std::fmt::Result {
    let (session, version) = me.session;
    write!(
        out,
        "v=0\r\no=- {session} {version} IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-lite\r\na=group:BUNDLE {}\r\n\
         a=msid-semantic: WMS *\r\na=extmap-allow-mixed\r\n",
        mids.join(" ")
    )
}

fn write_refused(out: &mut String, line: &Line) -> std::fmt::Result {
    let (media, protocol, formats) = &line.head;
    write!(
        out,
        "m={media} 0 {protocol} {formats}\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\na=mid:{}\r\n",
        line.mid
    )
}

/// What every line in use says: transport, credentials, codec.
fn write_common(out: &mut String, line: &Line, me: &Identity<'_>) -> std::fmt::Result {
    let media = if line.kind == Kind::Audio { "audio" } else { "video" };
    let format = line.payload.format;
    write!(out, "m={media} 9 UDP/TLS/RTP/SAVPF {format}")?;
    if let Some(repeats) = line.payload.repeats {
        write!(out, " {repeats}")?;
    }
    write!(out, "\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n")?;
    for (n, candidate) in me.candidates.iter().enumerate() {
        write_candidate(out, n, candidate)?;
    }
    write!(
        out,
        "a=end-of-candidates\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:sha-256 ",
        me.ufrag, me.password
    )?;
    for (n, byte) in me.fingerprint.iter().enumerate() {
        write!(out, "{}{byte:02X}", if n == 0 { "" } else { ":" })?;
    }
    write!(out, "\r\na=setup:passive\r\na=mid:{}\r\na=rtcp-mux\r\n", line.mid)?;
    if line.reduced_size {
        out.push_str("a=rtcp-rsize\r\n");
    }
    let codec = if line.kind == Kind::Audio { "opus/48000/2" } else { "VP8/90000" };
    write!(out, "a=rtpmap:{format} {codec}\r\n")?;
    let begins =
        if line.used == Use::Sends(Track::Camera) && line.payload.has(Feedback::Remb) { START } else { "" };
    let parameters = [line.payload.parameters.as_str(), begins];
    let parameters: Vec<&str> = parameters.into_iter().filter(|p| !p.is_empty()).collect();
    if !parameters.is_empty() {
        write!(out, "a=fmtp:{format} {}\r\n", parameters.join(";"))?;
    }
    for (feedback, name) in Feedback::ALL {
        if line.payload.has(feedback) {
            write!(out, "a=rtcp-fb:{format} {name}\r\n")?;
        }
    }
    if let Some(repeats) = line.payload.repeats {
        write!(out, "a=rtpmap:{repeats} rtx/90000\r\na=fmtp:{repeats} apt={format}\r\n")?;
    }
    Ok(())
}

/// A host candidate (RFC 8839 §5.1); earlier ones have a higher priority (RFC 8445 §5.1.2.1).
fn write_candidate(out: &mut String, n: usize, candidate: &SocketAddr) -> std::fmt::Result {
    let local_preference = u16::MAX - n.min(1000) as u16;
    let priority = 126 << 24 | u32::from(local_preference) << 8 | 255;
    let foundation = if matches!(candidate.ip(), IpAddr::V4(_)) { 1 } else { 2 };
    write!(
        out,
        "a=candidate:{foundation} 1 udp {priority} {} {} typ host\r\n",
        candidate.ip(),
        candidate.port()
    )
}

fn write_extensions(out: &mut String, line: &Line, which: &[usize]) -> std::fmt::Result {
    for &known in which {
        let id = line.extensions.id(known);
        if id != 0 {
            write!(out, "a=extmap:{id} {}\r\n", extmap::KNOWN[known])?;
        }
    }
    Ok(())
}

fn write_sending(out: &mut String, line: &Line) -> std::fmt::Result {
    write_extensions(
        out,
        line,
        &[extmap::MID, extmap::RID, extmap::REPEATED_RID, extmap::AUDIO_LEVEL, extmap::TRANSPORT_SEQUENCE],
    )?;
    out.push_str("a=recvonly\r\n");
    let names: Vec<String> = line.rids.iter().map(|r| String::from_utf8_lossy(r).into_owned()).collect();
    for name in &names {
        write!(out, "a=rid:{name} recv\r\n")?;
    }
    if !names.is_empty() {
        write!(out, "a=simulcast:recv {}\r\n", names.join(";"))?;
    }
    Ok(())
}

fn write_slot(out: &mut String, line: &Line, ssrcs: &SlotSsrcs) -> std::fmt::Result {
    write_extensions(out, line, &[extmap::TRANSPORT_SEQUENCE])?;
    // The first voice and the first picture are one stream, so that they are played in sync.
    let stream = match line.used {
        Use::HearsIn(0) | Use::SeesIn(0) => "face".to_owned(),
        Use::HearsIn(n) => format!("voice{n}"),
        _ => format!("line{}", line.mid),
    };
    write!(out, "a=sendonly\r\na=msid:{stream} track{}\r\n", line.mid)?;
    let SlotSsrcs { media, repeats } = *ssrcs;
    if line.payload.repeats.is_some() {
        write!(out, "a=ssrc-group:FID {media} {repeats}\r\n")?;
    }
    // Chromium takes the first a=ssrc line for the stream: the medium stands before its repeats.
    write!(out, "a=ssrc:{media} cname:window\r\n")?;
    if line.payload.repeats.is_some() {
        write!(out, "a=ssrc:{repeats} cname:window\r\n")?;
    }
    Ok(())
}
