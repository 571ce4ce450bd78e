use super::testing::Rig;
use super::*;

#[tokio::test]
async fn folder_and_file_are_made_and_a_second_migration_does_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a b/云/cloud.db");
    let store = Store::open(&Store::sqlite_url(&file)).await.unwrap();
    assert!(matches!(store.check_version().await, Err(StoreError::Older)));
    store.migrate().await.unwrap();
    store.migrate().await.unwrap();
    store.check_version().await.unwrap();
    assert!(store.alive().await);
    assert!(file.exists());
    store.close().await;
    assert!(!store.alive().await);
}

#[tokio::test]
async fn the_connections_are_durable_strict_and_apart() {
    let rig = Rig::new().await;
    let mut tx = rig.store.begin().await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *tx).await.unwrap();
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *tx).await.unwrap();
    let foreign: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut *tx).await.unwrap();
    let erasing: i64 = sqlx::query_scalar("PRAGMA secure_delete").fetch_one(&mut *tx).await.unwrap();
    assert_eq!((mode.as_str(), synchronous, foreign, erasing), ("wal", 2, 1, 1));
    // A reader waits for no writer and sees nothing uncommitted.
    sqlx::query("INSERT INTO meta (name, value) VALUES ('a', 'b')").execute(&mut *tx).await.unwrap();
    let count = "SELECT COUNT(*) FROM meta";
    let seen: i64 = sqlx::query_scalar(count).fetch_one(rig.store.reader()).await.unwrap();
    assert_eq!(seen, 0);
    drop(tx);
    let seen: i64 = sqlx::query_scalar(count).fetch_one(rig.store.reader()).await.unwrap();
    assert_eq!(seen, 0, "a dropped transaction changes nothing");
    let refused = sqlx::query("DELETE FROM meta").execute(rig.store.reader()).await;
    assert!(refused.is_err(), "readers cannot write");
}

#[tokio::test]
async fn the_ledger_is_only_added_to_by_whoever_asks_the_database() {
    let rig = Rig::new().await;
    let mut tx = rig.store.begin().await.unwrap();
    let entry = ledger::Entry {
        aggregate: ledger::Aggregate::Case(protocol::ids::CaseId(uuid::Uuid::from_u128(1))),
        kind: "x",
        at: super::testing::NOON,
        actor: ledger::Actor::System,
        facts: serde_json::json!({}),
        payload: Some(serde_json::json!("secret")),
    };
    ledger::append(&mut tx, &rig.keys, entry).await.unwrap();
    tx.commit().await.unwrap();
    let file = rig.folder.path().join("checkpoints");
    checkpoint::seal_now(&rig.store, &rig.keys, &file, super::testing::NOON).await.unwrap();
    for (sql, why) in [
        ("UPDATE ledger SET event = '{}'", "only added"),
        ("DELETE FROM ledger", "only added"),
        ("UPDATE ledger_payloads SET sealed = 'x'", "never changed"),
        ("UPDATE checkpoints SET body = '{}'", "only added"),
        ("DELETE FROM checkpoints", "only added"),
    ] {
        let mut tx = rig.store.begin().await.unwrap();
        let refused = sqlx::query(sql).execute(&mut *tx).await.expect_err(sql).to_string();
        assert!(refused.contains(why), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn a_newer_database_is_refused_with_what_to_do() {
    let rig = Rig::new().await;
    rig.tamper(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'later', 1, x'00', 0)",
    )
    .await;
    for refused in [rig.store.migrate().await, rig.store.check_version().await] {
        let error = refused.unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 9999, .. }), "{error}");
        assert!(error.to_string().contains("install the newer program"), "{error}");
    }
}

#[tokio::test]
async fn an_unwritable_folder_and_a_file_that_is_no_database_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plain");
    std::fs::write(
        &file,
        "this is a text of more than a hundred bytes, and certainly no database ".repeat(9),
    )
    .unwrap();
    let below = Store::open(&Store::sqlite_url(&file.join("x.db"))).await.unwrap_err();
    assert!(matches!(&below, StoreError::Folder { .. }), "{below}");
    assert!(below.to_string().contains("cannot be written"), "{below}");
    let damaged = Store::open(&Store::sqlite_url(&file)).await.unwrap_err();
    assert!(matches!(&damaged, StoreError::Open { .. }), "{damaged}");
    assert!(matches!(Store::open("mysql://x/y").await, Err(StoreError::Url(_))));
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("window.db");
    Store::open(&Store::sqlite_url(&file)).await.unwrap().close().await;
    let refused = async |which: &Path| {
        let error = Store::open(&Store::sqlite_url(&file)).await.unwrap_err();
        let text = error.to_string();
        assert!(matches!(&error, StoreError::File { file, .. } if file == which), "{text}");
        assert!(text.contains(&which.display().to_string()) && text.contains("--data"), "{text}");
    };
    // A folder in its place is refused whoever runs this; the mode counts for all but root.
    for beside in ["window.db-wal", "window.db-shm"] {
        let beside = folder.path().join(beside);
        std::fs::create_dir(&beside).unwrap();
        refused(&beside).await;
        std::fs::remove_dir(&beside).unwrap();
    }
    let mut mode = std::fs::metadata(&file).unwrap().permissions();
    mode.set_readonly(true);
    std::fs::set_permissions(&file, mode).unwrap();
    if std::fs::File::options().write(true).open(&file).is_err() {
        refused(&file).await;
    }
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    refused(&file).await;
}

#[tokio::test]
async fn other_keys_than_those_of_the_database_are_refused() {
    let rig = Rig::new().await;
    rig.store.bind_keys(&rig.keys).await.unwrap();
    rig.store.bind_keys(&rig.keys).await.unwrap();
    let others = keys::LedgerKeys::open(&rig.folder.path().join("others"), rig.clock.clone()).unwrap();
    let error = rig.store.bind_keys(&others).await.unwrap_err();
    assert!(matches!(error, StoreError::OtherKeys { .. }), "{error}");
}

#[tokio::test]
async fn the_same_request_twice_is_known_and_another_under_its_key_refused() {
    use idempotency::{Known, forget_before, look, remember};
    let rig = Rig::new().await;
    let now = protocol::Timestamp(5);
    let mut tx = rig.store.begin().await.unwrap();
    assert_eq!(look(&mut tx, "s", "k", b"{}").await.unwrap(), Known::New);
    remember(&mut tx, ("s", "k"), b"{}", (201, "answer"), now).await.unwrap();
    let done = Known::Done { status: 201, answer: "answer".into() };
    assert_eq!(look(&mut tx, "s", "k", b"{}").await.unwrap(), done);
    assert_eq!(look(&mut tx, "s", "k", b"{1}").await.unwrap(), Known::OtherRequest);
    assert_eq!(look(&mut tx, "other", "k", b"{}").await.unwrap(), Known::New);
    let again = remember(&mut tx, ("s", "k"), b"{}", (201, "x"), now).await.unwrap_err();
    assert!(again.is_duplicate());
    assert_eq!(forget_before(&mut tx, now).await.unwrap(), 0);
    assert_eq!(forget_before(&mut tx, protocol::Timestamp(6)).await.unwrap(), 1);
}
