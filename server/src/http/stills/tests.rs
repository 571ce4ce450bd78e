use crate::cases::News;
use crate::cases::testing::{Answer, Counter, Device, Person, application};
use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use protocol::ids::{CallId, Party, StillId};
use serde_json::json;
use std::time::Duration;

fn picture(length: usize) -> Vec<u8> {
    let noise = (0..length).map(|n| u8::try_from(n.wrapping_mul(31) % 251).unwrap());
    [0xff, 0xd8, 0xff, 0xe0].into_iter().chain(noise).take(length).collect()
}

fn hex_digest(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

fn request(token: &str, method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("tus-resumable", "1.0.0")
}

struct Scene {
    counter: Counter,
    clerk: Person,
    terminal: Device,
    call: CallId,
}

async fn scene() -> Scene {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let call = counter.call(&clerk, &terminal);
    Scene { counter, clerk, terminal, call }
}

impl Scene {
    async fn create(&self, still: StillId, length: u64, digest: &str) -> Answer {
        let fields =
            [("still", still.to_string()), ("call", self.call.to_string()), ("digest", digest.to_owned())];
        let metadata = fields.map(|(key, value)| format!("{key} {}", STANDARD.encode(value))).join(",");
        let request = request(&self.terminal.token, "POST", "/stills")
            .header("upload-length", length)
            .header("upload-metadata", metadata);
        self.counter.send(request.body(Body::empty()).unwrap()).await
    }

    async fn append(&self, still: StillId, offset: u64, body: Body) -> Answer {
        let request = request(&self.terminal.token, "PATCH", &format!("/stills/{still}"))
            .header("upload-offset", offset)
            .header("content-type", "application/offset+octet-stream");
        self.counter.send(request.body(body).unwrap()).await
    }

    async fn offset(&self, still: StillId) -> (u16, Option<u64>) {
        let request = request(&self.terminal.token, "HEAD", &format!("/stills/{still}"));
        let answer = self.counter.send(request.body(Body::empty()).unwrap()).await;
        let offset =
            answer.headers.get("upload-offset").map(|value| value.to_str().unwrap().parse().unwrap());
        (answer.status, offset)
    }

    async fn upload(&self, material: &str, bytes: &[u8]) -> (StillId, Answer) {
        let still = self.counter.capture(&self.terminal, material);
        self.create(still, bytes.len() as u64, &hex_digest(bytes)).await.ok();
        (still, self.append(still, 0, Body::from(bytes.to_vec())).await)
    }
}

#[tokio::test]
async fn a_still_comes_in_pieces_and_lands_on_the_checklist() {
    let scene = scene().await;
    let body = application(scene.call, "disab-living", "disab-living/1");
    let case = scene.counter.open_as(&scene.clerk.token, "key-00001", &body).await.ok();
    scene.counter.news();
    let bytes = picture(300_000);
    let still = scene.counter.capture(&scene.terminal, "ID");
    let created = scene.create(still, 300_000, &hex_digest(&bytes)).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.headers["location"], format!("/api/v1/stills/{still}").as_str());
    assert_eq!(scene.offset(still).await, (200, Some(0)));
    // The connection breaks in the middle of a piece: what arrived stays.
    let broken = stream::iter([Ok(bytes[..100_000].to_vec()), Err(std::io::Error::other("gone"))]);
    let answer = scene.append(still, 0, Body::from_stream(broken)).await;
    assert_eq!((answer.status, &answer.headers["upload-offset"]), (204, &"100000".parse().unwrap()));
    scene.append(still, 0, Body::from(bytes.clone())).await.refused(409, "other_offset");
    assert_eq!(scene.offset(still).await, (200, Some(100_000)));
    let done = scene.append(still, 100_000, Body::from(bytes[100_000..].to_vec())).await;
    assert_eq!((done.status, &done.headers["upload-offset"]), (204, &"300000".parse().unwrap()));
    assert_eq!(scene.offset(still).await, (200, Some(300_000)));
    let again = scene.create(still, 300_000, &hex_digest(&bytes)).await;
    assert_eq!((again.status, &again.headers["upload-offset"]), (201, &"300000".parse().unwrap()));

    let news = scene.counter.news();
    assert!(
        matches!(&news[..], [News::Case { .. }, News::Still { still: told, .. }] if *told == still),
        "{news:?}"
    );
    let path = format!("/cases/{}", case["id"].as_str().unwrap());
    let case = scene.counter.ask(&scene.clerk.token, "GET", &path, None).await.ok();
    assert_eq!(
        (&case["materials"][0]["state"], &case["materials"][0]["stills"]),
        (&json!("captured"), &json!([still]))
    );
    assert_eq!(case["version"], 2);
    let seen = scene.counter.ask(&scene.clerk.token, "GET", &format!("/stills/{still}"), None).await;
    assert_eq!(seen.headers["content-type"], "image/jpeg");
    assert_eq!(seen.bytes, bytes);
    // On the disk there is nothing that can be looked at.
    let folder = scene.counter.house.rig.folder.path().join("stills");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    let stored = std::fs::read(&files[0]).unwrap();
    assert!(!stored.windows(16).any(|part| part == &bytes[1000..1016]));
}

