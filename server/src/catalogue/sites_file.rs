//! The file of sites.
use protocol::SiteView;
use protocol::ids::AreaCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::check::{Codes, Faults, Sheet, join};

/// A site, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteImport {
    /// What every page knows of it.
    pub view: SiteView,
    /// `township_subdistrict`, `village_community` or `industrial_park`.
    pub kind: String,
    /// The administrative area.
    pub area: AreaCode,
    /// Coordinates for the wallboard: `lat`, `lng`, `x`, `y`.
    pub place: Value,
}

const KINDS: [&str; 3] = ["township_subdistrict", "village_community", "industrial_park"];
const LANGUAGES: [&str; 4] = ["zh", "yue", "hak", "en"];

/// Checks a file of sites whole.
///
/// # Errors
/// [`Faults`] with everything that is wrong.
pub fn check(text: &str) -> Result<Vec<SiteImport>, Faults> {
    let (mut sheet, root) = Sheet::open(text)?;
    if let Some(root) = sheet.object(&root, "") {
        sheet.known(root, "", &["note", "hub", "sites"]);
        let mut codes = Codes::default();
        for (path, site) in sheet.objects(root, "", "sites", 1) {
            self::site(&mut sheet, site, &path, &mut codes);
        }
    }
    let file: File = sheet.finish(root)?;
    Ok(file.sites.into_iter().map(import).collect())
}

fn site(sheet: &mut Sheet, site: &Map<String, Value>, path: &str, codes: &mut Codes) {
    let known =
        ["code", "name", "name_zh_hk", "name_en", "kind", "area_code", "lat", "lng", "x", "y", "languages"];
    sheet.known(site, path, &known);
    sheet.code(site, path, codes);
    sheet.names(site, path);
    sheet.text(site, path, "area_code", 12);
    if let Some(kind) = sheet.text(site, path, "kind", 40)
        && !KINDS.contains(&kind)
    {
        sheet.fault(join(path, "kind"), format!("must be one of {}", KINDS.join(", ")));
    }
    for (field, low, high) in [("lat", -90.0, 90.0), ("lng", -180.0, 180.0), ("x", 0.0, 1.0), ("y", 0.0, 1.0)]
    {
        let number = site.get(field).and_then(Value::as_f64);
        if !number.is_some_and(|number| (low..=high).contains(&number)) {
            sheet.fault(join(path, field), format!("must be a number from {low} to {high}"));
        }
    }
    let languages = sheet.texts(site, path, "languages", 8);
    if languages.is_empty() {
        sheet.fault(join(path, "languages"), "must name at least one language");
    }
    for (index, language) in languages.into_iter().enumerate() {
        if !LANGUAGES.contains(&language) {
            let what = format!("must be one of {}", LANGUAGES.join(", "));
            sheet.fault(format!("{path}.languages[{index}]"), what);
        }
    }
}

#[derive(Deserialize)]
struct File {
    sites: Vec<Site>,
}

#[derive(Deserialize)]
struct Site {
    #[serde(flatten)]
    view: SiteView,
    kind: String,
    area_code: AreaCode,
    lat: f64,
    lng: f64,
    x: f64,
    y: f64,
}

fn import(site: Site) -> SiteImport {
    let Site { view, kind, area_code, lat, lng, x, y } = site;
    SiteImport { view, kind, area: area_code, place: json!({ "lat": lat, "lng": lng, "x": x, "y": y }) }
}
