//! Looks in the database for what was acknowledged. It is read as it lies, without asking the server.
use protocol::ids::{CaseId, StaffId};
use sqlx::AnyPool;
use std::collections::BTreeMap;

use super::tally::Record;

/// What the database says.
pub(super) struct Found {
    /// What was acknowledged and is not there.
    pub(super) missing: Vec<Record>,
    /// Cases whose owner is another than it should be, or which are offered to two at once.
    pub(super) without_single_owner: u32,
}

/// Looks for everything.
pub(super) async fn look(
    database: &str,
    records: &[Record],
    owners: &BTreeMap<CaseId, StaffId>,
) -> anyhow::Result<Found> {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(database).await?;
    let mut missing = Vec::new();
    for record in records {
        if !is_there(&pool, record).await? {
            missing.push(record.clone());
        }
    }
    let mut without_single_owner = 0;
    for (case, owner) in owners {
        let found: Option<String> = sqlx::query_scalar("SELECT owner FROM cases WHERE id = $1")
            .bind(case.to_string())
            .fetch_optional(&pool)
            .await?;
        let open: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM handoffs WHERE case_id = $1 AND state = 'offered'")
                .bind(case.to_string())
                .fetch_one(&pool)
                .await?;
        if found.as_deref() != Some(owner.to_string().as_str()) || open > 1 {
            without_single_owner += 1;
        }
    }
    pool.close().await;
    Ok(Found { missing, without_single_owner })
}

async fn is_there(pool: &AnyPool, record: &Record) -> anyhow::Result<bool> {
    const ACT: &str =
        "SELECT COUNT(*) FROM ledger WHERE aggregate_kind = 'call' AND aggregate_id = $1 AND kind = $2";
    let (query, id, second, at_least) = match record {
        Record::Ticket(id) => ("SELECT COUNT(*) FROM tickets WHERE id = $1", id.to_string(), None, 1),
        Record::Call(id) => ("SELECT COUNT(*) FROM calls WHERE id = $1", id.to_string(), None, 1),
        Record::Assist(id) => (ACT, id.to_string(), Some("assist_answered".to_owned()), 1),
        Record::Marks(id, n) => (ACT, id.to_string(), Some("marked".to_owned()), i64::from(*n)),
        Record::CaseOpened(id) => ("SELECT COUNT(*) FROM cases WHERE id = $1", id.to_string(), None, 1),
        Record::CaseAccepted(id) => {
            let query = "SELECT COUNT(*) FROM cases JOIN papers ON papers.case_id = cases.id \
                         WHERE cases.id = $1 AND cases.state = 'accepted' AND papers.kind = 'acceptance_notice'";
            (query, id.to_string(), None, 1)
        }
        Record::Offered(id) => ("SELECT COUNT(*) FROM handoffs WHERE id = $1", id.to_string(), None, 1),
        Record::TakenOver(id, by) => {
            let query =
                "SELECT COUNT(*) FROM handoffs WHERE id = $1 AND state = 'accepted' AND ended_by = $2";
            (query, id.to_string(), Some(by.to_string()), 1)
        }
        Record::PaperReceived(id) => {
            ("SELECT COUNT(*) FROM papers WHERE id = $1 AND received_at IS NOT NULL", id.to_string(), None, 1)
        }
        Record::Rated(id) => ("SELECT COUNT(*) FROM ratings WHERE call = $1", id.to_string(), None, 1),
        Record::WrappedUp(id) => {
            ("SELECT COUNT(*) FROM calls WHERE id = $1 AND result IS NOT NULL", id.to_string(), None, 1)
        }
    };
    let mut query = sqlx::query_scalar::<_, i64>(query).bind(id);
    if let Some(second) = second {
        query = query.bind(second);
    }
    Ok(query.fetch_one(pool).await? >= at_least)
}
