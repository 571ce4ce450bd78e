//! Sites (布设点).
use protocol::ids::{AreaCode, SiteCode};
use protocol::{SiteView, Timestamp};

use super::{Store, StoreError, Tx};
use crate::catalogue::SiteImport;

/// The hub of a deployment that has one.
pub const MAIN_HUB: &str = "main";

/// A site.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// What every page knows of it.
    pub view: SiteView,
    /// The pool of clerks that serves it.
    pub hub: String,
    /// What kind of place it is.
    pub kind: String,
    /// The administrative area.
    pub area: AreaCode,
}

type Row = (String, String, String, String, String, String, String, String);

/// Puts sites in the place of those with the same codes; others stay, because terminals stand there.
///
/// # Errors
/// When the database refuses.
pub async fn import(tx: &mut Tx, hub: &str, sites: &[SiteImport], now: Timestamp) -> Result<(), StoreError> {
    for site in sites {
        let languages =
            serde_json::to_string(&site.view.languages).map_err(|_| StoreError::Damaged("site"))?;
        sqlx::query(
            "INSERT INTO sites (code, hub, name, name_zh_hk, name_en, kind, area_code, languages, place, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (code) DO UPDATE SET hub = excluded.hub, name = excluded.name, \
                 name_zh_hk = excluded.name_zh_hk, name_en = excluded.name_en, kind = excluded.kind, \
                 area_code = excluded.area_code, languages = excluded.languages, place = excluded.place, \
                 updated_at = excluded.updated_at",
        )
        .bind(site.view.code.as_str())
        .bind(hub)
        .bind(&site.view.name)
        .bind(&site.view.name_zh_hk)
        .bind(&site.view.name_en)
        .bind(&site.kind)
        .bind(site.area.as_str())
        .bind(languages)
        .bind(site.place.to_string())
        .bind(now.0)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Every site, by code.
///
/// # Errors
/// When the database refuses or a row is damaged.
pub async fn list(store: &Store) -> Result<Vec<Site>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT code, name, name_zh_hk, name_en, languages, hub, kind, area_code FROM sites ORDER BY code",
    )
    .fetch_all(store.reader())
    .await?;
    rows.into_iter().map(read).collect()
}

/// A site by its code.
///
/// # Errors
/// When the database refuses or the row is damaged.
pub async fn get(store: &Store, code: &SiteCode) -> Result<Option<Site>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT code, name, name_zh_hk, name_en, languages, hub, kind, area_code FROM sites WHERE code = $1",
    )
    .bind(code.as_str())
    .fetch_optional(store.reader())
    .await?;
    row.map(read).transpose()
}

fn read((code, name, name_zh_hk, name_en, languages, hub, kind, area): Row) -> Result<Site, StoreError> {
    let languages = serde_json::from_str(&languages).map_err(|_| StoreError::Damaged("site"))?;
    let view = SiteView { code: SiteCode(code), name, name_zh_hk, name_en, languages };
    Ok(Site { view, hub, kind, area: AreaCode(area) })
}
