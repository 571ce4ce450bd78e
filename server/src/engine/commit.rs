//! One group commit: all records or none, and a plain word about why not.
use desk::Record;
use protocol::Timestamp;
use std::time::Duration;

use crate::store::keys::LedgerKeys;
use crate::store::{Store, StoreError, Tx, desk as rows};

/// How long a commit may take before it counts as failed.
pub(super) const DEADLINE: Duration = Duration::from_secs(2);
/// Between two questions whether a commit that broke off has landed.
const ASK_AGAIN: Duration = Duration::from_millis(250);

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The database is gone, full or locked: nobody's records go in.
    #[error("the database takes no writes: {0}")]
    Unwell(String),
    /// The database is well and does not take these records.
    #[error("records were refused: {error}")]
    Refused {
        /// What it said.
        error: StoreError,
        /// Whether it will never take them.
        for_good: bool,
    },
}

/// What is to be written.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) store: Store,
    pub(super) keys: LedgerKeys,
    /// The number of the first record; the next follow on.
    pub(super) first: i64,
    pub(super) records: Vec<Record>,
    pub(super) deadline: Duration,
    pub(super) now: Timestamp,
}

impl Batch {
    /// Writes it. Without records it only finds out whether the database takes writes.
    ///
    /// Until the commit is asked for, breaking off changes nothing. From then on it takes as long as it takes: what was
    /// asked for may happen, and calling it failed could write it twice.
    pub(super) async fn write(self) -> Result<(), Failure> {
        if self.records.is_empty() {
            return self.probe().await;
        }
        let tx = match tokio::time::timeout(self.deadline, self.insert()).await {
            Ok(Ok(tx)) => tx,
            Ok(Err(error)) => return Err(self.blame(error).await),
            Err(_) => return Err(Failure::Unwell("a commit took too long".to_owned())),
        };
        match tx.commit().await {
            Ok(()) => Ok(()),
            Err(error) if self.landed().await => {
                tracing::warn!(%error, "a commit broke off and had landed");
                Ok(())
            }
            Err(error) => Err(self.blame(error.into()).await),
        }
    }

    async fn insert(&self) -> Result<Tx, StoreError> {
        let mut tx = self.store.begin().await?;
        for (sequence, record) in (self.first..).zip(&self.records) {
            rows::write(&mut tx, &self.keys, sequence, record).await?;
        }
        Ok(tx)
    }

    /// The records or the database?
    async fn blame(&self, error: StoreError) -> Failure {
        if error.is_refusal() {
            return Failure::Refused { error, for_good: true };
        }
        match self.probe().await {
            Ok(()) => Failure::Refused { error, for_good: false },
            Err(_) => Failure::Unwell(error.to_string()),
        }
    }

    async fn probe(&self) -> Result<(), Failure> {
        match tokio::time::timeout(self.deadline, rows::probe(&self.store, self.now)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure::Unwell(error.to_string())),
            Err(_) => Err(Failure::Unwell("a trial write took too long".to_owned())),
        }
    }

    /// Asks until the database says whether the commit happened.
    async fn landed(&self) -> bool {
        loop {
            match tokio::time::timeout(self.deadline, rows::has(&self.store, self.first)).await {
                Ok(Ok(landed)) => return landed,
                Ok(Err(error)) => tracing::warn!(%error, "cannot tell yet whether a commit landed"),
                Err(_) => tracing::warn!("cannot tell yet whether a commit landed"),
            }
            tokio::time::sleep(ASK_AGAIN).await;
        }
    }
}
