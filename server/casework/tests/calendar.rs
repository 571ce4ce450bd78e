//! Working days against a naive model, and the dates that people will check by hand.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use casework::{
    CalendarError, Deadlines, IntakeClock, PublishedYear, Terms, WorkingCalendar, day_of, end_of_day,
};
use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;
use protocol::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

const SAMPLE: &str = include_str!("../../sample/holidays.json");

#[derive(serde::Deserialize)]
struct Sample {
    years: BTreeMap<i16, PublishedYear>,
}

fn sample() -> WorkingCalendar {
    let sample: Sample = serde_json::from_str(SAMPLE).expect("the sample is well-formed");
    WorkingCalendar::new(&sample.years).expect("the sample is consistent")
}

/// 2026-03-11 10:44 where the window stands.
fn wednesday() -> Timestamp {
    "2026-03-11T10:44:00+08:00".parse::<jiff::Timestamp>().map(|at| Timestamp(at.as_microsecond())).unwrap()
}

#[test]
fn twenty_days_from_the_story_of_the_screens() {
    let deadlines =
        Deadlines::from_acceptance(wednesday(), Terms { promised: 20, statutory: Some(15) }, &sample());
    // 12 March is day 1; Tomb-sweeping (4–6 April) takes Monday the 6th.
    assert_eq!(deadlines.promised.due, date(2026, 4, 9));
    assert_eq!(
        deadlines.promised.holidays.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["2026-04-04/2026-04-06"]
    );
    assert!(!deadlines.promised.provisional);
    assert_eq!(deadlines.due(), date(2026, 4, 1), "the statute is earlier than the promise");
}

#[test]
fn make_up_days_count_and_are_named() {
    let reckoning = sample().reckon(date(2026, 2, 13), 2);
    assert_eq!(reckoning.due, date(2026, 2, 24), "Saturday the 14th is worked; then the Spring Festival");
    assert_eq!(reckoning.made_up, [date(2026, 2, 14)]);
}

#[test]
fn a_deadline_that_reaches_into_an_unpublished_year_says_so() {
    let calendar = sample();
    assert!(!calendar.reckon(date(2026, 12, 25), 4).provisional);
    let reckoning = calendar.reckon(date(2026, 12, 25), 5);
    assert_eq!(reckoning.due, date(2027, 1, 4));
    assert!(reckoning.provisional);
    assert!(calendar.reckon(date(2031, 5, 2), 1).provisional, "a year that is not there at all");
}

#[test]
fn an_instant_item_ends_on_its_own_day() {
    assert_eq!(sample().reckon(date(2026, 3, 11), 0).due, date(2026, 3, 11));
}

#[test]
fn intake_warns_on_day_three_and_is_deemed_accepted_from_receipt() {
    let clock = IntakeClock::from_receipt(wednesday(), &sample());
    assert_eq!(clock.warn_on, date(2026, 3, 16));
    assert_eq!(clock.notice_due.due, date(2026, 3, 18));
    assert_eq!(clock.deemed_accepted_from, date(2026, 3, 11));
    assert!(!clock.warns(date(2026, 3, 15)) && clock.warns(date(2026, 3, 16)));
    assert!(!clock.overrun(date(2026, 3, 18)) && clock.overrun(date(2026, 3, 19)));
}

#[test]
fn days_are_those_of_the_window_not_of_utc() {
    let late = "2026-03-10T16:30:00Z".parse::<jiff::Timestamp>().unwrap();
    assert_eq!(day_of(Timestamp(late.as_microsecond())), date(2026, 3, 11));
    let end = end_of_day(date(2026, 3, 11));
    assert_eq!(day_of(end), date(2026, 3, 11));
    assert_eq!(day_of(Timestamp(end.0 + 1)), date(2026, 3, 12));
    assert_eq!(day_of(Timestamp(i64::MAX)), Date::MAX, "no panic at the end of time");
}

#[test]
fn every_fault_of_a_calendar_is_listed() {
    let years = r#"{"2026": {"provisional": false, "holidays": ["2026-10-01/2026-10-07", "2025-12-31"],
        "working": ["2026-10-03", "2026-03-11"]}}"#;
    let wrong = WorkingCalendar::new(&serde_json::from_str(years).unwrap()).unwrap_err();
    assert_eq!(
        wrong,
        [
            CalendarError::OtherYear { year: 2026, day: date(2025, 12, 31) },
            CalendarError::OtherYear { year: 2026, day: date(2025, 12, 31) },
            CalendarError::Both(date(2026, 10, 3)),
            CalendarError::WorkingAlready(date(2026, 3, 11)),
        ]
    );
    for bad in ["2026-10-07/2026-10-01", "2026-13-01", "soon", "2026-10-01/", "/"] {
        let text = format!(r#"{{"provisional": false, "holidays": ["{bad}"], "working": []}}"#);
        assert!(serde_json::from_str::<PublishedYear>(&text).is_err(), "{bad}");
    }
}

/// The model knows only lists of days: no spans, no walking.
fn model_working_days(off: &BTreeSet<Date>, made_up: &BTreeSet<Date>) -> Vec<Date> {
    let days = (0..1200).map(|n| date(2025, 1, 1).checked_add(jiff::Span::new().days(n)).unwrap());
    let weekend = |day: &Date| [Weekday::Saturday, Weekday::Sunday].contains(&day.weekday());
    days.filter(|day| made_up.contains(day) || !(off.contains(day) || weekend(day))).collect()
}

proptest! {
    #[test]
    fn deadlines_agree_with_a_list_of_days(
        start in 0i32..700,
        working_days in 0u16..90,
        holidays in prop::collection::vec((0i32..1090, 0i32..9), 0..30),
        made_up in prop::collection::btree_set(0i32..1090, 0..20),
    ) {
        let day = |n: i32| date(2025, 1, 1).checked_add(jiff::Span::new().days(n)).unwrap();
        let mut years: BTreeMap<i16, PublishedYear> =
            (2025..=2027).map(|year| (year, PublishedYear { provisional: year == 2027, ..Default::default() })).collect();
        let mut off = BTreeSet::new();
        for (first, length) in holidays {
            let (first, last) = (day(first), day(first + length));
            if let (Some(span), true) = (casework::Span::new(first, last), first.year() == last.year()) {
                years.get_mut(&first.year()).unwrap().holidays.push(span);
                off.extend((0..=length).map(|n| first.checked_add(jiff::Span::new().days(n)).unwrap()));
            }
        }
        let weekend = |day: &Date| [Weekday::Saturday, Weekday::Sunday].contains(&day.weekday());
        let made_up: BTreeSet<Date> =
            made_up.into_iter().map(day).filter(|day| weekend(day) && !off.contains(day)).collect();
        for day in &made_up {
            years.get_mut(&day.year()).unwrap().working.push(*day);
        }
        let calendar = WorkingCalendar::new(&years).unwrap();
        let from = day(start);
        let after: Vec<Date> = model_working_days(&off, &made_up).into_iter().filter(|day| *day > from).collect();
        let expected = if working_days == 0 { from } else { after[usize::from(working_days) - 1] };
        let reckoning = calendar.reckon(from, working_days);
        prop_assert_eq!(reckoning.due, expected);
        prop_assert_eq!(reckoning.provisional, expected.year() > 2026);
        let made_up_between: Vec<Date> =
            made_up.iter().copied().filter(|day| *day > from && *day <= expected).collect();
        prop_assert_eq!(reckoning.made_up, made_up_between);
    }
}
