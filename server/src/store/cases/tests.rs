//! What must hold of records, whatever happens in the middle of an act.
use crate::cases::testing::{Counter, Person};
use crate::store::verify::verify;
use serde_json::{Value, json};

async fn accept(counter: &Counter, clerk: &Person, case: &Value) -> u16 {
    let path = format!("/cases/{}/accept", case["id"].as_str().unwrap());
    counter.ask(&clerk.token, "POST", &path, Some(json!({ "version": case["version"] }))).await.status
}

#[tokio::test]
async fn an_act_whose_paper_cannot_be_stored_did_not_happen() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let case = counter.complete(&clerk, &terminal).await;
    let events = counter.count("SELECT COUNT(*) FROM ledger").await;
    counter.news();
    // Somebody holds the notice's number already: the last step of the act fails.
    let taken = "INSERT INTO papers (id, case_id, kind, number, call_id, terminal, issued_at, issued_by, digest, pages) \
                 SELECT 'x', id, 'acceptance_notice', '2026-000001-受理-1', call_id, terminal, 1, owner, '', 1 FROM cases";
    counter.sql(taken).await.unwrap();
    assert_eq!(accept(&counter, &clerk, &case).await, 500);
    assert_eq!(counter.count("SELECT COUNT(*) FROM cases WHERE state = 'intake' AND version = 6").await, 1);
    assert_eq!(counter.count("SELECT COUNT(*) FROM ledger").await, events);
    assert!(counter.news().is_empty(), "nobody hears of what did not happen");
    counter.house.rig.tamper("DELETE FROM papers WHERE id = 'x'").await;
    assert_eq!(accept(&counter, &clerk, &case).await, 200);
}

#[tokio::test]
async fn every_event_of_a_story_is_in_the_chain_and_the_chain_verifies() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let other = counter.clerk("b", "town", &["civil"]).await;
    let case = counter.complete(&clerk, &terminal).await;
    let to = json!({ "kind": "department", "department": "town" });
    let offered = counter.offer(&clerk, &case, to).await.ok();
    let path = format!("/handoffs/{}/accept", offered["id"].as_str().unwrap());
    let taken = counter.ask(&other.token, "POST", &path, None).await.ok();
    let mine = json!({ "id": case["id"], "version": taken["version"] });
    assert_eq!(accept(&counter, &other, &mine).await, 200);
    let chained = counter.count("SELECT COUNT(*) FROM ledger WHERE aggregate_kind = 'case'").await;
    assert_eq!(counter.count("SELECT COUNT(*) FROM case_events").await, chained);
    assert_eq!(chained, 2 + 5 + 2 + 2);
    let rig = &counter.house.rig;
    let report = verify(&rig.store, &rig.keys, None).await.unwrap();
    assert!(report.is_good(), "{:?}", report.faults);
    // What is listed of a case cannot drift from what is chained.
    let drift = "SELECT COUNT(*) FROM case_events e JOIN ledger l ON l.id = e.id \
                 WHERE l.kind <> e.kind OR l.at <> e.at OR l.aggregate_id <> e.case_id";
    assert_eq!(counter.count(drift).await, 0);
}

#[tokio::test]
async fn an_upgrade_raises_the_guards_again() {
    let counter = Counter::new().await;
    counter.sql("DROP TRIGGER cases_stay").await.unwrap();
    counter.house.rig.store.migrate().await.unwrap();
    let guards = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name = 'cases_stay'";
    assert_eq!(counter.count(guards).await, 1);
}
