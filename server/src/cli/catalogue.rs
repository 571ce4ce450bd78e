//! `cloud-window catalogue`.
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

use super::Context;
use super::table::table;
use super::terminal::shown;
use crate::catalogue::{Catalogue, check, check_calendar};
use crate::store::calendar::{self, Year};
use crate::store::catalogue as stored;

/// Imports, checks and shows the catalogue: departments, skill groups, materials, items with their scenarios.
#[derive(Debug, Args)]
pub(super) struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Import a catalogue as a new version. Cases that are open keep theirs. A running server serves it within seconds;
    /// tickets that wait keep their queues. Every error of the files is listed with line and field, and nothing of wrong
    /// files is imported.
    Import(Files),
    /// Check files without importing them.
    Check(Files),
    /// Show versions, and the items of one.
    Show {
        /// Which version; else the one in force.
        #[arg(value_name = "VERSION")]
        which: Option<i64>,
        /// The whole catalogue, for programs; it can be imported again.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
struct Files {
    /// The catalogue, JSON; see server/sample/catalogue.json.
    #[arg(required_unless_present = "holidays")]
    file: Option<PathBuf>,
    /// The working days that deadlines are counted in, JSON; see server/sample/holidays.json.
    #[arg(long, value_name = "FILE")]
    holidays: Option<PathBuf>,
}

impl Files {
    /// Both files whole, or everything that is wrong in either.
    fn read(&self) -> anyhow::Result<(Option<Catalogue>, Option<Vec<Year>>)> {
        let mut wrong = Vec::new();
        let catalogue = checked(self.file.as_deref(), check, &mut wrong)?;
        let years = checked(self.holidays.as_deref(), check_calendar, &mut wrong)?;
        if wrong.is_empty() { Ok((catalogue, years)) } else { bail!(wrong.join("\n")) }
    }
}

fn checked<T, E: std::fmt::Display>(
    file: Option<&Path>,
    check: fn(&str) -> Result<T, E>,
    wrong: &mut Vec<String>,
) -> anyhow::Result<Option<T>> {
    let Some(file) = file else { return Ok(None) };
    match check(&super::read(file)?) {
        Ok(value) => Ok(Some(value)),
        Err(faults) => {
            wrong.push(format!("{}: {faults}", file.display()));
            Ok(None)
        }
    }
}

impl Command {
    pub(super) async fn run(self, mut context: Context) -> anyhow::Result<()> {
        match self.what {
            What::Import(files) => import(context, files).await,
            What::Check(files) => {
                let (catalogue, years) = files.read()?;
                if let Some(catalogue) = catalogue {
                    context.say(format!("good: {} items", catalogue.items.len()))?;
                }
                match years {
                    Some(years) => context.say(format!("good: {} years of working days", years.len())),
                    None => Ok(()),
                }
            }
            What::Show { which, json } => show(context, which, json).await,
        }
    }
}

async fn import(mut context: Context, files: Files) -> anyhow::Result<()> {
    let (catalogue, years) = files.read()?;
    let (_, store, _) = context.store().await?;
    let now = context.clock.now();
    let mut tx = store.begin().await?;
    let mut told = Vec::new();
    if let Some(catalogue) = &catalogue {
        let source = files.file.as_deref().and_then(Path::file_name).unwrap_or_default();
        let (version, new) = stored::import(&mut tx, catalogue, &source.to_string_lossy(), now).await?;
        let items = catalogue.items.len();
        told.push(if new {
            format!("version {version} is in force: {items} items")
        } else {
            format!("version {version} is the same already: {items} items")
        });
    }
    if let Some(years) = &years {
        calendar::import(&mut tx, years, now).await?;
        told.push(format!("{} years of working days imported", years.len()));
    }
    tx.commit().await?;
    context.say(told.join("\n"))
}

async fn show(mut context: Context, version: Option<i64>, json: bool) -> anyhow::Result<()> {
    let (_, store, _) = context.store().await?;
    let found = match version {
        Some(version) => stored::version(&store, version).await?,
        None => stored::current(&store).await?,
    };
    let nothing = "there is no such version; import a catalogue with `cloud-window catalogue import FILE`";
    let catalogue = found.context(nothing)?;
    if json {
        return context.say_json(&catalogue);
    }
    let head = ["VERSION", "IMPORTED", "ITEMS", "SOURCE", ""].map(str::to_owned);
    let versions = stored::versions(&store).await?.into_iter().map(|one| {
        let this = if one.version == catalogue.version { "shown" } else { "" };
        [one.version.to_string(), shown(one.imported_at), one.items.to_string(), one.source, this.to_owned()]
    });
    context.say(table(std::iter::once(head).chain(versions)))?;
    context.say("")?;
    let head = ["ITEM", "DEPARTMENT", "SKILL GROUP", "SCENARIOS", "NAME"].map(str::to_owned);
    let items = catalogue.items.into_iter().map(|item| {
        let scenarios = item.scenarios.len().to_string();
        [item.code.0, item.department.0, item.skill_group.0, scenarios, item.name]
    });
    context.say(table(std::iter::once(head).chain(items)))
}
