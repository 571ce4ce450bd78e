//! The control packets of a client that sends and receives: reports every second, and the wish for a keyframe.
use super::rtp::Stream;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const DESCRIPTION: u8 = 202;
const PAYLOAD_FEEDBACK: u8 = 206;
/// Seconds from 1900 to 1970.
const NTP_OFFSET: u64 = 2_208_988_800;

/// A source that a client hears, for its report blocks.
pub(super) struct Heard {
    /// The source.
    pub(super) ssrc: u32,
    /// Highest index received.
    pub(super) top: u64,
}

/// Sender reports of both streams, blocks about everything heard, and the name (RFC 3550 §6).
pub(super) fn report(streams: [&Stream; 2], heard: &[Heard], wall_nanos: u64, name: &str) -> Vec<u8> {
    let mut packet = Vec::with_capacity(256);
    for (index, stream) in streams.into_iter().enumerate() {
        let heard = if index == 0 { &heard[..heard.len().min(31)] } else { &[] };
        head(&mut packet, heard.len() as u8, SENDER_REPORT, 6 + 6 * heard.len());
        packet.extend_from_slice(&stream.ssrc.to_be_bytes());
        let (seconds, rest) = (wall_nanos / 1_000_000_000 + NTP_OFFSET, wall_nanos % 1_000_000_000);
        packet.extend_from_slice(&(seconds as u32).to_be_bytes());
        packet.extend_from_slice(&(((rest << 32) / 1_000_000_000) as u32).to_be_bytes());
        for word in [stream.timestamp, stream.packets, stream.octets] {
            packet.extend_from_slice(&word.to_be_bytes());
        }
        for source in heard {
            for word in [source.ssrc, 0, source.top as u32, 0, 0, 0] {
                packet.extend_from_slice(&word.to_be_bytes());
            }
        }
    }
    let mut item = vec![1, name.len() as u8];
    item.extend_from_slice(name.as_bytes());
    item.push(0);
    item.resize(item.len().next_multiple_of(4), 0);
    head(&mut packet, 1, DESCRIPTION, 1 + item.len() / 4);
    packet.extend_from_slice(&streams[0].ssrc.to_be_bytes());
    packet.extend_from_slice(&item);
    packet
}

fn head(packet: &mut Vec<u8>, count: u8, kind: u8, words: usize) {
    packet.extend_from_slice(&[0x80 | count, kind]);
    packet.extend_from_slice(&(words as u16).to_be_bytes());
}

/// What the server says that a client acts upon.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// It received something from this source.
    Received(u32),
    /// It wants a keyframe of this source.
    Keyframe(u32),
}

/// Reads a compound packet; stops at what is malformed.
pub(super) fn read(compound: &[u8], mut each: impl FnMut(Notice)) {
    let mut rest = compound;
    while let Some([flags, kind, a, b]) = rest.first_chunk::<4>() {
        let length = 4 + 4 * usize::from(u16::from_be_bytes([*a, *b]));
        let Some((packet, after)) = rest.split_at_checked(length) else { return };
        let count = usize::from(flags & 0x1F);
        let blocks = match *kind {
            SENDER_REPORT => packet.get(28..),
            RECEIVER_REPORT => packet.get(8..),
            _ => None,
        };
        for block in blocks.unwrap_or_default().chunks_exact(24).take(count) {
            each(Notice::Received(word(block, 0)));
        }
        match (*kind, count) {
            // Picture loss indication; full intra request, whose targets stand in its entries.
            (PAYLOAD_FEEDBACK, 1) if packet.len() >= 12 => each(Notice::Keyframe(word(packet, 8))),
            (PAYLOAD_FEEDBACK, 4) => {
                packet.get(12..).unwrap_or_default().chunks_exact(8).for_each(|entry| {
                    each(Notice::Keyframe(word(entry, 0)));
                });
            }
            _ => {}
        }
        rest = after;
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..].first_chunk::<4>().map_or(0, |four| u32::from_be_bytes(*four))
}

#[cfg(test)]
mod tests {
    use super::super::rtp::Kind;
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_one_client_reports_another_one_understands() {
        let now = super::super::super::now();
        let voice = Stream::new(Kind::Voice, 1, now, Duration::from_millis(20));
        let camera = Stream::new(Kind::Camera, 2, now, Duration::from_millis(33));
        let heard = [Heard { ssrc: 77, top: 5 }, Heard { ssrc: 78, top: 65_540 }];
        let compound = report([&voice, &camera], &heard, 1_500_000_000, "client");
        assert_eq!(compound.len() % 4, 0);
        let mut notices = Vec::new();
        read(&compound, |notice| notices.push(notice));
        assert_eq!(notices, [Notice::Received(77), Notice::Received(78)]);
    }

    #[test]
    fn both_ways_to_ask_for_a_keyframe_are_heard() {
        let loss = [0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9];
        let full = [0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 8, 1, 0, 0, 0];
        let mut notices = Vec::new();
        read(&[&loss[..], &full[..]].concat(), |notice| notices.push(notice));
        assert_eq!(notices, [Notice::Keyframe(9), Notice::Keyframe(8)]);
        read(&full[..10], |notice| panic!("cut, but {notice:?}"));
    }
}
