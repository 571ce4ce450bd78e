//! What records say in detail: a ticket as it was taken, a clerk's status, and how offers, calls and tickets end.
use protocol::ids::{ItemCode, MaterialCode, ScenarioCode, SkillGroupCode, TerminalId, TicketId};
use protocol::{ConsentAnswer, DeclineReason, Locale, SiteView, Spoken, WishedStatus};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A ticket as it was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketTaken {
    /// The ticket.
    pub ticket: TicketId,
    /// The terminal's key for this request.
    pub key: Uuid,
    /// The terminal.
    pub terminal: TerminalId,
    /// The hub.
    pub hub: String,
    /// Where.
    pub site: SiteView,
    /// The queue.
    pub skill_group: SkillGroupCode,
    /// The day of the number, counted from 1970-01-01 in local time.
    pub day: i64,
    /// The number within queue and day.
    pub n: u32,
    /// The number as shown.
    pub number: String,
    /// The item.
    pub item: Option<ItemCode>,
    /// The scenario.
    pub scenario: Option<ScenarioCode>,
    /// Interface language.
    pub locale: Locale,
    /// Wished spoken language.
    pub spoken: Spoken,
    /// Typed identity number; personal.
    pub id_number: Option<String>,
    /// Materials not at hand.
    pub missing: Vec<MaterialCode>,
    /// Consent answers.
    pub consents: Vec<ConsentAnswer>,
}

/// A status of a clerk that stands by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "duty", rename_all = "snake_case")]
pub enum Duty {
    /// Chosen by the clerk.
    Wished {
        /// Which.
        status: WishedStatus,
    },
    /// Set by the system.
    NotReady {
        /// Why.
        reason: protocol::NotReadyReason,
    },
}

/// How an offer ended without a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum OfferEnd {
    /// The clerk declined.
    Declined {
        /// Why.
        reason: DeclineReason,
    },
    /// Nobody answered in time.
    NoAnswer,
    /// The clerk went away.
    ClerkGone,
    /// The citizen gave up the ticket or went away.
    TicketGone,
    /// The server takes no new work.
    Draining,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallEnd {
    /// The citizen hung up.
    ByCitizen,
    /// The clerk hung up.
    ByClerk,
    /// The terminal was away for longer than the grace.
    TerminalGone,
    /// The clerk was away for longer than the grace; the ticket waits again at its old place.
    ClerkGone,
    /// The clerk's right to be here ended.
    Revoked,
}

/// How a ticket ended outside of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketEnd {
    /// Given up by the citizen.
    Cancelled,
    /// The terminal was away for longer than the grace.
    Abandoned,
    /// The terminal's right to be here ended.
    Revoked,
}
