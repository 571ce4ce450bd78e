//! `sites`: plays many sites with real media and says what came of it.
//!
//! A terminal takes a ticket, connects its media, is rung and talks; a clerk answers, points, opens a case, judges its
//! materials, accepts it, hands some over to a colleague who takes them, hangs up and wraps up. What the server
//! acknowledged is looked for in its database afterwards; what should have been heard and seen was measured.
mod clerk;
mod options;
mod records;
mod report;
mod run;
mod spawn;
mod tally;
mod terminal;
mod work;

pub use options::Options;
pub use report::{Calls, Figures, Handoffs, Latency, Media, Records, Report, ServerUse, Spread};
pub use run::run;
pub(crate) use spawn::{CATALOGUE, Process};
pub use spawn::{House, Plan, SERVE, serve};
pub(crate) use work::{Matter, matters};
