use crate::cases::testing::{Counter, application};
use protocol::ids::Party;
use serde_json::{Value, json};

async fn accept(
    counter: &Counter,
    token: &str,
    case: &Value,
    version: &Value,
) -> crate::cases::testing::Answer {
    let path = format!("/cases/{}/accept", case["id"].as_str().unwrap());
    counter.ask(token, "POST", &path, Some(json!({ "version": version }))).await
}

#[tokio::test]
async fn a_complete_case_is_accepted_with_its_notice_and_deadlines() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let case = counter.complete(&clerk, &terminal).await;
    assert_eq!(case["intake"]["blocked"], json!([]));
    counter.leave(Party::Staff(clerk.id));
    let accepted = accept(&counter, &clerk.token, &case, &case["version"]).await.ok();
    assert_eq!((&accepted["state"], &accepted["version"]), (&json!("accepted"), &json!(7)));
    assert_eq!(accepted["acceptance"]["due"], "2026-04-09");
    assert_eq!(accepted["acceptance"]["deadlines"]["promised"]["holidays"], json!(["2026-04-04/2026-04-06"]));
    assert_eq!(accepted["papers"][1]["number"], "2026-000001-受理-1");
    assert!(accepted.get("intake").is_none(), "a state has only its own fields");
    let again = accept(&counter, &clerk.token, &case, &accepted["version"]).await;
    again.refused(409, "not_in_intake");
    assert_eq!(counter.count("SELECT COUNT(*) FROM papers").await, 2);
    let kinds = accepted["timeline"].as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap());
    assert_eq!(kinds.skip(7).collect::<Vec<_>>(), ["case_accepted", "paper_issued"]);
}

#[tokio::test]
async fn materials_in_the_way_are_all_named_and_nothing_happens() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let case = counter.opened(&clerk, &terminal).await;
    let refused = accept(&counter, &clerk.token, &case, &case["version"]).await;
    refused.refused(409, "materials");
    let errors = refused.json["errors"].as_array().unwrap();
    let told: Vec<_> =
        errors.iter().map(|e| (e["field"].as_str().unwrap(), e["detail"].as_str().unwrap())).collect();
    assert_eq!(
        told,
        [
            ("ID", "primary_missing"),
            ("DC", "primary_missing"),
            ("LB", "primary_missing"),
            ("HK", "missing_deferrable"),
            ("AC", "missing_deferrable"),
        ]
    );
    assert_eq!(counter.count("SELECT COUNT(*) FROM papers").await, 1);
    assert_eq!(counter.count("SELECT COUNT(*) FROM cases WHERE state = 'intake' AND version = 1").await, 1);
}

#[tokio::test]
async fn an_older_version_and_somebody_else_change_nothing() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let other = counter.clerk("b", "civil-dpf", &["civil"]).await;
    let case = counter.complete(&clerk, &terminal).await;
    accept(&counter, &clerk.token, &case, &json!(5)).await.refused(409, "stale");
    accept(&counter, &other.token, &case, &case["version"]).await.refused(403, "not_owner");
    accept(&counter, &terminal.token, &case, &case["version"]).await.refused(403, "forbidden");
    let unknown = json!({ "id": "01900000-0000-7000-8000-000000000000" });
    accept(&counter, &clerk.token, &unknown, &json!(1)).await.refused(404, "not_found");
    // Two at once: one decides, the other is told that it was late.
    let (one, two) = tokio::join!(
        accept(&counter, &clerk.token, &case, &case["version"]),
        accept(&counter, &clerk.token, &case, &case["version"]),
    );
    let mut both = [one.status, two.status];
    both.sort_unstable();
    assert_eq!(both, [200, 409]);
    assert_eq!(counter.count("SELECT COUNT(*) FROM papers").await, 2);
}

#[tokio::test]
async fn another_authoritys_scenario_is_not_accepted() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let call = counter.call(&clerk, &terminal);
    let body = application(call, "longevity", "longevity/3");
    let case = counter.open_as(&clerk.token, "key-00001", &body).await.ok();
    assert_eq!(case["intake"]["competent_elsewhere"], "退役军人事务局");
    accept(&counter, &clerk.token, &case, &case["version"]).await.refused(409, "other_authority");
}

