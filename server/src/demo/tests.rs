//! The demonstration as somebody starts it.
use std::path::PathBuf;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::neighbours::{self, Rhythm};
use super::{Options, config, run, stock};
use crate::app::testing::{PATIENCE, Reply, Wish};
use crate::app::{open_store, testing};
use crate::clock::SystemClock;
use crate::credentials::Credentials;

struct Demo {
    ready: Credentials,
    running: JoinHandle<anyhow::Result<()>>,
}

async fn start(folder: &tempfile::TempDir, fresh: bool) -> Demo {
    let file: PathBuf = folder.path().join("ready.json");
    let mut config = config();
    config.data = folder.path().join("data");
    config.listen = ([127, 0, 0, 1], 0).into();
    config.media_listen = ([127, 0, 0, 1], 0).into();
    config.fonts = Vec::new();
    let options = Options { fresh, neighbours: 0, lan: None, ready_file: Some(file.clone()) };
    let _ = std::fs::remove_file(&file);
    let running = tokio::spawn(run(config, SystemClock::shared(), options));
    let written = async {
        while !file.exists() {
            assert!(!running.is_finished(), "it ended");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, written).await.expect("ready in time");
    let ready = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    Demo { ready, running }
}

async fn ask(ready: &Credentials, method: &str, path: &str, body: &str) -> Reply {
    let url = ready.url.as_deref().unwrap();
    let address = url.strip_prefix("http://").unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    Reply::read(&testing::raw(address.parse().unwrap(), &request).await)
}

#[tokio::test]
async fn everything_answers_once_the_ready_file_is_there_and_a_second_run_keeps_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let demo = start(&folder, true).await;
    let ready = demo.ready;
    assert_eq!((ready.staff.len(), ready.terminals.len()), (6, 12));
    let database = ready.database.as_deref().and_then(|url| url.strip_prefix("sqlite://"));
    assert!(database.is_some_and(|file| PathBuf::from(file).is_file()), "{database:?}");
    assert!(ready.terminals.iter().any(|one| one.code == "S10" && one.site.contains("塱头村")));
    for path in ["/readyz", "/", "/api/v1/page-config", "/api/v1/catalogue"] {
        assert_eq!(ask(&ready, "GET", path, "").await.status, 200, "{path}");
    }
    for person in &ready.staff {
        let body = serde_json::json!({"login": person.login, "password": person.password}).to_string();
        let reply = ask(&ready, "POST", "/api/v1/staff/sign-in", &body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    demo.running.abort();
    let _ = demo.running.await;
    std::fs::write(folder.path().join("data/keepsake"), "x").unwrap();
    let again = start(&folder, false).await;
    assert!(folder.path().join("data/keepsake").exists());
    assert_eq!(again.ready.staff, ready.staff);
    assert_ne!(again.ready.terminals, ready.terminals, "codes are good once");
    again.running.abort();
    let _ = again.running.await;
    let fresh = start(&folder, true).await;
    assert!(!folder.path().join("data/keepsake").exists());
    fresh.running.abort();
}

#[tokio::test]
async fn neighbours_talk_with_their_own_clerks() {
    let folder = tempfile::tempdir().unwrap();
    let wish = Wish::usual(&folder);
    let (store, keys) = open_store(&wish.config, &SystemClock::shared()).await.unwrap();
    let stocked = stock::fill(&store, &keys, &SystemClock::shared(), 2).await.unwrap();
    store.close().await;
    assert_eq!(stocked.neighbours.len(), 2);
    let app = wish.build().await.unwrap();
    let state = app.state().clone();
    let running = tokio::spawn(app.run());
    // Two minutes of theirs are a second of ours.
    neighbours::start(&state, stocked.neighbours, Rhythm(120.0));
    let call = async {
        let (mut began, mut ended) = (0, 0);
        let mut before = 0;
        while began < 3 || ended < 3 {
            let calls = state.engine.counts().calls;
            began += calls.saturating_sub(before);
            ended += before.saturating_sub(calls);
            before = calls;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, call).await.expect("calls begin and end");
    state.lifecycle.stop();
    running.await.unwrap().unwrap();
}
