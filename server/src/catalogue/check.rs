//! Checks an imported file whole: every error with its line and field.
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::{Catalogue, initials, lines};

/// One thing that is wrong in an imported file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The field, such as `items[3].scenarios[0].name`.
    pub field: String,
    /// What is wrong.
    pub what: String,
}

/// Everything that is wrong in an imported file, in the order of its lines. Nothing of it was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} error(s); nothing was imported:", self.0.len())?;
        self.0.iter().try_for_each(|fault| {
            let field = if fault.field.is_empty() { "(file)" } else { &fault.field };
            write!(f, "\n  line {}: {field}: {}", fault.line, fault.what)
        })
    }
}

impl std::error::Error for Faults {}

/// Checks a catalogue and computes what is computed.
///
/// # Errors
/// [`Faults`] with everything that is wrong.
pub fn check(text: &str) -> Result<Catalogue, Faults> {
    let (mut sheet, mut root) = Sheet::open(text)?;
    if let Some(root) = sheet.object(&root, "") {
        catalogue(&mut sheet, root);
    }
    without_computed(&mut root);
    let mut catalogue: Catalogue = sheet.finish(root)?;
    for item in &mut catalogue.items {
        item.initials = initials(&item.name);
        item.alias_initials = item.aliases.iter().map(|alias| initials(alias)).collect();
    }
    for package in &mut catalogue.packages {
        package.initials = initials(&package.named.name);
    }
    Ok(catalogue)
}

/// What is served holds more than what is imported; whatever a file says there is computed anew.
fn without_computed(root: &mut Value) {
    let Some(root) = root.as_object_mut() else { return };
    root.remove("version");
    let items = root.get_mut("items").and_then(Value::as_array_mut);
    for item in items.into_iter().flatten().filter_map(Value::as_object_mut) {
        item.remove("initials");
        item.remove("alias_initials");
    }
    let packages = root.get_mut("packages").and_then(Value::as_array_mut);
    for package in packages.into_iter().flatten().filter_map(Value::as_object_mut) {
        package.remove("initials");
    }
}

const NAMED: &[&str] = &["code", "name", "name_zh_hk", "name_en"];
const ITEM: &[&str] = &[
    "code",
    "name",
    "name_zh_hk",
    "name_en",
    "aliases",
    "department",
    "skill_group",
    "legal_profile",
    "promised_working_days",
    "statutory_working_days",
    "instant",
    "question",
    "question_zh_hk",
    "question_en",
    "scenarios",
    "initials",
    "alias_initials",
];
const PROFILES: [&str; 4] = ["licence", "confirmation", "benefit", "public_service"];
/// No promise or statute of ours is longer than two years.
const MOST_DAYS: i64 = 500;

fn catalogue(sheet: &mut Sheet, root: &Map<String, Value>) {
    sheet.known(
        root,
        "",
        &["note", "version", "departments", "skill_groups", "materials", "packages", "items"],
    );
    let departments = named(sheet, root, "departments");
    let groups = named(sheet, root, "skill_groups");
    let materials = named(sheet, root, "materials");
    let mut items = Codes::default();
    let mut scenarios = Codes::default();
    for (path, item) in sheet.objects(root, "", "items", 1) {
        sheet.known(item, &path, ITEM);
        sheet.names(item, &path);
        sheet.code(item, &path, &mut items);
        for field in ["question", "question_zh_hk", "question_en"] {
            sheet.text(item, &path, field, 200);
        }
        sheet.one_of(item, &path, "department", &departments);
        sheet.one_of(item, &path, "skill_group", &groups);
        match sheet.text(item, &path, "legal_profile", 40) {
            Some(profile) if !PROFILES.contains(&profile) => {
                sheet.fault(
                    format!("{path}.legal_profile"),
                    format!("must be one of {}", PROFILES.join(", ")),
                );
            }
            _ => {}
        }
        times(sheet, item, &path);
        if item.contains_key("aliases") {
            sheet.texts(item, &path, "aliases", 40);
        }
        for (path, scenario) in sheet.objects(item, &path, "scenarios", 1) {
            self::scenario(sheet, scenario, &path, &materials, &mut scenarios);
        }
    }
    packages(sheet, root, &items);
}

fn times(sheet: &mut Sheet, item: &Map<String, Value>, path: &str) {
    let promised = sheet.number(item, path, "promised_working_days", 0..=MOST_DAYS);
    let statutory = match item.get("statutory_working_days") {
        Some(Value::Null) => None,
        _ => sheet.number(item, path, "statutory_working_days", 1..=MOST_DAYS),
    };
    let instant = sheet.boolean(item, path, "instant");
    if let (Some(promised), Some(statutory)) = (promised, statutory)
        && promised > statutory
    {
        let what = format!("promises {promised} working days where the statute allows {statutory}");
        sheet.fault(format!("{path}.promised_working_days"), what);
    }
    if let (Some(promised), Some(instant)) = (promised, instant)
        && instant != (promised == 0)
    {
        sheet.fault(
            format!("{path}.instant"),
            "an instant item promises 0 working days, any other at least 1",
        );
    }
}