#[tokio::test]
async fn stills_taken_before_the_case_is_opened_are_bound_when_it_is() {
    let scene = scene().await;
    let (still, done) = scene.upload("DC", &picture(5000)).await;
    assert_eq!(done.status, 204);
    let (elsewhere, _) = scene.upload("PH", &picture(5001)).await;
    let body = application(scene.call, "disab-living", "disab-living/1");
    let case = scene.counter.open_as(&scene.clerk.token, "key-00001", &body).await.ok();
    assert_eq!(
        (&case["materials"][1]["code"], &case["materials"][1]["stills"]),
        (&json!("DC"), &json!([still]))
    );
    assert_eq!((&case["materials"][1]["state"], &case["version"]), (&json!("captured"), &json!(2)));
    assert!(!case.to_string().contains(&elsewhere.to_string()), "this item has no such material");
}

#[tokio::test]
async fn several_stills_arrive_at_once() {
    let scene = scene().await;
    let body = application(scene.call, "disab-living", "disab-living/1");
    let case = scene.counter.open_as(&scene.clerk.token, "key-00001", &body).await.ok();
    let mut stills = vec![];
    for (n, material) in ["ID", "DC", "LB"].into_iter().enumerate() {
        let bytes = picture(200_000 + n);
        let still = scene.counter.capture(&scene.terminal, material);
        scene.create(still, bytes.len() as u64, &hex_digest(&bytes)).await.ok();
        stills.push((still, bytes));
    }
    // One at a time while the call goes on; here all of them are still on their way when it ends.
    scene.counter.leave(Party::Terminal(scene.terminal.id));
    let sends = stills.iter().map(|(still, bytes)| scene.append(*still, 0, Body::from(bytes.clone())));
    let done = futures_util::future::join_all(sends).await;
    assert!(done.iter().all(|answer| answer.status == 204), "{done:?}");
    let path = format!("/cases/{}", case["id"].as_str().unwrap());
    let case = scene.counter.ask(&scene.clerk.token, "GET", &path, None).await.ok();
    let captured =
        case["materials"].as_array().unwrap().iter().filter(|one| one["state"] == "captured").count();
    assert_eq!((captured, &case["version"]), (3, &json!(4)));
}

#[tokio::test]
async fn what_is_not_what_was_announced_is_refused_and_may_come_again() {
    let scene = scene().await;
    let bytes = picture(1000);
    let still = scene.counter.capture(&scene.terminal, "ID");
    scene.create(still, 1000, &hex_digest(&bytes)).await.ok();
    let mut other = bytes.clone();
    other[500] ^= 1;
    scene.append(still, 0, Body::from(other)).await.refused(460, "other_digest");
    assert_eq!(scene.offset(still).await, (200, Some(0)));
    scene.append(still, 0, Body::from(vec![0; 1001])).await.refused(413, "too_big");
    assert_eq!(scene.append(still, 0, Body::from(bytes)).await.status, 204);
    for (bytes, status) in [
        (b"<svg onload=alert(1)>".to_vec(), 415),
        (b"%PDF-1.7 and so on".to_vec(), 415),
        (b"\x89PNG\r\n\x1a\n....".to_vec(), 204),
        (b"RIFF....WEBPVP8 ".to_vec(), 204),
        (b"RIFF....WAVEfmt ".to_vec(), 415),
        (b"GIF89a".to_vec(), 415),
    ] {
        let (_, answer) = scene.upload("ID", &bytes).await;
        assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&bytes));
    }
}

