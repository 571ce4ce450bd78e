//! Sessions: a token is only as good as its row, so that signing out and disabling take effect at once.
use protocol::Timestamp;
use uuid::Uuid;

use super::{Store, StoreError, Tx};

/// Whose session it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A member of staff.
    Staff,
    /// A terminal.
    Terminal,
}

impl Kind {
    /// Its name in the table and in tokens.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Terminal => "terminal",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Staff, Self::Terminal].into_iter().find(|kind| kind.name() == name)
    }
}

/// A session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id, the token's `jti`.
    pub id: Uuid,
    /// Whose kind.
    pub kind: Kind,
    /// Whose.
    pub subject: Uuid,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was ended.
    pub revoked_at: Option<Timestamp>,
}

/// Begins a session.
///
/// # Errors
/// When the database refuses.
pub async fn add(tx: &mut Tx, session: &Session, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sessions (id, kind, subject, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(session.id.to_string())
    .bind(session.kind.name())
    .bind(session.subject.to_string())
    .bind(now.0)
    .bind(session.expires_at.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A session by its id.
///
/// # Errors
/// When the database refuses or the row is damaged.
pub async fn get(store: &Store, id: Uuid) -> Result<Option<Session>, StoreError> {
    let row: Option<Row> =
        sqlx::query_as("SELECT id, kind, subject, expires_at, revoked_at FROM sessions WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(store.reader())
            .await?;
    row.map(read).transpose()
}

/// Ends a session.
///
/// # Errors
/// When the database refuses.
pub async fn revoke(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id.to_string())
        .bind(now.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Ends every session of somebody.
///
/// # Errors
/// When the database refuses.
pub async fn revoke_all(tx: &mut Tx, kind: Kind, subject: Uuid, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE sessions SET revoked_at = $3 WHERE kind = $1 AND subject = $2 AND revoked_at IS NULL",
    )
    .bind(kind.name())
    .bind(subject.to_string())
    .bind(now.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Sessions that were ended at `since` or later, by this program or another.
///
/// # Errors
/// When the database refuses or a row is damaged.
pub async fn revoked_since(store: &Store, since: Timestamp) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, kind, subject, expires_at, revoked_at FROM sessions \
         WHERE revoked_at IS NOT NULL AND revoked_at >= $1",
    )
    .bind(since.0)
    .fetch_all(store.reader())
    .await?;
    rows.into_iter().map(read).collect()
}

/// Forgets sessions that ended by themselves before `moment`.
///
/// # Errors
/// When the database refuses.
pub async fn forget_before(tx: &mut Tx, moment: Timestamp) -> Result<u64, StoreError> {
    let done =
        sqlx::query("DELETE FROM sessions WHERE expires_at < $1").bind(moment.0).execute(&mut **tx).await?;
    Ok(done.rows_affected())
}

type Row = (String, String, String, i64, Option<i64>);

fn read((id, kind, subject, expires_at, revoked_at): Row) -> Result<Session, StoreError> {
    let damaged = StoreError::Damaged("session");
    let (Ok(id), Some(kind), Ok(subject)) = (id.parse(), Kind::from_name(&kind), subject.parse()) else {
        return Err(damaged);
    };
    let revoked_at = revoked_at.map(Timestamp);
    Ok(Session { id, kind, subject, expires_at: Timestamp(expires_at), revoked_at })
}