#[tokio::test]
async fn accepted_late_is_accepted_from_receipt_and_the_notice_says_so() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let case = counter.complete(&clerk, &terminal).await;
    // Received on Wednesday the 11th; the five days end on the 18th, and the list says so before it is too late.
    let lines = counter.ask(&clerk.token, "GET", "/cases?mine=true", None).await.ok();
    let clock = &lines["cases"][0]["intake_clock"];
    assert_eq!(
        (&clock["warn_on"], &clock["notice_due"]["due"]),
        (&json!("2026-03-16"), &json!("2026-03-18"))
    );
    counter.advance(8 * 24 * 60);
    let token = counter.house.auth.sign_in("a", crate::auth::testing::PASSWORD).await.unwrap().0;
    let accepted = accept(&counter, &token, &case, &case["version"]).await.ok();
    let acceptance = &accepted["acceptance"];
    assert_eq!((&acceptance["basis"], &acceptance["at"]), (&json!("deemed"), &case["received_at"]));
    assert_eq!(acceptance["due"], "2026-04-09", "as if it had been accepted on the 11th");
    let told =
        accepted["timeline"].as_array().unwrap().iter().find(|row| row["kind"] == "case_accepted").unwrap();
    assert_eq!(told["facts"]["basis"], "deemed");
    assert!(told["at"].as_i64() > acceptance["at"].as_i64(), "said when it was said");
    assert_eq!(accepted["papers"][1]["issued_at"], told["at"]);
    let lines = counter.ask(&token, "GET", "/cases?mine=true", None).await.ok();
    assert!(lines["cases"][0].get("intake_clock").is_none(), "the clock of intake runs in intake only");
}

