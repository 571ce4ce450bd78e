//! Everything in which the databases differ. The rest of the SQL is written once, for both.
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Connection, Executor};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use super::{StoreError, Tx};

/// How long a statement waits for a lock that another process holds (a backup, an administrator's shell).
const BUSY: Duration = Duration::from_secs(10);

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub(super) fn of(url: &str) -> Result<Self, StoreError> {
        match url.split_once(':') {
            Some(("sqlite", _)) => Ok(Self::Sqlite),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres),
            _ => Err(StoreError::Url(without_password(url))),
        }
    }

    /// SQLite takes the write lock at once: a transaction that reads first and writes later could otherwise find
    /// its snapshot overtaken and fail half-way.
    pub(super) async fn begin(self, writer: &AnyPool) -> Result<Tx, sqlx::Error> {
        match self {
            Self::Sqlite => writer.begin_with("BEGIN IMMEDIATE").await,
            Self::Postgres => writer.begin().await,
        }
    }

    /// Everything read in it is of one moment.
    pub(super) async fn snapshot(self, reader: &AnyPool) -> Result<Tx, sqlx::Error> {
        match self {
            Self::Sqlite => reader.begin().await,
            Self::Postgres => reader.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await,
        }
    }

    /// Raises the triggers that refuse illegal states and changed records, whoever asks.
    pub(super) async fn raise_guards(self, writer: &AnyPool) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite => {
                writer.execute(include_str!("../../migrations/guards/sqlite.sql")).await.map(|_| ())
            }
            // The constraints of the tables hold there too; the triggers come with the work on PostgreSQL.
            Self::Postgres => Ok(()),
        }
    }

    /// One writer on SQLite, because SQLite has one; a pool on PostgreSQL.
    pub(super) async fn pools(self, url: &str) -> Result<(AnyPool, AnyPool), sqlx::Error> {
        sqlx::any::install_default_drivers();
        let options = AnyConnectOptions::from_str(&self.connect_url(url))?;
        let (writers, readers) = match self {
            Self::Sqlite => (1, 6),
            Self::Postgres => (8, 8),
        };
        // A pool tries again and again until its time is up; one plain connection says at once what is wrong.
        let mut probe = AnyConnection::connect_with(&options).await?;
        if self == Self::Sqlite {
            prepare(&mut probe, WRITER).await?;
        }
        probe.close().await?;
        let writer = self.pool(writers, WRITER).connect_with(options.clone()).await?;
        let reader = self.pool(readers, READER).connect_with(options).await?;
        Ok((writer, reader))
    }

    fn connect_url(self, url: &str) -> String {
        match self {
            Self::Sqlite if !url.contains('?') => format!("{url}?mode=rwc"),
            _ => url.to_owned(),
        }
    }

    fn pool(self, size: u32, pragmas: &'static str) -> AnyPoolOptions {
        let pool = AnyPoolOptions::new().max_connections(size).acquire_timeout(BUSY);
        match self {
            Self::Postgres => pool,
            Self::Sqlite => {
                pool.test_before_acquire(false).idle_timeout(None).max_lifetime(None).after_connect(
                    move |connection, _| Box::pin(async move { prepare(connection, pragmas).await }),
                )
            }
        }
    }
}

/// FULL: a record that was acknowledged must survive the power going. `secure_delete`: what was erased is
/// overwritten, not only unlinked.
const WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                      PRAGMA secure_delete = ON; PRAGMA busy_timeout = 10000";
/// Readers cannot write, not even by mistake.
const READER: &str = "PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000; PRAGMA query_only = ON";

async fn prepare(connection: &mut AnyConnection, pragmas: &'static str) -> Result<(), sqlx::Error> {
    connection.execute(pragmas).await.map(|_| ())
}

/// The URL of a SQLite file. Signs that mean something in a URL are escaped.
pub(super) fn sqlite_url(file: &Path) -> String {
    let mut url = String::from("sqlite://");
    for byte in file.to_string_lossy().bytes() {
        match byte {
            b'%' | b'?' | b'#' | b' ' => url.push_str(&format!("%{byte:02X}")),
            _ if byte.is_ascii() => url.push(char::from(byte)),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

/// The file behind a SQLite URL; none if it lives in memory.
pub(super) fn sqlite_file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let path = rest.split('?').next().unwrap_or_default();
    if path.is_empty() || path == ":memory:" {
        return None;
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut left = path.as_bytes();
    while let Some((&first, rest)) = left.split_first() {
        let escaped = (first == b'%').then(|| rest.get(..2).and_then(|two| hex::decode(two).ok())).flatten();
        match escaped {
            Some(byte) => {
                bytes.extend(byte);
                left = &rest[2..];
            }
            None => {
                bytes.push(first);
                left = rest;
            }
        }
    }
    Some(PathBuf::from(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Whether a row with this key exists already.
pub(super) fn is_duplicate(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Whether the database itself is well and refuses what it was given: a constraint or a guard stands against it.
pub(super) fn is_refusal(error: &sqlx::Error) -> bool {
    /// SQLite's primary result code of a violated constraint or a raised guard (SQLITE_CONSTRAINT).
    const SQLITE_CONSTRAINT: i64 = 19;
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| match code.len() {
        // SQLSTATE: class 23 is integrity, P0001 a guard's own exception.
        5 => code.starts_with("23") || code == "P0001",
        _ => code.parse::<i64>().is_ok_and(|code| code & 0xff == SQLITE_CONSTRAINT),
    })
}

/// A URL fit for messages: without the password in it.
pub(super) fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(start), Some(end)) if start + 3 < end => format!("{}…{}", &url[..start + 3], &url[end..]),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_survives_the_way_through_a_url() {
        for path in ["/var/lib/a b/云.db", "/a%20b/x?.db", "relative/c#.db"] {
            assert_eq!(sqlite_file(&sqlite_url(Path::new(path))), Some(PathBuf::from(path)));
        }
        assert_eq!(sqlite_file("sqlite::memory:"), None);
        assert_eq!(sqlite_file("sqlite:///x.db?mode=rwc"), Some(PathBuf::from("/x.db")));
    }

    #[test]
    fn a_message_about_a_url_keeps_the_password_back() {
        let error = Dialect::of("mysql://user:secret@host/db").unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
        assert!(error.contains("host"), "{error}");
    }
}
