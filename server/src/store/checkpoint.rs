//! Seals: once a minute, where anything changed, a signed list of (aggregate, length, head).
//!
//! Each seal chains to the one before and is also appended to a file outside of the database, so that a row that
//! is changed or missing afterwards, or a whole missing case, contradicts something that its changer cannot reach
//! or cannot sign. [`run`] seals while the server runs; [`seal_now`] once.
use protocol::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::AnyPool;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use super::keys::LedgerKeys;
use super::ledger::{canonical, sha256};
use super::{Store, StoreError};
use crate::clock::SharedClock;

/// How often the server seals.
pub const INTERVAL: Duration = Duration::from_secs(60);

/// What the first checkpoint follows.
pub(super) const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What a checkpoint says of one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// `case`, `call`, `staff` or `terminal`.
    pub kind: String,
    /// Which one.
    pub id: String,
    /// How many events it had.
    pub length: i64,
    /// The hash of the last of them.
    pub head: String,
}

/// The signed part of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Its number, from 1.
    pub number: i64,
    /// When it was sealed.
    pub at: Timestamp,
    /// The hash of the one before.
    pub previous: String,
    /// The id of the key that signed it.
    pub key: String,
    /// The chains that changed since the one before.
    pub chains: Vec<Sealed>,
}

/// Why nothing could be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The database refused or is gone.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read or written.
    #[error("checkpoint file {path} cannot be used: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file knows checkpoints that the database does not: the database was cut or an older one restored.
    #[error(
        "checkpoint file {path} goes up to {file}, the database only to {database}: was an older database restored? \
         Run `cloud-window verify-ledger`; if the restore was meant, move the file away and keep it"
    )]
    FileAhead {
        /// Which file.
        path: PathBuf,
        /// The last number in the file.
        file: i64,
        /// The last number in the database.
        database: i64,
    },
}

/// Seals what changed since the last checkpoint. Nothing changed: no checkpoint.
///
/// # Errors
/// [`SealError`]. When only the file failed, the checkpoint stands in the database and the next call appends it.
pub async fn seal_now(
    store: &Store,
    keys: &LedgerKeys,
    file: &Path,
    now: Timestamp,
) -> Result<Option<i64>, SealError> {
    let last = last(store.reader()).await?;
    let in_file = last_in_file(file).await?;
    if last > 0 && in_file == 0 {
        tracing::warn!(
            file = %file.display(),
            "the checkpoint file is gone or holds no checkpoint: it is written anew from the database, which proves less"
        );
    }
    if in_file > last {
        return Err(SealError::FileAhead { path: file.to_owned(), file: in_file, database: last });
    }
    let sealed = seal(store, keys, now).await?;
    if in_file < sealed.unwrap_or(last) {
        append_to_file(store, file, in_file).await?;
    }
    Ok(sealed)
}

/// Seals now, every `interval` until cancelled, and once more then. The first time also appends to the file what a run
/// that was killed had sealed and not yet appended.
pub async fn run(
    store: Store,
    keys: LedgerKeys,
    file: PathBuf,
    clock: SharedClock,
    interval: Duration,
    cancel: CancellationToken,
) {
    let mut stopping = false;
    loop {
        match seal_now(&store, &keys, &file, clock.now()).await {
            Ok(Some(number)) => tracing::debug!(number, "ledger sealed"),
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "ledger not sealed"),
        }
        if stopping {
            return;
        }
        stopping = tokio::select! {
            () = cancel.cancelled() => true,
            () = tokio::time::sleep(interval) => false,
        };
    }
}

async fn seal(store: &Store, keys: &LedgerKeys, now: Timestamp) -> Result<Option<i64>, StoreError> {
    let mut tx = store.begin().await?;
    // The head is read from the chain itself: `ledger_heads` only says where to look.
    let changed: Vec<(String, String, i64, String)> = sqlx::query_as(
        "SELECT h.aggregate_kind, h.aggregate_id, l.sequence, l.hash FROM ledger_heads h \
         JOIN ledger l ON l.aggregate_kind = h.aggregate_kind AND l.aggregate_id = h.aggregate_id \
             AND l.sequence = h.length \
         WHERE h.length > h.sealed ORDER BY h.aggregate_kind, h.aggregate_id",
    )
    .fetch_all(&mut *tx)
    .await?;
    if changed.is_empty() {
        return Ok(None);
    }
    let previous: Option<(i64, String)> =
        sqlx::query_as("SELECT number, hash FROM checkpoints ORDER BY number DESC LIMIT 1")
            .fetch_optional(&mut *tx)
            .await?;
    let (last, previous) = previous.unwrap_or_else(|| (0, BEGINNING.to_owned()));
    let chains = changed
        .into_iter()
        .map(|(kind, id, length, head)| Sealed { kind, id, length, head })
        .collect::<Vec<_>>();
    let body = Body { number: last + 1, at: now, previous, key: keys.signing_id().to_owned(), chains };
    let text = body.canonical()?;
    sqlx::query("INSERT INTO checkpoints (number, at, body, hash, signature) VALUES ($1, $2, $3, $4, $5)")
        .bind(body.number)
        .bind(now.0)
        .bind(String::from_utf8_lossy(&text).into_owned())
        .bind(hex::encode(sha256(&[&text])))
        .bind(keys.sign(&text))
        .execute(&mut *tx)
        .await?;
    for chain in &body.chains {
        sqlx::query("UPDATE ledger_heads SET sealed = $3 WHERE aggregate_kind = $1 AND aggregate_id = $2")
            .bind(&chain.kind)
            .bind(&chain.id)
            .bind(chain.length)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(Some(body.number))
}

impl Body {
    pub(super) fn canonical(&self) -> Result<Vec<u8>, StoreError> {
        let value = serde_json::to_value(self).map_err(super::ledger::LedgerError::from)?;
        Ok(canonical(&value)?)
    }
}

/// A checkpoint as it lies in a table or a file, believed by nobody yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) number: i64,
    pub(super) body: String,
    pub(super) hash: String,
    pub(super) signature: String,
}