fn scenario(
    sheet: &mut Sheet,
    scenario: &Map<String, Value>,
    path: &str,
    materials: &Codes,
    seen: &mut Codes,
) {
    sheet.known(scenario, path, &["code", "name", "name_zh_hk", "name_en", "refer_to", "materials"]);
    sheet.names(scenario, path);
    sheet.code(scenario, path, seen);
    let referred = scenario.get("refer_to");
    if let Some(authority) = referred {
        let path = format!("{path}.refer_to");
        if let Some(authority) = sheet.object(authority, &path) {
            sheet.known(authority, &path, &["name", "name_zh_hk", "name_en"]);
            sheet.names(authority, &path);
        }
    }
    let mut needed = Codes::default();
    for (path, material) in sheet.objects(scenario, path, "materials", 0) {
        sheet.known(material, &path, &["code", "primary", "deferrable"]);
        sheet.one_of(material, &path, "code", materials);
        sheet.code(material, &path, &mut needed);
        let primary = sheet.boolean(material, &path, "primary");
        let deferrable = sheet.boolean(material, &path, "deferrable");
        if primary == Some(true) && deferrable == Some(true) {
            sheet.fault(format!("{path}.deferrable"), "a primary material can never follow later");
        }
    }
    if referred.is_some() && !needed.0.is_empty() {
        sheet.fault(format!("{path}.materials"), "a scenario that refers elsewhere asks for no materials");
    }
}

fn packages(sheet: &mut Sheet, root: &Map<String, Value>, items: &Codes) {
    let mut codes = Codes::default();
    if !root.contains_key("packages") {
        return;
    }
    for (path, package) in sheet.objects(root, "", "packages", 0) {
        sheet.known(package, &path, &["code", "name", "name_zh_hk", "name_en", "initials", "items"]);
        sheet.names(package, &path);
        sheet.code(package, &path, &mut codes);
        for (index, code) in sheet.texts(package, &path, "items", 40).into_iter().enumerate() {
            if !items.0.contains_key(code) {
                sheet.fault(format!("{path}.items[{index}]"), format!("there is no item {code:?}"));
            }
        }
    }
}

fn named(sheet: &mut Sheet, root: &Map<String, Value>, list: &str) -> Codes {
    let mut codes = Codes::default();
    for (path, one) in sheet.objects(root, "", list, 1) {
        sheet.known(one, &path, NAMED);
        sheet.names(one, &path);
        sheet.code(one, &path, &mut codes);
    }
    codes
}

/// Codes seen so far, with the field where each was first.
#[derive(Debug, Default)]
pub(super) struct Codes(BTreeMap<String, String>);

/// A file being checked: its faults so far and the line of every field.
pub(super) struct Sheet {
    faults: Vec<Fault>,
    lines: HashMap<String, usize>,
}

impl Sheet {
    pub(super) fn open(text: &str) -> Result<(Self, Value), Faults> {
        let root: Value = serde_json::from_str(text).map_err(|error| {
            let what = format!("not JSON: {error}");
            Faults(vec![Fault { line: error.line().max(1), field: String::new(), what }])
        })?;
        let lines::Lines { of, again } = lines::lines(text);
        let twice = |(field, line)| Fault { line, field, what: "stands here a second time".into() };
        Ok((Self { faults: again.into_iter().map(twice).collect(), lines: of }, root))
    }

    /// The typed value, if nothing was wrong.
    pub(super) fn finish<T: serde::de::DeserializeOwned>(mut self, root: Value) -> Result<T, Faults> {
        if self.faults.is_empty() {
            match serde_json::from_value(root) {
                Ok(value) => return Ok(value),
                Err(error) => self.fault(String::new(), error.to_string()),
            }
        }
        self.faults.sort_by(|a, b| (a.line, &a.field).cmp(&(b.line, &b.field)));
        Err(Faults(self.faults))
    }

    pub(super) fn fault(&mut self, field: impl Into<String>, what: impl Into<String>) {
        let field = field.into();
        let line = self.line(&field);
        self.faults.push(Fault { line, field, what: what.into() });
    }

