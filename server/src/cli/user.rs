//! `cloud-window user`.
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use protocol::Spoken;
use protocol::ids::{DepartmentCode, SkillGroupCode, StaffId};
use serde::Serialize;
use std::io::Read;
use std::path::PathBuf;

use super::Context;
use super::table::table;
use crate::auth::password::{Cost, Hasher, LEAST_CHARACTERS};
use crate::clock::SharedClock;
use crate::credentials;
use crate::store::ledger::Actor;
use crate::store::staff::{self, Profile, Role, Staff};
use crate::store::{Store, catalogue, sites};

/// Administers staff. Every change is in the ledger, and takes effect at once: sessions end within seconds.
#[derive(Debug, Args)]
pub(super) struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Open an account. The password is read from standard input, or made up and printed once.
    Add(Add),
    /// List accounts.
    List {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// Close an account; its sessions end.
    Disable {
        /// The name to sign in with.
        login: String,
    },
    /// Open a closed account again.
    Enable {
        /// The name to sign in with.
        login: String,
    },
    /// Set another password; every session of the account ends.
    Password {
        /// The name to sign in with.
        login: String,
        #[command(flatten)]
        password: PasswordFlags,
    },
    /// Change what somebody may do; every session of the account ends. What is not given stays.
    Roles(Roles),
}

#[derive(Debug, Args)]
struct Add {
    /// The name to sign in with.
    #[arg(value_parser = login)]
    login: String,
    /// The staff number that citizens see, such as 0312.
    #[arg(long, value_parser = label)]
    number: String,
    /// The name that citizens see.
    #[arg(long, value_parser = label)]
    name: String,
    /// What the person may do.
    #[arg(long, value_delimiter = ',', value_parser = role, default_value = "clerk", value_name = "clerk,supervisor,…")]
    roles: Vec<Role>,
    /// The queues that the person serves, by code of skill group.
    #[arg(long, value_delimiter = ',', value_name = "CODE,CODE")]
    skills: Vec<String>,
    /// The person's department, by code.
    #[arg(long, value_name = "CODE")]
    department: Option<String>,
    /// Spoken languages: zh, yue, hak, en.
    #[arg(long, value_delimiter = ',', value_parser = spoken, default_value = "zh", value_name = "zh,yue,…")]
    languages: Vec<Spoken>,
    /// The pool of clerks and sites that the person works in.
    #[arg(long, default_value = sites::MAIN_HUB, value_parser = label)]
    hub: String,
    #[command(flatten)]
    password: PasswordFlags,
}

#[derive(Debug, Args)]
struct Roles {
    /// The name to sign in with.
    login: String,
    /// What the person may do.
    #[arg(long, value_delimiter = ',', value_parser = role, value_name = "clerk,supervisor,…")]
    roles: Option<Vec<Role>>,
    /// The queues that the person serves, by code of skill group.
    #[arg(long, value_delimiter = ',', value_name = "CODE,CODE")]
    skills: Option<Vec<String>>,
    /// The person's department, by code.
    #[arg(long, value_name = "CODE")]
    department: Option<String>,
    /// Spoken languages: zh, yue, hak, en.
    #[arg(long, value_delimiter = ',', value_parser = spoken, value_name = "zh,yue,…")]
    languages: Option<Vec<Spoken>>,
}

#[derive(Debug, Args)]
struct PasswordFlags {
    /// Read the password from standard input instead of making one up.
    #[arg(long)]
    password_stdin: bool,
    /// Also put login and password into this file, for `sites --credentials`.
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
}