#[tokio::test]
async fn only_the_still_that_was_asked_for_and_only_by_its_terminal() {
    let scene = scene().await;
    let bytes = picture(100);
    let right = scene.counter.capture(&scene.terminal, "ID");
    let wrong = StillId(scene.counter.house.clock().ids().uuid(scene.counter.house.clock().now()));
    let digest = hex_digest(&bytes);
    scene.create(wrong, 100, &digest).await.refused(403, "not_your_call");
    scene.create(right, 0, &digest).await.refused(413, "too_big");
    scene.create(right, (12 << 20) + 1, &digest).await.refused(413, "too_big");
    scene.create(right, 100, "../../etc/passwd").await.refused(400, "bad_request");
    scene.create(right, 100, &digest).await.ok();
    scene.create(right, 101, &digest).await.refused(409, "other_still");
    let next = scene.counter.terminal("S11").await;
    let stranger = Scene { terminal: next, ..scene };
    stranger.append(right, 0, Body::from(bytes.clone())).await.refused(404, "not_found");
    assert_eq!(stranger.offset(right).await.0, 404);
    let request = request(&stranger.clerk.token, "PATCH", &format!("/stills/{right}"))
        .header("upload-offset", 0)
        .header("content-type", "application/offset+octet-stream");
    stranger.counter.send(request.body(Body::from(bytes)).unwrap()).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_still_is_seen_by_those_of_the_call_and_of_the_case_only() {
    let scene = scene().await;
    let other = scene.counter.clerk("b", "hrss", &["social"]).await;
    let same = scene.counter.clerk("c", "civil-dpf", &["civil"]).await;
    let (still, _) = scene.upload("ID", &picture(100)).await;
    let look =
        async |token: &str| scene.counter.ask(token, "GET", &format!("/stills/{still}"), None).await.status;
    assert_eq!(look(&scene.clerk.token).await, 200);
    assert_eq!(look(&scene.terminal.token).await, 200);
    assert_eq!((look(&other.token).await, look(&same.token).await), (403, 403), "bound to no case yet");
    let body = application(scene.call, "disab-living", "disab-living/1");
    scene.counter.open_as(&scene.clerk.token, "key-00001", &body).await.ok();
    assert_eq!((look(&other.token).await, look(&same.token).await), (403, 200));
    scene.counter.leave(Party::Terminal(scene.terminal.id));
    assert_eq!(look(&scene.terminal.token).await, 404);
}

#[tokio::test]
async fn the_protocols_own_rules_hold() {
    let scene = scene().await;
    let still = scene.counter.capture(&scene.terminal, "ID");
    scene.create(still, 10, &hex_digest(b"x")).await.ok();
    let bare = |method: &str| {
        Request::builder()
            .method(method)
            .uri(format!("/stills/{still}"))
            .header("authorization", format!("Bearer {}", scene.terminal.token))
    };
    scene.counter.send(bare("PATCH").body(Body::empty()).unwrap()).await.refused(412, "tus_version");
    let no_kind = bare("PATCH").header("tus-resumable", "1.0.0").header("upload-offset", 0);
    scene.counter.send(no_kind.body(Body::empty()).unwrap()).await.refused(415, "not_a_piece");
    let no_offset = bare("PATCH")
        .header("tus-resumable", "1.0.0")
        .header("content-type", "application/offset+octet-stream");
    scene.counter.send(no_offset.body(Body::empty()).unwrap()).await.refused(400, "bad_request");
}

#[tokio::test]
async fn pieces_that_nobody_adds_to_do_not_stay_and_the_still_may_come_anew() {
    let scene = scene().await;
    let bytes = picture(1000);
    let still = scene.counter.capture(&scene.terminal, "ID");
    scene.create(still, 1000, &hex_digest(&bytes)).await.ok();
    scene.append(still, 0, Body::from(bytes[..400].to_vec())).await;
    let (whole, _) = scene.upload("DC", &picture(1001)).await;
    let folder = scene.counter.house.rig.folder.path().join("stills");
    let ends = || {
        let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let mut ends: Vec<_> = files.map(|path| path.extension().unwrap().to_owned()).collect();
        ends.sort();
        ends
    };
    // The files bear the time of the machine, the counter its own.
    let past = std::time::SystemTime::UNIX_EPOCH;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let file = std::fs::File::options().write(true).open(entry.unwrap().path()).unwrap();
        file.set_modified(past + Duration::from_micros(scene.counter.house.clock().now().0.unsigned_abs()))
            .unwrap();
    }
    scene.counter.advance(59);
    scene.counter.sweep().await;
    assert_eq!(ends(), ["part", "sealed"]);
    scene.counter.advance(2);
    scene.counter.sweep().await;
    assert_eq!(ends(), ["sealed"]);
    assert_eq!(scene.offset(still).await, (200, Some(0)));
    // The call is over by now; what was asked for in it may still come.
    scene.counter.leave(Party::Terminal(scene.terminal.id));
    assert_eq!(scene.append(still, 0, Body::from(bytes)).await.status, 204);
    assert_eq!(
        scene.counter.ask(&scene.clerk.token, "GET", &format!("/stills/{whole}"), None).await.status,
        200
    );
}

