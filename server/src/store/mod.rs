//! The only place that names sqlx.
//!
//! [`Store`] has one way in for writers, [`Store::begin`], and one for readers, [`Store::reader`]. SQL is the
//! portable subset of SQLite and PostgreSQL, `$1` placeholders, bound values only; what differs stands in
//! `dialect`. A change of legal weight calls [`ledger::append`] in the transaction that makes it.
//!
//! ```no_run
//! # async fn example() -> Result<(), cloud_window::store::StoreError> {
//! use cloud_window::store::Store;
//! let store = Store::open("sqlite:///var/lib/cloud-window/cloud-window.db").await?;
//! store.migrate().await?;
//! let tx = store.begin().await?;
//! tx.commit().await?;
//! # Ok(())
//! # }
//! ```
use sqlx::AnyPool;
use sqlx::migrate::{MigrateError, Migrator};
use std::path::{Path, PathBuf};
use std::time::Duration;

mod dialect;

pub mod calendar;
pub mod cases;
pub mod catalogue;
pub mod checkpoint;
pub mod desk;
pub mod idempotency;
pub mod keys;
pub mod ledger;
pub mod sessions;
pub mod sites;
pub mod staff;
pub mod terminals;
#[cfg(test)]
pub(crate) mod testing;
pub mod verify;

use dialect::Dialect;

/// The migrations that this program knows.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// A transaction of the writer. Dropped without `commit`, it changes nothing.
pub type Tx = sqlx::Transaction<'static, sqlx::Any>;

/// A connection of either kind, for what is read in and out of a transaction alike.
pub type Db = sqlx::AnyConnection;

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    writer: AnyPool,
    reader: AnyPool,
    dialect: Dialect,
}

/// Why the database could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL names no database that this program knows.
    #[error(
        "database URL {0:?} is not understood: write sqlite:///path/to/file.db or postgres://user@host/name"
    )]
    Url(String),
    /// The folder is missing and cannot be made, or cannot be written.
    #[error("data folder {folder} cannot be written ({source}): give another one or change its owner")]
    Folder {
        /// Which folder.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database's file, or what SQLite keeps beside it, cannot be written.
    #[error(
        "database file {file} cannot be written ({source}): make it a file of the user that the server runs as, \
         on a disk that is not read-only, or give another data folder with --data"
    )]
    File {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is there and is no database, or is locked by somebody for long.
    #[error("database {url} cannot be opened: {source}")]
    Open {
        /// Which database, without its password.
        url: String,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// A newer program has written it.
    #[error(
        "the database is newer than this program (migration {found}, known up to {known}): \
         install the newer program, or restore a backup made before the upgrade"
    )]
    Newer {
        /// The newest migration found in the database.
        found: i64,
        /// The newest migration in this program.
        known: i64,
    },
    /// It was never migrated, or only in part.
    #[error("the database is older than this program: run `cloud-window migrate` first")]
    Older,
    /// A migration did not go through; nothing of it remains.
    #[error("a migration failed and was rolled back: {0}")]
    Migration(#[source] MigrateError),
    /// The keys in the data folder are not those this database was written with.
    #[error(
        "the {name} key in the data folder ({found}) is not the one this database was written with ({expected}): \
         restore the folder `keys` that belongs to it"
    )]
    OtherKeys {
        /// Which key.
        name: &'static str,
        /// The key's id in the folder.
        found: String,
        /// The key's id in the database.
        expected: String,
    },
    /// Something of this name or number exists already.
    #[error("{0} exists already")]
    Exists(String),
    /// Nothing of this name or number exists.
    #[error("{0} does not exist")]
    Missing(String),
    /// A stored value cannot be read back: damage, or a fault of this program.
    #[error("stored {0} cannot be read")]
    Damaged(&'static str),
    /// An event that cannot be chained.
    #[error(transparent)]
    Ledger(#[from] ledger::LedgerError),
    /// The database refused or is gone.
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
}

impl StoreError {
    /// Whether a row with this key exists already.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Exists(_)) || matches!(self, Self::Sql(error) if dialect::is_duplicate(error))
    }

    /// Whether the same thing tried again would be refused again, however well the database is.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Sql(error) => dialect::is_refusal(error),
            Self::Exists(_) | Self::Missing(_) | Self::Damaged(_) | Self::Ledger(_) => true,
            _ => false,
        }
    }
}

