use super::*;
use crate::clock::{SystemClock, TestClock};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp(1_773_194_880_000_000);

struct Desk {
    tokens: Tokens,
    session: Session,
    _folder: tempfile::TempDir,
}

fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let tokens = Tokens::open(folder.path(), &SystemClock::shared()).unwrap();
    let session = Session {
        id: Uuid::from_u128(1),
        kind: Kind::Staff,
        subject: Uuid::from_u128(2),
        expires_at: NOW.plus(SESSION_LIFE),
        revoked_at: None,
    };
    Desk { tokens, session, _folder: folder }
}

impl Desk {
    fn claims(&self) -> Value {
        let token = self.tokens.issue(&self.session, NOW).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
    }

    /// Signed by our own key, as if somebody had made us sign it.
    fn signed(&self, claims: &Value) -> Result<Claimed, AuthError> {
        self.tokens.check(&self.tokens.sign(claims).unwrap(), NOW)
    }

    fn with_header(&self, header: &Value) -> Result<Claimed, AuthError> {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let good = self.tokens.issue(&self.session, NOW).unwrap();
        let signature = good.rsplit('.').next().unwrap();
        self.tokens.check(&format!("{}.{}.{signature}", part(header), part(&self.claims())), NOW)
    }
}

#[test]
fn a_token_says_whose_session_it_is_until_it_expires() {
    let desk = desk();
    let token = desk.tokens.issue(&desk.session, NOW).unwrap();
    let claimed = desk.tokens.check(&token, NOW).unwrap();
    let expected = Claimed { kind: Kind::Staff, subject: desk.session.subject, session: desk.session.id };
    assert_eq!(claimed, expected);
    let last = Timestamp(desk.session.expires_at.0 - 1_000_000);
    assert!(desk.tokens.check(&token, last).is_ok());
    assert!(desk.tokens.check(&token, desk.session.expires_at).is_err());
    assert!(desk.tokens.check(&token, Timestamp(NOW.0 - 1_000_000)).is_err(), "before it is good");
}

#[test]
fn every_claim_is_required_and_has_its_type() {
    let desk = desk();
    let good = desk.claims();
    assert!(desk.signed(&good).is_ok());
    for (name, value) in good.as_object().unwrap() {
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(name);
        assert!(desk.signed(&without).is_err(), "without {name}");
        let wrong = if value.is_string() { json!(5) } else { json!(value.to_string()) };
        for wrong in [wrong, json!(null), json!([value]), json!({})] {
            let mut changed = good.clone();
            changed[name] = wrong.clone();
            assert!(desk.signed(&changed).is_err(), "{name} = {wrong}");
        }
    }
}

#[test]
fn other_issuers_audiences_and_purposes_are_refused() {
    let desk = desk();
    for (name, wrong) in [
        ("iss", json!("elsewhere")),
        ("aud", json!("cloud-window/playback")),
        ("aud", json!("cloud-window")),
        ("typ", json!("playback")),
        ("sub", json!("chenmin")),
        ("exp", json!(1.5)),
        ("extra", json!(true)),
    ] {
        let mut changed = desk.claims();
        changed[name] = wrong.clone();
        assert!(desk.signed(&changed).is_err(), "{name} = {wrong}");
    }
}

#[test]
fn only_our_own_header_is_a_header() {
    let desk = desk();
    let ours = json!({"typ": "JWT", "alg": "EdDSA"});
    for (name, value) in [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("alg", json!("ES256")),
        ("jku", json!("https://evil.example/keys")),
        ("jwk", json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"})),
        ("kid", json!("../../dev/null")),
        ("x5u", json!("https://evil.example/cert")),
        ("crit", json!(["exp"])),
    ] {
        let mut header = ours.clone();
        header[name] = value.clone();
        assert!(desk.with_header(&header).is_err(), "{name} = {value}");
    }
}

#[test]
fn a_symmetric_token_made_with_the_public_key_is_refused() {
    let desk = desk();
    let public = desk.tokens.checking.try_get_as_bytes().unwrap();
    for algorithm in [Algorithm::HS256, Algorithm::HS512] {
        let key = EncodingKey::from_secret(public);
        let forged = jsonwebtoken::encode(&Header::new(algorithm), &desk.claims(), &key).unwrap();
        assert!(desk.tokens.check(&forged, NOW).is_err());
    }
}

#[test]
fn changed_cut_and_foreign_tokens_are_refused() {
    let desk = desk();
    let good = desk.tokens.issue(&desk.session, NOW).unwrap();
    // The last sign of an unpadded base64 text has bits that do not count; every other sign does.
    for at in 0..good.len() - 1 {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        assert!(desk.tokens.check(&String::from_utf8(bytes).unwrap(), NOW).is_err(), "sign {at}");
        assert!(desk.tokens.check(&good[..at], NOW).is_err(), "cut at {at}");
    }
    let clock: SharedClock = TestClock::new(NOW, 3);
    let folder = tempfile::tempdir().unwrap();
    let other = Tokens::open(folder.path(), &clock).unwrap();
    assert!(desk.tokens.check(&other.issue(&desk.session, NOW).unwrap(), NOW).is_err());
    for bad in ["", ".", "..", &"a".repeat(100_000), &format!("{good}.x"), &format!("{good} ")] {
        assert!(desk.tokens.check(bad, NOW).is_err());
    }
}
