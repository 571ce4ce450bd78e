//! People and devices for tests.
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::extract::FromRef;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::ids::{SiteCode, StaffId, TerminalId};
use serde_json::{Value, json};

use super::password::{Cost, Hasher};
use super::{Auth, DeviceKey, new_code};
use crate::catalogue;
use crate::clock::SharedClock;
use crate::store::ledger::Actor;
use crate::store::staff::{self, Profile, Role};
use crate::store::testing::Rig;
use crate::store::{Store, sites};

pub(crate) const PASSWORD: &str = "correct horse";

/// A browser's device key.
pub(crate) struct Device(EcdsaKeyPair);

impl Device {
    pub(crate) fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let coordinate = |bytes| URL_SAFE_NO_PAD.encode(bytes);
        json!({"kty": "EC", "crv": "P-256", "x": coordinate(&point[1..33]), "y": coordinate(&point[33..65])})
    }

    pub(crate) fn key(&self) -> DeviceKey {
        serde_json::from_value(self.jwk()).unwrap()
    }

    pub(crate) fn sign(&self, challenge: &str) -> String {
        self.sign_raw(format!("cloud-window.terminal.v1\n{challenge}").as_bytes())
    }

    pub(crate) fn sign_raw(&self, message: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.0.sign(&SystemRandom::new(), message).unwrap())
    }
}

/// A database with the sample's sites and catalogue, and somebody at the door.
#[derive(Clone, Debug)]
pub(crate) struct House {
    pub(crate) rig: std::sync::Arc<Rig>,
    pub(crate) auth: Auth,
    pub(crate) catalogue: catalogue::Shared,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::that_refuses_after(std::time::Duration::ZERO).await
    }

    pub(crate) async fn that_refuses_after(refusal_after: std::time::Duration) -> Self {
        let rig = Rig::new().await;
        let clock: SharedClock = rig.clock.clone();
        let hasher = Hasher::new(Cost { memory_kib: 8, passes: 1 }, &clock).await;
        let folder = rig.folder.path().join("keys");
        let auth = (rig.store.clone(), rig.keys.clone());
        let auth = Auth::with_hasher(auth.0, auth.1, clock, &folder, (hasher, refusal_after)).unwrap();
        let sample = catalogue::check(include_str!("../../sample/catalogue.json")).unwrap();
        let places = catalogue::check_sites(include_str!("../../sample/sites.json")).unwrap();
        let mut tx = rig.store.begin().await.unwrap();
        sites::import(&mut tx, sites::MAIN_HUB, &places, crate::store::testing::NOON).await.unwrap();
        tx.commit().await.unwrap();
        Self { rig: std::sync::Arc::new(rig), auth, catalogue: catalogue::Shared::new(sample).unwrap() }
    }

    pub(crate) fn clock(&self) -> SharedClock {
        self.rig.clock.clone()
    }

    pub(crate) async fn clerk(&self, login: &str, roles: &[Role]) -> StaffId {
        let now = self.clock().now();
        let id = StaffId(self.clock().ids().uuid(now));
        let profile = Profile {
            hub: sites::MAIN_HUB.into(),
            number: format!("n-{login}"),
            name: "陈敏".into(),
            department: Some("hrss".into()),
            languages: vec![protocol::Spoken::Zh, protocol::Spoken::Yue],
            roles: roles.to_vec(),
            skill_groups: vec!["social".into(), "civil".into()],
        };
        let hash = self.auth.0.hasher.hash(PASSWORD, self.clock().random()).await.unwrap();
        let mut tx = self.rig.store.begin().await.unwrap();
        let by = (Actor::Operator, now);
        staff::add(&mut tx, &self.rig.keys, (id, login, &hash), &profile, by).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub(crate) async fn clerk_token(&self, login: &str) -> String {
        self.clerk(login, &[Role::Clerk]).await;
        self.auth.sign_in(login, PASSWORD).await.unwrap().0
    }

    pub(crate) async fn terminal(&self, site: &str) -> (TerminalId, Device) {
        let (code, _) = new_code(&self.rig.store, &SiteCode::from(site), &self.clock()).await.unwrap();
        let device = Device::new();
        (self.auth.enrol(&code, &device.key()).await.unwrap().unwrap(), device)
    }

    pub(crate) async fn terminal_token(&self, site: &str) -> String {
        let (id, device) = self.terminal(site).await;
        let challenge = self.auth.challenge(id);
        self.auth.terminal_session(id, &challenge, &device.sign(&challenge)).await.unwrap().0
    }
}

impl FromRef<House> for Auth {
    fn from_ref(house: &House) -> Self {
        house.auth.clone()
    }
}

impl FromRef<House> for Store {
    fn from_ref(house: &House) -> Self {
        house.rig.store.clone()
    }
}

impl FromRef<House> for catalogue::Shared {
    fn from_ref(house: &House) -> Self {
        house.catalogue.clone()
    }
}

impl FromRef<House> for SharedClock {
    fn from_ref(house: &House) -> Self {
        house.clock()
    }
}
