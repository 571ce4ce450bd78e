use super::*;
use crate::store::testing::{NOON, Rig};
use uuid::Uuid;

fn entry(kind: &'static str, facts: Value, payload: Option<Value>) -> Entry {
    let aggregate = Aggregate::Case(CaseId(Uuid::from_u128(1)));
    Entry { aggregate, kind, at: NOON, actor: Actor::System, facts, payload }
}

#[tokio::test]
async fn a_chain_is_what_its_formula_says() {
    let rig = Rig::new().await;
    let mut tx = rig.store.begin().await.unwrap();
    append(&mut tx, &rig.keys, entry("case_opened", json!({"b": 1, "a": "云"}), None)).await.unwrap();
    let personal = Some(json!({"name": "王大力"}));
    append(&mut tx, &rig.keys, entry("case_accepted", json!({}), personal.clone())).await.unwrap();
    tx.commit().await.unwrap();

    let rows: Vec<(i64, String, String)> =
        sqlx::query_as("SELECT sequence, event, hash FROM ledger ORDER BY sequence")
            .fetch_all(rig.store.reader())
            .await
            .unwrap();
    let mut previous = vec![0; 32];
    for (index, (sequence, event, hash)) in rows.iter().enumerate() {
        assert_eq!(*sequence, index as i64 + 1);
        let mut bytes = previous.clone();
        bytes.extend(sequence.to_be_bytes());
        bytes.extend(event.as_bytes());
        previous = digest(&SHA256, &bytes).as_ref().to_vec();
        assert_eq!(*hash, hex::encode(&previous));
        assert!(!event.contains("王大力"), "no personal data in the chain");
    }
    assert!(rows[0].1.contains(r#""facts":{"a":"云","b":1},"id":"#), "canonical: {}", rows[0].1);

    let chain = chain(rig.store.reader(), &rig.keys, entry("", json!({}), None).aggregate).await.unwrap();
    assert_eq!(
        chain.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(),
        ["case_opened", "case_accepted"]
    );
    assert_eq!((chain[0].payload.clone(), chain[1].payload.clone()), (None, personal));
}

#[tokio::test]
async fn equal_payloads_have_different_digests() {
    let rig = Rig::new().await;
    let mut tx = rig.store.begin().await.unwrap();
    for _ in 0..2 {
        append(&mut tx, &rig.keys, entry("x", json!({}), Some(json!("yes")))).await.unwrap();
    }
    tx.commit().await.unwrap();
    let events: Vec<String> =
        sqlx::query_scalar("SELECT event FROM ledger").fetch_all(rig.store.reader()).await.unwrap();
    let digests: Vec<Value> =
        events.iter().map(|event| serde_json::from_str::<Value>(event).unwrap()["payload"].clone()).collect();
    assert_eq!(digests[0].as_str().unwrap().len(), 64);
    assert_ne!(digests[0], digests[1]);
}

#[tokio::test]
async fn an_erased_payload_is_gone_and_said_to_be() {
    let rig = Rig::new().await;
    let mut tx = rig.store.begin().await.unwrap();
    let id = append(&mut tx, &rig.keys, entry("x", json!({}), Some(json!("secret")))).await.unwrap();
    erase(&mut tx, &rig.keys, id, "retention", Actor::System, NOON).await.unwrap();
    let again = erase(&mut tx, &rig.keys, id, "retention", Actor::System, NOON).await;
    assert!(matches!(again, Err(StoreError::Missing(_))));
    tx.commit().await.unwrap();
    let chain = chain(rig.store.reader(), &rig.keys, entry("", json!({}), None).aggregate).await.unwrap();
    assert_eq!(chain.len(), 2);
    assert_eq!(chain[0].payload, None);
    assert_eq!((chain[1].kind.as_str(), &chain[1].facts["event"]), (ERASED, &json!(id)));
}

#[tokio::test]
async fn a_rolled_back_event_leaves_no_gap() {
    let rig = Rig::new().await;
    let mut tx = rig.store.begin().await.unwrap();
    append(&mut tx, &rig.keys, entry("x", json!({}), None)).await.unwrap();
    drop(tx);
    let mut tx = rig.store.begin().await.unwrap();
    append(&mut tx, &rig.keys, entry("y", json!({}), None)).await.unwrap();
    tx.commit().await.unwrap();
    let chain = chain(rig.store.reader(), &rig.keys, entry("", json!({}), None).aggregate).await.unwrap();
    assert_eq!((chain.len(), chain[0].sequence, chain[0].kind.as_str()), (1, 1, "y"));
}

#[test]
fn a_number_that_doubles_cannot_hold_is_refused() {
    assert!(canonical(&json!({"n": 9_007_199_254_740_991_i64})).is_ok());
    assert!(matches!(canonical(&json!([{"n": 9_007_199_254_740_992_i64}])), Err(LedgerError::Number(_))));
    assert!(matches!(canonical(&json!(i64::MIN)), Err(LedgerError::Number(_))));
}
