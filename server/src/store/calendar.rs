//! The working calendar, one row a year, as `holidays.json` gives it. `casework` knows what it means.
use protocol::Timestamp;
use serde_json::Value;

use super::{Store, StoreError, Tx};

/// One year.
#[derive(Clone, Debug, PartialEq)]
pub struct Year {
    /// Which.
    pub year: i16,
    /// Not yet published: deadlines that reach into it are marked so.
    pub provisional: bool,
    /// `holidays` and `working`, as imported.
    pub body: Value,
}

/// Every imported year, earliest first.
///
/// # Errors
/// When the database refuses or a row is damaged.
pub async fn load(store: &Store) -> Result<Vec<Year>, StoreError> {
    let rows: Vec<(i64, i64, String)> =
        sqlx::query_as("SELECT year, provisional, body FROM working_calendar ORDER BY year")
            .fetch_all(store.reader())
            .await?;
    let read = |(year, provisional, body): (i64, i64, String)| {
        let body = serde_json::from_str(&body).map_err(|_| StoreError::Damaged("calendar"))?;
        let year = i16::try_from(year).map_err(|_| StoreError::Damaged("calendar"))?;
        Ok(Year { year, provisional: provisional != 0, body })
    };
    rows.into_iter().map(read).collect()
}

/// When a year was last imported; none before the first.
///
/// # Errors
/// When the database refuses.
pub async fn imported_at(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    let newest: Option<i64> =
        sqlx::query_scalar("SELECT MAX(imported_at) FROM working_calendar").fetch_one(store.reader()).await?;
    Ok(newest.map(Timestamp))
}

/// Puts years in the place of what was known of them; other years stay.
///
/// # Errors
/// When the database refuses.
pub async fn import(tx: &mut Tx, years: &[Year], now: Timestamp) -> Result<(), StoreError> {
    for year in years {
        sqlx::query(
            "INSERT INTO working_calendar (year, provisional, body, imported_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (year) DO UPDATE SET provisional = excluded.provisional, body = excluded.body, \
                 imported_at = excluded.imported_at",
        )
        .bind(i64::from(year.year))
        .bind(i64::from(year.provisional))
        .bind(year.body.to_string())
        .bind(now.0)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
