use super::*;
use crate::tests::start;

const OURS: Ufrag = *b"ourufrag";
const PASSWORD: [u8; PASSWORD_LEN] = *b"a-password-of-24-letters";
const PASSWORD_LEN: usize = super::PASSWORD;

fn key() -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &PASSWORD)
}

fn agent() -> Agent {
    Agent::new(Credentials::new(OURS, &PASSWORD, "theirs"), start())
}

fn address(n: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], n))
}

fn request(name: &str, nominate: bool, more: &[(u16, &[u8])]) -> Vec<u8> {
    let mut room = [0; 300];
    let mut writer = Writer::new(&mut room, stun::BINDING_REQUEST, &[9; 12]);
    writer.attribute(stun::USERNAME, name.as_bytes());
    if nominate {
        writer.attribute(stun::USE_CANDIDATE, &[]);
    }
    for (kind, value) in more {
        writer.attribute(*kind, value);
    }
    let len = writer.seal(&key());
    room[..len].to_vec()
}

/// Gives what changed, and the response.
fn check(agent: &mut Agent, from: u16, nominate: bool, more: &[(u16, &[u8])]) -> (Checked, Vec<u8>) {
    let bytes = request("ourufrag:theirs", nominate, more);
    let message = Message::parse(&bytes).unwrap();
    let generation = agent.authenticate(&message).unwrap();
    let mut room = [0; 300];
    let checked = agent.check(&message, generation, address(from), start(), &mut room);
    let response = room[..checked.response].to_vec();
    (checked, response)
}

fn error_of(response: &[u8]) -> Option<(u8, u8)> {
    let message = Message::parse(response).unwrap();
    assert!(message.is_authentic(&key()));
    message.attribute(stun::ERROR_CODE).map(|e| (e[2], e[3]))
}

#[test]
fn a_check_is_authentic_only_with_both_halves_of_the_name() {
    let agent = agent();
    for (name, passes) in [
        ("ourufrag:theirs", true),
        ("ourufrag:other", false),
        ("ourufrag:", false),
        ("ourufrag", false),
        ("ourufragXtheirs", false),
        ("other123:theirs", false),
        ("o", false),
    ] {
        let bytes = request(name, false, &[]);
        let message = Message::parse(&bytes).unwrap();
        assert_eq!(agent.authenticate(&message).is_some(), passes, "{name}");
    }
}

#[test]
fn the_first_valid_address_serves_until_one_is_nominated_and_then_the_latest() {
    let mut agent = agent();
    assert_eq!(agent.destination(), None);
    check(&mut agent, 1, false, &[]);
    check(&mut agent, 2, false, &[]);
    assert_eq!(agent.destination(), Some(address(1)));
    check(&mut agent, 2, true, &[]);
    assert_eq!(agent.destination(), Some(address(2)));
    check(&mut agent, 1, false, &[]);
    assert_eq!(agent.destination(), Some(address(2)), "a check without nomination changes nothing");
    check(&mut agent, 3, true, &[]);
    assert_eq!(agent.destination(), Some(address(3)));
}

#[test]
fn at_most_four_addresses_and_the_selected_one_is_never_evicted() {
    let mut agent = agent();
    check(&mut agent, 1, true, &[]);
    for n in 2..50 {
        let (checked, _) = check(&mut agent, n, false, &[]);
        assert!(checked.new_address);
        assert_eq!(checked.evicted, (n > 4).then(|| address(n - 3)));
        assert!(agent.addresses().len() <= MAX_ADDRESSES && agent.addresses().contains(&address(1)));
    }
    // Before nomination the first valid one is in use.
    let mut agent = self::agent();
    for n in 1..50 {
        check(&mut agent, n, false, &[]);
    }
    assert_eq!(agent.destination(), Some(address(1)));
}

#[test]
fn role_conflict_is_answered_487_and_changes_nothing() {
    let mut agent = agent();
    let (checked, response) = check(&mut agent, 1, true, &[(stun::ICE_CONTROLLED, &[0; 8])]);
    assert_eq!(error_of(&response), Some((4, 87)));
    assert!(!checked.new_address && agent.destination().is_none());
}

#[test]
fn an_attribute_that_must_be_understood_is_answered_420() {
    let mut agent = agent();
    let (_, response) = check(&mut agent, 1, false, &[(0x7FFE, &[1, 2, 3, 4])]);
    assert_eq!(error_of(&response), Some((4, 20)));
    assert_eq!(agent.destination(), None);
    let (_, response) = check(&mut agent, 1, false, &[(0xC057, &[0; 4])]);
    assert_eq!(error_of(&response), None, "what is optional may be unknown");
}

#[test]
fn old_credentials_live_until_the_new_have_carried_a_nomination() {
    let mut agent = agent();
    check(&mut agent, 1, true, &[]);
    assert_eq!(agent.restart(Credentials::new(*b"secondxx", &PASSWORD, "theirs")), None);
    assert_eq!(agent.restart(Credentials::new(*b"thirdxxx", &PASSWORD, "theirs")), Some(*b"secondxx"));
    check(&mut agent, 1, true, &[]);
    assert_eq!(agent.ufrags().count(), 2, "the old ones still work");

    let plain = request("thirdxxx:theirs", false, &[]);
    let nominating = request("thirdxxx:theirs", true, &[]);
    let mut room = [0; 300];
    let mut take = |bytes: &[u8]| {
        let message = Message::parse(bytes).unwrap();
        let generation = agent.authenticate(&message).unwrap();
        agent.check(&message, generation, address(7), start(), &mut room).retired
    };
    assert_eq!(take(&plain), None);
    assert_eq!(take(&nominating), Some(OURS));
    assert_eq!(take(&nominating), None);
    assert_eq!(agent.ufrags().collect::<Vec<_>>(), [*b"thirdxxx"]);
    assert_eq!(agent.destination(), Some(address(7)));
}

#[test]
fn consent_ends_30_s_after_the_last_authentic_check() {
    let agent = agent();
    let began = agent.last_check();
    assert!(agent.has_consent(began + Duration::from_millis(29_999)));
    assert!(!agent.has_consent(began + Duration::from_secs(30)));
}