impl Store {
    /// Opens the database, and makes folder and file of a SQLite database that is not there yet.
    ///
    /// # Errors
    /// [`StoreError::Url`], [`StoreError::Folder`], [`StoreError::File`], [`StoreError::Open`].
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let dialect = Dialect::of(url)?;
        if let Some(file) = dialect::sqlite_file(url) {
            file.parent().map_or(Ok(()), writable)?;
            writable_file(&file)?;
        }
        let opened = dialect.pools(url).await;
        let (writer, reader) =
            opened.map_err(|source| StoreError::Open { url: dialect::without_password(url), source })?;
        Ok(Self { writer, reader, dialect })
    }

    /// The URL of a SQLite file.
    #[must_use]
    pub fn sqlite_url(file: &Path) -> String {
        dialect::sqlite_url(file)
    }

    /// Brings the database to this program's version.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer program has written it, [`StoreError::Migration`] when a step failed.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.refuse_newer().await?;
        MIGRATIONS.run(&self.writer).await.map_err(StoreError::Migration)?;
        Ok(self.dialect.raise_guards(&self.writer).await?)
    }

    /// Whether the database is at this program's version.
    ///
    /// # Errors
    /// [`StoreError::Newer`] or [`StoreError::Older`] when it is not.
    pub async fn check_version(&self) -> Result<(), StoreError> {
        let applied = self.refuse_newer().await?;
        if MIGRATIONS.iter().all(|known| applied.contains(&known.version)) {
            Ok(())
        } else {
            Err(StoreError::Older)
        }
    }

    async fn refuse_newer(&self) -> Result<Vec<i64>, StoreError> {
        // No table: a fresh database. Any other fault shows itself in the next statement.
        let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&self.reader)
            .await
            .unwrap_or_default();
        let known = MIGRATIONS.iter().map(|one| one.version).max().unwrap_or_default();
        match applied.iter().copied().max() {
            Some(found) if found > known => Err(StoreError::Newer { found, known }),
            _ => Ok(applied),
        }
    }

    /// Ties the database to the keys of its data folder at the first start and refuses others ever after: with a
    /// fresh key nothing that is sealed could be read or proved, and nobody would notice until it is needed.
    ///
    /// # Errors
    /// [`StoreError::OtherKeys`].
    pub async fn bind_keys(&self, keys: &keys::LedgerKeys) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for (name, found) in keys.names() {
            let expected: Option<String> = sqlx::query_scalar("SELECT value FROM meta WHERE name = $1")
                .bind(name)
                .fetch_optional(&mut *tx)
                .await?;
            match expected {
                Some(expected) if expected == found => {}
                Some(expected) => return Err(StoreError::OtherKeys { name, found, expected }),
                None => {
                    sqlx::query("INSERT INTO meta (name, value) VALUES ($1, $2)")
                        .bind(name)
                        .bind(found)
                        .execute(&mut *tx)
                        .await?;
                }
            }
        }
        Ok(tx.commit().await?)
    }

    /// Begins a transaction of the writer. On SQLite there is one writer: keep it short and await nothing but
    /// the database while it is open.
    ///
    /// # Errors
    /// When the database is gone or the writer is not free in time.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(self.dialect.begin(&self.writer).await?)
    }

    /// Begins a transaction in which all that is read is of one moment.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn snapshot(&self) -> Result<Tx, StoreError> {
        Ok(self.dialect.snapshot(&self.reader).await?)
    }

    /// Where to read. Reads see what was committed before them and wait for nobody.
    #[must_use]
    pub fn reader(&self) -> &AnyPool {
        &self.reader
    }

    /// Whether the database answers within two seconds.
    pub async fn alive(&self) -> bool {
        let probe = sqlx::query_scalar::<_, i64>("SELECT CAST(1 AS BIGINT)").fetch_one(&self.reader);
        matches!(tokio::time::timeout(Duration::from_secs(2), probe).await, Ok(Ok(1)))
    }

    /// A connection to read with.
    ///
    /// # Errors
    /// When the database is gone or no connection is free in time.
    pub async fn read(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Any>, StoreError> {
        Ok(self.reader.acquire().await?)
    }

    /// Closes every connection, so that the next program finds one tidy file.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// Whether files can be made in `folder`, which is made if it is missing.
fn writable(folder: &Path) -> Result<(), StoreError> {
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    let probe = folder.join(".cloud-window-write-test");
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|source| StoreError::Folder { folder: folder.to_owned(), source })
}

/// Whether the database's file, its log and its index can be written, as far as they are there. The driver would say only
/// that something could not be opened, or find it out at the first record.
fn writable_file(file: &Path) -> Result<(), StoreError> {
    for end in ["", "-wal", "-shm"] {
        let mut file = file.as_os_str().to_owned();
        file.push(end);
        let file = PathBuf::from(file);
        match std::fs::File::options().write(true).open(&file) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::File { file, source });
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
