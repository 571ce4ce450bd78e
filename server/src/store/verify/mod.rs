//! Recomputes every chain and every seal, and names what does not fit.
//!
//! Nothing in the database is believed because it is there: hashes are recomputed, payloads opened and compared with
//! their digests, signatures checked, and the seals of the file outside of the database held against those inside. What
//! is younger than the last seal is reported as not sealed yet: it is consistent, and that is all.
use futures_util::TryStreamExt;
use protocol::ids::EventId;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::keys::LedgerKeys;
use super::ledger::{self, Aggregate};
use super::{Store, StoreError, Tx};

mod fault;
mod seals;
#[cfg(test)]
mod tests;

pub use fault::{Chain, Fault};
use seals::Claims;

/// Faults listed at most; all are counted.
const MOST_FAULTS: usize = 1000;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many chains there are.
    pub chains: u64,
    /// How many events they have.
    pub events: u64,
    /// How many payloads were opened and fit.
    pub payloads: u64,
    /// How many payloads were erased, with an event that says so.
    pub erased: u64,
    /// How many checkpoints there are.
    pub checkpoints: u64,
    /// How many of them also lie in the file; none if there was no file to look at.
    pub checkpoints_in_file: Option<u64>,
    /// What is younger than the last checkpoint: consistent, not proved.
    pub not_sealed: Vec<Unsealed>,
    /// What does not fit, seals first, then chains in order: the first of a chain is its first bad row.
    pub faults: Vec<Fault>,
    /// How many more there were than are listed.
    pub more_faults: u64,
}

/// The end of a chain that no checkpoint covers yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsealed {
    /// Which chain.
    pub chain: Chain,
    /// Its first row that is not sealed.
    pub from: i64,
    /// Its last row.
    pub to: i64,
}

impl Report {
    /// Whether everything fits.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.faults.is_empty()
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        } else {
            self.more_faults += 1;
        }
    }
}

/// Recomputes everything. `file` is the checkpoint file outside of the database.
///
/// # Errors
/// When the database or the file cannot be read; what does not fit is no error but in the report.
pub async fn verify(store: &Store, keys: &LedgerKeys, file: Option<&Path>) -> Result<Report, StoreError> {
    let mut report = Report::default();
    // The file first: a seal is committed before it is appended, so the file is never ahead of a later snapshot.
    let mut in_file = file.map(seals::from_file).transpose()?;
    let mut tx = store.snapshot().await?;
    let in_database = seals::from_database(&mut tx).await?;
    if let (Some(path), Some(read)) = (file, &in_file)
        && read.len() < in_database.len()
    {
        // A seal may have been made between the two; then it is in the file by now.
        in_file = Some(seals::from_file(path)?);
    }
    let mut claims = seals::check(&in_database, in_file.as_deref(), keys, &mut report);
    let mut heads = heads(&mut tx).await?;
    chains(&mut tx, keys, &mut claims, &mut heads, &mut report).await?;
    for (chain, claimed) in claims {
        let (length, checkpoint) =
            claimed.last_key_value().map_or((0, 0), |(at, claim)| (*at, claim.checkpoint));
        heads.remove(&chain);
        report.fault(Fault::ChainMissing { chain, length, checkpoint: Some(checkpoint) });
    }
    for (chain, (length, _)) in heads {
        report.fault(Fault::ChainMissing { chain, length, checkpoint: None });
    }
    let strays: Vec<String> = sqlx::query_scalar(
        "SELECT p.event FROM ledger_payloads p WHERE NOT EXISTS (SELECT 1 FROM ledger l WHERE l.id = p.event)",
    )
    .fetch_all(&mut *tx)
    .await?;
    strays.into_iter().for_each(|event| report.fault(Fault::PayloadWithoutEvent { event }));
    Ok(report)
}

type Heads = BTreeMap<Chain, (i64, String)>;

