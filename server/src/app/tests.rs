//! What stands in the way of a start is said; a stop loses nothing and waits for what it must.
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::testing::{PATIENCE, Running, Wish, raw};
use super::{StartError, open_store};
use crate::clock::SystemClock;
use crate::store::StoreError;

async fn refused(change: impl FnOnce(&mut Wish)) -> (StartError, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut wish = Wish::usual(&folder);
    change(&mut wish);
    let error = wish.build().await.expect_err("something stands in the way");
    let text = error.to_string();
    (error, text)
}

#[tokio::test]
async fn a_port_in_use_is_named_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let (error, text) = refused(|wish| wish.config.listen = address).await;
    assert!(matches!(error, StartError::Listen { field: "listen", .. }));
    assert!(text.contains(&address.to_string()) && text.contains("another program"), "{text}");
    let (_, text) = refused(|wish| wish.config.metrics_listen = Some(address)).await;
    assert!(text.contains("metrics_listen"), "{text}");
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (error, text) = refused(|wish| wish.config.media_listen = taken.local_addr().unwrap()).await;
    assert!(matches!(error, StartError::Media(_)));
    assert!(text.contains("in use") && text.contains("media_listen"), "{text}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let data = file.path().join("data");
    let (error, text) = refused(|wish| wish.config.data = data.clone()).await;
    assert!(matches!(error, StartError::Store(_)));
    assert!(text.contains(&data.display().to_string()) && text.contains("cannot be written"), "{text}");
}

#[tokio::test]
async fn a_database_file_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cloud-window.db");
    std::fs::create_dir(&file).unwrap();
    let (error, text) = refused(|wish| wish.config.data = folder.path().to_owned()).await;
    assert!(matches!(error, StartError::Store(StoreError::File { .. })), "{text}");
    assert!(text.contains(&file.display().to_string()) && text.contains("--data"), "{text}");
}

#[tokio::test]
async fn a_second_server_of_a_data_folder_is_refused_while_the_first_lives() {
    let folder = tempfile::tempdir().unwrap();
    // Other ports, so that nothing but the folder is in the way.
    let first = Wish::usual(&folder).build().await.unwrap();
    let error = Wish::usual(&folder).build().await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, StartError::Occupied(_)));
    assert!(text.contains("another server runs") && text.contains("--data"), "{text}");
    first.state().media.stop();
    drop(first);
    Wish::usual(&folder).build().await.expect("the folder is free again").state().media.stop();
}

#[tokio::test]
async fn a_newer_database_and_other_keys_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = Wish::usual(&folder).config;
    let (store, _) = open_store(&config, &SystemClock::shared()).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (999999, 'later', TRUE, X'00', 0)",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let text = Wish::usual(&folder).build().await.unwrap_err().to_string();
    assert!(text.contains("newer than this program"), "{text}");
    let mut tx = store.begin().await.unwrap();
    sqlx::query("DELETE FROM _sqlx_migrations WHERE version = 999999").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    std::fs::remove_file(config.data.join("keys/sealing.key")).unwrap();
    let text = Wish::usual(&folder).build().await.unwrap_err().to_string();
    assert!(text.contains("restore the folder `keys`"), "{text}");
}

#[tokio::test]
async fn certificate_files_are_checked_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let other = rcgen::KeyPair::generate().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Some(path)
    };
    let (cert, empty) = (put("cert.pem", &made.cert.pem()), put("empty.pem", ""));
    let (key, wrong) =
        (put("key.pem", &made.signing_key.serialize_pem()), put("wrong.pem", &other.serialize_pem()));
    for (cert, key, says) in [
        (empty.clone(), key.clone(), "certificate"),
        (cert.clone(), empty, "key"),
        (cert.clone(), wrong, "cannot be used together"),
        (Some(folder.path().join("none")), key.clone(), "none"),
    ] {
        let (error, text) = refused(|wish| (wish.config.tls_cert, wish.config.tls_key) = (cert, key)).await;
        assert!(matches!(error, StartError::Tls(_)));
        assert!(text.contains(says), "{says}: {text}");
    }
    let server = Running::with(|wish| (wish.config.tls_cert, wish.config.tls_key) = (cert, key)).await;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = server.address;
    let answer = tokio::task::spawn_blocking(move || {
        use std::io::{Read, Write};
        let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
        let mut tls = rustls::ClientConnection::new(std::sync::Arc::new(config), name).unwrap();
        let mut tcp = std::net::TcpStream::connect(address).unwrap();
        let mut stream = rustls::Stream::new(&mut tls, &mut tcp);
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    })
    .await
    .unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age="), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn an_address_has_so_many_connections() {
    let server = Running::with(|wish| wish.config.connections_per_address = 8).await;
    let request = b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut open = Vec::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(request).await.unwrap();
        assert!(stream.read(&mut [0; 512]).await.unwrap() > 0);
        open.push(stream);
    }
    let mut ninth = TcpStream::connect(server.address).await.unwrap();
    let _ = ninth.write_all(request).await;
    assert!(
        matches!(timeout(PATIENCE, ninth.read(&mut [0; 512])).await.unwrap(), Ok(0) | Err(_)),
        "turned away"
    );
    drop(open);
    let again = async {
        while !raw(server.address, "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            .await
            .contains("200")
        {}
    };
    timeout(PATIENCE, again).await.expect("places come free");
    server.stop().await;
}

#[tokio::test]
async fn headers_that_never_end_are_not_waited_for() {
    let server = Running::start().await;
    let begun = Instant::now();
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx: ").await.unwrap();
    let mut rest = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("closed").ok();
    assert!(begun.elapsed() >= Duration::from_secs(5), "an honest client has time: {:?}", begun.elapsed());
    server.stop().await;
}

#[tokio::test]
async fn a_drain_without_calls_stops_by_itself() {
    let server = Running::start().await;
    let ready = server.ask("GET", "/readyz", None, None).await;
    assert_eq!((ready.status, ready.json()["ready"].as_bool()), (200, Some(true)), "{ready:?}");
    let data = server.state.config.data.clone();
    server.state.lifecycle.drain();
    server.ended().await;
    let folder = tempfile::tempdir().unwrap();
    let mut again = Wish::usual(&folder);
    again.config.data = data;
    let app = again.build().await.expect("the data can be opened again");
    app.state().lifecycle.stop();
    app.run().await.unwrap();
}

#[tokio::test]
async fn figures_are_served_elsewhere() {
    let server = Running::start().await;
    let (_, token) = server.terminal("S10").await;
    let _client = server.greeted(&token).await;
    let text = raw(server.metrics, "GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(text.contains("\ncloud_window_sockets 1\n") || text.contains("cloud_window_sockets"), "{text}");
    assert!(text.contains("process_resident_memory_bytes"), "{text}");
    assert_eq!(server.ask("GET", "/metrics", None, None).await.status, 404);
    server.stop().await;
}
