//! Staff accounts: who they are, what they may do, how they sign in.
use protocol::ids::{DepartmentCode, SkillGroupCode, StaffId};
use protocol::{Spoken, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::AnyPool;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::keys::LedgerKeys;
use super::ledger::{self, Actor, Aggregate, Entry};
use super::sessions::{self, Kind};
use super::{Store, StoreError, Tx, dialect};

/// What somebody may do. Nobody may do anything without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers calls and works on cases.
    Clerk,
    /// Watches over clerks.
    Supervisor,
    /// Runs the system: sites, terminals, catalogue.
    SystemAdmin,
    /// Decides who may do what.
    SecurityAdmin,
    /// Reads what was done, and does nothing.
    AuditAdmin,
}

impl Role {
    /// Every role, with its code.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Clerk, "clerk"),
        (Self::Supervisor, "supervisor"),
        (Self::SystemAdmin, "system_admin"),
        (Self::SecurityAdmin, "security_admin"),
        (Self::AuditAdmin, "audit_admin"),
    ];

    /// The role's code.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(role, _)| *role == self).map_or("", |(_, code)| code)
    }

    /// The role of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == code).map(|(role, _)| *role)
    }
}

/// What can be changed about an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The pool that the person works in.
    pub hub: String,
    /// The staff number, such as `0312`.
    pub number: String,
    /// The name, as citizens see it.
    pub name: String,
    /// The department, if any.
    pub department: Option<DepartmentCode>,
    /// Spoken languages.
    pub languages: Vec<Spoken>,
    /// What the person may do.
    pub roles: Vec<Role>,
    /// The queues that the person serves.
    pub skill_groups: Vec<SkillGroupCode>,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// Its id.
    pub id: StaffId,
    /// The name to sign in with.
    pub login: String,
    /// Who it is and what they may do.
    pub profile: Profile,
    /// Since when it is closed; none while it is open.
    pub disabled_at: Option<Timestamp>,
}

impl Staff {
    /// Whether the person has the role.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.profile.roles.contains(&role)
    }
}

/// What a sign-in is checked against.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Whose.
    pub id: StaffId,
    /// The password's hash (PHC string).
    pub password_hash: String,
    /// The account is closed.
    pub disabled: bool,
}

/// Opens an account.
///
/// # Errors
/// [`StoreError::Exists`] when login or number are taken.
pub async fn add(
    tx: &mut Tx,
    keys: &LedgerKeys,
    (id, login, password_hash): (StaffId, &str, &str),
    profile: &Profile,
    (actor, now): (Actor, Timestamp),
) -> Result<(), StoreError> {
    let done = sqlx::query(
        "INSERT INTO staff (id, hub, login, number, name, department, languages, password_hash, password_changed_at, \
             failed_sign_ins, locked_until, created_at, disabled_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, NULL, $9, NULL, 1)",
    )
    .bind(id.to_string())
    .bind(&profile.hub)
    .bind(login)
    .bind(&profile.number)
    .bind(&profile.name)
    .bind(profile.department.as_ref().map(|code| code.0.clone()))
    .bind(languages(profile)?)
    .bind(password_hash)
    .bind(now.0)
    .execute(&mut **tx)
    .await;
    match done {
        Err(error) if dialect::is_duplicate(&error) => {
            return Err(StoreError::Exists(format!("login {login:?} or staff number {:?}", profile.number)));
        }
        done => done?,
    };
    grants(tx, id, profile).await?;
    note(tx, keys, (id, "staff_added"), grants_of(profile), Some(person(login, profile)), (actor, now)).await
}

