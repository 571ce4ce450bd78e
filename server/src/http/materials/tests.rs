use crate::cases::testing::{Answer, Counter};
use serde_json::{Value, json};

async fn judge(counter: &Counter, token: &str, case: &Value, code: &str, body: Value) -> Answer {
    let path = format!("/cases/{}/materials/{code}", case["id"].as_str().unwrap());
    counter.ask(token, "PUT", &path, Some(body)).await
}

#[tokio::test]
async fn a_material_is_judged_and_the_call_hears_of_it() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let case = counter.opened(&clerk, &terminal).await;
    counter.news();
    let body = json!({ "state": "rejected", "reason": "照片太暗", "version": 1 });
    let judged = judge(&counter, &clerk.token, &case, "ID", body).await.ok();
    assert_eq!(judged["version"], 2);
    assert_eq!(
        (&judged["materials"][0]["state"], &judged["materials"][0]["reason"]),
        (&json!("rejected"), &json!("照片太暗"))
    );
    assert_eq!(counter.news().len(), 1);
    let back = json!({ "state": "captured", "version": 2 });
    let judged = judge(&counter, &clerk.token, &judged, "ID", back).await.ok();
    assert_eq!(judged["materials"][0]["state"], "captured");
    assert!(judged["materials"][0].get("reason").is_none());
}

#[tokio::test]
async fn what_cannot_be_judged_is_refused_with_a_reason() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let other = counter.clerk("b", "civil-dpf", &["civil"]).await;
    let case = counter.opened(&clerk, &terminal).await;
    let of = async |who: &str, code: &str, body| judge(&counter, who, &case, code, body).await;
    let good = json!({ "state": "accepted", "version": 1 });
    of(&clerk.token, "ID", json!({ "state": "rejected", "version": 1 })).await.refused(422, "invalid");
    of(&clerk.token, "ID", json!({ "state": "accepted", "reason": "x", "version": 1 }))
        .await
        .refused(422, "invalid");
    of(&clerk.token, "ID", json!({ "state": "missing", "version": 1 })).await.refused(422, "bad_request");
    of(&clerk.token, "ID", json!({ "state": "accepted", "version": 2 })).await.refused(409, "stale");
    of(&clerk.token, "XX", good.clone()).await.refused(404, "not_found");
    of(&other.token, "ID", good.clone()).await.refused(403, "not_owner");
    of(&terminal.token, "ID", good).await.refused(403, "forbidden");
    assert!(counter.news().len() == 1, "only the opening was told");
}
