//! The file of working days.
use casework::{CalendarError, PublishedYear, WorkingCalendar};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

use super::check::{Fault, Faults, Sheet, join};
use crate::store::calendar::Year;

/// Checks a file of working days whole.
///
/// # Errors
/// [`Faults`] with everything that is wrong.
pub fn check(text: &str) -> Result<Vec<Year>, Faults> {
    let (mut sheet, root) = Sheet::open(text)?;
    let mut found = Vec::new();
    if let Some(root) = sheet.object(&root, "") {
        sheet.known(root, "", &["note", "years"]);
        match root.get("years") {
            Some(Value::Object(years)) if !years.is_empty() => {
                found.extend(years.iter().filter_map(|(year, body)| self::year(&mut sheet, year, body)));
            }
            _ => sheet.fault("years", "must be an object with at least one year"),
        }
    }
    sheet.finish::<Value>(root)?;
    if found.is_empty() {
        return Err(Faults(vec![Fault { line: 1, field: "years".into(), what: "no year".into() }]));
    }
    Ok(found)
}

fn year(sheet: &mut Sheet, year: &str, body: &Value) -> Option<Year> {
    let path = format!("years.{year}");
    let Some(number) = year.parse::<i16>().ok().filter(|number| (2000..=2200).contains(number)) else {
        sheet.fault(path, "must be a year from 2000 to 2200");
        return None;
    };
    let body: &Map<String, Value> = sheet.object(body, &path)?;
    sheet.known(body, &path, &["provisional", "holidays", "working"]);
    let provisional = sheet.boolean(body, &path, "provisional");
    let mut readable = provisional.is_some();
    for field in ["holidays", "working"] {
        let texts = sheet.texts(body, &path, field, 21);
        readable &= body.get(field).and_then(Value::as_array).is_some_and(|list| list.len() == texts.len());
        for (index, text) in texts.into_iter().enumerate() {
            if let Err(what) = days(number, text, field == "holidays") {
                sheet.fault(format!("{}[{index}]", join(&path, field)), what);
                readable = false;
            }
        }
    }
    if readable {
        lawful(sheet, number, body, &path);
    }
    Some(Year { year: number, provisional: provisional?, body: Value::Object(body.clone()) })
}

/// What the law of the calendar itself says: a year that it refuses would stop every deadline from being reckoned.
fn lawful(sheet: &mut Sheet, year: i16, body: &Map<String, Value>, path: &str) {
    let rules = match serde_json::from_value::<PublishedYear>(Value::Object(body.clone())) {
        Ok(rules) => rules,
        Err(error) => return sheet.fault(path, error.to_string()),
    };
    for error in WorkingCalendar::new(&BTreeMap::from([(year, rules)])).err().into_iter().flatten() {
        let (CalendarError::OtherYear { day, .. }
        | CalendarError::Both(day)
        | CalendarError::WorkingAlready(day)) = &error;
        let listed = body.get("working").and_then(Value::as_array).into_iter().flatten();
        let place = listed.enumerate().find(|(_, text)| text.as_str() == Some(&day.to_string()));
        let field = place.map_or_else(|| path.to_owned(), |(index, _)| format!("{path}.working[{index}]"));
        sheet.fault(field, error.to_string());
    }
}

/// A day, or where `span` is allowed two days with a slash between them.
fn days(year: i16, text: &str, span: bool) -> Result<(), String> {
    let day = |text: &str| {
        text.parse::<jiff::civil::Date>().ok().filter(|date| date.year() == year && text.len() == 10)
    };
    let good = match text.split_once('/') {
        Some((first, last)) if span => matches!((day(first), day(last)), (Some(a), Some(b)) if a < b),
        Some(_) => false,
        None => day(text).is_some(),
    };
    if good {
        return Ok(());
    }
    let or = if span { ", or first and last day with / between them" } else { "" };
    Err(format!("must be a day of {year} such as {year}-10-01{or}"))
}
