//! `cloud-window migrate`.
use super::Context;

/// Brings the database to this version. `serve` does it too; this is for doing it beforehand, after a backup.
#[derive(Debug, clap::Args)]
pub(super) struct Command {}

impl Command {
    pub(super) async fn run(self, mut context: Context) -> anyhow::Result<()> {
        let (_, store, _) = context.store().await?;
        store.close().await;
        context.say("the database is at this version")
    }
}
