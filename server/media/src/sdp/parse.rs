//! Reads an offer into types. Every line is looked at once; what we do not need is skipped.
use super::{Feedback, Kind, Line, OfferError, Payload, Rid, Use, extmap};
use crate::{AUDIO_SLOTS, Track, VIDEO_SLOTS};
use smallvec::SmallVec;

/// An offer that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) ufrag: String,
    /// SHA-256 of the peer's certificate.
    pub(crate) fingerprint: [u8; 32],
    pub(crate) lines: Vec<Line>,
}

/// Longest identifiers that are kept: mids, rids, format parameters.
const MAX_TOKEN: usize = 64;
const MAX_PARAMETERS: usize = 256;
const MAX_SSRCS: usize = 16;
/// Most formats, and most lines about their feedback, that are kept of a media line; browsers offer about 20 and 100.
const MAX_FORMATS: usize = 64;
const MAX_FEEDBACK: usize = 256;

pub(crate) fn parse(sdp: &str) -> Result<Offer, OfferError> {
    if sdp.len() > OfferError::MAX_BYTES {
        return Err(OfferError::TooLong);
    }
    let mut reader = Reader::default();
    let mut last = 0;
    for (number, line) in sdp.lines().enumerate() {
        last = number as u16 + 1;
        reader.line(last, line.trim_end())?;
    }
    if last == 0 {
        return Err(OfferError::NotSdp { line: 1 });
    }
    reader.finish()
}

/// What stands between `m=` lines, as it is read.
#[derive(Default)]
struct Reader {
    ufrag: Option<String>,
    has_password: bool,
    fingerprint: Option<[u8; 32]>,
    setup_is_wrong: bool,
    bundle: Vec<String>,
    lines: Vec<Draft>,
}

struct Draft {
    line: Line,
    codecs: Vec<(u8, &'static str)>,
    parameters: Vec<(u8, String)>,
    feedback: Vec<(Option<u8>, Feedback)>,
    directions: Direction,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Sends,
    Receives,
    Neither,
}

impl Reader {
    fn line(&mut self, number: u16, line: &str) -> Result<(), OfferError> {
        let Some((kind, value)) = line.split_once('=').filter(|(kind, _)| kind.len() == 1) else {
            return if line.is_empty() { Ok(()) } else { Err(OfferError::NotSdp { line: number }) };
        };
        match kind {
            "v" if number == 1 && value == "0" => Ok(()),
            _ if number == 1 => Err(OfferError::NotSdp { line: number }),
            "m" => self.media_line(number, value),
            "a" => {
                let (name, value) = value.split_once(':').unwrap_or((value, ""));
                self.session_attribute(number, name, value)?;
                let Some(draft) = self.lines.last_mut() else { return Ok(()) };
                draft.attribute(number, name, value)
            }
            _ => Ok(()),
        }
    }

    fn media_line(&mut self, number: u16, value: &str) -> Result<(), OfferError> {
        if self.lines.len() == OfferError::MAX_LINES {
            return Err(OfferError::TooManyLines);
        }
        let bad = OfferError::NotSdp { line: number };
        let mut words = value.split(' ');
        let (Some(media), Some(_port), Some(protocol)) = (words.next(), words.next(), words.next()) else {
            return Err(bad);
        };
        let formats: Vec<&str> = words.collect();
        let printable = |word: &str| {
            !word.is_empty() && word.len() <= MAX_TOKEN && word.bytes().all(|b| b.is_ascii_graphic())
        };
        if formats.is_empty()
            || !printable(media)
            || !printable(protocol)
            || !formats.iter().all(|f| printable(f))
        {
            return Err(bad);
        }
        let kind = match media {
            "audio" => Kind::Audio,
            "video" => Kind::Video,
            _ => Kind::Other,
        };
        let speaks_srtp = protocol == "UDP/TLS/RTP/SAVPF";
        let line = Line {
            kind: if speaks_srtp { kind } else { Kind::Other },
            head: (media.to_owned(), protocol.to_owned(), formats.join(" ")),
            ..Line::default()
        };
        self.lines.push(Draft {
            line,
            codecs: Vec::new(),
            parameters: Vec::new(),
            feedback: Vec::new(),
            directions: Direction::Sends,
        });
        Ok(())
    }

