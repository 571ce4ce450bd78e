//! One harness for tests that need a database.
use std::sync::Arc;

use protocol::Timestamp;
use tempfile::TempDir;

use super::Store;
use super::keys::LedgerKeys;
use crate::clock::TestClock;

/// 2026-03-11 10:08 in Guangzhou.
pub(crate) const NOON: Timestamp = Timestamp(1_773_194_880_000_000);

/// A migrated database in a folder of its own, with its keys and a clock that stands still.
#[derive(Debug)]
pub(crate) struct Rig {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    pub(crate) keys: LedgerKeys,
    pub(crate) clock: Arc<TestClock>,
}

impl Rig {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = TestClock::new(NOON, 7);
        let store = Store::open(&Store::sqlite_url(&folder.path().join("test.db"))).await.unwrap();
        store.migrate().await.unwrap();
        let keys = LedgerKeys::open(&folder.path().join("keys"), clock.clone()).unwrap();
        Self { folder, store, keys, clock }
    }

    /// See [`tamper`].
    pub(crate) async fn tamper(&self, sql: &str) -> u64 {
        tamper(&self.store, sql).await
    }
}

/// Does to the database what no code of ours would and what its guards refuse: who owns the file can drop them.
pub(crate) async fn tamper(store: &Store, sql: &str) -> u64 {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    let mut tx = store.begin().await.unwrap();
    let guards: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        .fetch_all(&mut *tx)
        .await
        .unwrap();
    for guard in guards {
        let drop = sqlx::AssertSqlSafe(format!("DROP TRIGGER {guard}"));
        sqlx::query(drop).execute(&mut *tx).await.unwrap();
    }
    sqlx::query("PRAGMA defer_foreign_keys = ON").execute(&mut *tx).await.unwrap();
    let done = sqlx::query(sql).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    done.rows_affected()
}
