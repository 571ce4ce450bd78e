//! Whether the window is open at a moment.
use casework::WorkingCalendar;
use jiff::tz::Offset;
use protocol::Timestamp;

use crate::config::Config;

/// Open on the configured weekdays between the configured minutes. Where the holiday calendar knows the year, it wins: a
/// weekday that is a public holiday is closed, a weekend day that is worked for one (调休) is open. A window that is open
/// on all seven weekdays never closes for a holiday.
#[must_use]
pub fn open_now(config: &Config, calendar: Option<&WorkingCalendar>, now: Timestamp) -> bool {
    let hours = &config.hours;
    let zone = Offset::from_seconds(config.desk.utc_offset_minutes * 60).unwrap_or(Offset::UTC);
    let Ok(moment) = jiff::Timestamp::from_microsecond(now.0) else { return false };
    let local = zone.to_datetime(moment);
    let weekday = u8::try_from(local.weekday().to_monday_one_offset()).unwrap_or_default();
    let minute = u32::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or_default();
    let usual = hours.open_at(weekday, minute);
    let every_day = (1..=7).all(|day| hours.weekdays.contains(&day));
    let weekend = weekday >= 6;
    match calendar.filter(|calendar| !every_day && !calendar.is_provisional(local.date())) {
        None => usual,
        Some(calendar) if calendar.is_working(local.date()) => {
            usual || (weekend && hours.weekdays.first().is_some_and(|like| hours.open_at(*like, minute)))
        }
        Some(_) => weekend && usual,
    }
}

/// How far ahead the next opening is looked for: longer than any run of holidays.
const LOOK_AHEAD_DAYS: i64 = 31;

/// When a window that is closed opens again; none if it is open, or stays closed for a month.
#[must_use]
pub fn next_open(config: &Config, calendar: Option<&WorkingCalendar>, now: Timestamp) -> Option<Timestamp> {
    if open_now(config, calendar, now) {
        return None;
    }
    let zone = Offset::from_seconds(config.desk.utc_offset_minutes * 60).ok()?;
    let today = zone.to_datetime(jiff::Timestamp::from_microsecond(now.0).ok()?).date();
    let (hour, minute) = config.hours.from.split_once(':')?;
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    (0..=LOOK_AHEAD_DAYS)
        .filter_map(|days| {
            let day = today.checked_add(jiff::Span::new().days(days)).ok()?;
            let opens = zone.to_timestamp(day.at(hour, minute, 0, 0)).ok()?;
            Some(Timestamp(opens.as_microsecond()))
        })
        .find(|opens| *opens > now && open_now(config, calendar, *opens))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Hours;
    use std::collections::BTreeMap;

    fn at(text: &str) -> Timestamp {
        let moment: jiff::Timestamp = format!("{text}+08:00").parse().unwrap();
        Timestamp(moment.as_microsecond())
    }

    fn calendar() -> WorkingCalendar {
        let years = crate::catalogue::check_calendar(include_str!("../../sample/holidays.json")).unwrap();
        let years: BTreeMap<_, _> = years
            .into_iter()
            .map(|year| {
                let mut body = year.body;
                body["provisional"] = year.provisional.into();
                (year.year, serde_json::from_value(body).unwrap())
            })
            .collect();
        WorkingCalendar::new(&years).unwrap()
    }

    #[test]
    fn weekdays_and_minutes_decide() {
        let config = Config::default();
        assert!(open_now(&config, None, at("2026-03-11T10:08:00")), "a Wednesday");
        assert!(open_now(&config, None, at("2026-03-11T09:00:00")));
        for closed in ["2026-03-11T08:59:59", "2026-03-11T17:00:00", "2026-03-14T10:00:00"] {
            assert!(!open_now(&config, None, at(closed)), "{closed}");
        }
    }

    #[test]
    fn the_calendar_knows_better() {
        let (config, calendar) = (Config::default(), calendar());
        assert!(open_now(&config, Some(&calendar), at("2026-03-11T10:08:00")));
        assert!(!open_now(&config, Some(&calendar), at("2026-10-01T10:00:00")), "National Day, a Thursday");
        assert!(!open_now(&config, Some(&calendar), at("2026-03-14T10:00:00")), "a plain Saturday");
        assert!(
            open_now(&config, Some(&calendar), at("2026-02-14T10:00:00")),
            "a Saturday worked for the Spring Festival"
        );
        assert!(!open_now(&config, Some(&calendar), at("2026-02-14T18:00:00")));
        let monday = at("2026-03-16T09:00:00");
        assert_eq!(next_open(&config, Some(&calendar), at("2026-03-13T17:00:00")), Some(monday));
        assert_eq!(
            next_open(&config, Some(&calendar), at("2026-03-16T08:59:59")),
            Some(monday),
            "the same day"
        );
        assert_eq!(
            next_open(&config, Some(&calendar), at("2026-02-13T18:00:00")),
            Some(at("2026-02-14T09:00:00"))
        );
        assert_eq!(next_open(&config, Some(&calendar), at("2026-03-11T10:00:00")), None, "it is open");
        let never =
            Config { hours: Hours { weekdays: Vec::new(), ..config.hours.clone() }, ..Config::default() };
        assert_eq!(next_open(&never, None, at("2026-03-11T10:00:00")), None);
        let always = Config { hours: Hours::always(), ..Config::default() };
        assert!(open_now(&always, Some(&calendar), at("2026-10-01T03:00:00")));
    }
}