async fn heads(tx: &mut Tx) -> Result<Heads, StoreError> {
    let rows: Vec<(String, String, i64, String)> =
        sqlx::query_as("SELECT aggregate_kind, aggregate_id, length, head FROM ledger_heads")
            .fetch_all(&mut **tx)
            .await?;
    Ok(rows.into_iter().map(|(kind, id, length, head)| (Chain { kind, id }, (length, head))).collect())
}

type Row = (String, String, i64, String, String, i64, String, String, Option<String>);

async fn chains(
    tx: &mut Tx,
    keys: &LedgerKeys,
    claims: &mut Claims,
    heads: &mut Heads,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut rows = sqlx::query_as::<_, Row>(
        "SELECT l.aggregate_kind, l.aggregate_id, l.sequence, l.id, l.kind, l.at, l.event, l.hash, p.sealed \
         FROM ledger l LEFT JOIN ledger_payloads p ON p.event = l.id \
         ORDER BY l.aggregate_kind, l.aggregate_id, l.sequence",
    )
    .fetch(&mut **tx);
    let mut walk: Option<Walk> = None;
    while let Some(row) = rows.try_next().await? {
        let chain = Chain { kind: row.0.clone(), id: row.1.clone() };
        if walk.as_ref().is_none_or(|walk| walk.chain != chain) {
            if let Some(done) = walk.take() {
                done.finish(report);
            }
            let (claimed, head) = (claims.remove(&chain).unwrap_or_default(), heads.remove(&chain));
            walk = Some(Walk::begin(chain, claimed, head));
        }
        if let Some(walk) = &mut walk {
            walk.row(keys, &row, report);
        }
    }
    if let Some(done) = walk {
        done.finish(report);
    }
    Ok(())
}

/// One chain being walked along.
struct Walk {
    chain: Chain,
    claimed: BTreeMap<i64, seals::Claim>,
    head: Option<(i64, String)>,
    sequence: i64,
    previous: String,
    /// Up to here a checkpoint agrees.
    confirmed: i64,
    /// Rows whose payload is not there, until an event says why.
    absent: BTreeMap<EventId, i64>,
    present: BTreeMap<EventId, i64>,
    erased: BTreeSet<EventId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    #[serde(rename = "v")]
    _v: u8,
    id: EventId,
    aggregate: Aggregate,
    kind: String,
    at: i64,
    #[serde(rename = "actor")]
    _actor: ledger::Actor,
    facts: Value,
    payload: Option<String>,
}

impl Walk {
    fn begin(chain: Chain, claimed: BTreeMap<i64, seals::Claim>, head: Option<(i64, String)>) -> Self {
        Self {
            chain,
            claimed,
            head,
            sequence: 0,
            previous: hex::encode(ledger::BEGINNING),
            confirmed: 0,
            absent: BTreeMap::new(),
            present: BTreeMap::new(),
            erased: BTreeSet::new(),
        }
    }

    fn row(&mut self, keys: &LedgerKeys, row: &Row, report: &mut Report) {
        let (_, _, sequence, _, _, _, text, hash, sealed) = row;
        report.events += 1;
        let expected = self.sequence + 1;
        let follows = *sequence == expected;
        if !follows {
            let (from, to) = (expected, sequence - 1);
            report.fault(Fault::RowsMissing { chain: self.chain.clone(), from, to });
        }
        // After a gap nothing tells what went before; the row itself is still what the next one builds on.
        if follows && recomputed(&self.previous, *sequence, text).as_ref() != Some(hash) {
            report.fault(Fault::RowChanged { chain: self.chain.clone(), sequence: *sequence });
        }
        match self.read(row) {
            Some(event) => self.payload(keys, &event, *sequence, sealed.as_deref(), report),
            None => report.fault(Fault::RowUnreadable { chain: self.chain.clone(), sequence: *sequence }),
        }
        if let Some(claim) = self.claimed.get(sequence) {
            if claim.head == *hash {
                self.confirmed = *sequence;
            } else {
                let (chain, checkpoint) = (self.chain.clone(), claim.checkpoint);
                let (after, sequence) = (self.confirmed, *sequence);
                report.fault(Fault::SealContradicted { chain, after, sequence, checkpoint });
            }
        }
        (self.sequence, self.previous) = (*sequence, hash.clone());
    }

