//! Sites, tickets and places in the queue.
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Spoken;
use crate::Timestamp;
use crate::ids::{ItemCode, ScenarioCode, SiteCode, SkillGroupCode, TicketId};

/// A site, as every page knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SiteView {
    /// Its code.
    pub code: SiteCode,
    /// Its name (zh-CN).
    pub name: String,
    /// Its name in zh-HK.
    pub name_zh_hk: String,
    /// Its name in English.
    pub name_en: String,
    /// The languages spoken there, best first.
    pub languages: Vec<Spoken>,
}

/// A ticket, as both sides see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TicketView {
    /// The ticket.
    pub id: TicketId,
    /// Its number on the screen, such as `C023`; restarts each day and queue.
    pub number: String,
    /// The queue.
    pub skill_group: SkillGroupCode,
    /// The item, unless the citizen only wants to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub item: Option<ItemCode>,
    /// The scenario, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub scenario: Option<ScenarioCode>,
    /// When it was taken: waits are counted from here for ever.
    pub taken_at: Timestamp,
}

/// A place in the queue, in words that may be said aloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Position {
    /// People ahead.
    pub ahead: u32,
    /// How long it may take.
    pub estimate: Estimate,
}

/// How long a wait may take: a guess, or that nobody can guess. Never both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Estimate {
    /// Somebody who serves this queue takes calls, now or after what is going on.
    Minutes {
        /// Least minutes to wait, rounded to a step (1, 3, 5, 10, 15, 20, 30).
        from: u32,
        /// Most minutes to wait; none above thirty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        to: Option<u32>,
    },
    /// Nobody who serves this queue is on duty; places are kept and called in order once somebody is.
    NobodyOnDuty,
    /// Somebody is on duty and takes no calls just now; places are kept and called in order once somebody is ready.
    NobodyReady,
}
