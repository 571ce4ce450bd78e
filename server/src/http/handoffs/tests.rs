use crate::cases::News;
use crate::cases::testing::{Answer, Counter, Person};
use protocol::HandoffState;
use serde_json::{Value, json};

fn to_clerk(person: &Person) -> Value {
    json!({ "kind": "clerk", "staff": person.id })
}

fn to_department(code: &str) -> Value {
    json!({ "kind": "department", "department": code })
}

async fn answer(counter: &Counter, by: &Person, handoff: &Value, how: &str) -> Answer {
    let path = format!("/handoffs/{}/{how}", handoff["id"].as_str().unwrap());
    let body = (how == "refuse").then(|| json!({ "reason": "不归我管" }));
    counter.ask(&by.token, "POST", &path, body).await
}

async fn owner(counter: &Counter, by: &Person, case: &Value) -> Value {
    let path = format!("/cases/{}", case["id"].as_str().unwrap());
    counter.ask(&by.token, "GET", &path, None).await.ok()["owner"].clone()
}

async fn inbox(counter: &Counter, by: &Person) -> Vec<Value> {
    let list = counter.ask(&by.token, "GET", "/handoffs?for_me=true", None).await.ok();
    list["handoffs"].as_array().unwrap().clone()
}

struct Scene {
    counter: Counter,
    from: Person,
    to: Person,
    case: Value,
}

async fn scene() -> Scene {
    let counter = Counter::new().await;
    let from = counter.clerk("a", "civil", &["civil"]).await;
    let to = counter.clerk("b", "town", &["civil"]).await;
    let terminal = counter.terminal("S10").await;
    let case = counter.opened(&from, &terminal).await;
    counter.news();
    Scene { counter, from, to, case }
}

#[tokio::test]
async fn the_sender_is_owner_until_the_receiver_takes_over() {
    let Scene { counter, from, to, case } = scene().await;
    let offered = counter.offer(&from, &case, to_clerk(&to)).await.ok();
    assert_eq!((&offered["state"], &offered["owner"]), (&json!("offered"), &json!(from.id)));
    let news = counter.news();
    let told = news.iter().find_map(|one| match one {
        News::Handoff { handoff, concerns } => Some((handoff.state, concerns.contains(&to.id))),
        _ => None,
    });
    assert_eq!(told, Some((HandoffState::Offered, true)));
    let waiting = inbox(&counter, &to).await;
    assert_eq!(
        (waiting.len(), &waiting[0]["applicant"], &waiting[0]["due"]),
        (1, &json!("王**"), &json!("2026-03-18"))
    );
    assert!(inbox(&counter, &from).await.is_empty());
    assert_eq!(owner(&counter, &from, &case).await, json!(from.id));
    let taken = answer(&counter, &to, &offered, "accept").await.ok();
    assert_eq!((&taken["state"], &taken["owner"]), (&json!("accepted"), &json!(to.id)));
    assert_eq!(owner(&counter, &from, &case).await, json!(to.id));
    assert!(inbox(&counter, &to).await.is_empty());
    // The former owner decides no more.
    let path = format!("/cases/{}/not-accept", case["id"].as_str().unwrap());
    let body = json!({ "version": 3, "ground": "no_such_procedure", "explanation": "x" });
    counter.ask(&from.token, "POST", &path, Some(body)).await.refused(403, "not_owner");
    answer(&counter, &to, &offered, "accept").await.refused(409, "handoff_gone");
}

#[tokio::test]
async fn refusal_withdrawal_and_expiry_leave_the_owner_and_are_told() {
    let Scene { counter, from, to, mut case } = scene().await;
    for (who, how, state) in [(&to, "refuse", "refused"), (&from, "withdraw", "withdrawn")] {
        let offered = counter.offer(&from, &case, to_clerk(&to)).await.ok();
        let ended = answer(&counter, who, &offered, how).await.ok();
        assert_eq!(ended["state"], state);
        case["version"] = ended["version"].clone();
        counter.advance(1);
    }
    counter.offer(&from, &case, to_clerk(&to)).await.ok();
    counter.advance(29);
    assert!(counter.cases.expire_due().await.unwrap().as_secs() <= 30);
    counter.news();
    counter.advance(1);
    counter.cases.expire_due().await.unwrap();
    let news = counter.news();
    assert!(
        news.iter().any(
            |one| matches!(one, News::Handoff { handoff, .. } if handoff.state == HandoffState::Expired)
        )
    );
    let path = format!("/cases/{}", case["id"].as_str().unwrap());
    let case = counter.ask(&from.token, "GET", &path, None).await.ok();
    assert_eq!(case["owner"], json!(from.id));
    assert!(case.get("open_handoff").is_none());
    let story: Vec<_> = case["handoffs"].as_array().unwrap().iter().map(|one| one["state"].clone()).collect();
    assert_eq!(story, ["refused", "withdrawn", "expired"]);
    assert_eq!(case["handoffs"][0]["end_reason"], "不归我管");
}

#[tokio::test]
async fn an_offer_that_cannot_be_ended_keeps_no_other_from_its_end() {
    let Scene { counter, from, to, case } = scene().await;
    let terminal = counter.terminal("S11").await;
    counter.offer(&from, &case, to_clerk(&to)).await.ok();
    counter.advance(1);
    let other = counter.opened(&from, &terminal).await;
    counter.offer(&from, &other, to_clerk(&to)).await.ok();
    // The first one's case cannot be read: damage.
    let id = case["id"].as_str().unwrap();
    counter.house.rig.tamper(&format!("UPDATE cases SET terminal = 'x' WHERE id = '{id}'")).await;
    counter.advance(40);
    let wait = counter.cases.expire_due().await.unwrap();
    assert!(wait.as_secs() > 0, "and does not make the timer spin");
    assert_eq!(counter.count("SELECT COUNT(*) FROM handoffs WHERE state = 'expired'").await, 1);
    assert!(counter.cases.expire_due().await.is_err(), "when nothing else is left, it is an error");
}