/// The lines of a checkpoint file; a line that is none is told by its number from 1.
///
/// Two things that no forger is needed for are no fault: the half of a line that a crash left, if the next line begins
/// with the same signs and goes on (its checkpoint was appended anew), and a checkpoint that two programs appended, one
/// right after the other.
pub(super) fn read_file(path: &Path) -> Result<Vec<Result<Record, usize>>, std::io::Error> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found: Vec<Result<Record, usize>> = Vec::new();
    // What the last line left of itself, if it was no checkpoint.
    let mut torn: Vec<u8> = Vec::new();
    for (at, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line = line?;
        if !torn.is_empty() && line.len() > torn.len() && line.starts_with(&torn) {
            found.pop();
        }
        torn.clear();
        match record(&line) {
            Some(record) => {
                if found.last() != Some(&Ok(record.clone())) {
                    found.push(Ok(record));
                }
            }
            None => {
                found.push(Err(at + 1));
                // After a power cut the end of the half may be zeros instead of what was written.
                let written = line.iter().rposition(|sign| *sign != 0).map_or(0, |last| last + 1);
                torn.extend_from_slice(&line[..written]);
            }
        }
    }
    Ok(found)
}

fn record(line: &[u8]) -> Option<Record> {
    let value: Value = serde_json::from_slice(line).ok()?;
    let text = canonical(&value["body"]).ok()?;
    Some(Record {
        number: value["body"]["number"].as_i64()?,
        hash: hex::encode(sha256(&[&text])),
        body: String::from_utf8(text).ok()?,
        signature: value["signature"].as_str()?.to_owned(),
    })
}

pub(super) async fn records(
    db: impl sqlx::Executor<'_, Database = sqlx::Any>,
    after: i64,
) -> Result<Vec<Record>, StoreError> {
    let rows: Vec<(i64, String, String, String)> = sqlx::query_as(
        "SELECT number, body, hash, signature FROM checkpoints WHERE number > $1 ORDER BY number",
    )
    .bind(after)
    .fetch_all(db)
    .await?;
    let record = |(number, body, hash, signature)| Record { number, body, hash, signature };
    Ok(rows.into_iter().map(record).collect())
}

async fn last(db: &AnyPool) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) FROM checkpoints").fetch_one(db).await?)
}

async fn last_in_file(path: &Path) -> Result<i64, SealError> {
    let owned = path.to_owned();
    let read = tokio::task::spawn_blocking(move || last_line(&owned)).await;
    let line = read
        .unwrap_or_else(|panic| Err(std::io::Error::other(panic)))
        .map_err(|source| SealError::File { path: path.to_owned(), source })?;
    let value: Value = serde_json::from_slice(&line).unwrap_or_default();
    Ok(value["body"]["number"].as_i64().unwrap_or_default())
}

/// The last whole line of a file that grows for years, read from its end. What a crash left of a line does not count:
/// the checkpoint is appended anew.
fn last_line(path: &Path) -> std::io::Result<Vec<u8>> {
    const CHUNK: u64 = 64 * 1024;
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut start = file.metadata()?.len();
    let mut tail = Vec::new();
    loop {
        let from = start.saturating_sub(CHUNK);
        let mut chunk = vec![0; usize::try_from(start - from).unwrap_or_default()];
        file.seek(SeekFrom::Start(from))?;
        file.read_exact(&mut chunk)?;
        chunk.append(&mut tail);
        (tail, start) = (chunk, from);
        let mut lines = tail.rsplit(|sign| *sign == b'\n');
        let (_unfinished, last) = (lines.next(), lines.next());
        // The line is whole when something stands before it, or nothing is left to read.
        if start == 0 || lines.next().is_some() {
            return Ok(last.unwrap_or_default().to_vec());
        }
    }
}

/// Appends every checkpoint after `after`: also those of a run that ended between commit and file.
async fn append_to_file(store: &Store, path: &Path, after: i64) -> Result<(), SealError> {
    let mut lines = String::new();
    for record in records(store.reader(), after).await? {
        let body: Value =
            serde_json::from_str(&record.body).map_err(|_| StoreError::Damaged("checkpoint"))?;
        lines.push_str(&json!({ "body": body, "signature": record.signature }).to_string());
        lines.push('\n');
    }
    let owned = path.to_owned();
    let write = move || -> std::io::Result<()> {
        if let Some(folder) = owned.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = std::fs::OpenOptions::new().read(true).append(true).create(true).open(owned)?;
        if file.metadata()?.len() > 0 {
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                // A crash left half a line: end it, so that it spoils no other.
                file.write_all(b"\n")?;
            }
        }
        file.write_all(lines.as_bytes())?;
        file.sync_all()
    };
    let written = tokio::task::spawn_blocking(write).await;
    written
        .unwrap_or_else(|panic| Err(std::io::Error::other(panic)))
        .map_err(|source| SealError::File { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_whole_line_is_found_from_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        assert_eq!(last_line(&path).unwrap(), b"");
        let long = "x".repeat(200_000);
        for (text, last) in [
            ("", ""),
            ("a\n", "a"),
            ("a\nb\n", "b"),
            ("a\nb\nhalf", "b"),
            ("half", ""),
            (&*format!("a\n{long}\n"), &*long),
            (&*format!("{long}\nb\n"), "b"),
            (&*format!("{long}\n"), &*long),
        ] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(last_line(&path).unwrap(), last.as_bytes());
        }
    }
}