/// Changes an account. What somebody may do changes at once: their sessions end.
///
/// # Errors
/// [`StoreError::Missing`], or [`StoreError::Exists`] when the number is taken.
pub async fn change(
    tx: &mut Tx,
    keys: &LedgerKeys,
    (id, login): (StaffId, &str),
    profile: &Profile,
    (actor, now): (Actor, Timestamp),
) -> Result<(), StoreError> {
    let done = sqlx::query(
        "UPDATE staff SET hub = $2, number = $3, name = $4, department = $5, languages = $6, \
             version = version + 1 WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(&profile.hub)
    .bind(&profile.number)
    .bind(&profile.name)
    .bind(profile.department.as_ref().map(|code| code.0.clone()))
    .bind(languages(profile)?)
    .execute(&mut **tx)
    .await;
    match done {
        Err(error) if dialect::is_duplicate(&error) => {
            return Err(StoreError::Exists(format!("staff number {:?}", profile.number)));
        }
        done => existing(id, &done?)?,
    }
    for table in
        ["DELETE FROM staff_roles WHERE staff = $1", "DELETE FROM staff_skill_groups WHERE staff = $1"]
    {
        sqlx::query(table).bind(id.to_string()).execute(&mut **tx).await?;
    }
    grants(tx, id, profile).await?;
    sessions::revoke_all(tx, Kind::Staff, id.0, now).await?;
    note(tx, keys, (id, "staff_changed"), grants_of(profile), Some(person(login, profile)), (actor, now))
        .await
}

/// Sets another password and ends every session.
///
/// # Errors
/// [`StoreError::Missing`].
pub async fn set_password(
    tx: &mut Tx,
    keys: &LedgerKeys,
    id: StaffId,
    password_hash: &str,
    (actor, now): (Actor, Timestamp),
) -> Result<(), StoreError> {
    let done = sqlx::query(
        "UPDATE staff SET password_hash = $2, password_changed_at = $3, failed_sign_ins = 0, locked_until = NULL, \
             version = version + 1 WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(password_hash)
    .bind(now.0)
    .execute(&mut **tx)
    .await?;
    existing(id, &done)?;
    sessions::revoke_all(tx, Kind::Staff, id.0, now).await?;
    note(tx, keys, (id, "password_set"), json!({}), None, (actor, now)).await
}

/// Closes an account, which ends every session, or opens it again.
///
/// # Errors
/// [`StoreError::Missing`].
pub async fn set_disabled(
    tx: &mut Tx,
    keys: &LedgerKeys,
    id: StaffId,
    disabled: bool,
    (actor, now): (Actor, Timestamp),
) -> Result<(), StoreError> {
    let done = sqlx::query("UPDATE staff SET disabled_at = $2, version = version + 1 WHERE id = $1")
        .bind(id.to_string())
        .bind(disabled.then_some(now.0))
        .execute(&mut **tx)
        .await?;
    existing(id, &done)?;
    if disabled {
        sessions::revoke_all(tx, Kind::Staff, id.0, now).await?;
    }
    let kind = if disabled { "staff_disabled" } else { "staff_enabled" };
    note(tx, keys, (id, kind), json!({}), None, (actor, now)).await
}

/// What a sign-in is checked against; none for an unknown login.
///
/// # Errors
/// When the database refuses.
pub async fn credentials(store: &Store, login: &str) -> Result<Option<Credentials>, StoreError> {
    let row: Option<(String, String, Option<i64>)> =
        sqlx::query_as("SELECT id, password_hash, disabled_at FROM staff WHERE login = $1")
            .bind(login)
            .fetch_optional(store.reader())
            .await?;
    let Some((id, password_hash, disabled_at)) = row else { return Ok(None) };
    Ok(Some(Credentials {
        id: id.parse().map_err(|_| StoreError::Damaged("staff id"))?,
        password_hash,
        disabled: disabled_at.is_some(),
    }))
}

/// Counts a wrong password, and returns how many there were since the last right one.
///
/// # Errors
/// When the database refuses.
pub async fn failed(tx: &mut Tx, id: StaffId) -> Result<u32, StoreError> {
    let failed: i64 = sqlx::query_scalar(
        "UPDATE staff SET failed_sign_ins = failed_sign_ins + 1 WHERE id = $1 RETURNING failed_sign_ins",
    )
    .bind(id.to_string())
    .fetch_one(&mut **tx)
    .await?;
    Ok(u32::try_from(failed).unwrap_or(u32::MAX))
}

/// Before when no password of this account is looked at, as the writer sees it.
///
/// # Errors
/// When the database refuses.
pub async fn locked_until(tx: &mut Tx, id: StaffId) -> Result<Option<Timestamp>, StoreError> {
    let until: Option<i64> = sqlx::query_scalar("SELECT locked_until FROM staff WHERE id = $1")
        .bind(id.to_string())
        .fetch_one(&mut **tx)
        .await?;
    Ok(until.map(Timestamp))
}

/// Looks at no password of this account before `until`.
///
/// # Errors
/// When the database refuses.
pub async fn lock(tx: &mut Tx, id: StaffId, until: Timestamp) -> Result<(), StoreError> {
    sqlx::query("UPDATE staff SET locked_until = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(until.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Forgets wrong passwords after a right one.
///
/// # Errors
/// When the database refuses.
pub async fn succeeded(tx: &mut Tx, id: StaffId) -> Result<(), StoreError> {
    sqlx::query("UPDATE staff SET failed_sign_ins = 0, locked_until = NULL WHERE id = $1")
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// An account by its id.
///
/// # Errors
/// When the database refuses or the row is damaged.
pub async fn get(store: &Store, id: StaffId) -> Result<Option<Staff>, StoreError> {
    Ok(load(store.reader(), Some(id)).await?.pop())
}

/// An account by its login.
///
/// # Errors
/// When the database refuses or the row is damaged.
pub async fn by_login(store: &Store, login: &str) -> Result<Option<Staff>, StoreError> {
    match credentials(store, login).await? {
        Some(found) => get(store, found.id).await,
        None => Ok(None),
    }
}

/// Every account, by number.
///
/// # Errors
/// When the database refuses or a row is damaged.
pub async fn list(store: &Store) -> Result<Vec<Staff>, StoreError> {
    load(store.reader(), None).await
}

/// Chains something about an account.
///
/// # Errors
/// When the database refuses.
pub async fn note(
    tx: &mut Tx,
    keys: &LedgerKeys,
    (id, kind): (StaffId, &'static str),
    facts: Value,
    payload: Option<Value>,
    (actor, at): (Actor, Timestamp),
) -> Result<(), StoreError> {
    let aggregate = Aggregate::Staff(id);
    ledger::append(tx, keys, Entry { aggregate, kind, at, actor, facts, payload }).await.map(|_| ())
}

type Row = (String, String, String, String, String, Option<String>, String, Option<i64>);

async fn load(db: &AnyPool, id: Option<StaffId>) -> Result<Vec<Staff>, StoreError> {
    let mut roles = pairs(
        db,
        id,
        "SELECT staff, role FROM staff_roles WHERE staff = $1 ORDER BY role",
        "SELECT staff, role FROM staff_roles ORDER BY role",
    )
    .await?;
    let mut groups = pairs(
        db,
        id,
        "SELECT staff, skill_group FROM staff_skill_groups WHERE staff = $1 ORDER BY skill_group",
        "SELECT staff, skill_group FROM staff_skill_groups ORDER BY skill_group",
    )
    .await?;
    let one =
        "SELECT id, hub, login, number, name, department, languages, disabled_at FROM staff WHERE id = $1";
    let all =
        "SELECT id, hub, login, number, name, department, languages, disabled_at FROM staff ORDER BY number";
    let rows: Vec<Row> = match id {
        Some(id) => sqlx::query_as(one).bind(id.to_string()).fetch_all(db).await?,
        None => sqlx::query_as(all).fetch_all(db).await?,
    };
    let read = |(id, hub, login, number, name, department, languages, disabled_at): Row| {
        let roles = roles.remove(&id).unwrap_or_default();
        let groups = groups.remove(&id).unwrap_or_default();
        let profile = Profile {
            hub,
            number,
            name,
            department: department.map(DepartmentCode),
            languages: serde_json::from_str(&languages).map_err(|_| StoreError::Damaged("staff"))?,
            roles: roles.iter().filter_map(|code| Role::from_code(code)).collect(),
            skill_groups: groups.into_iter().map(SkillGroupCode).collect(),
        };
        let id = id.parse().map_err(|_| StoreError::Damaged("staff id"))?;
        Ok(Staff { id, login, profile, disabled_at: disabled_at.map(Timestamp) })
    };
    rows.into_iter().map(read).collect()
}

async fn pairs(
    db: &AnyPool,
    id: Option<StaffId>,
    one: &'static str,
    all: &'static str,
) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
    let rows: Vec<(String, String)> = match id {
        Some(id) => sqlx::query_as(one).bind(id.to_string()).fetch_all(db).await?,
        None => sqlx::query_as(all).fetch_all(db).await?,
    };
    let mut found = BTreeMap::<String, Vec<String>>::new();
    for (staff, value) in rows {
        found.entry(staff).or_default().push(value);
    }
    Ok(found)
}

async fn grants(tx: &mut Tx, id: StaffId, profile: &Profile) -> Result<(), StoreError> {
    for role in &profile.roles {
        sqlx::query(
            "INSERT INTO staff_roles (staff, role) VALUES ($1, $2) ON CONFLICT (staff, role) DO NOTHING",
        )
        .bind(id.to_string())
        .bind(role.code())
        .execute(&mut **tx)
        .await?;
    }
    for group in &profile.skill_groups {
        sqlx::query(
            "INSERT INTO staff_skill_groups (staff, skill_group) VALUES ($1, $2) \
             ON CONFLICT (staff, skill_group) DO NOTHING",
        )
        .bind(id.to_string())
        .bind(group.as_str())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

fn grants_of(profile: &Profile) -> Value {
    json!({
        "hub": profile.hub, "department": profile.department, "roles": profile.roles,
        "skill_groups": profile.skill_groups,
    })
}

fn person(login: &str, profile: &Profile) -> Value {
    json!({ "login": login, "number": profile.number, "name": profile.name })
}

fn languages(profile: &Profile) -> Result<String, StoreError> {
    serde_json::to_string(&profile.languages).map_err(|_| StoreError::Damaged("staff"))
}

fn existing(id: StaffId, done: &sqlx::any::AnyQueryResult) -> Result<(), StoreError> {
    if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Missing(format!("staff account {id}"))) }
}
