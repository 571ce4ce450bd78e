//! The wire, from a client's side.
use desk::Outgoing;
use futures_util::{SinkExt, StreamExt};
use protocol::ids::Party;
use protocol::{Common, ErrorBody, ErrorCode};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::app::testing::{Client, PATIENCE, Running, hello, until_connected};
use crate::store::ledger::Actor;
use crate::store::staff::{self, Role};

fn take_ticket() -> Value {
    json!({"type": "take_ticket", "key": uuid::Uuid::from_u128(7), "item": "disab-living", "scenario": "disab-living/1",
        "locale": "zh-CN", "spoken": "zh", "missing": [], "consents": []})
}

async fn upgrade(server: &Running, headers: &str) -> String {
    let answer = server
        .raw(&format!(
            "GET /ws HTTP/1.1\r\nhost: {}\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n",
            server.address
        ))
        .await;
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_foreign_origin_is_refused_before_the_upgrade() {
    let server = Running::start().await;
    let own = format!("origin: http://{}\r\n", server.address);
    let (speaks, closes) = ("sec-websocket-protocol: cloud-window.v1\r\n", "connection: close\r\n");
    let upgrades = "connection: upgrade, close\r\n";
    for (headers, status) in [
        (format!("{upgrades}{speaks}origin: https://evil.example\r\n"), "403"),
        (format!("{upgrades}{speaks}origin: https://{}\r\n", server.address), "403"),
        (format!("{upgrades}{speaks}"), "403"),
        (format!("{upgrades}{speaks}origin: null\r\n"), "403"),
        (format!("{upgrades}{own}"), "400"),
        (format!("{upgrades}{own}sec-websocket-protocol: cloud-window.v0\r\n"), "400"),
        (format!("{closes}{own}{speaks}"), "426"),
    ] {
        assert_eq!(upgrade(&server, &headers).await, status, "{headers}");
    }
    server.stop().await;
}

#[tokio::test]
async fn nobody_is_heard_without_a_pass() {
    let server = Running::with(|wish| wish.pace.greeting = Duration::from_millis(300)).await;
    let (_, token) = server.terminal("S10").await;
    let unauthenticated = (4001, "unauthenticated".to_owned());
    assert_eq!(server.open().await.closed().await, unauthenticated, "no hello in time");
    let pass = server.pass(&token).await;
    let (mut first, mut second, mut third) = (server.open().await, server.open().await, server.open().await);
    first.say(&hello(&pass, None)).await;
    assert_eq!(first.hear().await["body"]["type"], "welcome");
    second.say(&hello(&pass, None)).await;
    assert_eq!(second.closed().await, unauthenticated, "a second time");
    third.say(&hello("made up", None)).await;
    assert_eq!(third.closed().await, unauthenticated);
    let (_, token) = server.staff("auditor", &[Role::Supervisor]).await;
    let mut auditor = server.open().await;
    auditor.say(&hello(&server.pass(&token).await, None)).await;
    assert_eq!(auditor.closed().await, unauthenticated, "staff who answer no calls");
    server.stop().await;
}

#[tokio::test]
async fn another_version_is_told_so_and_no_greeting_is_malformed() {
    let server = Running::start().await;
    let mut newer = server.open().await;
    newer.say(&json!({"id": 1, "body": {"type": "hello", "protocol": 2, "ticket": "x"}})).await;
    assert_eq!(newer.closed().await, (4000, "incompatible".to_owned()));
    let mut hasty = server.open().await;
    hasty.request(take_ticket()).await;
    assert_eq!(hasty.closed().await, (4005, "malformed".to_owned()));
    server.stop().await;
}

#[tokio::test]
async fn a_message_that_is_too_long_closes_with_1009() {
    let server = Running::start().await;
    let (_, token) = server.terminal("S10").await;
    let too_big = (1009, "too_big".to_owned());
    for length in [64 * 1024 + 1, 4 << 20] {
        let (mut client, ..) = server.greeted(&token).await;
        client.socket.send(Message::text("x".repeat(length))).await.unwrap();
        assert_eq!(client.closed().await, too_big, "{length}");
    }
    let (mut client, ..) = server.greeted(&token).await;
    for n in 0..9 {
        let code = if n == 0 { Data::Text } else { Data::Continue };
        let part = Frame::message(vec![b'x'; 8 * 1024], OpCode::Data(code), n == 8);
        client.socket.send(Message::Frame(part)).await.unwrap();
    }
    assert_eq!(client.closed().await, too_big, "in pieces");
    let (mut client, ..) = server.greeted(&token).await;
    let mut longest = json!({"id": 1, "body": {"type": "sign", "x": ""}}).to_string();
    longest = longest.replacen("\"\"", &format!("\"{}\"", "x".repeat(64 * 1024 - longest.len())), 1);
    assert_eq!(longest.len(), 64 * 1024);
    client.socket.send(Message::text(longest)).await.unwrap();
    let answer = client.until("error").await.pop().unwrap();
    assert_eq!(
        (&answer["re"], &answer["body"]["code"]),
        (&json!(1), &json!("bad_message")),
        "as long as it may be"
    );
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_message_is_refused_as_the_protocol_says() {
    let server = Running::start().await;
    let (_, terminal) = server.terminal("S10").await;
    let (_, clerk) = server.staff("chenmin", &[Role::Clerk]).await;
    let malformed = (4005, "malformed".to_owned());
    for message in [Message::binary(vec![1, 2]), Message::text("{"), Message::text("{\"body\":{}}")] {
        let (mut client, ..) = server.greeted(&terminal).await;
        client.socket.send(message.clone()).await.unwrap();
        assert_eq!(client.closed().await, malformed, "{message:?}");
    }
    let (mut client, ..) = server.greeted(&clerk).await;
    for (name, code) in [
        ("rate", "wrong_role"),
        ("wiped", "wrong_role"),
        ("answer_assist", "wrong_role"),
        ("paper_received", "wrong_role"),
        ("sign", "bad_message"),
        ("submit", "bad_message"),
        ("accept", "bad_message"),
    ] {
        let answer = client.ask(json!({"type": name})).await;
        assert_eq!((&answer["type"], &answer["code"]), (&json!("error"), &json!(code)), "{name}");
    }
    let (mut client, ..) = server.greeted(&terminal).await;
    let answer = client.ask(json!({"type": "set_status", "status": {"kind": "ready"}})).await;
    assert_eq!(answer["code"], "wrong_role");
    server.stop().await;
}

#[tokio::test]
async fn media_is_for_those_who_have_somebody_to_see() {
    let server = Running::start().await;
    let (_, terminal) = server.terminal("S10").await;
    let (_, clerk) = server.staff("chenmin", &[Role::Clerk]).await;
    let offer = || json!({"type": "media_offer", "sdp": "v=0", "restart": false});
    let (mut terminal, ..) = server.greeted(&terminal).await;
    assert_eq!(terminal.ask(offer()).await["code"], "stale", "no ticket");
    assert_eq!(terminal.ask(take_ticket()).await["type"], "done");
    assert_eq!(terminal.ask(offer()).await["code"], "bad_offer", "now the SDP is looked at");
    // A clerk tests camera and line before going on duty.
    let (mut clerk, ..) = server.greeted(&clerk).await;
    assert_eq!(clerk.ask(offer()).await["code"], "bad_offer");
    assert_eq!(clerk.ask(json!({"type": "slot_size", "slot": 0, "height": 720})).await["type"], "done");
    server.stop().await;
}

#[tokio::test]
async fn a_second_socket_replaces_the_first_and_goes_on_from_it() {
    let server = Running::start().await;
    let (id, token) = server.terminal("S10").await;
    let (mut first, welcome, _) = server.greeted(&token).await;
    assert_eq!(welcome["body"]["resumed"], false);
    assert_eq!(first.ask(take_ticket()).await["type"], "done");
    let resume = welcome["body"]["resume"].as_str().unwrap().to_owned();
    let mut second = server.open().await;
    second.say(&hello(&server.pass(&token).await, Some(&resume))).await;
    assert_eq!(second.hear().await["body"]["resumed"], true);
    let view = second.view(|view| view["stage"]["stage"] == "waiting").await;
    assert_eq!(view["stage"]["ticket"]["item"], "disab-living");
    assert_eq!(first.closed().await, (4002, "replaced".to_owned()));
    until_connected(&server.state, Party::Terminal(id)).await;
    let (_, token) = server.terminal("S11").await;
    let mut other = server.open().await;
    other.say(&hello(&server.pass(&token).await, Some(&resume))).await;
    assert_eq!(other.hear().await["body"]["resumed"], false, "somebody else's token");
    server.stop().await;
}

#[tokio::test]
async fn a_session_that_ends_takes_its_socket_along() {
    let server = Running::start().await;
    let (id, token) = server.staff("chenmin", &[Role::Clerk]).await;
    let (mut client, ..) = server.greeted(&token).await;
    assert_eq!(server.ask("POST", "/api/v1/staff/sign-out", Some(&token), None).await.status, 204);
    assert_eq!(client.closed().await, (4003, "revoked".to_owned()));
    let token = server.state.auth.sign_in("chenmin", "correct horse").await.unwrap().0;
    let (mut client, ..) = server.greeted(&token).await;
    // As `cloud-window user disable` does it, in another process.
    let mut tx = server.state.store.begin().await.unwrap();
    let by = (Actor::Operator, server.state.clock.now());
    staff::set_disabled(&mut tx, &server.state.keys, id, true, by).await.unwrap();
    tx.commit().await.unwrap();
    let closed = timeout(Duration::from_secs(5), client.closed()).await.expect("within five seconds");
    assert_eq!(closed, (4003, "revoked".to_owned()));
    server.stop().await;
}

#[tokio::test]
async fn a_reader_that_is_too_slow_is_let_go_and_told_when_it_looks() {
    let server = Running::with(|wish| wish.pace.farewell = Duration::from_secs(10)).await;
    let (id, token) = server.terminal("S10").await;
    let (mut client, ..) = server.greeted(&token).await;
    let outbox = server.state.sockets.outbox(Party::Terminal(id)).unwrap();
    let page = || {
        let body = Common::Error(ErrorBody::new(ErrorCode::Internal, "x".repeat(60_000)));
        Outgoing::Answer { re: 1, body }
    };
    let fill = async {
        while outbox.send(page()) {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, fill).await.expect("nobody reads");
    assert_eq!(client.closed().await, (4004, "too_slow".to_owned()));
    server.stop().await;
}

#[tokio::test]
async fn pings_find_out_who_is_gone() {
    let server = Running::with(|wish| {
        wish.pace.ping = Duration::from_millis(100);
        wish.pace.silence = Duration::from_millis(250);
    })
    .await;
    let (_, token) = server.terminal("S10").await;
    let (mut client, welcome, _) = server.greeted(&token).await;
    assert_eq!(welcome["body"]["ping_every_ms"], 100);
    let mut pings = 0;
    while pings < 8 {
        // Reading answers it.
        pings += u32::from(matches!(client.next_frame().await, Message::Ping(_)));
    }
    // From here on the client neither reads nor answers.
    let gone = async {
        while server.state.sockets.count() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, gone).await.expect("given up after two silences");
    server.stop().await;
}

/// A page that neither reads nor answers is a cable that was cut without a word.
#[tokio::test]
async fn in_a_call_the_other_side_is_told_of_a_silence_and_of_its_end_and_nothing_is_closed() {
    let server = Running::with(|wish| {
        wish.pace.ping_in_call = Duration::from_millis(100);
        wish.pace.quiet = Duration::from_millis(400);
        wish.pace.silence = PATIENCE * 4;
    })
    .await;
    let (_, terminal) = server.terminal("S10").await;
    let (_, clerk) = server.staff("chenmin", &[Role::Clerk]).await;
    let (mut t, mut c) = (server.greeted(&terminal).await.0, server.greeted(&clerk).await.0);
    t.ask(take_ticket()).await;
    c.request(json!({"type": "set_status", "status": {"kind": "ready"}})).await;
    let rung = c.view(|view| view["status"]["status"] == "ringing").await;
    c.request(json!({"type": "accept", "offer": rung["status"]["offer"]["id"]})).await;
    let of_terminal = |view: &Value| view["status"]["call"]["terminal"]["presence"]["kind"].clone();
    c.view(|view| of_terminal(view) == json!("here")).await;
    // From here on nobody reads at the terminal.
    c.view(|view| of_terminal(view) == json!("quiet")).await;
    assert_eq!(server.state.sockets.count(), 2, "its connection goes on");
    reading(&mut t, c.view(|view| of_terminal(view) == json!("here"))).await;
    // Now the other way round.
    let of_clerk = |view: &Value| view["stage"]["call"]["clerk"]["presence"]["kind"].clone();
    t.view(|view| of_clerk(view) == json!("quiet")).await;
    assert_eq!(server.state.sockets.count(), 2);
    reading(&mut c, t.view(|view| of_clerk(view) == json!("here"))).await;
    server.stop().await;
}

/// Lets a client read what comes, which answers pings, for as long as `until` takes.
async fn reading<T>(client: &mut Client, until: impl Future<Output = T>) -> T {
    let reads = async { while !matches!(client.next_frame().await, Message::Close(_)) {} };
    tokio::select! {
        biased;
        done = until => done,
        () = reads => panic!("closed"),
    }
}

#[tokio::test]
async fn a_flood_is_stopped() {
    let server = Running::start().await;
    let (_, token) = server.terminal("S10").await;
    let (client, ..) = server.greeted(&token).await;
    let (mut sink, stream) = client.socket.split();
    let flood = tokio::spawn(async move {
        for id in 0..2000 {
            let message = json!({"id": id, "body": {"type": "wiped"}}).to_string();
            if sink.send(Message::text(message)).await.is_err() {
                return;
            }
        }
    });
    let closes = stream.filter_map(async |frame| match frame {
        Ok(Message::Close(Some(frame))) => Some(u16::from(frame.code)),
        _ => None,
    });
    let code = timeout(PATIENCE, std::pin::pin!(closes).next()).await.unwrap();
    assert_eq!(code, Some(4006));
    flood.abort();
    server.stop().await;
}

#[tokio::test]
async fn a_stop_says_come_back() {
    let server = Running::start().await;
    let (_, token) = server.terminal("S10").await;
    let (mut client, ..) = server.greeted(&token).await;
    let mut waiting = server.open().await;
    server.state.lifecycle.stop();
    assert_eq!(client.closed().await, (4007, "restarting".to_owned()));
    assert_eq!(waiting.closed().await, (4007, "restarting".to_owned()));
    server.ended().await;
}

#[tokio::test]
async fn a_client_that_vanishes_is_forgotten() {
    let server = Running::start().await;
    let (_, token) = server.terminal("S10").await;
    let (mut client, ..) = server.greeted(&token).await;
    client.socket.get_mut().shutdown().await.unwrap();
    drop(client);
    let gone = async {
        while server.state.sockets.count() + server.state.engine.counts().terminals > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, gone).await.expect("gone");
    server.stop().await;
}

/// From the ticket to the next one, as both sides hear it.
#[tokio::test]
async fn a_conversation() {
    let server = Running::start().await;
    let (_, terminal) = server.terminal("S10").await;
    let (_, clerk) = server.staff("chenmin", &[Role::Clerk]).await;
    let (mut t, mut c) = (server.open().await, server.open().await);
    let mut story = String::new();
    t.say(&hello(&server.pass(&terminal).await, None)).await;
    note(&mut story, "terminal", &t.until_stage("free").await);
    t.request(take_ticket()).await;
    note(&mut story, "terminal", &t.until_stage("waiting").await);
    c.say(&hello(&server.pass(&clerk).await, None)).await;
    note(&mut story, "clerk", &c.until_stage("off_duty").await);
    c.request(json!({"type": "set_status", "status": {"kind": "ready"}})).await;
    let rung = c.until_stage("ringing").await;
    let offer = rung.last().unwrap()["body"]["status"]["offer"]["id"].clone();
    note(&mut story, "clerk", &rung);
    note(&mut story, "terminal", &t.until_stage("ringing").await);
    c.request(json!({"type": "accept", "offer": offer})).await;
    note(&mut story, "clerk", &c.until_stage("in_call").await);
    let talking = t.until_stage("in_call").await;
    let call = talking.last().unwrap()["body"]["stage"]["call"]["id"].clone();
    note(&mut story, "terminal", &talking);
    c.request(json!({"type": "hang_up", "call": call})).await;
    note(&mut story, "clerk", &c.until_stage("wrap_up").await);
    note(&mut story, "terminal", &t.until_stage("ended").await);
    c.request(json!({"type": "finish_wrap_up", "result": "advice", "note": ""})).await;
    note(&mut story, "clerk", &c.until_stage("ready").await);
    t.request(json!({"type": "rate", "call": call, "score": 1})).await;
    t.request(json!({"type": "wiped"})).await;
    note(&mut story, "terminal", &t.until_stage("free").await);
    insta::assert_snapshot!(story);
    server.stop().await;
}

/// One line a frame: the shapes of messages are held by the protocol's own fixtures. When queues are announced depends
/// on the moment, so they are left out.
fn note(story: &mut String, who: &str, frames: &[Value]) {
    for frame in frames {
        let (body, re) = (&frame["body"], frame["re"].as_u64());
        let kind = body["type"].as_str().unwrap_or_default();
        if kind == "queues" {
            continue;
        }
        let answers = re.map(|re| format!(" re {re}")).unwrap_or_default();
        story.push_str(&format!("{who} hears{answers}: {kind} {}\n", stage(body)).replace(" \n", "\n"));
    }
}

fn stage(body: &Value) -> &str {
    body["stage"]["stage"].as_str().or(body["status"]["status"].as_str()).unwrap_or_default()
}

impl Client {
    /// Frames up to and with the first of that type.
    async fn until(&mut self, kind: &str) -> Vec<Value> {
        self.until_frame(|frame| frame["body"]["type"] == kind).await
    }

    /// Frames up to and with the first view of that stage.
    async fn until_stage(&mut self, wanted: &str) -> Vec<Value> {
        self.until_frame(|frame| stage(&frame["body"]) == wanted).await
    }

    async fn until_frame(&mut self, is_last: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            let frame = self.hear().await;
            let last = is_last(&frame);
            frames.push(frame);
            if last {
                return frames;
            }
        }
    }
}
