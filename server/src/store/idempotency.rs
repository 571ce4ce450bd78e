//! The same request twice gets the same answer and is done once.
//!
//! Look in the transaction that does the work, and remember the answer in it: so either both are there or neither.
use aws_lc_rs::digest::{SHA256, digest};
use protocol::Timestamp;

use super::{StoreError, Tx};

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing: do it.
    New,
    /// It was done; this was answered.
    Done {
        /// The HTTP status.
        status: u16,
        /// The body.
        answer: String,
    },
    /// The key was used for another request.
    OtherRequest,
}

/// Looks a key up. `scope` keeps people apart, such as `staff/<id>/cases`; `request` is the body as it came.
///
/// # Errors
/// When the database refuses.
pub async fn look(tx: &mut Tx, scope: &str, key: &str, request: &[u8]) -> Result<Known, StoreError> {
    let row: Option<(String, i64, String)> =
        sqlx::query_as("SELECT request, status, answer FROM idempotency_keys WHERE scope = $1 AND key = $2")
            .bind(scope)
            .bind(key)
            .fetch_optional(&mut **tx)
            .await?;
    Ok(match row {
        None => Known::New,
        Some((known, _, _)) if known != fingerprint(request) => Known::OtherRequest,
        Some((_, status, answer)) => {
            let status = u16::try_from(status).map_err(|_| StoreError::Damaged("idempotency key"))?;
            Known::Done { status, answer }
        }
    })
}

/// Remembers what was answered.
///
/// # Errors
/// When the database refuses, or the key was used meanwhile.
pub async fn remember(
    tx: &mut Tx,
    (scope, key): (&str, &str),
    request: &[u8],
    (status, answer): (u16, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO idempotency_keys (scope, key, request, status, answer, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(scope)
    .bind(key)
    .bind(fingerprint(request))
    .bind(i64::from(status))
    .bind(answer)
    .bind(now.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets answers given before `moment`: nobody repeats a request days later.
///
/// # Errors
/// When the database refuses.
pub async fn forget_before(tx: &mut Tx, moment: Timestamp) -> Result<u64, StoreError> {
    let done = sqlx::query("DELETE FROM idempotency_keys WHERE created_at < $1")
        .bind(moment.0)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

fn fingerprint(request: &[u8]) -> String {
    hex::encode(digest(&SHA256, request))
}