    /// Attributes that hold for the whole bundle, wherever they stand.
    fn session_attribute(&mut self, number: u16, name: &str, value: &str) -> Result<(), OfferError> {
        let malformed = |attribute| OfferError::Malformed { line: number, attribute };
        let is_ice = |text: &str, least| {
            (least..=256).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
        };
        match name {
            "ice-ufrag" if !is_ice(value, 4) => return Err(malformed("ice-ufrag")),
            "ice-ufrag" => _ = self.ufrag.get_or_insert_with(|| value.to_owned()),
            "ice-pwd" if !is_ice(value, 22) => return Err(malformed("ice-pwd")),
            "ice-pwd" => self.has_password = true,
            "fingerprint" => {
                let (algorithm, hex) = value.split_once(' ').ok_or_else(|| malformed("fingerprint"))?;
                if algorithm.eq_ignore_ascii_case("sha-256") {
                    let read = fingerprint(hex).ok_or_else(|| malformed("fingerprint"))?;
                    if *self.fingerprint.get_or_insert(read) != read {
                        return Err(malformed("fingerprint"));
                    }
                }
            }
            "setup" => self.setup_is_wrong |= !matches!(value, "actpass" | "active"),
            "group" => {
                if let Some(mids) = value.strip_prefix("BUNDLE ") {
                    self.bundle = mids.split(' ').take(OfferError::MAX_LINES).map(str::to_owned).collect();
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<Offer, OfferError> {
        let missing = |attribute| OfferError::Missing { attribute };
        let ufrag = self.ufrag.ok_or_else(|| missing("ice-ufrag"))?;
        if !self.has_password {
            return Err(missing("ice-pwd"));
        }
        let fingerprint = self.fingerprint.ok_or_else(|| missing("fingerprint:sha-256"))?;
        if self.setup_is_wrong {
            return Err(OfferError::WrongSetup);
        }
        let mut lines = Vec::with_capacity(self.lines.len());
        let mut roles = Roles::default();
        for (n, draft) in self.lines.into_iter().enumerate() {
            let media = n as u8 + 1;
            let line = draft.finish(&mut roles);
            let twice = lines.iter().any(|l: &Line| l.mid == line.mid);
            if line.mid.is_empty() || twice || !self.bundle.contains(&line.mid) {
                return Err(OfferError::NotBundled { media });
            }
            if line.rids.len() > OfferError::MAX_LAYERS {
                return Err(OfferError::TooManyLayers { media });
            }
            lines.push(line);
        }
        if lines.iter().all(|l| l.used == Use::Refused) {
            return Err(OfferError::NothingUsable);
        }
        Ok(Offer { ufrag, fingerprint, lines })
    }
}

/// Which tracks and slots are taken already, in the order of the lines.
#[derive(Default)]
struct Roles {
    audio_sent: u8,
    video_sent: u8,
    audio_slots: u8,
    video_slots: u8,
}

impl Roles {
    fn next(&mut self, kind: Kind, direction: Direction) -> Use {
        let count = |taken: &mut u8, most: u8| {
            let n = *taken;
            *taken = n.saturating_add(1);
            (n < most).then_some(n)
        };
        match (kind, direction) {
            (Kind::Audio, Direction::Sends) => count(&mut self.audio_sent, 1).map(|_| Use::Sends(Track::Mic)),
            (Kind::Video, Direction::Sends) => count(&mut self.video_sent, 2)
                .map(|n| Use::Sends(if n == 0 { Track::Camera } else { Track::Aux })),
            (Kind::Audio, Direction::Receives) => count(&mut self.audio_slots, AUDIO_SLOTS).map(Use::HearsIn),
            (Kind::Video, Direction::Receives) => count(&mut self.video_slots, VIDEO_SLOTS).map(Use::SeesIn),
            _ => None,
        }
        .unwrap_or(Use::Refused)
    }
}

impl Draft {
    fn attribute(&mut self, number: u16, name: &str, value: &str) -> Result<(), OfferError> {
        let malformed = |attribute| OfferError::Malformed { line: number, attribute };
        match name {
            "mid" => self.line.mid = token(value).ok_or_else(|| malformed("mid"))?,
            "sendonly" | "sendrecv" => self.directions = Direction::Sends,
            "recvonly" => self.directions = Direction::Receives,
            "inactive" => self.directions = Direction::Neither,
            "rtpmap" => {
                let (format, codec) = numbered(value).ok_or_else(|| malformed("rtpmap"))?;
                let known = ["opus/48000", "VP8/90000", "rtx/90000"];
                let found = known
                    .into_iter()
                    .find(|k| codec.get(..k.len()).is_some_and(|c| c.eq_ignore_ascii_case(k)));
                let known = found.filter(|_| self.codecs.len() < MAX_FORMATS);
                self.codecs.extend(known.map(|codec| (format, codec)));
            }
            "fmtp" => {
                let (format, parameters) = numbered(value).ok_or_else(|| malformed("fmtp"))?;
                let printable = parameters.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
                if printable && parameters.len() <= MAX_PARAMETERS && self.parameters.len() < MAX_FORMATS {
                    self.parameters.push((format, parameters.to_owned()));
                }
            }
            "rtcp-fb" => {
                let (format, what) = value.split_once(' ').ok_or_else(|| malformed("rtcp-fb"))?;
                let format = if format == "*" {
                    None
                } else {
                    Some(payload(format).ok_or_else(|| malformed("rtcp-fb"))?)
                };
                let known = Feedback::read(what).filter(|_| self.feedback.len() < MAX_FEEDBACK);
                self.feedback.extend(known.map(|f| (format, f)));
            }
            "rtcp-rsize" => self.line.reduced_size = true,
            "rid" => {
                let mut words = value.split(' ');
                let id = words.next().and_then(rid).ok_or_else(|| malformed("rid"))?;
                // One more than there may be is enough to refuse it.
                let room = self.line.rids.len() <= OfferError::MAX_LAYERS;
                if words.next() == Some("send") && room && !self.line.rids.contains(&id) {
                    self.line.rids.push(id);
                }
            }
            "extmap" => self.extension(value).ok_or_else(|| malformed("extmap"))?,
            "ssrc" => {
                let ssrc =
                    value.split(' ').next().and_then(|s| s.parse().ok()).ok_or_else(|| malformed("ssrc"))?;
                if !self.line.ssrcs.contains(&ssrc) && self.line.ssrcs.len() < MAX_SSRCS {
                    self.line.ssrcs.push(ssrc);
                }
            }
            "ssrc-group" => self.group(value).ok_or_else(|| malformed("ssrc-group"))?,
            _ => {}
        }
        Ok(())
    }

    fn extension(&mut self, value: &str) -> Option<()> {
        let (id, uri) = value.split_once(' ')?;
        // "3/recvonly" restricts a direction; the id is what counts.
        let id: u16 = id.split('/').next()?.parse().ok()?;
        let uri = uri.split(' ').next()?;
        // Ids from 15 on need two-byte headers (RFC 8285), which this side reads but does not write.
        let id = u8::try_from(id).ok().filter(|id| (1..15).contains(id));
        if let (Some(id), Some(known)) = (id, extmap::KNOWN.iter().position(|known| *known == uri)) {
            self.line.extensions.0[known] = id;
        }
        Some(())
    }

    fn group(&mut self, value: &str) -> Option<()> {
        let Some(pair) = value.strip_prefix("FID ") else { return Some(()) };
        let (media, repeats) = pair.split_once(' ')?;
        if self.line.repeats.len() < MAX_SSRCS {
            self.line.repeats.push((media.parse().ok()?, repeats.parse().ok()?));
        }
        Some(())
    }

    fn finish(mut self, roles: &mut Roles) -> Line {
        let wanted = match self.line.kind {
            Kind::Audio => "opus/48000",
            Kind::Video => "VP8/90000",
            Kind::Other => return self.line,
        };
        let Some(&(format, _)) = self.codecs.iter().find(|c| c.1 == wanted) else { return self.line };
        let parameters = |format: u8| self.parameters.iter().find(|p| p.0 == format).map(|p| p.1.as_str());
        let repeats_it = |other: u8| {
            let apt = parameters(other).and_then(|p| p.strip_prefix("apt=")).and_then(payload);
            apt == Some(format)
        };
        let repeats = self.codecs.iter().find(|c| c.1 == "rtx/90000" && repeats_it(c.0)).map(|c| c.0);
        let feedback = self.feedback.iter().filter(|f| f.0.is_none_or(|of| of == format));
        self.line.payload = Payload {
            format,
            repeats,
            parameters: parameters(format).unwrap_or_default().to_owned(),
            feedback: feedback.fold(0, |all, f| all | f.1.bit()),
        };
        self.line.used = roles.next(self.line.kind, self.directions);
        // The repeats' own SSRCs carry no stream of their own.
        let repeats = std::mem::take(&mut self.line.repeats);
        self.line.ssrcs.retain(|ssrc| !repeats.iter().any(|r| r.1 == *ssrc));
        self.line.repeats = repeats;
        self.line
    }
}

fn fingerprint(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let mut pairs = hex.split(':');
    for byte in &mut bytes {
        *byte = pairs.next().filter(|p| p.len() == 2).and_then(|p| u8::from_str_radix(p, 16).ok())?;
    }
    pairs.next().is_none().then_some(bytes)
}

fn token(value: &str) -> Option<String> {
    let right = !value.is_empty() && value.len() <= MAX_TOKEN && value.bytes().all(|b| b.is_ascii_graphic());
    right.then(|| value.to_owned())
}

/// RFC 8851 §10: letters, digits, `-` and `_`. The header extension carries at most 16 bytes in its one-byte form.
fn rid(value: &str) -> Option<Rid> {
    let right = (1..=16).contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    right.then(|| SmallVec::from_slice(value.as_bytes()))
}

fn payload(text: &str) -> Option<u8> {
    text.parse().ok().filter(|format| *format < 128)
}

fn numbered(value: &str) -> Option<(u8, &str)> {
    let (format, rest) = value.split_once(' ')?;
    Some((payload(format)?, rest))
}
