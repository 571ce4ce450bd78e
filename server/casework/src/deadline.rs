//! By when: the five days of intake, and what acceptance starts.
use jiff::civil::Date;
use protocol::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::{Reckoning, WorkingCalendar, day_of};

/// Working days after receipt within which what is missing must be told, all of it at once.
const NOTICE_DAYS: u16 = 5;
/// Working days after receipt on which the owner is warned.
const WARNING_DAYS: u16 = 3;

/// How long a decision may take, by the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Promised working days; 0 is an item done at once (即办件).
    pub promised: u16,
    /// Working days set by statute, if any does.
    pub statutory: Option<u16>,
}

/// The deadlines of an accepted case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines {
    /// What the authority promised (承诺时限).
    pub promised: Reckoning,
    /// What a statute sets, if any does (法定时限).
    pub statutory: Option<Reckoning>,
}

impl Deadlines {
    /// What acceptance at that moment starts.
    #[must_use]
    pub fn from_acceptance(at: Timestamp, terms: Terms, calendar: &WorkingCalendar) -> Self {
        let from = day_of(at);
        Self {
            promised: calendar.reckon(from, terms.promised),
            statutory: terms.statutory.map(|days| calendar.reckon(from, days)),
        }
    }

    /// Whether either touches a year that was not yet published.
    #[must_use]
    pub fn provisional(&self) -> bool {
        self.promised.provisional || self.statutory.as_ref().is_some_and(|statutory| statutory.provisional)
    }

    /// The same terms from the same day, by another calendar.
    #[must_use]
    pub fn reckoned_anew(&self, calendar: &WorkingCalendar) -> Self {
        let anew = |old: &Reckoning| calendar.reckon(old.from, old.working_days);
        Self { promised: anew(&self.promised), statutory: self.statutory.as_ref().map(anew) }
    }

    /// The earlier of the two last days: a promise may be shorter than the statute, never longer in effect.
    #[must_use]
    pub fn due(&self) -> Date {
        let promised = self.promised.due;
        self.statutory.as_ref().map_or(promised, |statutory| statutory.due.min(promised))
    }
}

/// The clock of intake: who is not told in time what is missing counts as accepted from the day of receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntakeClock {
    /// When the owner is warned.
    pub warn_on: Date,
    /// The last day for acceptance, non-acceptance or the one notice.
    pub notice_due: Reckoning,
    /// From when the case counts as accepted if that day passes in silence.
    pub deemed_accepted_from: Date,
}

impl IntakeClock {
    /// What receipt at that moment starts.
    #[must_use]
    pub fn from_receipt(at: Timestamp, calendar: &WorkingCalendar) -> Self {
        let received_on = day_of(at);
        Self {
            warn_on: calendar.reckon(received_on, WARNING_DAYS).due,
            notice_due: calendar.reckon(received_on, NOTICE_DAYS),
            deemed_accepted_from: received_on,
        }
    }

    /// Whether the owner should be warned on that day.
    #[must_use]
    pub fn warns(&self, today: Date) -> bool {
        today >= self.warn_on
    }

    /// Whether the last day has passed.
    #[must_use]
    pub fn overrun(&self, today: Date) -> bool {
        today > self.notice_due.due
    }
}