#[tokio::test]
async fn a_year_that_is_published_moves_what_was_provisional_and_tells_the_owner() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let import = async |text: &str| {
        let years = crate::catalogue::check_calendar(text).unwrap();
        let mut tx = counter.house.rig.store.begin().await.unwrap();
        let now = counter.house.clock().now();
        crate::store::calendar::import(&mut tx, &years, now).await.unwrap();
        tx.commit().await.unwrap();
    };
    import(r#"{"years": {"2026": {"provisional": true, "holidays": [], "working": []}}}"#).await;
    let case = counter.complete(&clerk, &terminal).await;
    let accepted = accept(&counter, &clerk.token, &case, &case["version"]).await.ok();
    assert_eq!(accepted["acceptance"]["due"], "2026-04-08");
    assert_eq!(counter.cases.reckon_anew().await.unwrap(), 0, "nothing was published");
    counter.news();
    import(r#"{"years": {"2026": {"provisional": false, "holidays": ["2026-04-06"], "working": []}}}"#).await;
    assert_eq!(counter.cases.reckon_anew().await.unwrap(), 1);
    assert_eq!(counter.news().len(), 1);
    let path = format!("/cases/{}", case["id"].as_str().unwrap());
    let moved = counter.ask(&clerk.token, "GET", &path, None).await.ok();
    assert_eq!(moved["acceptance"]["due"], "2026-04-09");
    assert_eq!(moved["acceptance"]["deadlines"]["promised"]["provisional"], false);
    let last = moved["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["actor"]), (&json!("deadlines_reckoned_anew"), &json!("system")));
    assert_eq!(
        (&last["facts"]["was_due"], &last["facts"]["due"]),
        (&json!("2026-04-08"), &json!("2026-04-09"))
    );
    assert_eq!(counter.cases.reckon_anew().await.unwrap(), 0, "once");
}

#[tokio::test]
async fn the_database_itself_refuses_what_is_not_legal() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let other = counter.clerk("b", "civil", &["civil"]).await;
    let case = counter.opened(&clerk, &terminal).await;
    // There and back again: an older handoff moves nothing a second time.
    let (mut case, mut from, mut to) = (case, &clerk, &other);
    for _ in 0..2 {
        let target = json!({ "kind": "clerk", "staff": to.id });
        let offered = counter.offer(from, &case, target).await.ok();
        let path = format!("/handoffs/{}/accept", offered["id"].as_str().unwrap());
        let taken = counter.ask(&to.token, "POST", &path, None).await.ok();
        case = json!({ "id": case["id"], "version": taken["version"] });
        (from, to) = (to, from);
    }
    let target = json!({ "kind": "clerk", "staff": other.id });
    counter.offer(&clerk, &case, target).await.ok();
    for (sql, why) in [
        (
            "UPDATE cases SET state = 'accepted', version = version + 1, accepted_at = 1, accepted_by = owner, \
          deadlines = '{}'",
            "materials stand in the way",
        ),
        ("UPDATE cases SET state = 'accepted', version = version + 1", "materials stand in the way"),
        ("UPDATE cases SET state = 'not_accepted', version = version + 1", "CHECK"),
        (
            "UPDATE cases SET owner = (SELECT id FROM staff WHERE login = 'b'), version = version + 1",
            "accepted handoff",
        ),
        ("UPDATE cases SET owner = NULL, version = version + 1", "NOT NULL"),
        ("UPDATE cases SET due_on = '2030-01-01'", "raises the version"),
        ("UPDATE cases SET number = 'x', version = version + 1", "origin"),
        ("DELETE FROM cases", "not deleted"),
        ("UPDATE case_events SET kind = 'x'", "only added"),
        ("DELETE FROM case_events", "only added"),
        ("UPDATE papers SET digest = 'x'", "as it was issued"),
        ("DELETE FROM papers", "not deleted"),
        ("DELETE FROM materials", "not deleted"),
        ("DELETE FROM handoffs", "not deleted"),
        ("UPDATE handoffs SET ended_by = to_staff, state = 'accepted'", "ends once"),
        ("UPDATE handoffs SET to_staff = from_staff WHERE state = 'offered'", "keeps its terms"),
        ("UPDATE handoffs SET expires_at = expires_at + 1 WHERE state = 'offered'", "keeps its terms"),
        (
            "INSERT INTO handoffs (id, case_id, from_staff, to_staff, reason, state, offered_at, expires_at) \
          SELECT 'h', c.id, s.id, c.owner, 'r', 'offered', 1, 2 FROM cases c, staff s WHERE s.login = 'b'",
            "only the owner offers",
        ),
        ("UPDATE materials SET state = 'rejected'", "CHECK"),
    ] {
        let refused = counter.sql(sql).await.expect_err(sql).to_string();
        assert!(refused.contains(why), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn a_doubtful_identity_is_accepted_only_when_the_clerk_says_so_and_that_is_on_record() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let call = counter.call(&clerk, &terminal);
    let mut body = application(call, "disab-living", "disab-living/1");
    body["applicant"]["identity_check"] =
        json!({ "method": "by_eye", "result": "doubtful", "note": "照片很旧" });
    let mut case = counter.open_as(&clerk.token, "key-00001", &body).await.ok();
    for material in case["materials"].as_array().unwrap().clone() {
        let path = format!(
            "/cases/{}/materials/{}",
            case["id"].as_str().unwrap(),
            material["code"].as_str().unwrap()
        );
        let body = json!({ "state": "accepted", "version": case["version"] });
        case = counter.ask(&clerk.token, "PUT", &path, Some(body)).await.ok();
    }
    accept(&counter, &clerk.token, &case, &case["version"]).await.refused(409, "identity_doubtful");
    assert_eq!(counter.count("SELECT COUNT(*) FROM papers").await, 1);
    let path = format!("/cases/{}/accept", case["id"].as_str().unwrap());
    let sure = json!({ "version": case["version"], "despite_doubt": true });
    let accepted = counter.ask(&clerk.token, "POST", &path, Some(sure)).await.ok();
    assert_eq!(accepted["state"], "accepted");
    let timeline = accepted["timeline"].as_array().unwrap();
    let row = timeline.iter().find(|row| row["kind"] == "case_accepted").unwrap();
    assert_eq!(row["facts"]["despite_doubt"], true, "{row}");
}
