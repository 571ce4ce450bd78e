//! `cloud-window serve`.
use super::Context;

/// Its flags.
#[derive(Debug, clap::Args)]
pub(super) struct Command {}

impl Command {
    #[allow(clippy::unused_async, clippy::needless_pass_by_value, reason = "comes next")]
    pub(super) async fn run(self, _context: Context) -> anyhow::Result<()> {
        anyhow::bail!("not yet")
    }
}
