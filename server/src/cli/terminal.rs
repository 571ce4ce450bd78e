//! `cloud-window terminal`.
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use protocol::Timestamp;
use protocol::ids::{SiteCode, TerminalId};
use serde::Serialize;
use std::path::PathBuf;

use super::Context;
use super::table::table;
use crate::auth::{CODE_LIFE, new_code};
use crate::catalogue::check_sites;
use crate::credentials;
use crate::store::ledger::Actor;
use crate::store::{Store, sites, terminals};

/// Administers sites and the terminals that stand there.
#[derive(Debug, Args)]
pub(super) struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a code that enrols one terminal at a site: typed once at the terminal, within a quarter of an hour.
    #[command(visible_alias = "add")]
    Code(Code),
    /// List terminals.
    List {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// Lock a terminal out: a lost or stolen device. Its sessions and its call end.
    Revoke {
        /// Which, as `cloud-window terminal list` shows it.
        id: TerminalId,
    },
    /// Import and list sites.
    #[command(subcommand)]
    Sites(Sites),
}

#[derive(Debug, Subcommand)]
enum Sites {
    /// Import a file of sites. Sites of the same code are replaced, others stay. Every error of the file is listed with
    /// line and field, and nothing of a wrong file is imported.
    Import {
        /// JSON; see server/sample/sites.json.
        file: PathBuf,
        /// The pool of clerks that serves them.
        #[arg(long, default_value = sites::MAIN_HUB, value_parser = super::user::label)]
        hub: String,
    },
    /// List sites.
    List {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
struct Code {
    /// At which sites, by code.
    #[arg(required_unless_present = "all", value_name = "SITE")]
    sites: Vec<String>,
    /// One for every site.
    #[arg(long, conflicts_with = "sites")]
    all: bool,
    /// For programs.
    #[arg(long)]
    json: bool,
    /// Put them into this file, for `sites --credentials`.
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
}

impl Command {
    pub(super) async fn run(self, mut context: Context) -> anyhow::Result<()> {
        let (_, store, keys) = context.store().await?;
        match self.what {
            What::Code(code) => code.run(context, &store).await,
            What::List { json } => list(context, &store, json).await,
            What::Revoke { id } => {
                let mut tx = store.begin().await?;
                terminals::revoke(&mut tx, &keys, id, (Actor::Operator, context.clock.now())).await?;
                tx.commit().await?;
                context.say(format!("terminal {id} is locked out"))
            }
            What::Sites(Sites::Import { file, hub }) => {
                let text = super::read(&file)?;
                let places = check_sites(&text).with_context(|| file.display().to_string())?;
                let mut tx = store.begin().await?;
                sites::import(&mut tx, &hub, &places, context.clock.now()).await?;
                tx.commit().await?;
                context.say(format!("{} sites imported", places.len()))
            }
            What::Sites(Sites::List { json }) => list_sites(context, &store, json).await,
        }
    }
}

impl Code {
    async fn run(self, mut context: Context, store: &Store) -> anyhow::Result<()> {
        let mut known = sites::list(store).await?;
        if !self.all {
            let missing: Vec<_> = self
                .sites
                .iter()
                .filter(|code| !known.iter().any(|site| site.view.code.as_str() == code.as_str()))
                .map(String::as_str)
                .collect();
            if !missing.is_empty() {
                bail!(
                    "there is no site {}; `cloud-window terminal sites list` shows all",
                    missing.join(", ")
                );
            }
            known.retain(|site| self.sites.iter().any(|code| code == site.view.code.as_str()));
        }
        if known.is_empty() {
            bail!("there are no sites yet; import some with `cloud-window terminal sites import FILE`");
        }
        let mut codes = Vec::new();
        for site in known {
            let (code, _) = new_code(store, &site.view.code, &context.clock).await?;
            let (site, place) = (site.view.name, site.view.code.0);
            codes.push(credentials::Terminal { site, code: place, enrolment_code: code.to_string() });
        }
        if let Some(file) = &self.credentials {
            let count = codes.len();
            credentials::update(file, |all| {
                // A code of an earlier time may be used up; `sites` takes one of each place.
                all.terminals.retain(|old| codes.iter().all(|new| new.code != old.code));
                all.terminals.extend(codes);
            })?;
            return context.say(format!("{count} codes are in {}", file.display()));
        }
        if self.json {
            return context.say_json(&codes);
        }
        context.say(table(codes.into_iter().map(|one| [one.code, one.enrolment_code, one.site])))?;
        context.say(format!("Good once each, for {} minutes.", CODE_LIFE.as_secs() / 60))
    }
}

/// A terminal, for programs.
#[derive(Serialize)]
struct Shown {
    id: TerminalId,
    site: SiteCode,
    thumbprint: String,
    enrolled_at: String,
    last_seen_at: Option<String>,
    revoked_at: Option<String>,
}

async fn list(mut context: Context, store: &Store, json: bool) -> anyhow::Result<()> {
    let all = terminals::list(store).await?.into_iter().map(|one| Shown {
        id: one.id,
        site: one.site,
        thumbprint: one.thumbprint,
        enrolled_at: shown(one.enrolled_at),
        last_seen_at: one.last_seen_at.map(shown),
        revoked_at: one.revoked_at.map(shown),
    });
    let all: Vec<Shown> = all.collect();
    if json {
        return context.say_json(&all);
    }
    let head = ["ID", "SITE", "ENROLLED", "LAST SEEN", ""].map(str::to_owned);
    let rows = all.into_iter().map(|one| {
        let locked = if one.revoked_at.is_some() { "locked out" } else { "" };
        let seen = one.last_seen_at.unwrap_or_else(|| "-".to_owned());
        [one.id.to_string(), one.site.0, one.enrolled_at, seen, locked.to_owned()]
    });
    context.say(table(std::iter::once(head).chain(rows)))
}

async fn list_sites(mut context: Context, store: &Store, json: bool) -> anyhow::Result<()> {
    let all = sites::list(store).await?;
    if json {
        let all: Vec<_> = all
            .iter()
            .map(|site| serde_json::json!({ "site": site.view, "hub": site.hub, "kind": site.kind, "area": site.area }))
            .collect();
        return context.say_json(&all);
    }
    let head = ["CODE", "HUB", "KIND", "NAME"].map(str::to_owned);
    let rows = all.into_iter().map(|site| [site.view.code.0, site.hub, site.kind, site.view.name]);
    context.say(table(std::iter::once(head).chain(rows)))
}

/// UTC, to the second (RFC 3339).
pub(super) fn shown(at: Timestamp) -> String {
    let moment = jiff::Timestamp::from_microsecond(at.0).unwrap_or_default();
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