impl Command {
    pub(super) async fn run(self, mut context: Context) -> anyhow::Result<()> {
        let (_, store, keys) = context.store().await?;
        let by = (Actor::Operator, context.clock.now());
        match self.what {
            What::Add(add) => return add.run(context, &store, &keys).await,
            What::List { json } => return list(context, &store, json).await,
            What::Disable { login } => {
                let id = find(&store, &login).await?.id;
                let mut tx = store.begin().await?;
                staff::set_disabled(&mut tx, &keys, id, true, by).await?;
                tx.commit().await?;
                context.say(format!("{login} is closed"))?;
            }
            What::Enable { login } => {
                let id = find(&store, &login).await?.id;
                let mut tx = store.begin().await?;
                staff::set_disabled(&mut tx, &keys, id, false, by).await?;
                tx.commit().await?;
                context.say(format!("{login} is open"))?;
            }
            What::Password { login, password } => {
                let id = find(&store, &login).await?.id;
                let (word, hash) = password.take(&context.clock).await?;
                let mut tx = store.begin().await?;
                staff::set_password(&mut tx, &keys, id, &hash, by).await?;
                tx.commit().await?;
                password.tell(&mut context, &login, &word)?;
            }
            What::Roles(change) => {
                let known = find(&store, &change.login).await?;
                let (id, login, mut profile) = (known.id, known.login, known.profile);
                profile.roles = change.roles.unwrap_or(profile.roles);
                profile.languages = change.languages.unwrap_or(profile.languages);
                if let Some(skills) = change.skills {
                    profile.skill_groups = skills.into_iter().map(SkillGroupCode).collect();
                }
                profile.department = change.department.map(DepartmentCode).or(profile.department);
                check(&store, &profile).await?;
                let mut tx = store.begin().await?;
                staff::change(&mut tx, &keys, (id, &login), &profile, by).await?;
                tx.commit().await?;
                context.say(format!("{login} is changed"))?;
            }
        }
        Ok(())
    }
}

impl Add {
    async fn run(
        self,
        mut context: Context,
        store: &Store,
        keys: &crate::store::keys::LedgerKeys,
    ) -> anyhow::Result<()> {
        let Self { login, number, name, roles, skills, department, languages, hub, password } = self;
        let profile = Profile {
            hub,
            number,
            name,
            department: department.map(DepartmentCode),
            languages,
            roles,
            skill_groups: skills.into_iter().map(SkillGroupCode).collect(),
        };
        check(store, &profile).await?;
        let (word, hash) = password.take(&context.clock).await?;
        let now = context.clock.now();
        let id = StaffId(context.clock.ids().uuid(now));
        let mut tx = store.begin().await?;
        staff::add(&mut tx, keys, (id, &login, &hash), &profile, (Actor::Operator, now)).await?;
        tx.commit().await?;
        password.tell(&mut context, &login, &word)
    }
}

impl PasswordFlags {
    /// The password and its hash.
    async fn take(&self, clock: &SharedClock) -> anyhow::Result<(String, String)> {
        let word = if self.password_stdin {
            let mut text = String::new();
            std::io::stdin().take(4096).read_to_string(&mut text).context("standard input cannot be read")?;
            text.trim_end_matches(['\r', '\n']).to_owned()
        } else {
            made_up(clock)
        };
        let hasher = Hasher::new(Cost::default(), clock).await;
        let hash = hasher.hash(&word, clock.random()).await;
        let hash = hash.with_context(|| format!("a password has at least {LEAST_CHARACTERS} characters"))?;
        Ok((word, hash))
    }

    fn tell(&self, context: &mut Context, login: &str, word: &str) -> anyhow::Result<()> {
        if let Some(file) = &self.credentials {
            credentials::update(file, |all| {
                all.staff.retain(|one| one.login != login);
                all.staff.push(credentials::Staff {
                    login: login.to_owned(),
                    password: word.to_owned(),
                    totp_secret: None,
                });
            })
            .with_context(|| {
                format!(
                    "the password of {login} is set, and in no file: set another with `cloud-window user password {login}`"
                )
            })?;
            return context.say(format!("{login} can sign in; the password is in {}", file.display()));
        }
        if self.password_stdin {
            context.say(format!("{login} can sign in"))
        } else {
            context.say(format!(
                "{login} can sign in with the password {word}\nIt is kept nowhere: note it now."
            ))
        }
    }
}

