use super::*;
use crate::tests::offers::{OPUS, Offering, RTX, TRANSPORT_ID, VP8};
use proptest::prelude::*;

fn chromium() -> String {
    Offering::default().sdp()
}

fn refused(sdp: &str) -> OfferError {
    parse(sdp).unwrap_err()
}

fn identity(candidates: &[std::net::SocketAddr]) -> Identity<'_> {
    Identity {
        ufrag: "ourufrag",
        password: "p".repeat(24).leak(),
        fingerprint: &[0xCD; 32],
        candidates,
        session: (7, 1),
    }
}

fn ssrcs(count: u32) -> Vec<SlotSsrcs> {
    (0..count).map(|n| SlotSsrcs { media: 1000 + 2 * n, repeats: 1001 + 2 * n }).collect()
}

#[test]
fn the_offer_of_our_pages_is_read() {
    let offer = parse(&chromium()).unwrap();
    assert_eq!((offer.ufrag.as_str(), offer.fingerprint), ("h6vY", [0xAB; 32]));
    let used: Vec<Use> = offer.lines.iter().map(|l| l.used).collect();
    let mut expected = vec![Use::Sends(Track::Mic), Use::Sends(Track::Camera), Use::Sends(Track::Aux)];
    expected.extend((0..5).map(Use::HearsIn));
    expected.extend((0..6).map(Use::SeesIn));
    assert_eq!(used, expected);
    let camera = &offer.lines[1];
    assert_eq!((camera.payload.format, camera.payload.repeats), (VP8, Some(RTX)));
    let rids: Vec<&[u8]> = camera.rids.iter().map(|r| r.as_slice()).collect();
    assert_eq!(rids, [b"q", b"h", b"f"]);
    assert!(camera.payload.has(Feedback::Nack) && camera.payload.has(Feedback::TransportWide));
    assert_eq!(camera.extensions.id(extmap::TRANSPORT_SEQUENCE), TRANSPORT_ID);
    assert_eq!(offer.lines[0].payload.format, OPUS);
    assert!(!offer.lines[0].payload.has(Feedback::Nack));
}

#[test]
fn in_the_answer_the_medium_stands_before_its_repeats() {
    let offer = parse(&chromium()).unwrap();
    let answer = answer(&offer, &identity(&["192.0.2.1:5".parse().unwrap()]), &ssrcs(11));
    let first_slot = answer.find("a=ssrc-group:FID 1010 1011").unwrap();
    let media = answer.find("a=ssrc:1010 ").unwrap();
    let repeats = answer.find("a=ssrc:1011 ").unwrap();
    assert!(first_slot < media && media < repeats);
}

#[test]
fn the_answer_says_what_browsers_need() {
    let offer = parse(&chromium()).unwrap();
    let candidates = ["192.0.2.1:5000".parse().unwrap(), "[2001:db8::1]:5000".parse().unwrap()];
    let answer = answer(&offer, &identity(&candidates), &ssrcs(11));
    assert_eq!(answer.matches("\r\nm=").count(), 14);
    assert!(answer.contains("a=group:BUNDLE 0 1 2 3 4 5 6 7 8 9 10 11 12 13\r\n"));
    for needed in ["a=ice-lite\r\n", "a=simulcast:recv q;h;f\r\n", "a=rid:f recv\r\n", "a=fmtp:97 apt=96\r\n"]
    {
        assert!(answer.contains(needed), "{needed}");
    }
    for each in ["a=setup:passive\r\n", "a=rtcp-mux\r\n", "a=rtcp-rsize\r\n", "a=end-of-candidates\r\n"] {
        assert_eq!(answer.matches(each).count(), 14, "{each}");
    }
    assert_eq!(answer.matches("\r\na=recvonly\r\n").count(), 3);
    assert_eq!(answer.matches("\r\na=sendonly\r\n").count(), 11);
    assert!(answer.contains("a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host\r\n"));
    assert!(answer.contains("a=candidate:2 1 udp 2130706175 2001:db8::1 5000 typ host\r\n"));
    assert_eq!(answer.matches("a=msid:face ").count(), 2, "the first voice and face are in sync");
    assert_eq!(
        answer.matches("a=fmtp:96 x-google-start-bitrate=2500\r\n").count(),
        1,
        "the camera's line only"
    );
    assert!(!answer.contains("63"), "red is not ours");
    assert!(answer.lines().all(|line| !line.is_empty()) && answer.ends_with("\r\n"));
    assert!(parse(&answer.replace("a=setup:passive", "a=setup:active")).is_ok(), "it is SDP itself");
}

#[test]
fn feedback_that_was_not_offered_is_not_answered() {
    let offering = Offering { transport_wide: false, remb: false, repeats: false, ..Offering::default() };
    let offer = parse(&offering.sdp()).unwrap();
    let answer = answer(&offer, &identity(&["192.0.2.1:5".parse().unwrap()]), &ssrcs(11));
    for absent in ["transport-cc", "goog-remb", "x-google", "transport-wide", "rtx", "FID"] {
        assert!(!answer.contains(absent), "{absent}");
    }
}

#[test]
fn lines_that_cannot_be_used_are_refused_in_their_place() {
    let data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:data\r\na=sctp-port:5000\r\n";
    let h264 = "m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:hd\r\na=sendonly\r\na=rtpmap:102 H264/90000\r\n";
    let sdp = chromium().replace("BUNDLE ", "BUNDLE data hd ") + data + h264;
    let offer = parse(&sdp).unwrap();
    let answer = answer(&offer, &identity(&["192.0.2.1:5".parse().unwrap()]), &ssrcs(11));
    assert!(answer.contains("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"));
    assert!(answer.contains("m=video 0 UDP/TLS/RTP/SAVPF 102\r\n"));
    assert!(!answer.contains("BUNDLE data"));
}

