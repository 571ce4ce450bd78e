use crate::cases::testing::Counter;
use protocol::ids::Party;
use protocol::{Common, ErrorCode};
use serde_json::json;

#[tokio::test]
async fn a_paper_is_read_by_its_terminal_in_its_call_and_by_those_who_may_see_the_case() {
    let counter = Counter::new().await;
    let clerk = counter.clerk("a", "civil", &["civil"]).await;
    let other = counter.clerk("b", "hrss", &["social"]).await;
    let (terminal, next) = (counter.terminal("S10").await, counter.terminal("S11").await);
    let case = counter.opened(&clerk, &terminal).await;
    let id = case["papers"][0]["id"].as_str().unwrap();
    let pdf = format!("/papers/{id}.pdf");
    let page = format!("/papers/{id}/pages/1.png");
    for token in [&clerk.token, &terminal.token] {
        let whole = counter.ask(token, "GET", &pdf, None).await;
        assert_eq!(
            (whole.status, &whole.headers["content-type"]),
            (200, &"application/pdf".parse().unwrap())
        );
        assert_eq!(whole.headers["cache-control"], "private, no-store");
        assert!(whole.bytes.starts_with(b"%PDF-"));
        let picture = counter.ask(token, "GET", &page, None).await;
        assert_eq!((picture.status, &picture.headers["content-type"]), (200, &"image/png".parse().unwrap()));
        assert!(picture.bytes.starts_with(b"\x89PNG"));
    }
    let pages = case["papers"][0]["pages"].as_u64().unwrap();
    for bad in [
        format!("/papers/{id}/pages/{}.png", pages + 1),
        format!("/papers/{id}/pages/0.png"),
        format!("/papers/{id}"),
    ] {
        counter.ask(&clerk.token, "GET", &bad, None).await.refused(404, "not_found");
    }
    counter.ask(&other.token, "GET", &pdf, None).await.refused(403, "not_yours");
    counter.ask(&next.token, "GET", &pdf, None).await.refused(404, "not_found");
    assert_eq!(counter.ask("x", "GET", &pdf, None).await.status, 401);
    // The visit is over: the next person at the same terminal reads nothing of it.
    counter.leave(Party::Terminal(terminal.id));
    counter.ask(&terminal.token, "GET", &pdf, None).await.refused(404, "not_found");
    counter.call(&clerk, &terminal);
    counter.ask(&terminal.token, "GET", &page, None).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_paper_is_received_once_and_only_at_its_terminal() {
    let counter = Counter::new().await;
    let clerk = counter.clerk("a", "civil", &["civil"]).await;
    let (terminal, next) = (counter.terminal("S10").await, counter.terminal("S11").await);
    let case = counter.opened(&clerk, &terminal).await;
    let paper = serde_json::from_value(case["papers"][0]["id"].clone()).unwrap();
    let refused = counter.cases.answer_receipt(next.id, paper).await;
    assert!(matches!(refused, Common::Error(error) if error.code == ErrorCode::NotYours));
    assert_eq!(counter.cases.answer_receipt(terminal.id, paper).await, Common::Done);
    let first = counter.house.clock().now();
    counter.advance(5);
    counter.cases.paper_received(terminal.id, paper).await.unwrap();
    let path = format!("/cases/{}", case["id"].as_str().unwrap());
    let case = counter.ask(&clerk.token, "GET", &path, None).await.ok();
    assert_eq!(case["papers"][0]["received_at"], json!(first));
    assert_eq!(counter.count("SELECT COUNT(*) FROM case_events WHERE kind = 'paper_received'").await, 1);
}

#[tokio::test]
async fn the_digest_in_the_chain_is_that_of_the_pdf() {
    let counter = Counter::new().await;
    let (clerk, terminal) = (counter.clerk("a", "civil", &["civil"]).await, counter.terminal("S10").await);
    let case = counter.opened(&clerk, &terminal).await;
    let id = case["papers"][0]["id"].as_str().unwrap();
    let pdf = counter.ask(&clerk.token, "GET", &format!("/papers/{id}.pdf"), None).await.bytes;
    let digest = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &pdf));
    assert_eq!(case["timeline"][1]["facts"]["digest"], json!(digest));
}
