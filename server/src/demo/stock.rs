//! The sample data of a demonstration: catalogue, holidays, twelve sites, people, neighbours.
use anyhow::Context;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk::{ClerkProfile, Visitor};
use protocol::ids::TerminalId;
use protocol::{SiteView, Spoken};
use serde_json::json;

use super::people;
use crate::app::AppState;
use crate::auth::password::{Cost, Hasher};
use crate::auth::{DeviceKey, new_code};
use crate::catalogue::{self, SiteImport};
use crate::clock::SharedClock;
use crate::credentials::Terminal;
use crate::store::keys::LedgerKeys;
use crate::store::staff::{Profile, Role};
use crate::store::{Store, calendar, sites, terminals};

/// The pool of the simulated neighbours: their tickets and their clerks never meet anybody else's.
const NEIGHBOURS_HUB: &str = "neighbours";

/// What was made ready.
#[derive(Debug)]
pub(super) struct Stocked {
    /// Who plays the neighbours.
    pub(super) neighbours: Vec<Neighbour>,
}

/// A simulated site and the clerk who answers it.
#[derive(Clone, Debug)]
pub(super) struct Neighbour {
    pub(super) terminal: Visitor,
    pub(super) clerk: Visitor,
}

/// Loads what is not there yet. What was changed since stays changed.
pub(super) async fn fill(
    store: &Store,
    keys: &LedgerKeys,
    clock: &SharedClock,
    neighbours: u16,
) -> anyhow::Result<Stocked> {
    let now = clock.now();
    let catalogue = catalogue::check(include_str!("../../sample/catalogue.json"))?;
    if crate::store::catalogue::current(store).await?.is_none() {
        let years = catalogue::check_calendar(include_str!("../../sample/holidays.json"))?;
        let places = catalogue::check_sites(include_str!("../../sample/sites.json"))?;
        let mut tx = store.begin().await?;
        crate::store::catalogue::import(&mut tx, &catalogue, "sample", now).await?;
        calendar::import(&mut tx, &years, now).await?;
        sites::import(&mut tx, sites::MAIN_HUB, &places, now).await?;
        tx.commit().await?;
    }
    let hasher = Hasher::new(Cost::default(), clock).await;
    people::add(store, keys, clock, &hasher).await?;
    let queues: Vec<_> = catalogue.skill_groups.iter().map(|group| group.code.as_str().into()).collect();
    let mut played = Vec::new();
    for number in 1..=neighbours {
        played.push(neighbour(store, keys, clock, &hasher, number, &queues).await?);
    }
    Ok(Stocked { neighbours: played })
}

/// A code for each of the twelve sites.
pub(super) async fn codes(state: &AppState) -> anyhow::Result<Vec<Terminal>> {
    let mut codes = Vec::new();
    for site in sites::list(&state.store).await? {
        if site.hub != sites::MAIN_HUB {
            continue;
        }
        let (code, _) = new_code(&state.store, &site.view.code, &state.clock).await?;
        codes.push(Terminal {
            site: site.view.name,
            code: site.view.code.0,
            enrolment_code: code.to_string(),
        });
    }
    Ok(codes)
}

async fn neighbour(
    store: &Store,
    keys: &LedgerKeys,
    clock: &SharedClock,
    hasher: &Hasher,
    number: u16,
    queues: &[protocol::ids::SkillGroupCode],
) -> anyhow::Result<Neighbour> {
    let view = SiteView {
        code: format!("N{number:02}").as_str().into(),
        name: format!("邻近演示点 {number}"),
        name_zh_hk: format!("鄰近示範點 {number}"),
        name_en: format!("Neighbouring demo site {number}"),
        languages: vec![Spoken::Yue, Spoken::Zh],
    };
    let site = SiteImport {
        view: view.clone(),
        kind: "village_community".to_owned(),
        area: "440114000".into(),
        place: json!({}),
    };
    let mut tx = store.begin().await?;
    sites::import(&mut tx, NEIGHBOURS_HUB, std::slice::from_ref(&site), clock.now()).await?;
    tx.commit().await?;
    let profile = Profile {
        hub: NEIGHBOURS_HUB.to_owned(),
        number: format!("N{number:03}"),
        name: format!("邻近窗口 {number}"),
        department: None,
        languages: vec![Spoken::Zh, Spoken::Yue],
        roles: vec![Role::Clerk],
        skill_groups: queues.to_vec(),
    };
    // Played by this program alone: nobody learns the password.
    let (login, password) = (format!("neighbour-{number}"), hex::encode(clock.random::<16>()));
    let id = people::account(store, keys, clock, hasher, &login, &password, &profile).await?;
    let clerk = Visitor::Clerk(ClerkProfile {
        id,
        name: profile.name,
        number: profile.number,
        hub: profile.hub,
        skill_groups: profile.skill_groups,
        languages: profile.languages,
    });
    let terminal = terminal_at(store, keys, clock, &view).await?;
    let terminal = Visitor::Terminal { id: terminal, hub: NEIGHBOURS_HUB.to_owned(), site: view };
    Ok(Neighbour { terminal, clerk })
}

/// The site's terminal, enrolled with a key that is thrown away if there is none yet.
async fn terminal_at(
    store: &Store,
    keys: &LedgerKeys,
    clock: &SharedClock,
    site: &SiteView,
) -> anyhow::Result<TerminalId> {
    let known = terminals::list(store).await?;
    if let Some(known) = known.into_iter().find(|one| one.site == site.code && one.revoked_at.is_none()) {
        return Ok(known.id);
    }
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).context("no device key")?;
    let point = pair.public_key().as_ref();
    let part = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": part(1), "y": part(33) });
    let key: DeviceKey = serde_json::from_value(jwk.clone())?;
    let (code, _) = new_code(store, &site.code, clock).await?;
    let now = clock.now();
    let id = TerminalId(clock.ids().uuid(now));
    let mut tx = store.begin().await?;
    let device = (id, jwk.to_string(), key.thumbprint());
    terminals::enrol(&mut tx, keys, &code.hash(), (device.0, &device.1, &device.2), now).await?;
    tx.commit().await?;
    Ok(id)
}
