//! What a deployment may decide about queues and time. Handed to [`Desk::new`](crate::Desk::new) once.
use protocol::ConsentPurpose;
use protocol::ids::{ItemCode, ScenarioCode, SkillGroupCode};
use std::collections::{BTreeMap, BTreeSet};
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
    /// How long the clerk may not ask again after the citizen granted nothing.
    pub ask_pause: Duration,
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
    /// The items that are served.
    pub items: BTreeMap<ItemCode, Served>,
    /// The letter before the number of each queue's tickets.
    pub letters: BTreeMap<SkillGroupCode, char>,
    /// The queue for advice without an item.
    pub guide: SkillGroupCode,
    /// The purposes for which consent is asked; an answer for another one is refused.
    pub purposes: BTreeSet<ConsentPurpose>,
}

/// What a ticket for an item needs to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The queue it waits in.
    pub queue: SkillGroupCode,
    /// Its scenarios.
    pub scenarios: BTreeSet<ScenarioCode>,
}

/// What a wish names that is not in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unserved {
    /// The item.
    Item,
    /// The scenario: it is not one of the item's, or there is no item.
    Scenario,
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
            ask_pause: Duration::from_secs(30),
            wrap_up: Duration::from_secs(120),
            wrap_up_extension: Duration::from_secs(60),
            expected_call: Duration::from_secs(8 * 60),
            announce_every: Duration::from_secs(1),
            utc_offset_minutes: 8 * 60,
            items: BTreeMap::new(),
            letters: BTreeMap::new(),
            guide,
            purposes: BTreeSet::new(),
        }
    }

    /// The queue of an item, or the guide desk's for advice. The scenario may be left open until the clerk asks.
    ///
    /// # Errors
    /// What is not in the catalogue.
    pub fn queue_for(
        &self,
        item: Option<&ItemCode>,
        scenario: Option<&ScenarioCode>,
    ) -> Result<&SkillGroupCode, Unserved> {
        let Some(item) = item else {
            return if scenario.is_none() { Ok(&self.guide) } else { Err(Unserved::Scenario) };
        };
        let served = self.items.get(item).ok_or(Unserved::Item)?;
        let known = scenario.is_none_or(|scenario| served.scenarios.contains(scenario));
        if known { Ok(&served.queue) } else { Err(Unserved::Scenario) }
    }

    /// Serves other items from now on. A queue keeps its letter, so that no number is given twice a day; a new one gets the
    /// first letter that is free.
    pub(crate) fn serve(&mut self, items: BTreeMap<ItemCode, Served>) {
        for queue in items.values().map(|served| &served.queue) {
            let free = ('A'..='Z').find(|letter| self.letters.values().all(|taken| taken != letter));
            if let Some(letter) = free.filter(|_| !self.letters.contains_key(queue)) {
                self.letters.insert(queue.clone(), letter);
            }
        }
        self.items = items;
    }
}
