//! Working days, with public holidays and make-up days (调休).
use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;
use protocol::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// China keeps one time, without summer time; a day of the law is a day there.
const HERE: Offset = Offset::constant(8);

/// The day on which a moment falls, where the window stands.
#[must_use]
pub fn day_of(at: Timestamp) -> Date {
    jiff::Timestamp::from_microsecond(at.0).map_or(Date::MAX, |at| HERE.to_datetime(at).date())
}

/// The last microsecond of a day: a deadline runs to the end of its last day.
#[must_use]
pub fn end_of_day(day: Date) -> Timestamp {
    let last = day.at(23, 59, 59, 999_999_000);
    HERE.to_timestamp(last).map_or(Timestamp(i64::MAX), |at| Timestamp(at.as_microsecond()))
}

/// A day or several in a row, both ends included: `2026-10-01/2026-10-07`, or one date alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    first: Date,
    last: Date,
}

impl Span {
    /// From `first` to `last`, both included; none if they are the wrong way round.
    #[must_use]
    pub fn new(first: Date, last: Date) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// The first day.
    #[must_use]
    pub fn first(self) -> Date {
        self.first
    }

    /// The last day.
    #[must_use]
    pub fn last(self) -> Date {
        self.last
    }

    /// Whether the day lies in it.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }
}

impl FromStr for Span {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, last) = text.split_once('/').unwrap_or((text, text));
        let date = |part: &str| {
            part.parse::<Date>().map_err(|_| format!("{part:?} is not a date such as 2026-10-01"))
        };
        Self::new(date(first)?, date(last)?).ok_or_else(|| format!("{text:?} ends before it begins"))
    }
}

impl TryFrom<String> for Span {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { self.first.fmt(f) } else { write!(f, "{}/{}", self.first, self.last) }
    }
}

/// What was published for one year.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedYear {
    /// Not yet published in full: what is reckoned with it is marked.
    pub provisional: bool,
    /// Days off beside weekends.
    pub holidays: Vec<Span>,
    /// Weekend days on which people work.
    pub working: Vec<Date>,
}

/// Something wrong in a published year.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// A day of another year.
    #[error("{year}: {day} lies in another year")]
    OtherYear {
        /// The year it stands under.
        year: i16,
        /// The day.
        day: Date,
    },
    /// Both a holiday and a make-up day.
    #[error("{0} is both a holiday and a working day")]
    Both(Date),
    /// A make-up day on which people work anyway.
    #[error("{0} is a working day already: only weekend days can be made working days")]
    WorkingAlready(Date),
}

/// Which days count. A year that is missing has plain weekends and is provisional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingCalendar {
    published: BTreeSet<i16>,
    holidays: Vec<Span>,
    working: BTreeSet<Date>,
}

impl WorkingCalendar {
    /// Checks the years and puts them together.
    ///
    /// # Errors
    /// Everything that is wrong, not only the first.
    pub fn new(years: &BTreeMap<i16, PublishedYear>) -> Result<Self, Vec<CalendarError>> {
        let mut wrong = Vec::new();
        let mut calendar = Self::default();
        for (&year, rules) in years {
            let ends = rules.holidays.iter().flat_map(|span| [span.first, span.last]);
            for day in ends.chain(rules.working.iter().copied()).filter(|day| day.year() != year) {
                wrong.push(CalendarError::OtherYear { year, day });
            }
            for &day in &rules.working {
                if rules.holidays.iter().any(|span| span.contains(day)) {
                    wrong.push(CalendarError::Both(day));
                } else if !is_weekend(day) {
                    wrong.push(CalendarError::WorkingAlready(day));
                }
            }
            if !rules.provisional {
                calendar.published.insert(year);
            }
            calendar.holidays.extend(&rules.holidays);
            calendar.working.extend(&rules.working);
        }
        calendar.holidays.sort_unstable();
        if wrong.is_empty() { Ok(calendar) } else { Err(wrong) }
    }

    /// Whether people work on that day.
    #[must_use]
    pub fn is_working(&self, day: Date) -> bool {
        self.working.contains(&day) || (!is_weekend(day) && self.holiday(day).is_none())
    }

    /// Whether the year of that day is not yet published.
    #[must_use]
    pub fn is_provisional(&self, day: Date) -> bool {
        !self.published.contains(&day.year())
    }

    fn holiday(&self, day: Date) -> Option<Span> {
        self.holidays.iter().copied().find(|span| span.contains(day))
    }

    /// The day on which `working_days` are over. The day of the event is not counted: day 1 is the next working day;
    /// zero working days end on the day of the event itself.
    #[must_use]
    pub fn reckon(&self, from: Date, working_days: u16) -> Reckoning {
        let mut reckoning = Reckoning {
            from,
            working_days,
            due: from,
            provisional: self.is_provisional(from),
            holidays: Vec::new(),
            made_up: Vec::new(),
        };
        let mut left = working_days;
        while left > 0 {
            let Ok(day) = reckoning.due.tomorrow() else { break };
            reckoning.due = day;
            reckoning.provisional |= self.is_provisional(day);
            if self.is_working(day) {
                left -= 1;
                if self.working.contains(&day) {
                    reckoning.made_up.push(day);
                }
            } else if let Some(span) = self.holiday(day)
                && reckoning.holidays.last() != Some(&span)
            {
                reckoning.holidays.push(span);
            }
        }
        reckoning
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// A deadline with everything that is needed to explain it in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reckoning {
    /// The day of the event, not counted.
    pub from: Date,
    /// How many working days.
    pub working_days: u16,
    /// The last day.
    pub due: Date,
    /// Whether it touches a year that is not yet published, so that the last day may still move.
    pub provisional: bool,
    /// Holidays passed over on the way.
    pub holidays: Vec<Span>,
    /// Weekend days that counted because people work on them.
    pub made_up: Vec<Date>,
}
