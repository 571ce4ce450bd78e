//! What happens to cases by itself: offers that nobody answers end.
use std::time::Duration;

use super::{Cases, Refusal};
use crate::store::cases as rows;

/// Looks at least this often: the clock of the machine may have been set.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
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
    loop {
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
