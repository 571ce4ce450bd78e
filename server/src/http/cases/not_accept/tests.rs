use crate::cases::testing::{Answer, Counter};
use serde_json::{Value, json};

async fn refuse(counter: &Counter, token: &str, case: &Value, with: Value) -> Answer {
    let path = format!("/cases/{}/not-accept", case["id"].as_str().unwrap());
    let mut body = json!({ "version": case["version"], "explanation": "由其办理" });
    body.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    counter.ask(token, "POST", &path, Some(body)).await
}

#[tokio::test]
async fn a_case_is_not_accepted_with_the_right_authority_and_is_closed_then() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let other = counter.clerk("b", "civil", &["civil"]).await;
    let case = counter.opened(&clerk, &terminal).await;
    let ground = json!({ "ground": "other_authority", "authority": "退役军人事务局" });
    let refused = refuse(&counter, &clerk.token, &case, ground.clone()).await.ok();
    assert_eq!(refused["state"], "not_accepted");
    assert_eq!(refused["non_acceptance"]["ground"], ground);
    assert_eq!(refused["non_acceptance"]["explanation"], "由其办理");
    assert_eq!(refused["papers"][1]["number"], "2026-000001-不予受理-1");
    refuse(&counter, &clerk.token, &refused, ground).await.refused(409, "not_in_intake");
    let to = json!({ "kind": "clerk", "staff": other.id });
    counter.offer(&clerk, &refused, to).await.refused(409, "closed");
    let in_the_clear = "SELECT COUNT(*) FROM ledger WHERE event LIKE '%由其办理%'";
    assert_eq!(counter.count(in_the_clear).await, 0, "words are no facts of the chain");
}

#[tokio::test]
async fn there_are_two_grounds_and_missing_papers_are_none() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let case = counter.opened(&clerk, &terminal).await;
    let of = async |with| refuse(&counter, &clerk.token, &case, with).await;
    of(json!({ "ground": "papers_missing" })).await.refused(422, "bad_request");
    of(json!({ "ground": "other_authority" })).await.refused(422, "invalid");
    of(json!({ "ground": "other_authority", "authority": " " })).await.refused(422, "invalid");
    of(json!({ "ground": "no_such_procedure", "authority": "x" })).await.refused(422, "invalid");
    of(json!({ "ground": "no_such_procedure", "explanation": "" })).await.refused(422, "invalid");
    of(json!({ "ground": "no_such_procedure", "version": 9 })).await.refused(409, "stale");
    assert_eq!(counter.count("SELECT COUNT(*) FROM papers").await, 1);
    assert_eq!(of(json!({ "ground": "no_such_procedure" })).await.status, 200);
}