#[tokio::test]
async fn a_late_answer_finds_it_expired_even_before_the_timer() {
    let Scene { counter, from, to, case } = scene().await;
    let offered = counter.offer(&from, &case, to_clerk(&to)).await.ok();
    counter.advance(30);
    answer(&counter, &to, &offered, "accept").await.refused(409, "handoff_expired");
    answer(&counter, &to, &offered, "accept").await.refused(409, "handoff_gone");
    assert_eq!(owner(&counter, &from, &case).await, json!(from.id));
}

#[tokio::test]
async fn nobody_is_handed_what_they_may_not_do_and_strangers_see_nothing() {
    let Scene { counter, from, to, case } = scene().await;
    let unskilled = counter.clerk("c", "town", &["social"]).await;
    let far = counter.person("d", "far", "town", &["civil"]).await;
    counter.offer(&from, &case, to_clerk(&unskilled)).await.refused(409, "not_entitled");
    counter.offer(&from, &case, to_clerk(&far)).await.refused(409, "not_entitled");
    counter.offer(&from, &case, to_clerk(&from)).await.refused(409, "to_oneself");
    counter.offer(&from, &case, to_department("hrss")).await.refused(409, "not_entitled");
    counter.offer(&to, &case, to_clerk(&to)).await.refused(403, "not_yours");
    let on_record = "SELECT COUNT(*) FROM ledger WHERE kind = 'case_access_refused'";
    assert_eq!(counter.count(on_record).await, 1);
    counter
        .offer(&from, &json!({ "id": case["id"], "version": 7 }), to_clerk(&to))
        .await
        .refused(409, "stale");
    let offered = counter.offer(&from, &case, to_department("town")).await.ok();
    let newer = json!({ "id": case["id"], "version": offered["version"] });
    counter.offer(&from, &newer, to_clerk(&to)).await.refused(409, "handoff_open");
    assert!(inbox(&counter, &unskilled).await.is_empty(), "of the department, without the skill");
    answer(&counter, &unskilled, &offered, "accept").await.refused(409, "not_entitled");
    answer(&counter, &far, &offered, "accept").await.refused(404, "not_found");
    assert!(inbox(&counter, &far).await.is_empty(), "the same code, another hub");
    answer(&counter, &from, &offered, "accept").await.refused(403, "not_for_you");
    answer(&counter, &to, &offered, "withdraw").await.refused(403, "not_owner");
    assert_eq!(answer(&counter, &to, &offered, "accept").await.status, 200);
}

#[tokio::test]
async fn of_a_department_one_wins_and_the_others_are_told() {
    let Scene { counter, from, to, case } = scene().await;
    let also = counter.clerk("c", "town", &["civil"]).await;
    let mut version = case["version"].clone();
    let mut holder = from;
    for round in 0..12 {
        let department = if round % 2 == 0 { "town" } else { "civil" };
        if round % 2 == 1 {
            // Back to the first department, where only one is.
            let back = counter
                .offer(&holder, &json!({ "id": case["id"], "version": version }), to_department(department))
                .await
                .ok();
            let first = Person {
                id: serde_json::from_value(case["owner"].clone()).unwrap(),
                token: counter.house.auth.sign_in("a", crate::auth::testing::PASSWORD).await.unwrap().0,
            };
            version = answer(&counter, &first, &back, "accept").await.ok()["version"].clone();
            holder = first;
            continue;
        }
        let offered = counter
            .offer(&holder, &json!({ "id": case["id"], "version": version }), to_department(department))
            .await
            .ok();
        let (one, two) = tokio::join!(
            answer(&counter, &to, &offered, "accept"),
            answer(&counter, &also, &offered, "accept")
        );
        let (winner, taken, loser) = if one.status == 200 { (&to, one, two) } else { (&also, two, one) };
        loser.refused(409, "handoff_gone");
        version = taken.ok()["version"].clone();
        assert_eq!(owner(&counter, winner, &case).await, json!(winner.id));
        holder = winner.clone();
    }
    assert_eq!(counter.count("SELECT COUNT(*) FROM handoffs WHERE state = 'accepted'").await, 12);
    assert_eq!(counter.count("SELECT COUNT(*) FROM case_events WHERE kind = 'handoff_accepted'").await, 12);
}

#[tokio::test]
async fn colleagues_are_listed_with_why_not() {
    let Scene { counter, from, to, case } = scene().await;
    let unskilled = counter.clerk("c", "town", &["social"]).await;
    counter.person("d", "far", "town", &["civil"]).await;
    let terminal = counter.terminal("S11").await;
    counter.call(&to, &terminal);
    let path = format!("/colleagues?case={}", case["id"].as_str().unwrap());
    let list = counter.ask(&from.token, "GET", &path, None).await.ok();
    let told: Vec<_> =
        list.as_array().unwrap().iter().map(|one| (&one["id"], &one["present"], &one["may_take"])).collect();
    assert_eq!(
        told,
        [
            (&json!(to.id), &json!(true), &json!({ "ok": true })),
            (&json!(unskilled.id), &json!(false), &json!({ "ok": false, "why": "lacks_skill" })),
        ]
    );
    assert_eq!(counter.ask(&from.token, "GET", "/colleagues", None).await.ok().as_array().unwrap().len(), 2);
    counter.ask(&unskilled.token, "GET", &path, None).await.refused(403, "not_yours");
    let on_record = "SELECT COUNT(*) FROM ledger WHERE kind = 'case_access_refused'";
    assert_eq!(counter.count(on_record).await, 1);
}
