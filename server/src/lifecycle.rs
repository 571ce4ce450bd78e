//! Stopping in two steps, and the tasks that are waited for.
//!
//! **Soft**: no new work is taken, what runs goes on (a drain). **Hard**: everything ends now; records are durable
//! already, so nothing is lost by it. A hard stop implies a soft one.
use std::future::Future;
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};
use tokio_util::task::TaskTracker;

/// Cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    soft: CancellationToken,
    hard: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// Runs `task` until it ends or everything ends, and waits for it in [`Lifecycle::finished`].
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let hard = self.hard.clone();
        self.tasks.spawn(async move {
            if hard.run_until_cancelled(task).await.is_none() {
                tracing::trace!(name, "task stopped");
            }
        });
    }

    /// Runs `task` to its own end, and waits for it in [`Lifecycle::finished`]. It watches [`Lifecycle::hard`] itself.
    pub fn spawn_to_end(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Begins to stop: no new work.
    pub fn drain(&self) {
        self.soft.cancel();
    }

    /// Stops.
    pub fn stop(&self) {
        self.soft.cancel();
        self.hard.cancel();
    }

    /// Whether no new work is taken.
    #[must_use]
    pub fn draining(&self) -> bool {
        self.soft.is_cancelled()
    }

    /// Resolves when the drain begins.
    pub fn soft(&self) -> WaitForCancellationFuture<'_> {
        self.soft.cancelled()
    }

    /// Resolves when everything must end.
    pub fn hard(&self) -> WaitForCancellationFuture<'_> {
        self.hard.cancelled()
    }

    /// A token that ends with everything.
    #[must_use]
    pub fn hard_token(&self) -> CancellationToken {
        self.hard.child_token()
    }

    /// Resolves when every task has ended. Only after [`Lifecycle::stop`].
    pub async fn finished(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Turns the operating system's signals into stops: TERM drains, INT stops; a second signal of either kind stops.
    ///
    /// # Errors
    /// If the process may not listen to signals.
    pub fn listen_to_signals(&self) -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let this = self.clone();
        self.spawn("signals", async move {
            tokio::select! {
                _ = int.recv() => return this.stop(),
                _ = term.recv() => this.drain(),
            }
            tracing::info!("draining: calls go on, no new ones are taken; a second signal stops at once");
            tokio::select! { _ = int.recv() => {}, _ = term.recv() => {} }
            this.stop();
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stop_ends_every_task_and_a_drain_none() {
        let life = Lifecycle::default();
        life.spawn("forever", std::future::pending());
        life.drain();
        assert!(life.draining());
        let waiting = life.finished();
        tokio::pin!(waiting);
        assert!(futures_util::poll!(&mut waiting).is_pending());
        life.stop();
        waiting.await;
    }
}
