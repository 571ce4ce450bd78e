use super::testing::{House, PASSWORD};
use super::*;
use crate::store::ledger::{self, Actor, Aggregate};
use std::time::Duration;

async fn events(house: &House, staff: StaffId) -> Vec<String> {
    let rig = &house.rig;
    let chain = ledger::chain(rig.store.reader(), &rig.keys, Aggregate::Staff(staff)).await.unwrap();
    chain.into_iter().map(|event| event.kind).collect()
}

#[tokio::test]
async fn signing_in_and_out_and_failing_to_is_on_record() {
    let house = House::new().await;
    let id = house.clerk("chenmin", &[Role::Clerk]).await;
    assert!(house.auth.sign_in("chenmin", "wrong password").await.is_err());
    let (token, who) = house.auth.sign_in("chenmin", PASSWORD).await.unwrap();
    assert_eq!(house.auth.identify(&token).await.unwrap(), Identity::Staff(who.clone()));
    house.auth.sign_out(&who).await.unwrap();
    assert_eq!(events(&house, id).await, ["staff_added", "sign_in_refused", "signed_in", "signed_out"]);
}

#[tokio::test]
async fn what_is_changed_about_an_account_ends_its_sessions() {
    let house = House::new().await;
    let id = house.clerk("chenmin", &[Role::Clerk]).await;
    let rig = &house.rig;
    let by = (Actor::Operator, house.clock().now());
    let profile = staff::get(&rig.store, id).await.unwrap().unwrap().profile;
    for what in ["roles", "password", "disabled"] {
        let (token, _) = house.auth.sign_in("chenmin", PASSWORD).await.unwrap();
        let mut tx = rig.store.begin().await.unwrap();
        match what {
            "roles" => {
                let profile = staff::Profile { roles: vec![Role::Supervisor], ..profile.clone() };
                staff::change(&mut tx, &rig.keys, (id, "chenmin"), &profile, by).await.unwrap();
            }
            "password" => {
                let hash = house.auth.0.hasher.hash(PASSWORD, [1; 16]).await.unwrap();
                staff::set_password(&mut tx, &rig.keys, id, &hash, by).await.unwrap();
            }
            _ => staff::set_disabled(&mut tx, &rig.keys, id, true, by).await.unwrap(),
        }
        tx.commit().await.unwrap();
        assert!(matches!(house.auth.identify(&token).await, Err(AuthError::Bad(_))), "{what}");
    }
    assert_eq!(staff::get(&rig.store, id).await.unwrap().unwrap().profile.roles, [Role::Supervisor]);
    assert!(matches!(house.auth.sign_in("chenmin", PASSWORD).await, Err(SignInError::Wrong)), "disabled");
}

#[tokio::test]
async fn a_locked_out_terminal_is_out() {
    let house = House::new().await;
    let token = house.terminal_token("S10").await;
    let Identity::Terminal(who) = house.auth.identify(&token).await.unwrap() else { panic!("a terminal") };
    assert_eq!((who.site.code.as_str(), who.hub.as_str()), ("S10", sites::MAIN_HUB));
    let mut tx = house.rig.store.begin().await.unwrap();
    let by = (Actor::Operator, house.clock().now());
    terminals::revoke(&mut tx, &house.rig.keys, who.id, by).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(house.auth.identify(&token).await, Err(AuthError::Bad(_))));
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours() {
    let house = House::new().await;
    let token = house.clerk_token("chenmin").await;
    house.rig.clock.advance(SESSION_LIFE - Duration::from_secs(1));
    assert!(house.auth.identify(&token).await.is_ok());
    house.rig.clock.advance(Duration::from_secs(1));
    assert!(house.auth.identify(&token).await.is_err());
}

#[tokio::test]
async fn a_hundred_guesses_at_once_are_no_way_around_the_delay() {
    let house = House::new().await;
    house.clerk("chenmin", &[Role::Clerk]).await;
    let guesses = (0..40).map(|n| {
        let auth = house.auth.clone();
        async move { auth.sign_in("chenmin", &format!("wrong password {n}")).await }
    });
    let answers = futures_util::future::join_all(guesses).await;
    let looked_at = answers.iter().filter(|answer| matches!(answer, Err(SignInError::Wrong))).count();
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn a_session_that_another_program_ended_is_told_of_once() {
    let house = House::new().await;
    house.clerk("chenmin", &[Role::Clerk]).await;
    let (_, who) = house.auth.sign_in("chenmin", PASSWORD).await.unwrap();
    let mut news = house.auth.revocations();
    let (since, mut told) = (house.clock().now(), std::collections::BTreeMap::new());
    house.auth.look(since, &mut told).await.unwrap();
    assert!(news.try_recv().is_err());
    house.rig.clock.advance(Duration::from_secs(1));
    let mut tx = house.rig.store.begin().await.unwrap();
    sessions::revoke_all(&mut tx, Kind::Staff, who.id().0, house.clock().now()).await.unwrap();
    tx.commit().await.unwrap();
    for _ in 0..2 {
        house.auth.look(since, &mut told).await.unwrap();
    }
    let revoked = Revoked { session: who.session, party: Party::Staff(who.id()) };
    assert_eq!(news.try_recv(), Ok(revoked));
    assert!(news.try_recv().is_err());
    assert!(!house.auth.is_open(who.session).await.unwrap());
    // Long after, it is neither looked at nor remembered.
    house.rig.clock.advance(Duration::from_secs(100));
    house.auth.look(house.clock().now(), &mut told).await.unwrap();
    assert!(told.is_empty());
}

#[tokio::test]
async fn how_long_a_refusal_takes_does_not_tell_whether_there_is_such_a_name() {
    let floor = Duration::from_millis(300);
    let house = House::that_refuses_after(floor).await;
    house.clerk("chenmin", &[Role::Clerk]).await;
    let closed = house.clerk("closed", &[Role::Clerk]).await;
    let mut tx = house.rig.store.begin().await.unwrap();
    let by = (Actor::Operator, house.clock().now());
    staff::set_disabled(&mut tx, &house.rig.keys, closed, true, by).await.unwrap();
    tx.commit().await.unwrap();
    let endless = "x".repeat(300);
    let names = ["chenmin", "nobody", "closed", "", endless.as_str()];
    // Wrong ones, and after five of them locked ones.
    let tries = names.iter().flat_map(|name| std::iter::repeat_n(*name, 7));
    let timed = tries.map(async |name| {
        let began = tokio::time::Instant::now();
        let answer = house.auth.sign_in(name, if name == "closed" { PASSWORD } else { "wrong" }).await;
        assert!(matches!(answer, Err(SignInError::Wrong | SignInError::Locked { .. })), "{name}: {answer:?}");
        began.elapsed()
    });
    for took in futures_util::future::join_all(timed).await {
        assert!(took >= floor, "refused after {took:?}");
    }
    // Who is right does not wait.
    house.rig.clock.advance(Duration::from_secs(60));
    assert!(house.auth.sign_in("chenmin", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn whoever_finds_no_place_in_a_flood_has_not_tried_in_vain() {
    let house = House::new().await;
    house.clerk("chenmin", &[Role::Clerk]).await;
    let flood: Vec<_> = std::iter::from_fn(|| house.auth.0.hasher.admit().ok()).collect();
    for _ in 0..20 {
        assert!(matches!(house.auth.sign_in("chenmin", PASSWORD).await, Err(SignInError::Busy)));
    }
    drop(flood);
    assert!(house.auth.sign_in("chenmin", PASSWORD).await.is_ok(), "nothing was counted against them");
}