/// A hundred bits, in letters that nobody mistakes for another.
fn made_up(clock: &SharedClock) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let letters = clock.random::<20>().map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
    let parts: Vec<String> = letters.chunks(5).map(|part| part.iter().collect()).collect();
    parts.join("-")
}

async fn find(store: &Store, login: &str) -> anyhow::Result<Staff> {
    let found = staff::by_login(store, login).await?;
    found.with_context(|| format!("there is no account {login:?}; `cloud-window user list` shows all"))
}

/// Whether department and queues exist in the catalogue in force.
async fn check(store: &Store, profile: &Profile) -> anyhow::Result<()> {
    let Some(catalogue) = catalogue::current(store).await? else { return Ok(()) };
    let known = |all: &[crate::catalogue::Named]| {
        all.iter().map(|one| one.code.as_str()).collect::<Vec<_>>().join(", ")
    };
    if let Some(code) = &profile.department
        && catalogue.department(code).is_none()
    {
        bail!("there is no department {code:?}; there are {}", known(&catalogue.departments));
    }
    for code in &profile.skill_groups {
        if catalogue.skill_group(code).is_none() {
            bail!("there is no skill group {code:?}; there are {}", known(&catalogue.skill_groups));
        }
    }
    Ok(())
}

/// An account, for programs.
#[derive(Serialize)]
struct Shown {
    id: StaffId,
    login: String,
    number: String,
    name: String,
    hub: String,
    department: Option<DepartmentCode>,
    roles: Vec<&'static str>,
    skill_groups: Vec<SkillGroupCode>,
    languages: Vec<Spoken>,
    disabled: bool,
}

async fn list(mut context: Context, store: &Store, json: bool) -> anyhow::Result<()> {
    let shown =
        staff::list(store).await?.into_iter().map(|Staff { id, login, profile, disabled_at }| Shown {
            id,
            login,
            number: profile.number,
            name: profile.name,
            hub: profile.hub,
            department: profile.department,
            roles: profile.roles.iter().map(|role| role.code()).collect(),
            skill_groups: profile.skill_groups,
            languages: profile.languages,
            disabled: disabled_at.is_some(),
        });
    let shown: Vec<Shown> = shown.collect();
    if json {
        return context.say_json(&shown);
    }
    let head = ["LOGIN", "NUMBER", "NAME", "DEPARTMENT", "ROLES", "SKILL GROUPS", ""].map(str::to_owned);
    let rows = shown.into_iter().map(|one| {
        let skills: Vec<_> = one.skill_groups.iter().map(SkillGroupCode::as_str).collect();
        let department = one.department.map_or_else(|| "-".to_owned(), |code| code.0);
        let closed = if one.disabled { "closed" } else { "" };
        [
            one.login,
            one.number,
            one.name,
            department,
            one.roles.join(","),
            skills.join(","),
            closed.to_owned(),
        ]
    });
    context.say(table(std::iter::once(head).chain(rows)))
}

fn role(text: &str) -> Result<Role, String> {
    let all = || Role::ALL.iter().map(|(_, code)| *code).collect::<Vec<_>>().join(", ");
    Role::from_code(text).ok_or_else(|| format!("roles are {}", all()))
}

fn spoken(text: &str) -> Result<Spoken, String> {
    serde_json::from_value(text.into()).map_err(|_| "languages are zh, yue, hak, en".to_owned())
}

/// What is shown to people and written on papers: something, short, on one line.
pub(super) fn label(text: &str) -> Result<String, String> {
    let text = text.trim();
    if (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err("1 to 64 characters on one line".to_owned())
    }
}

fn login(text: &str) -> Result<String, String> {
    let good = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte));
    if good {
        Ok(text.to_owned())
    } else {
        Err("at most 64 of the letters a-z, A-Z, digits and - _ . @".to_owned())
    }
}
