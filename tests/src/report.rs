//! What `make bench` and `make drill` hand over: a list of measurements as JSON, and the same as a table.
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::path::Path;

/// One figure, what it should be, and what was measured beside it in the same run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// What was measured; unique in a list.
    pub name: String,
    /// The figure, in `unit`.
    pub value: f64,
    /// The unit of `value`, `spread` and `reference.value`.
    pub unit: String,
    /// Least and greatest of the repetitions, or the middle half of many samples.
    pub spread: [f64; 2],
    /// The goal in words, as quality.md states it.
    pub goal: String,
    /// Whether the goal is reached.
    pub holds: bool,
    /// What the figure is to be compared with; none where the goal is absolute.
    pub reference: Option<Reference>,
}

/// A figure of something else, measured in the same run and the same unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// Of what.
    pub name: String,
    /// The figure.
    pub value: f64,
}

/// Why a report could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// What happened.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("{path} is not a list of measurements: {source}")]
    Form {
        /// Which file.
        path: String,
        /// Where it departs from the form.
        source: serde_json::Error,
    },
}

/// Puts `fresh` into `file`: instead of everything that it held, or, if `keep` is set, beside what it held of others.
///
/// # Errors
/// When the file cannot be written, or holds something else that would be lost.
pub fn store(file: &Path, fresh: &[Measurement], keep: bool) -> Result<(), ReportError> {
    let mut all = if keep { load(file)? } else { Vec::new() };
    all.retain(|old| fresh.iter().all(|new| new.name != old.name));
    all.extend_from_slice(fresh);
    let failed = |source| ReportError::File { path: file.display().to_string(), source };
    let mut text = serde_json::to_string_pretty(&all).map_err(|error| failed(error.into()))?;
    text.push('\n');
    // Written beside and moved, so that nobody reads half a list.
    let beside = file.with_extension("json.part");
    std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, file)).map_err(failed)
}

/// The measurements of a file; none if there is no file.
///
/// # Errors
/// When the file cannot be read or holds something else.
pub fn load(file: &Path) -> Result<Vec<Measurement>, ReportError> {
    let path = || file.display().to_string();
    match std::fs::read(file) {
        Ok(bytes) => {
            serde_json::from_slice(&bytes).map_err(|source| ReportError::Form { path: path(), source })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(ReportError::File { path: path(), source }),
    }
}

/// Writes a table for people.
///
/// # Errors
/// Those of the writer.
pub fn table(out: &mut impl Write, measurements: &[Measurement]) -> io::Result<()> {
    let mut rows = vec![["name", "value", "unit", "spread", "reference", "goal", "holds"].map(String::from)];
    rows.extend(measurements.iter().map(row));
    let widths: Vec<usize> =
        (0..7).map(|i| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0)).collect();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())))
            .collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

fn row(measurement: &Measurement) -> [String; 7] {
    let [least, greatest] = measurement.spread;
    let reference = measurement
        .reference
        .as_ref()
        .map(|reference| format!("{} {}", number(reference.value), reference.name))
        .unwrap_or_default();
    [
        measurement.name.clone(),
        number(measurement.value),
        measurement.unit.clone(),
        format!("{} … {}", number(least), number(greatest)),
        reference,
        measurement.goal.clone(),
        if measurement.holds { "yes" } else { "NO" }.into(),
    ]
}

/// Three digits that matter, no more.
fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 || size == 0.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(name: &str, value: f64) -> Measurement {
        Measurement {
            name: name.into(),
            value,
            unit: "µs".into(),
            spread: [value - 1.0, value + 1.0],
            goal: "≤ 0.45 × str0m".into(),
            holds: true,
            reference: Some(Reference { name: "str0m".into(), value: 24.0 }),
        }
    }

    #[test]
    fn the_form_is_the_agreed_one() {
        let json = serde_json::to_value([figure("forward_cpu_us_12", 9.5)]).unwrap();
        let agreed = serde_json::json!([{
            "name": "forward_cpu_us_12", "value": 9.5, "unit": "µs", "spread": [8.5, 10.5],
            "goal": "≤ 0.45 × str0m", "holds": true, "reference": { "name": "str0m", "value": 24.0 }
        }]);
        assert_eq!(json, agreed);
    }

    #[test]
    fn one_figure_is_replaced_and_the_others_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bench.json");
        store(&file, &[figure("a", 1.0), figure("b", 2.0)], false).unwrap();
        store(&file, &[figure("a", 3.0)], true).unwrap();
        assert_eq!(load(&file).unwrap(), [figure("b", 2.0), figure("a", 3.0)]);
        store(&file, &[figure("c", 4.0)], false).unwrap();
        assert_eq!(load(&file).unwrap(), [figure("c", 4.0)]);
    }

    #[test]
    fn a_file_of_something_else_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bench.json");
        std::fs::write(&file, "{}").unwrap();
        let refused = store(&file, &[figure("a", 1.0)], true).unwrap_err();
        assert!(matches!(refused, ReportError::Form { .. }), "{refused}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "{}");
        assert_eq!(load(&folder.path().join("absent.json")).unwrap(), []);
    }

    #[test]
    fn the_table_lines_up() {
        let mut missed = figure("native_join_ms_p50", 123.4);
        (missed.holds, missed.reference) = (false, None);
        let mut out = Vec::new();
        table(&mut out, &[figure("forward_cpu_us_12", 9.512), missed]).unwrap();
        let expected = "\
name                value  unit  spread       reference   goal            holds
forward_cpu_us_12   9.51   µs    8.51 … 10.5  24.0 str0m  ≤ 0.45 × str0m  yes
native_join_ms_p50  123    µs    122 … 124                ≤ 0.45 × str0m  NO
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