#[tokio::test]
async fn what_the_citizen_stops_does_not_arrive() {
    let scene = scene().await;
    let body = application(scene.call, "disab-living", "disab-living/1");
    scene.counter.open_as(&scene.clerk.token, "key-00001", &body).await.ok();
    let bytes = picture(1000);
    let still = scene.counter.capture(&scene.terminal, "ID");
    scene.create(still, 1000, &hex_digest(&bytes)).await.ok();
    assert_eq!(scene.append(still, 0, Body::from(bytes[..400].to_vec())).await.status, 204);
    scene.counter.stop(&scene.terminal);
    scene.append(still, 400, Body::from(bytes[400..].to_vec())).await.refused(409, "not_asked");
    let folder = scene.counter.house.rig.folder.path().join("stills");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "nor does what had arrived stay");
    // Stopped while the last piece is on its way.
    let still = scene.counter.capture(&scene.terminal, "ID");
    scene.create(still, 1000, &hex_digest(&bytes)).await.ok();
    let (counter, terminal, whole) = (scene.counter.clone(), scene.terminal.clone(), bytes.clone());
    let pieces = stream::once(async move {
        counter.stop(&terminal);
        Ok::<_, std::io::Error>(whole)
    });
    scene.append(still, 0, Body::from_stream(pieces)).await.refused(409, "not_asked");
    assert_eq!(scene.counter.count("SELECT COUNT(*) FROM stills WHERE completed_at IS NOT NULL").await, 0);
    assert_eq!(
        scene.counter.count("SELECT COUNT(*) FROM case_events WHERE kind = 'material_captured'").await,
        0
    );
}

#[tokio::test]
async fn whoever_asks_while_the_last_piece_is_checked_spoils_nothing() {
    let scene = scene().await;
    for n in 0..40 {
        let bytes = picture(100_000 + n);
        let still = scene.counter.capture(&scene.terminal, "ID");
        scene.create(still, bytes.len() as u64, &hex_digest(&bytes)).await.ok();
        let last = scene.append(still, 0, Body::from(bytes.clone()));
        let (last, one, two, three) =
            tokio::join!(last, scene.offset(still), scene.offset(still), scene.offset(still));
        assert_eq!(last.status, 204, "still {n}: {}", last.json);
        for (status, offset) in [one, two, three] {
            assert_eq!(status, 200);
            assert!([0, bytes.len() as u64].contains(&offset.unwrap()), "before or after, never between");
        }
    }
}

#[tokio::test]
async fn a_line_that_breaks_while_the_last_piece_is_checked_keeps_nobody_waiting_for_the_news() {
    let scene = scene().await;
    let body = application(scene.call, "disab-living", "disab-living/1");
    scene.counter.open_as(&scene.clerk.token, "key-00001", &body).await.ok();
    let bytes = picture(50_000);
    let still = scene.counter.capture(&scene.terminal, "ID");
    scene.create(still, 50_000, &hex_digest(&bytes)).await.ok();
    scene.counter.news();
    let asked = scene.append(still, 0, Body::from(bytes));
    assert!(futures_util::FutureExt::now_or_never(asked).is_none(), "begun, and dropped with its connection");
    let told = async {
        let mut news = vec![];
        while news.len() < 2 {
            news.extend(scene.counter.news());
            if news.len() < 2 {
                scene.counter.told.heard.notified().await;
            }
        }
        news
    };
    let news = tokio::time::timeout(Duration::from_secs(20), told).await.expect("the news comes");
    assert!(matches!(&news[..], [News::Case { .. }, News::Still { still: told, .. }] if *told == still));
}
