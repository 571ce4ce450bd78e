use crate::cases::News;
use crate::cases::testing::{Counter, ID_NUMBER, application};
use protocol::ids::Party;
use serde_json::json;

#[tokio::test]
async fn a_case_is_opened_with_its_receipt_and_told() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let case = counter.opened(&clerk, &terminal).await;
    assert_eq!(case["number"], "2026-000001");
    assert_eq!((&case["state"], &case["version"]), (&json!("intake"), &json!(1)));
    assert_eq!(case["owner"], json!(clerk.id));
    assert_eq!(case["applicant"]["id_number"], "1101 **** **** 002X");
    assert_eq!(case["applicant"]["phone"], "138 **** 6621");
    assert_eq!(case["papers"][0]["number"], "2026-000001-收件-1");
    assert_eq!(case["intake"]["clock"]["notice_due"]["due"], "2026-03-18");
    assert_eq!(case["intake"]["clock"]["deemed_accepted_from"], "2026-03-11");
    assert_eq!(case["intake"]["blocked"][0], json!({"material": "ID", "why": "primary_missing"}));
    assert_eq!(case["materials"].as_array().unwrap().len(), 5);
    let kinds: Vec<_> = case["timeline"].as_array().unwrap().iter().map(|row| row["kind"].clone()).collect();
    assert_eq!(kinds, ["case_opened", "paper_issued"]);
    let news = counter.news();
    let [News::Case { case: told, concerns, .. }] = &news[..] else { panic!("{news:?}") };
    assert_eq!((told.number.as_str(), &concerns[..]), ("2026-000001", &[clerk.id][..]));
    assert_eq!(counter.opened(&clerk, &terminal).await["number"], "2026-000002");
}

#[tokio::test]
async fn the_database_and_the_chain_hold_no_number_name_or_telephone_in_the_clear() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let call = counter.call(&clerk, &terminal);
    let mut body = application(call, "disab-living", "disab-living/1");
    body["applicant"]["identity_check"] =
        json!({ "method": "by_eye", "result": "doubtful", "note": "与王大力照片不太像" });
    let case = counter.open_as(&clerk.token, "key-00001", &body).await.ok();
    let check = &case["applicant"]["identity_check"];
    assert_eq!(*check, body["applicant"]["identity_check"], "and is read back");
    let files: Vec<_> = std::fs::read_dir(counter.house.rig.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    let lies = |text: &str| files.iter().any(|bytes| bytes.windows(text.len()).any(|w| w == text.as_bytes()));
    assert!(lies("2026-000001"), "the right files were read");
    for secret in [ID_NUMBER, "13800136621", "王大力", "不太像"] {
        assert!(!lies(secret), "{secret} lies there in the clear");
    }
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_one_row() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let call = counter.call(&clerk, &terminal);
    let body = application(call, "disab-living", "disab-living/1");
    let open = || counter.open_as(&clerk.token, "key-00001", &body);
    let (one, two) = tokio::join!(open(), open());
    assert_eq!((one.status, two.status), (201, 201));
    assert_eq!(one.bytes, two.bytes);
    counter.leave(Party::Staff(clerk.id));
    let later = open().await;
    assert_eq!(later.headers["idempotency-replayed"], "true");
    assert_eq!(later.bytes, one.bytes);
    assert_eq!(counter.count("SELECT COUNT(*) FROM cases").await, 1);
    assert_eq!(counter.count("SELECT COUNT(*) FROM papers").await, 1);
    let other = application(call, "disab-living", "disab-living/2");
    counter.open_as(&clerk.token, "key-00001", &other).await.refused(409, "key_reused");
}

