//! What happens to cases by itself: offers that nobody answers end, stills that nobody finishes go.
use protocol::Timestamp;
use std::time::Duration;

use super::{Cases, Refusal};
use crate::store::cases as rows;

/// Looks at least this often: the clock of the machine may have been set.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How often abandoned stills are looked for.
const SWEEP: Duration = Duration::from_secs(600);
/// After a fault of the database, tries again after this long.
const AFTER_FAULT: Duration = Duration::from_secs(2);

impl Cases {
    /// Ends every offer whose time is over, and says how long nothing will be due.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn expire_due(&self) -> Result<Duration, Refusal> {
        loop {
            let now = self.now();
            let (due, next) = rows::due_handoffs(&self.parts().store, now).await?;
            if due.is_empty() {
                return Ok(next.map_or(LONGEST_WAIT, |next| next.since(now).min(LONGEST_WAIT)));
            }
            for (case, handoff) in due {
                self.expire(case, handoff, now).await?;
            }
        }
    }
}

/// Runs for as long as the server does.
pub async fn run_timers(cases: Cases) {
    let mut swept: Option<Timestamp> = None;
    loop {
        let now = cases.now();
        if swept.is_none_or(|at| now.since(at) >= SWEEP) {
            swept = Some(now);
            if let Err(error) = cases.sweep_stills().await {
                tracing::warn!(%error, "abandoned stills could not be taken away; trying again later");
            }
        }
        let wait = match cases.expire_due().await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::warn!(%error, "expired handoffs could not be ended; trying again");
                AFTER_FAULT
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = cases.0.offered.notified() => {}
        }
    }
}
