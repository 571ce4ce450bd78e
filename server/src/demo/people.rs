//! The people of the demonstration.
use protocol::Spoken::{self, En, Hak, Yue, Zh};
use protocol::ids::StaffId;

use super::DemoLogin;
use crate::auth::password::Hasher;
use crate::clock::SharedClock;
use crate::store::keys::LedgerKeys;
use crate::store::ledger::Actor;
use crate::store::staff::{self, Profile, Role};
use crate::store::{Store, sites};

/// Everybody's password. It is no secret: the pages of a demonstration show it.
const PASSWORD: &str = "cloud-window-demo";

struct Person {
    login: &'static str,
    number: &'static str,
    name: &'static str,
    department: &'static str,
    roles: &'static [Role],
    languages: &'static [Spoken],
    skills: &'static [&'static str],
}

/// 陈敏 sits at the general window (综合窗口) and answers everything, so that one desk is enough to try any item.
const PEOPLE: [Person; 6] = [
    Person {
        login: "chenmin",
        number: "0312",
        name: "陈敏",
        department: "civil-dpf",
        roles: &[Role::Clerk],
        languages: &[Zh, Yue, En],
        skills: &["civil", "social", "medical", "general", "residence", "market", "property"],
    },
    Person {
        login: "hezhiqiang",
        number: "0318",
        name: "何志强",
        department: "hrss",
        roles: &[Role::Clerk],
        languages: &[Zh, Yue],
        skills: &["social", "medical", "general"],
    },
    Person {
        login: "liangxiaoyan",
        number: "0325",
        name: "梁小燕",
        department: "civil",
        roles: &[Role::Clerk],
        languages: &[Zh, Yue, Hak],
        skills: &["civil", "general"],
    },
    Person {
        login: "huangjianhua",
        number: "0331",
        name: "黄建华",
        department: "market",
        roles: &[Role::Clerk],
        languages: &[Zh, Yue],
        skills: &["market", "property"],
    },
    Person {
        login: "luoweiguo",
        number: "0407",
        name: "罗卫国",
        department: "police",
        roles: &[Role::Clerk],
        languages: &[Zh, Yue],
        skills: &["residence", "general"],
    },
    Person {
        login: "linjing",
        number: "0108",
        name: "林静",
        department: "hrss",
        roles: &[Role::Clerk, Role::Supervisor],
        languages: &[Zh, Yue, En],
        skills: &["social", "civil", "general"],
    },
];

/// Who may sign in.
pub(super) fn logins() -> Vec<DemoLogin> {
    let login = |person: &Person| DemoLogin {
        login: person.login.to_owned(),
        password: PASSWORD.to_owned(),
        name: person.name.to_owned(),
        number: person.number.to_owned(),
    };
    PEOPLE.iter().map(login).collect()
}

/// Opens the accounts that are not there yet.
pub(super) async fn add(
    store: &Store,
    keys: &LedgerKeys,
    clock: &SharedClock,
    hasher: &Hasher,
) -> anyhow::Result<()> {
    for person in &PEOPLE {
        let profile = Profile {
            hub: sites::MAIN_HUB.to_owned(),
            number: person.number.to_owned(),
            name: person.name.to_owned(),
            department: Some(person.department.into()),
            languages: person.languages.to_vec(),
            roles: person.roles.to_vec(),
            skill_groups: person.skills.iter().map(|&code| code.into()).collect(),
        };
        account(store, keys, clock, hasher, person.login, PASSWORD, &profile).await?;
    }
    Ok(())
}

/// The account of that name, opened if it is not there yet.
pub(super) async fn account(
    store: &Store,
    keys: &LedgerKeys,
    clock: &SharedClock,
    hasher: &Hasher,
    login: &str,
    password: &str,
    profile: &Profile,
) -> anyhow::Result<StaffId> {
    if let Some(known) = staff::by_login(store, login).await? {
        return Ok(known.id);
    }
    let hash = hasher.hash(password, clock.random()).await?;
    let now = clock.now();
    let id = StaffId(clock.ids().uuid(now));
    let mut tx = store.begin().await?;
    staff::add(&mut tx, keys, (id, login, &hash), profile, (Actor::Operator, now)).await?;
    tx.commit().await?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_item_of_the_sample_can_be_answered_by_two_people() {
        let catalogue = crate::catalogue::check(include_str!("../../sample/catalogue.json")).unwrap();
        for item in &catalogue.items {
            let queue = item.skill_group.as_str();
            let able = PEOPLE.iter().filter(|person| person.skills.contains(&queue)).count();
            assert!(able >= 2, "{queue}: {able}");
        }
        for person in &PEOPLE {
            assert!(catalogue.department(&person.department.into()).is_some(), "{}", person.department);
            assert!(person.skills.iter().all(|&skill| catalogue.skill_group(&skill.into()).is_some()));
        }
        let departments: BTreeSet<_> = PEOPLE.iter().map(|person| person.department).collect();
        assert!(departments.len() >= 2);
    }
}
