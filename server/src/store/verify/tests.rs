use super::*;
use crate::store::checkpoint::{read_file, seal_now};
use crate::store::ledger::{Actor, Entry, append, erase};
use crate::store::testing::{NOON, Rig};
use protocol::ids::CaseId;
use serde_json::json;
use std::path::PathBuf;
use uuid::Uuid;

const CASES: u128 = 3;
const ROWS: i64 = 4;

struct Book {
    rig: Rig,
    file: PathBuf,
}

impl Book {
    /// Three cases of four rows each, every one with a payload. Sealed: rows 1 and 2, then all.
    async fn new() -> Self {
        let book = Self::open().await;
        book.write(2).await;
        book.seal().await;
        book.write(2).await;
        book.seal().await;
        book
    }

    async fn open() -> Self {
        let rig = Rig::new().await;
        let file = rig.folder.path().join("outside/checkpoints.jsonl");
        Self { rig, file }
    }

    async fn write(&self, rows: usize) {
        let mut tx = self.rig.store.begin().await.unwrap();
        for case in 1..=CASES {
            for _ in 0..rows {
                append(&mut tx, &self.rig.keys, entry(case)).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
    }

    async fn seal(&self) {
        seal_now(&self.rig.store, &self.rig.keys, &self.file, NOON).await.unwrap();
    }

    async fn verify(&self) -> Report {
        verify(&self.rig.store, &self.rig.keys, Some(&self.file)).await.unwrap()
    }

    /// Changes rows with `{case}` and `{row}` filled in; the only fault afterwards.
    async fn only(&self, sql: &str, case: u128, row: i64) -> Fault {
        let sql = sql.replace("{case}", &id(case)).replace("{row}", &row.to_string());
        let statements: Vec<String> = sql.split(';').map(str::to_owned).collect();
        for statement in statements {
            assert!(self.rig.tamper(&statement).await > 0, "{statement}");
        }
        let report = self.verify().await;
        assert_eq!(report.faults.len(), 1, "{sql}: {:?}", report.faults);
        report.faults[0].clone()
    }
}

fn entry(case: u128) -> Entry {
    Entry {
        aggregate: Aggregate::Case(CaseId(Uuid::from_u128(case))),
        kind: "case_noted",
        at: NOON,
        actor: Actor::System,
        facts: json!({"n": 1}),
        payload: Some(json!({"name": "王大力"})),
    }
}

fn id(case: u128) -> String {
    Uuid::from_u128(case).to_string()
}

fn chain(case: u128) -> Chain {
    Chain { kind: "case".into(), id: id(case) }
}

#[tokio::test]
async fn an_honest_book_is_good_and_says_what_is_not_sealed() {
    let book = Book::new().await;
    let report = book.verify().await;
    assert_eq!(report.faults, []);
    assert_eq!((report.chains, report.events, report.payloads, report.checkpoints), (3, 12, 12, 2));
    assert_eq!((report.checkpoints_in_file, report.not_sealed.len()), (Some(2), 0));

    book.write(1).await;
    let report = book.verify().await;
    assert!(report.is_good());
    let unsealed: Vec<_> = (1..=CASES).map(|case| Unsealed { chain: chain(case), from: 5, to: 5 }).collect();
    assert_eq!(report.not_sealed, unsealed);
    assert!(verify(&book.rig.store, &book.rig.keys, None).await.unwrap().is_good(), "without a file");
}

#[tokio::test]
async fn nothing_changed_nothing_sealed() {
    let book = Book::new().await;
    book.seal().await;
    assert_eq!(book.verify().await.checkpoints, 2);
}

#[tokio::test]
async fn every_changed_row_is_named() {
    let changes = [
        "UPDATE ledger SET event = replace(event, '\"n\":1', '\"n\":2') WHERE aggregate_id = '{case}' AND sequence = {row}",
        "UPDATE ledger SET hash = replace(hash, substr(hash, 1, 4), 'ffff') WHERE aggregate_id = '{case}' AND sequence = {row}",
    ];
    for case in 1..=CASES {
        for row in 1..=ROWS {
            let book = Book::new().await;
            let fault = book.only(changes[0], case, row).await;
            assert_eq!(fault, Fault::RowChanged { chain: chain(case), sequence: row });
        }
    }
    // A changed hash also breaks the row after it and its seals; the first fault of the chain names it.
    let book = Book::new().await;
    let sql = changes[1].replace("{case}", &id(2)).replace("{row}", "3");
    book.rig.tamper(&sql).await;
    let faults = book.verify().await.faults;
    assert_eq!(faults[0], Fault::RowChanged { chain: chain(2), sequence: 3 });
}

#[tokio::test]
async fn a_column_beside_the_event_cannot_lie() {
    for change in ["kind = 'case_accepted'", "at = 5"] {
        let book = Book::new().await;
        let sql =
            format!("UPDATE ledger SET {change} WHERE aggregate_id = '{{case}}' AND sequence = {{row}}");
        let fault = book.only(&sql, 1, 2).await;
        assert_eq!(fault, Fault::RowUnreadable { chain: chain(1), sequence: 2 });
    }
}

#[tokio::test]
async fn every_deleted_row_is_named() {
    let delete = "DELETE FROM ledger_payloads WHERE event IN \
                  (SELECT id FROM ledger WHERE aggregate_id = '{case}' AND sequence = {row});\
                  DELETE FROM ledger WHERE aggregate_id = '{case}' AND sequence = {row}";
    for row in 1..ROWS {
        let book = Book::new().await;
        let fault = book.only(delete, 2, row).await;
        assert_eq!(fault, Fault::RowsMissing { chain: chain(2), from: row, to: row });
    }
    let book = Book::new().await;
    let fault = book.only(delete, 2, ROWS).await;
    assert_eq!(fault, Fault::Truncated { chain: chain(2), found: 3, length: 4, checkpoint: Some(2) });
}

#[tokio::test]
async fn an_unsealed_row_that_is_cut_off_is_named_by_the_heads() {
    let book = Book::new().await;
    book.write(1).await;
    let delete = "DELETE FROM ledger_payloads WHERE event IN \
                  (SELECT id FROM ledger WHERE aggregate_id = '{case}' AND sequence = {row});\
                  DELETE FROM ledger WHERE aggregate_id = '{case}' AND sequence = {row}";
    let fault = book.only(delete, 2, 5).await;
    assert_eq!(fault, Fault::Truncated { chain: chain(2), found: 4, length: 5, checkpoint: None });
}

#[tokio::test]
async fn a_whole_deleted_case_is_named_even_when_every_trace_is_gone() {
    let book = Book::new().await;
    let delete = "DELETE FROM ledger_payloads WHERE event IN (SELECT id FROM ledger WHERE aggregate_id = '{case}');\
                  DELETE FROM ledger WHERE aggregate_id = '{case}';\
                  DELETE FROM ledger_heads WHERE aggregate_id = '{case}'";
    let fault = book.only(delete, 3, 0).await;
    assert_eq!(fault, Fault::ChainMissing { chain: chain(3), length: 4, checkpoint: Some(2) });
}

#[tokio::test]
async fn a_chain_computed_anew_contradicts_its_seal() {
    let book = Book::new().await;
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT sequence, event FROM ledger WHERE aggregate_id = $1 ORDER BY sequence")
            .bind(id(1))
            .fetch_all(book.rig.store.reader())
            .await
            .unwrap();
    // Whoever knows the formula: changes row 3, and computes all hashes and the head anew.
    let mut previous = ledger::BEGINNING;
    for (sequence, event) in rows {
        let event = if sequence == 3 { event.replace("\"n\":1", "\"n\":7") } else { event };
        previous = ledger::link(&previous, sequence, event.as_bytes());
        let hash = hex::encode(previous);
        let change = format!(
            "UPDATE ledger SET event = '{event}', hash = '{hash}' WHERE aggregate_id = '{}' AND sequence = {sequence}",
            id(1)
        );
        book.rig.tamper(&change).await;
        book.rig
            .tamper(&format!("UPDATE ledger_heads SET head = '{hash}' WHERE aggregate_id = '{}'", id(1)))
            .await;
    }
    let expected = Fault::SealContradicted { chain: chain(1), after: 2, sequence: 4, checkpoint: 2 };
    assert_eq!(book.verify().await.faults, [expected]);
}

#[tokio::test]
async fn every_changed_or_deleted_payload_is_named() {
    for row in 1..=ROWS {
        let at = "(SELECT id FROM ledger WHERE aggregate_id = '{case}' AND sequence = {row})";
        let book = Book::new().await;
        let change = format!(
            "UPDATE ledger_payloads SET sealed = substr(sealed, 1, 20) || \
             CASE substr(sealed, 21, 1) WHEN 'A' THEN 'B' ELSE 'A' END || substr(sealed, 22) WHERE event = {at}"
        );
        let fault = book.only(&change, 1, row).await;
        assert_eq!(fault, Fault::PayloadChanged { chain: chain(1), sequence: row });
        let book = Book::new().await;
        let fault = book.only(&format!("DELETE FROM ledger_payloads WHERE event = {at}"), 1, row).await;
        assert_eq!(fault, Fault::PayloadMissing { chain: chain(1), sequence: row });
    }
}

#[tokio::test]
async fn a_payload_of_another_event_is_no_payload_of_this_one() {
    let book = Book::new().await;
    let swap = "UPDATE ledger_payloads SET sealed = (SELECT q.sealed FROM ledger_payloads q JOIN ledger l ON l.id = q.event \
                WHERE l.aggregate_id = '{case}' AND l.sequence = 1) \
                WHERE event = (SELECT id FROM ledger WHERE aggregate_id = '{case}' AND sequence = 2)";
    let fault = book.only(swap, 1, 0).await;
    assert_eq!(fault, Fault::PayloadChanged { chain: chain(1), sequence: 2 });
}

#[tokio::test]
async fn an_erased_payload_is_accepted_only_with_its_event() {
    let book = Book::new().await;
    let first: String = sqlx::query_scalar("SELECT id FROM ledger WHERE aggregate_id = $1 AND sequence = 1")
        .bind(id(1))
        .fetch_one(book.rig.store.reader())
        .await
        .unwrap();
    let event: EventId = first.parse().unwrap();
    let sealed: String = sqlx::query_scalar("SELECT sealed FROM ledger_payloads WHERE event = $1")
        .bind(&first)
        .fetch_one(book.rig.store.reader())
        .await
        .unwrap();
    let mut tx = book.rig.store.begin().await.unwrap();
    erase(&mut tx, &book.rig.keys, event, "retention", Actor::System, NOON).await.unwrap();
    tx.commit().await.unwrap();
    book.seal().await;
    let report = book.verify().await;
    assert_eq!((report.faults.clone(), report.erased, report.payloads), (vec![], 1, 11));
    // Put back by somebody who kept a copy: then it was not erased.
    let back = format!("INSERT INTO ledger_payloads (event, sealed) VALUES ('{first}', '{sealed}')");
    assert_eq!(book.only(&back, 1, 1).await, Fault::PayloadNotErased { chain: chain(1), sequence: 1 });
}

#[tokio::test]
async fn a_changed_or_deleted_checkpoint_is_named() {
    let changed = [
        "UPDATE checkpoints SET body = replace(body, '\"length\":2', '\"length\":1') WHERE number = 1",
        "UPDATE checkpoints SET signature = replace(signature, substr(signature, 1, 4), 'AAAA') WHERE number = 1",
    ];
    for change in changed {
        let book = Book::new().await;
        book.rig.tamper(change).await;
        let faults = book.verify().await.faults;
        assert!(faults.contains(&Fault::CheckpointChanged { number: 1, in_file: false }), "{faults:?}");
        assert!(faults.contains(&Fault::CheckpointsDiffer { number: 1 }), "{faults:?}");
        let without = verify(&book.rig.store, &book.rig.keys, None).await.unwrap();
        assert!(!without.is_good(), "also without the file");
    }
    for number in [1, 2] {
        let book = Book::new().await;
        book.rig.tamper(&format!("DELETE FROM checkpoints WHERE number = {number}")).await;
        let faults = book.verify().await.faults;
        assert!(faults.contains(&Fault::CheckpointMissing { number, in_file: false }), "{faults:?}");
    }
}

#[tokio::test]
async fn a_changed_or_cut_file_is_named() {
    let book = Book::new().await;
    let text = std::fs::read_to_string(&book.file).unwrap();
    let first = text.lines().next().unwrap();
    for (tampered, expected) in [
        (format!("{first}\n"), Fault::CheckpointMissing { number: 2, in_file: true }),
        (format!("nonsense\n{text}"), Fault::FileLine { line: 1 }),
        (
            text.replacen("\"length\":2", "\"length\":1", 1),
            Fault::CheckpointChanged { number: 1, in_file: true },
        ),
        (String::new(), Fault::CheckpointMissing { number: 1, in_file: true }),
    ] {
        std::fs::write(&book.file, tampered).unwrap();
        let faults = book.verify().await.faults;
        assert!(faults.contains(&expected), "{expected:?} in {faults:?}");
    }
}

#[tokio::test]
async fn a_checkpoint_that_missed_the_file_is_appended_by_the_next_seal() {
    let book = Book::new().await;
    let text = std::fs::read_to_string(&book.file).unwrap();
    std::fs::write(&book.file, text.lines().next().unwrap().to_owned() + "\n").unwrap();
    book.seal().await;
    assert!(book.verify().await.is_good());
    assert_eq!(read_file(&book.file).unwrap().len(), 2);
}

#[tokio::test]
async fn half_a_line_that_a_crash_left_is_no_forgery_and_hides_none() {
    let book = Book::new().await;
    let text = std::fs::read_to_string(&book.file).unwrap();
    let (first, second) = text.split_once('\n').unwrap();
    let half = &second[..second.len() / 2];
    for end in ["", "\0\0\0\0"] {
        std::fs::write(&book.file, format!("{first}\n{half}{end}")).unwrap();
        book.seal().await;
        let report = book.verify().await;
        assert_eq!((report.faults, report.checkpoints_in_file), (vec![], Some(2)));
    }
    // Half a line that does not go on was somebody's; and the next line is judged for itself.
    let other = half.replacen("body", "bodx", 1);
    let changed = second.replace("\"length\":4", "\"length\":5");
    assert!(other != half && changed != second);
    for (tampered, expected) in [
        (format!("{first}\n{other}\n{second}"), Fault::FileLine { line: 2 }),
        (format!("{first}\n{half}\n"), Fault::FileLine { line: 2 }),
        (format!("{half}\n{text}"), Fault::FileLine { line: 1 }),
        (format!("{first}\n{half}\n{changed}"), Fault::FileLine { line: 2 }),
    ] {
        std::fs::write(&book.file, tampered).unwrap();
        let faults = book.verify().await.faults;
        assert!(faults.contains(&expected), "{expected:?} in {faults:?}");
    }
    let torn_early = &changed[..changed.find("\"length\"").unwrap()];
    std::fs::write(&book.file, format!("{first}\n{torn_early}\n{changed}")).unwrap();
    let faults = book.verify().await.faults;
    assert!(faults.contains(&Fault::CheckpointChanged { number: 2, in_file: true }), "{faults:?}");
}

#[tokio::test]
async fn a_checkpoint_that_two_programs_appended_is_there_once() {
    let book = Book::new().await;
    let text = std::fs::read_to_string(&book.file).unwrap();
    let (first, second) = text.split_once('\n').unwrap();
    std::fs::write(&book.file, format!("{first}\n{first}\n{second}")).unwrap();
    assert_eq!(book.verify().await.faults, []);
    std::fs::write(&book.file, format!("{first}\n{second}{first}\n")).unwrap();
    assert!(!book.verify().await.is_good(), "but not again later, out of its turn");
}

#[tokio::test]
async fn a_start_appends_what_a_killed_run_had_sealed() {
    let book = Book::new().await;
    std::fs::write(&book.file, "").unwrap();
    let cancel = tokio_util::sync::CancellationToken::new();
    cancel.cancel();
    let hour = std::time::Duration::from_secs(3600);
    let (store, keys, clock) = (book.rig.store.clone(), book.rig.keys.clone(), book.rig.clock.clone());
    crate::store::checkpoint::run(store, keys, book.file.clone(), clock, hour, cancel).await;
    assert!(book.verify().await.is_good());
}

#[tokio::test]
async fn an_older_database_beside_a_newer_file_is_not_sealed_over() {
    let book = Book::new().await;
    book.rig.tamper("DELETE FROM checkpoints WHERE number = 2").await;
    let refused = seal_now(&book.rig.store, &book.rig.keys, &book.file, NOON).await.unwrap_err();
    assert!(refused.to_string().contains("goes up to 2, the database only to 1"), "{refused}");
}

#[tokio::test]
async fn faults_read_as_sentences() {
    let book = Book::new().await;
    book.rig.tamper("UPDATE ledger SET kind = 'x' WHERE sequence = 4").await;
    let faults = book.verify().await.faults;
    assert_eq!(faults.len(), 3);
    let expected =
        format!("case {}: row 4 was changed: its event and its columns do not say the same", id(1));
    assert_eq!(faults[0].to_string(), expected);
}
