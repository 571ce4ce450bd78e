//! What a deployment may decide about queues and time. Handed to [`Desk::new`](crate::Desk::new) once.
use protocol::ids::{ItemCode, SkillGroupCode};
use std::collections::BTreeMap;
use std::time::Duration;

/// Rules and time-outs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a ring waits for an answer.
    pub ring: Duration,
    /// How long a clerk may be away before a call or a readiness ends.
    pub clerk_grace: Duration,
    /// How long a terminal may be away before its ticket or call ends.
    pub terminal_grace: Duration,
    /// How long the citizen has to answer a question for assistance; silence is a no.
    pub ask: Duration,
    /// How long wrap-up lasts.
    pub wrap_up: Duration,
    /// How much longer it lasts when extended, once.
    pub wrap_up_extension: Duration,
    /// How long a call is expected to last, for estimates.
    pub expected_call: Duration,
    /// Least time between two announcements of positions.
    pub announce_every: Duration,
    /// Whole minutes east of UTC, for the day on which ticket numbers start again.
    pub utc_offset_minutes: i32,
    /// Which queue serves which item.
    pub items: BTreeMap<ItemCode, SkillGroupCode>,
    /// The letter before the number of each queue's tickets.
    pub letters: BTreeMap<SkillGroupCode, char>,
    /// The queue for advice without an item.
    pub guide: SkillGroupCode,
}

impl Policy {
    /// The usual time-outs (screens.md, quality.md) with no items yet.
    #[must_use]
    pub fn usual(guide: SkillGroupCode) -> Self {
        Self {
            ring: Duration::from_secs(25),
            clerk_grace: Duration::from_secs(30),
            terminal_grace: Duration::from_secs(120),
            ask: Duration::from_secs(30),
            wrap_up: Duration::from_secs(120),
            wrap_up_extension: Duration::from_secs(60),
            expected_call: Duration::from_secs(8 * 60),
            announce_every: Duration::from_secs(1),
            utc_offset_minutes: 8 * 60,
            items: BTreeMap::new(),
            letters: BTreeMap::new(),
            guide,
        }
    }

    /// The queue of an item, or the guide desk's for advice; none for an unknown item.
    #[must_use]
    pub fn queue_of(&self, item: Option<&ItemCode>) -> Option<&SkillGroupCode> {
        match item {
            None => Some(&self.guide),
            Some(item) => self.items.get(item),
        }
    }
}
