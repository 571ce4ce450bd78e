use super::*;
use crate::catalogue::{check_calendar, check_sites};

const SAMPLE: &str = include_str!("../../../sample/catalogue.json");
const SITES: &str = include_str!("../../../sample/sites.json");
const HOLIDAYS: &str = include_str!("../../../sample/holidays.json");

#[test]
fn the_sample_files_are_good() {
    let catalogue = check(SAMPLE).unwrap();
    assert_eq!(catalogue.items.len(), 26);
    let item = catalogue.item(&"disab-living".into()).unwrap();
    assert_eq!(item.initials, crate::catalogue::initials(&item.name));
    assert_eq!(item.alias_initials.len(), item.aliases.len());
    assert_eq!(catalogue.packages[1].initials, "cjrfwyjs");
    let referred = catalogue.scenario(&"longevity".into(), &"longevity/3".into()).unwrap();
    assert_eq!(referred.refer_to.as_ref().unwrap().name, "退役军人事务局");
    assert_eq!(check_sites(SITES).unwrap().len(), 12);
    assert_eq!(check_calendar(HOLIDAYS).unwrap().len(), 3);
}

#[test]
fn what_is_served_can_be_imported_again() {
    let catalogue = check(SAMPLE).unwrap();
    assert_eq!(check(&serde_json::to_string(&catalogue).unwrap()).unwrap(), catalogue);
}

#[test]
fn every_error_is_listed_with_its_line_and_field() {
    let text = r#"{
 "departments": [{"code": "d", "name": "甲", "name_zh_hk": "甲", "name_en": "A"},
  {"code": "d", "name": "", "name_zh_hk": "甲", "name_en": "A"}],
 "skill_groups": [{"code": "g", "name": "乙", "name_zh_hk": "乙", "name_en": 5}],
 "materials": [{"code": "ID", "name": "丙", "name_zh_hk": "丙", "name_en": "C", "colour": "red"}],
 "items": [
  {"code": "i 1", "name": "丁", "name_zh_hk": "丁", "name_en": "D", "department": "x", "skill_group": "g",
   "legal_profile": "favour", "promised_working_days": 30, "statutory_working_days": 20, "instant": true,
   "question": "?", "question_zh_hk": "?", "question_en": "?",
   "scenarios": [
    {"code": "i/1", "name": "戊", "name_zh_hk": "戊", "name_en": "E",
     "materials": [{"code": "ID", "primary": true, "deferrable": true},
                   {"code": "ZZ", "primary": "yes", "deferrable": false}]}]}],
 "packages": [{"code": "p", "name": "己", "name_zh_hk": "己", "name_en": "F", "items": ["none"]}]
}"#;
    let faults = check(text).unwrap_err().0;
    let found: Vec<(usize, &str)> = faults.iter().map(|fault| (fault.line, fault.field.as_str())).collect();
    let expected = [
        (3, "departments[1].code"),
        (3, "departments[1].name"),
        (4, "skill_groups[0].name_en"),
        (5, "materials[0].colour"),
        (7, "items[0].code"),
        (7, "items[0].department"),
        (8, "items[0].instant"),
        (8, "items[0].legal_profile"),
        (8, "items[0].promised_working_days"),
        (12, "items[0].scenarios[0].materials[0].deferrable"),
        (13, "items[0].scenarios[0].materials[1].code"),
        (13, "items[0].scenarios[0].materials[1].primary"),
        (14, "packages[0].items[0]"),
    ];
    assert_eq!(found, expected);
    assert!(faults[0].what.contains("departments[0].code (line 2)"), "{}", faults[0].what);
    let text = Faults(faults).to_string();
    assert!(
        text.starts_with("13 error(s); nothing was imported:\n  line 3: departments[1].code: "),
        "{text}"
    );
}

#[test]
fn broken_json_is_one_error_with_its_line() {
    let faults = check("{\n \"items\": [,]}").unwrap_err().0;
    assert_eq!((faults.len(), faults[0].line), (1, 2));
    assert_eq!(check("[]").unwrap_err().0[0].what, "must be an object");
    assert_eq!(check("{}").unwrap_err().0.len(), 4, "every list that must be there");
}

#[test]
fn sites_and_calendars_are_checked_as_strictly() {
    let bad = SITES
        .replacen("\"hak\"", "\"klingon\"", 1)
        .replacen("\"S02\"", "\"S01\"", 1)
        .replacen("23.373", "99", 1)
        .replacen("village_community", "moon", 1);
    let found: Vec<String> = check_sites(&bad).unwrap_err().0.into_iter().map(|fault| fault.field).collect();
    assert_eq!(found, ["sites[0].lat", "sites[1].code", "sites[3].kind", "sites[6].languages[2]"]);

    let bad = HOLIDAYS
        .replacen("2025-01-28/2025-02-04", "2025-02-04/2025-01-28", 1)
        .replacen("2026-01-04", "2025-01-04", 1)
        .replacen("\"provisional\": true", "\"provisional\": 1", 1);
    let found: Vec<String> =
        check_calendar(&bad).unwrap_err().0.into_iter().map(|fault| fault.field).collect();
    assert_eq!(found, ["years.2025.holidays[1]", "years.2026.working[0]", "years.2027.provisional"]);
}

#[test]
fn a_calendar_that_no_deadline_could_be_reckoned_with_is_refused_on_import() {
    let text = r#"{"years": {"2026": {"provisional": false,
 "holidays": ["2026-10-01/2026-10-07"],
 "working": ["2026-02-14",
  "2026-10-03",
  "2026-03-11"]}}}"#;
    let faults = check_calendar(text).unwrap_err().0;
    let found: Vec<(usize, &str)> = faults.iter().map(|fault| (fault.line, fault.field.as_str())).collect();
    assert_eq!(found, [(4, "years.2026.working[1]"), (5, "years.2026.working[2]")]);
    assert!(faults[0].what.contains("both a holiday and a working day"), "{}", faults[0].what);
}

#[test]
fn a_field_that_stands_twice_is_named_instead_of_dropped() {
    let twice = SAMPLE.replacen("\"code\": \"hrss\",", "\"code\": \"hrss\", \"code\": \"hrss\",", 1);
    assert_ne!(twice, SAMPLE);
    let faults = check(&twice).unwrap_err().0;
    assert_eq!(faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["departments[0].code"]);
    let years = HOLIDAYS.replacen("\"2026\"", "\"2025\"", 1);
    assert!(check_calendar(&years).unwrap_err().0.iter().any(|fault| fault.field == "years.2025"));
}

#[test]
fn what_is_computed_here_is_computed_whatever_a_file_says_of_it() {
    let mut root: Value = serde_json::from_str(SAMPLE).unwrap();
    root["version"] = "new".into();
    root["items"][0]["initials"] = 5.into();
    root["items"][1]["alias_initials"] = "x".into();
    assert_eq!(check(&root.to_string()).unwrap(), check(SAMPLE).unwrap());
}