#[test]
fn more_tracks_and_slots_than_there_are_get_no_place() {
    let offering = Offering { audio_slots: 7, video_slots: 8, ..Offering::default() };
    let offer = parse(&offering.sdp()).unwrap();
    assert_eq!(offer.lines.iter().filter(|l| matches!(l.used, Use::HearsIn(_))).count(), 5);
    assert_eq!(offer.lines.iter().filter(|l| matches!(l.used, Use::SeesIn(_))).count(), 6);
    assert_eq!(offer.lines.iter().filter(|l| l.used == Use::Refused).count(), 4);
}

#[test]
fn wrong_offers_are_typed_errors_that_name_the_part() {
    let sdp = chromium();
    assert_eq!(refused(""), OfferError::NotSdp { line: 1 });
    assert_eq!(refused("hello"), OfferError::NotSdp { line: 1 });
    assert_eq!(refused("v=1\r\n"), OfferError::NotSdp { line: 1 });
    assert_eq!(refused(&sdp.replace("t=0 0", "nonsense")), OfferError::NotSdp { line: 4 });
    assert_eq!(refused("v=0\r\n"), OfferError::Missing { attribute: "ice-ufrag" });
    let without = |prefix: &str| {
        sdp.lines().filter(|l| !l.starts_with(prefix)).map(|l| format!("{l}\r\n")).collect::<String>()
    };
    assert_eq!(refused(&without("a=ice-ufrag")), OfferError::Missing { attribute: "ice-ufrag" });
    assert_eq!(refused(&without("a=ice-pwd")), OfferError::Missing { attribute: "ice-pwd" });
    assert_eq!(refused(&without("a=fingerprint")), OfferError::Missing { attribute: "fingerprint:sha-256" });
    assert_eq!(refused(&without("a=group")), OfferError::NotBundled { media: 1 });
    assert_eq!(refused(&without("a=rtpmap")), OfferError::NothingUsable);
    assert_eq!(refused(&sdp.replace("a=mid:1\r", "a=mid:0\r")), OfferError::NotBundled { media: 2 });
    assert_eq!(refused(&sdp.replace("actpass", "passive")), OfferError::WrongSetup);
    let malformed = |attribute| OfferError::Malformed { line: 11, attribute };
    assert_eq!(refused(&sdp.replacen("h6vY", "h6", 1)), malformed("ice-ufrag"));
    assert!(matches!(
        refused(&sdp.replacen(":AB\r", ":A\r", 1)),
        OfferError::Malformed { attribute: "fingerprint", .. }
    ));
    assert!(matches!(
        refused(&sdp.replace("rtpmap:96 ", "rtpmap:300 ")),
        OfferError::Malformed { attribute: "rtpmap", .. }
    ));
    let layers = sdp.replace("a=rid:q send", "a=rid:q send\r\na=rid:w send");
    assert_eq!(refused(&layers), OfferError::TooManyLayers { media: 2 });
    let lines = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n".repeat(40);
    assert_eq!(refused(&(sdp.clone() + &lines)), OfferError::TooManyLines);
    assert_eq!(refused(&"v=0\r\n".repeat(7000)), OfferError::TooLong);
}

#[test]
fn an_error_never_repeats_what_the_offer_said() {
    let secret = "SECRETsecretSECRETsecret#";
    for place in ["VOkJxbRl1RmTxUk/WvJxBt", "h6vY", "4611731400430051336"] {
        if let Err(error) = parse(&chromium().replace(place, secret)) {
            assert!(!error.to_string().contains("SECRET"), "{error}");
        }
    }
}

#[test]
fn a_restart_may_change_ice_credentials_only() {
    let first = parse(&chromium()).unwrap();
    let second = Offering { ufrag: "other".into(), password: "x".repeat(24), ..Offering::default() };
    assert_eq!(parse(&second.sdp()).unwrap().differs_from(&first), None);
    let fewer = Offering { video_slots: 5, ..Offering::default() };
    assert!(parse(&fewer.sdp()).unwrap().differs_from(&first).is_some());
    let mid = "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
    assert_eq!(
        parse(&chromium().replace(mid, "")).unwrap().differs_from(&first),
        None,
        "not answered, not offered again"
    );
    let moved = chromium().replace(mid, "a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid\r\n");
    assert!(parse(&moved).unwrap().differs_from(&first).is_some());
    let other = Offering { fingerprint: [1; 32], ..Offering::default() };
    assert!(parse(&other.sdp()).unwrap().differs_from(&first).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_the_parser_panic(text in "(v=0\r\n)?([a-z]=.{0,40}\r\n){0,30}") {
        let _ = parse(&text);
    }

    /// Near the truth: one line damaged, doubled or dropped.
    #[test]
    fn no_damaged_offer_makes_the_parser_panic(line in 0usize..260, kind in 0u8..4, junk in ".{0,12}", at in 0usize..60) {
        let mut lines: Vec<String> = chromium().lines().map(str::to_owned).collect();
        let line = line % lines.len();
        match kind {
            0 => _ = lines.remove(line),
            1 => lines.insert(line, lines[line].clone()),
            2 => lines[line].push_str(&junk),
            _ => {
                let cut = at.min(lines[line].len());
                if lines[line].is_char_boundary(cut) {
                    lines[line].insert_str(cut, &junk);
                }
            }
        }
        if let Ok(offer) = parse(&lines.join("\r\n")) {
            let answer = answer(&offer, &identity(&["192.0.2.1:5".parse().unwrap()]), &ssrcs(11));
            prop_assert_eq!(answer.matches("\r\nm=").count(), offer.lines.len());
        }
    }
}
