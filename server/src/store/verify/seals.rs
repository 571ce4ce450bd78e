//! Checkpoints: their own chain, their signatures, and file against database.
use std::collections::BTreeMap;
use std::path::Path;

use super::super::checkpoint::{self, BEGINNING, Body, Record};
use super::super::keys::LedgerKeys;
use super::super::ledger::sha256;
use super::super::{StoreError, Tx};
use super::{Chain, Fault, Report};

/// What a checkpoint says of a chain at one length.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) head: String,
    pub(super) checkpoint: i64,
}

/// By chain and length.
pub(super) type Claims = BTreeMap<Chain, BTreeMap<i64, Claim>>;

pub(super) type Lines = Vec<Result<Record, usize>>;

pub(super) fn from_file(path: &Path) -> Result<Lines, StoreError> {
    let unreadable = |source| StoreError::Folder { folder: path.to_owned(), source };
    checkpoint::read_file(path).map_err(unreadable)
}

pub(super) async fn from_database(tx: &mut Tx) -> Result<Vec<Record>, StoreError> {
    checkpoint::records(&mut **tx, 0).await
}

/// Checks both lists and their agreement; what good seals claim, wherever they lie.
pub(super) fn check(
    database: &[Record],
    file: Option<&[Result<Record, usize>]>,
    keys: &LedgerKeys,
    report: &mut Report,
) -> Claims {
    let mut claims = Claims::new();
    report.checkpoints = database.len() as u64;
    let inside: Vec<&Record> = database.iter().collect();
    list(&inside, false, keys, &mut claims, report);
    let Some(file) = file else { return claims };

    let mut outside = Vec::new();
    for line in file {
        match line {
            Ok(record) => outside.push(record),
            Err(line) => report.fault(Fault::FileLine { line: *line }),
        }
    }
    report.checkpoints_in_file = Some(outside.len() as u64);
    list(&outside, true, keys, &mut claims, report);
    let by_number = |records: &[&Record]| -> BTreeMap<i64, Record> {
        records.iter().map(|record| (record.number, (*record).clone())).collect()
    };
    let (inside, outside) = (by_number(&inside), by_number(&outside));
    for (number, record) in &outside {
        match inside.get(number) {
            None => report.fault(Fault::CheckpointMissing { number: *number, in_file: false }),
            Some(other) if other != record => report.fault(Fault::CheckpointsDiffer { number: *number }),
            Some(_) => {}
        }
    }
    for number in inside.keys().filter(|number| !outside.contains_key(number)) {
        report.fault(Fault::CheckpointMissing { number: *number, in_file: true });
    }
    claims
}

fn list(records: &[&Record], in_file: bool, keys: &LedgerKeys, claims: &mut Claims, report: &mut Report) {
    let mut previous = BEGINNING.to_owned();
    let mut last = 0;
    for record in records {
        let number = record.number;
        match good(record, keys) {
            Some(body) => {
                if number != last + 1 || body.previous != previous {
                    report.fault(Fault::CheckpointMissing { number: last + 1, in_file });
                }
                for sealed in body.chains {
                    let chain = Chain { kind: sealed.kind, id: sealed.id };
                    let claim = Claim { head: sealed.head, checkpoint: number };
                    claims.entry(chain).or_default().entry(sealed.length).or_insert(claim);
                }
            }
            None => report.fault(Fault::CheckpointChanged { number, in_file }),
        }
        (last, previous) = (number, record.hash.clone());
    }
}

/// The signed text of a record, if record, hash and signature fit.
fn good(record: &Record, keys: &LedgerKeys) -> Option<Body> {
    let text = record.body.as_bytes();
    let body: Body = serde_json::from_slice(text).ok()?;
    let fits = record.hash == hex::encode(sha256(&[text]))
        && body.number == record.number
        && body.canonical().ok()? == text
        && keys.signed(text, &record.signature);
    fits.then_some(body)
}