#[tokio::test]
async fn only_the_clerk_of_the_call_opens_and_only_their_own_work() {
    let counter = Counter::new().await;
    let terminal = counter.terminal("S10").await;
    let clerk = counter.clerk("a", "civil", &["civil"]).await;
    let other = counter.clerk("b", "hrss", &["social"]).await;
    let call = counter.call(&clerk, &terminal);
    let body = application(call, "disab-living", "disab-living/1");
    counter.open_as(&other.token, "key-00001", &body).await.refused(403, "not_your_call");
    counter.open_as(&terminal.token, "key-00001", &body).await.refused(403, "forbidden");
    assert_eq!(counter.open_as("x", "key-00001", &body).await.status, 401);
    let call = counter.call(&other, &terminal);
    let body = application(call, "disab-living", "disab-living/1");
    counter.open_as(&other.token, "key-00001", &body).await.refused(409, "not_entitled");
    assert_eq!(counter.count("SELECT COUNT(*) FROM cases").await, 0);
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let call = counter.call(&clerk, &terminal);
    let mut body = application(call, "disab-living", "no-such");
    body["applicant"]["name"] = json!(" ");
    body["applicant"]["id_number"] = json!("110105194912310021");
    body["applicant"]["phone"] = json!("call me");
    let answer = counter.open_as(&clerk.token, "key-00001", &body).await;
    answer.refused(422, "invalid");
    let fields: Vec<_> =
        answer.json["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
    assert_eq!(fields, ["applicant.name", "applicant.id_number", "applicant.phone", "scenario"]);
    counter.open_as(&clerk.token, "short", &body).await.refused(400, "bad_request");
    counter.open_as(&clerk.token, "key-00001", &json!({ "call": call })).await.refused(400, "bad_request");
    counter.open_as(&clerk.token, "key-00001", &json!([1])).await.refused(400, "bad_request");
}

#[tokio::test]
async fn lists_are_masked_and_found_by_number_identity_and_name() {
    let counter = Counter::new().await;
    let terminal = counter.terminal("S10").await;
    let clerk = counter.clerk("a", "civil", &["civil"]).await;
    counter.opened(&clerk, &terminal).await;
    counter.opened(&clerk, &terminal).await;
    let find = async |who: &str, query: &str| {
        let answer = counter.ask(who, "GET", &format!("/cases?{query}"), None).await.ok();
        answer["cases"].as_array().unwrap().len()
    };
    assert_eq!(find(&clerk.token, "mine=true").await, 2);
    assert_eq!(find(&clerk.token, "query=2026-000002").await, 1);
    assert_eq!(find(&clerk.token, "query=2026-").await, 2);
    assert_eq!(find(&clerk.token, &format!("query={ID_NUMBER}")).await, 2);
    assert_eq!(find(&clerk.token, "query=%E7%8E%8B%E5%A4%A7%E5%8A%9B").await, 2);
    assert_eq!(find(&clerk.token, "query=440524188001010014").await, 0);
    assert_eq!(find(&clerk.token, "query=%25").await, 0, "a pattern of one's own finds nothing");
    let line = counter.ask(&clerk.token, "GET", "/cases?mine=true", None).await.ok()["cases"][0].clone();
    assert_eq!((&line["applicant"], &line["id_number"]), (&json!("王**"), &json!("1101 **** **** 002X")));
    assert!(!line.to_string().contains("13800136621"));
    // The department sees it, others do not, another hub not even that it exists.
    let same = counter.clerk("b", "civil-dpf", &["civil"]).await;
    let other = counter.clerk("c", "hrss", &["civil"]).await;
    let far = counter.person("d", "far", "civil-dpf", &["civil"]).await;
    assert_eq!(find(&same.token, "mine=false").await, 2);
    assert_eq!(find(&same.token, "mine=true").await, 0);
    assert_eq!(find(&other.token, "mine=false").await, 0);
    assert_eq!(find(&far.token, "mine=false").await, 0);
    let path = format!("/cases/{}", line["id"].as_str().unwrap());
    assert_eq!(counter.ask(&same.token, "GET", &path, None).await.status, 200);
    counter.ask(&far.token, "GET", &path, None).await.refused(404, "not_found");
    counter.ask(&other.token, "GET", &path, None).await.refused(403, "not_yours");
    assert_eq!(counter.count("SELECT COUNT(*) FROM ledger WHERE kind = 'case_access_refused'").await, 1);
}

#[tokio::test]
async fn a_look_at_the_whole_number_is_on_record() {
    let counter = Counter::new().await;
    let terminal = counter.terminal("S10").await;
    let clerk = counter.clerk("a", "civil", &["civil"]).await;
    let same = counter.clerk("b", "civil-dpf", &["civil"]).await;
    let case = counter.opened(&clerk, &terminal).await;
    let path = format!("/cases/{}/id-number", case["id"].as_str().unwrap());
    let shown = counter.ask(&clerk.token, "GET", &path, None).await;
    assert_eq!(shown.headers["cache-control"], "no-store");
    assert_eq!(shown.ok(), json!({ "id_number": ID_NUMBER, "phone": "13800136621" }));
    counter.ask(&same.token, "GET", &path, None).await.refused(403, "not_yours");
    assert_eq!(counter.count("SELECT COUNT(*) FROM case_events WHERE kind = 'id_number_revealed'").await, 1);
    assert_eq!(counter.count("SELECT COUNT(*) FROM ledger WHERE kind = 'case_access_refused'").await, 1);
}

#[tokio::test]
async fn many_who_read_at_once_do_not_wait_for_each_other_for_ever() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let case = counter.complete(&clerk, &terminal).await;
    let path = format!("/cases/{}", case["id"].as_str().unwrap());
    let reads = (0..40).map(|n| {
        let path = if n % 2 == 0 { path.as_str() } else { "/cases?mine=true" };
        counter.ask(&clerk.token, "GET", path, None)
    });
    // A connection that is waited for in vain gives an error after 20 seconds, not a hanging test.
    let all = futures_util::future::join_all(reads).await;
    assert!(all.iter().all(|answer| answer.status == 200));
}

#[tokio::test]
async fn without_fonts_nothing_is_opened_half() {
    let counter = Counter::with_fonts(&[]).await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let call = counter.call(&clerk, &terminal);
    let body = application(call, "disab-living", "disab-living/1");
    counter.open_as(&clerk.token, "key-00001", &body).await.refused(503, "no_font");
    assert_eq!(counter.count("SELECT COUNT(*) FROM cases").await, 0);
    assert_eq!(counter.count("SELECT COUNT(*) FROM idempotency_keys").await, 0);
}