    /// The event, if it is one, canonical, and says the same as its columns.
    fn read(&self, row: &Row) -> Option<Event> {
        let (kind, aggregate, _, id, what, at, text, ..) = row;
        let value: Value = serde_json::from_str(text).ok()?;
        let canonical = ledger::canonical(&value).ok()?;
        let event: Event = serde_json::from_value(value).ok()?;
        let (said_kind, said_id) = event.aggregate.columns();
        let same = canonical == text.as_bytes()
            && (said_kind, said_id.as_str()) == (kind.as_str(), aggregate.as_str())
            && event.id.to_string() == *id
            && event.kind == *what
            && event.at == *at;
        same.then_some(event)
    }

    fn payload(
        &mut self,
        keys: &LedgerKeys,
        event: &Event,
        sequence: i64,
        sealed: Option<&str>,
        report: &mut Report,
    ) {
        if event.kind == ledger::ERASED
            && let Ok(erased) = EventId::deserialize(&event.facts["event"])
        {
            self.erased.insert(erased);
        }
        let chain = || self.chain.clone();
        match (&event.payload, sealed) {
            (None, None) => {}
            (None, Some(_)) => report.fault(Fault::PayloadChanged { chain: chain(), sequence }),
            (Some(_), None) => {
                self.absent.insert(event.id, sequence);
            }
            (Some(digest), Some(sealed)) => {
                match ledger::open(keys, event.id, sealed) {
                    Ok((found, _)) if hex::encode(found) == *digest => report.payloads += 1,
                    _ => report.fault(Fault::PayloadChanged { chain: chain(), sequence }),
                }
                self.present.insert(event.id, sequence);
            }
        }
    }

    fn finish(mut self, report: &mut Report) {
        report.chains += 1;
        for (event, sequence) in &self.absent {
            if self.erased.contains(event) {
                report.erased += 1;
            } else {
                report.fault(Fault::PayloadMissing { chain: self.chain.clone(), sequence: *sequence });
            }
        }
        for (event, sequence) in &self.present {
            if self.erased.contains(event) {
                report.fault(Fault::PayloadNotErased { chain: self.chain.clone(), sequence: *sequence });
            }
        }
        let sealed = self.claimed.last_key_value().map(|(length, claim)| (*length, claim.checkpoint));
        let said = self.head.take();
        if let Some((length, checkpoint)) = sealed.filter(|(length, _)| *length > self.sequence) {
            let (chain, checkpoint) = (self.chain.clone(), Some(checkpoint));
            report.fault(Fault::Truncated { chain, found: self.sequence, length, checkpoint });
        } else if said.as_ref().is_some_and(|(length, _)| *length > self.sequence) {
            let (chain, length) = (self.chain.clone(), said.as_ref().map_or(0, |(length, _)| *length));
            report.fault(Fault::Truncated { chain, found: self.sequence, length, checkpoint: None });
        } else if said.as_ref() != Some(&(self.sequence, self.previous.clone())) {
            report.fault(Fault::HeadWrong { chain: self.chain.clone() });
        }
        let last_sealed = sealed.map_or(0, |(length, _)| length);
        if self.sequence > last_sealed {
            let (from, to) = (last_sealed + 1, self.sequence);
            report.not_sealed.push(Unsealed { chain: self.chain, from, to });
        }
    }
}

fn recomputed(previous: &str, sequence: i64, event: &str) -> Option<String> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(previous, &mut bytes).ok()?;
    Some(hex::encode(ledger::link(&bytes, sequence, event.as_bytes())))
}