    /// A missing field has no line: then the one of what should hold it.
    fn line(&self, field: &str) -> usize {
        let mut path = field;
        loop {
            if let Some(line) = self.lines.get(path) {
                return *line;
            }
            let Some(end) = path.rfind(['.', '[']) else { return self.lines.get("").copied().unwrap_or(1) };
            path = &path[..end];
        }
    }

    pub(super) fn object<'a>(&mut self, value: &'a Value, path: &str) -> Option<&'a Map<String, Value>> {
        let object = value.as_object();
        if object.is_none() {
            self.fault(path, "must be an object");
        }
        object
    }

    pub(super) fn objects<'a>(
        &mut self,
        holder: &'a Map<String, Value>,
        path: &str,
        field: &str,
        least: usize,
    ) -> Vec<(String, &'a Map<String, Value>)> {
        let path = join(path, field);
        let Some(Value::Array(list)) = holder.get(field) else {
            self.fault(path, "must be a list");
            return Vec::new();
        };
        if list.len() < least {
            self.fault(&path, "must not be empty");
        }
        let place = |(index, value)| (format!("{path}[{index}]"), value);
        let places: Vec<(String, &Value)> = list.iter().enumerate().map(place).collect();
        places
            .into_iter()
            .filter_map(|(path, value)| Some((path.clone(), self.object(value, &path)?)))
            .collect()
    }

    /// A key that nobody knows is a misspelt one.
    pub(super) fn known(&mut self, object: &Map<String, Value>, path: &str, keys: &[&str]) {
        for key in object.keys().filter(|key| !keys.contains(&key.as_str())) {
            self.fault(join(path, key), "unknown field");
        }
    }

    pub(super) fn text<'a>(
        &mut self,
        object: &'a Map<String, Value>,
        path: &str,
        field: &str,
        most: usize,
    ) -> Option<&'a str> {
        match object.get(field) {
            Some(Value::String(text)) if text.trim().is_empty() => {
                self.fault(join(path, field), "must not be empty")
            }
            Some(Value::String(text)) if text.chars().count() > most => {
                self.fault(join(path, field), format!("must not be longer than {most} characters"));
            }
            Some(Value::String(text)) => return Some(text),
            Some(_) => self.fault(join(path, field), "must be text"),
            None => self.fault(join(path, field), "is missing"),
        }
        None
    }

    pub(super) fn texts<'a>(
        &mut self,
        object: &'a Map<String, Value>,
        path: &str,
        field: &str,
        most: usize,
    ) -> Vec<&'a str> {
        let path = join(path, field);
        let Some(Value::Array(list)) = object.get(field) else {
            self.fault(path, "must be a list of texts");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for (index, value) in list.iter().enumerate() {
            match value.as_str() {
                Some(text) if !text.trim().is_empty() && text.chars().count() <= most => texts.push(text),
                _ => {
                    self.fault(format!("{path}[{index}]"), format!("must be text of 1 to {most} characters"))
                }
            }
        }
        texts
    }

    pub(super) fn names(&mut self, object: &Map<String, Value>, path: &str) {
        for field in ["name", "name_zh_hk", "name_en"] {
            self.text(object, path, field, 120);
        }
    }

    pub(super) fn code(&mut self, object: &Map<String, Value>, path: &str, seen: &mut Codes) {
        let Some(code) = self.text(object, path, "code", 40) else { return };
        let field = join(path, "code");
        if !code.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-_/.".contains(&sign)) {
            self.fault(&field, "may hold letters, digits, - _ / and . only");
        }
        match seen.0.get(code) {
            Some(first) => {
                let what = format!("{code:?} stands already at {first} (line {})", self.line(first));
                self.fault(field, what);
            }
            None => {
                seen.0.insert(code.to_owned(), field);
            }
        }
    }

    fn one_of(&mut self, object: &Map<String, Value>, path: &str, field: &str, known: &Codes) {
        if let Some(code) = self.text(object, path, field, 40)
            && !known.0.contains_key(code)
        {
            self.fault(join(path, field), format!("{code:?} is not defined in this file"));
        }
    }

    pub(super) fn number(
        &mut self,
        object: &Map<String, Value>,
        path: &str,
        field: &str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        match object.get(field).and_then(Value::as_i64).filter(|number| range.contains(number)) {
            Some(number) => Some(number),
            None => {
                let what = format!("must be a whole number from {} to {}", range.start(), range.end());
                self.fault(join(path, field), what);
                None
            }
        }
    }

    pub(super) fn boolean(&mut self, object: &Map<String, Value>, path: &str, field: &str) -> Option<bool> {
        let value = object.get(field).and_then(Value::as_bool);
        if value.is_none() {
            self.fault(join(path, field), "must be true or false");
        }
        value
    }
}

pub(super) fn join(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

#[cfg(test)]
mod tests;
