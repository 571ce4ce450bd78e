//! Tells everybody who holds a connection when the session behind it ends, also when another program ended it
//! (`cloud-window user disable`): within a few seconds, because a connection outlives the request that opened it.
use protocol::Timestamp;
use protocol::ids::{Party, StaffId, TerminalId};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Auth;
use crate::store::sessions::{self, Kind};

/// How often the database is asked.
const EVERY: Duration = Duration::from_secs(2);
/// Looked at again each time: what another program commits late carries an earlier moment.
const OVERLAP: Duration = Duration::from_secs(60);

/// A session that ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Which session. Another one of the same person may go on.
    pub session: Uuid,
    /// Whose.
    pub party: Party,
}

impl Auth {
    /// News of ended sessions. A receiver that lags learns so, and then asks [`Auth::is_open`] for each of its own.
    #[must_use]
    pub fn revocations(&self) -> broadcast::Receiver<Revoked> {
        self.0.revoked.subscribe()
    }

    pub(super) fn announce(&self, revoked: Revoked) {
        // Nobody listening is no fault.
        let _ = self.0.revoked.send(revoked);
    }

    /// Watches the database until cancelled.
    pub async fn watch(&self, cancel: CancellationToken) {
        let mut told = BTreeMap::new();
        let mut since = self.0.clock.now();
        loop {
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            let now = self.0.clock.now();
            match self.look(since, &mut told).await {
                Ok(()) => since = Timestamp(now.0.saturating_sub(micros(OVERLAP))),
                Err(error) => tracing::warn!(%error, "ended sessions not read; trying again"),
            }
        }
    }

    pub(super) async fn look(
        &self,
        since: Timestamp,
        told: &mut BTreeMap<Uuid, Timestamp>,
    ) -> Result<(), crate::store::StoreError> {
        for session in sessions::revoked_since(&self.0.store, since).await? {
            let at = session.revoked_at.unwrap_or(since);
            if told.insert(session.id, at).is_none() {
                let party = match session.kind {
                    Kind::Staff => Party::Staff(StaffId(session.subject)),
                    Kind::Terminal => Party::Terminal(TerminalId(session.subject)),
                };
                self.announce(Revoked { session: session.id, party });
            }
        }
        told.retain(|_, at| *at >= since);
        Ok(())
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
