//! Stills of the document camera: announced by the terminal, sent in pieces, checked, sealed, bound to a material.
use aws_lc_rs::digest::{Context, SHA256};
use axum::body::Body;
use axum::http::StatusCode;
use casework::Case;
use futures_util::StreamExt;
use protocol::Timestamp;
use protocol::ids::{CallId, CaseId, Party, StillId};
use serde_json::json;
use std::time::Duration;
use tokio::fs;
use tokio::io::AsyncWriteExt;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::{Cases, Happened, News, Refusal, may_see};
use crate::auth::{Identity, TerminalIdentity};
use crate::store::cases::{self as rows, StillRow};
use crate::store::ledger::{self, Actor, Aggregate, Entry};
use crate::store::{StoreError, Tx};
use files::{kind_of, private, write_whole};

mod files;

/// The longest still in bytes.
pub const LONGEST_STILL: u64 = 12 << 20;

/// A sender from whom nothing came for so long has lost the line, and another request of the same terminal waits its turn.
const SILENCE: Duration = Duration::from_secs(10);

/// What a terminal announces.
#[derive(Clone, Debug)]
pub struct Announced {
    /// Which still, as the clerk's request names it.
    pub still: StillId,
    /// The call.
    pub call: CallId,
    /// Its length in bytes.
    pub length: u64,
    /// Its SHA-256, hexadecimal.
    pub digest: String,
}

/// How much of a still is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that arrived.
    pub offset: u64,
    /// Bytes that are to arrive.
    pub length: u64,
}

/// A still to look at.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What kind, such as `image/jpeg`.
    pub media_type: String,
    /// The picture.
    pub bytes: Vec<u8>,
    /// Its SHA-256.
    pub digest: String,
}

/// One writer per still; several stills at once.
#[derive(Debug)]
pub(super) struct Locks([Mutex<()>; 64]);

impl Default for Locks {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl Locks {
    fn of(&self, still: StillId) -> &Mutex<()> {
        &self.0[usize::from(still.0.as_bytes()[15]) % self.0.len()]
    }
}

impl Cases {
    /// Announces the still that the clerk asked for. Announcing it again changes nothing.
    ///
    /// # Errors
    /// Too long, not asked for in this terminal's call, or announced otherwise before.
    pub async fn announce_still(&self, by: &TerminalIdentity, new: Announced) -> Result<Progress, Refusal> {
        let parts = self.parts();
        if new.length == 0 || new.length > LONGEST_STILL {
            return Err(upload(StatusCode::PAYLOAD_TOO_LARGE, "too_big", "a still has 1 byte to 12 MiB"));
        }
        let _turn = self.0.uploads.of(new.still).lock().await;
        let known = rows::still(&mut *parts.store.read().await?, new.still).await?;
        if let Some(known) = known {
            let same = known.terminal == by.id && known.length == new.length && known.digest == new.digest;
            if !same {
                return Err(upload(
                    StatusCode::CONFLICT,
                    "other_still",
                    "this still was announced otherwise",
                ));
            }
            return self.arrived(&known).await;
        }
        let facts = parts.live.call_of(Party::Terminal(by.id)).await;
        let facts = facts.filter(|facts| facts.call == new.call && facts.terminal == by.id);
        let capture = facts.and_then(|facts| facts.capture).filter(|capture| capture.still == new.still);
        let material = capture.ok_or(Refusal::NotYourCall)?.material;
        fs::create_dir_all(&parts.stills).await?;
        private().truncate(true).open(self.part(new.still)).await?;
        let row = StillRow {
            id: new.still,
            call: new.call,
            terminal: by.id,
            material,
            case: None,
            length: new.length,
            digest: new.digest,
            media_type: None,
            created_at: self.now(),
            completed_at: None,
        };
        let mut tx = parts.store.begin().await?;
        rows::add_still(&mut tx, &row).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(Progress { offset: 0, length: row.length })
    }

    /// How much of a still is there.
    ///
    /// # Errors
    /// No such still of this terminal.
    pub async fn still_progress(&self, by: &TerminalIdentity, id: StillId) -> Result<Progress, Refusal> {
        // Whoever asks after a lost line may ask while the last piece is still being checked: they wait for the outcome.
        let _turn = self.0.uploads.of(id).lock().await;
        let row = self.own_still(by, id).await?;
        self.arrived(&row).await
    }

    /// Takes the next piece. What arrived before a lost connection stays. The last piece brings the check: digest and kind
    /// of picture; then the still is sealed, bound to its material, and told.
    ///
    /// # Errors
    /// Another offset than the next one, too much, not what was announced, no picture, or the citizen has stopped it.
    pub async fn append_still(
        &self,
        by: &TerminalIdentity,
        id: StillId,
        offset: u64,
        body: Body,
    ) -> Result<Progress, Refusal> {
        let _turn = self.0.uploads.of(id).lock().await;
        let row = self.own_still(by, id).await?;
        let progress = self.arrived(&row).await?;
        if progress.offset != offset {
            return Err(upload(
                StatusCode::CONFLICT,
                "other_offset",
                "ask with HEAD how much is there and go on from there",
            ));
        }
        if row.completed_at.is_some() {
            return Ok(progress);
        }
        self.still_wanted(&row).await?;
        let there = self.take_pieces(&row, offset, body).await?;
        if there == row.length {
            // The picture may have been on its way for minutes.
            self.still_wanted(&row).await?;
            self.finish(&row).await?;
        }
        Ok(Progress { offset: there, length: row.length })
    }

    /// Adds what comes to what is there; how much is there then.
    async fn take_pieces(&self, row: &StillRow, offset: u64, body: Body) -> Result<u64, Refusal> {
        let mut file = private().append(true).write(false).open(self.part(row.id)).await?;
        let mut there = offset;
        let mut pieces = body.into_data_stream();
        // The connection is gone, or seems so: the rest comes with the next request.
        while let Ok(Some(Ok(piece))) = timeout(SILENCE, pieces.next()).await {
            there += piece.len() as u64;
            if there > row.length {
                file.set_len(offset).await?;
                return Err(upload(StatusCode::PAYLOAD_TOO_LARGE, "too_big", "more than was announced"));
            }
            file.write_all(&piece).await?;
        }
        file.flush().await?;
        Ok(there)
    }

    /// Goes on unless the citizen has stopped assistance, or the terminal has given the still up: then what arrived goes.
    /// When the call is over, what was consented to and asked for in it may still arrive.
    async fn still_wanted(&self, row: &StillRow) -> Result<(), Refusal> {
        let facts = self.parts().live.call_of(Party::Terminal(row.terminal)).await;
        let stopped = facts.is_some_and(|facts| {
            facts.running
                && facts.call == row.call
                && facts.capture.is_none_or(|capture| capture.still != row.id)
        });
        if !stopped {
            return Ok(());
        }
        fs::remove_file(self.part(row.id)).await?;
        Err(upload(StatusCode::CONFLICT, "not_asked", "the citizen has stopped this, or it was given up"))
    }

    async fn finish(&self, row: &StillRow) -> Result<(), Refusal> {
        let parts = self.parts().clone();
        let (path, sealed_path, id) = (self.part(row.id), self.sealed(row.id), row.id);
        let expected = row.digest.clone();
        let checked = tokio::task::spawn_blocking(move || {
            let bytes = std::fs::read(&path)?;
            let mut context = Context::new(&SHA256);
            context.update(&bytes);
            if hex::encode(context.finish()) != expected {
                std::fs::write(&path, b"")?;
                let status = StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST);
                return Err(upload(
                    status,
                    "other_digest",
                    "what arrived is not what was announced: send it again",
                ));
            }
            let Some(media_type) = kind_of(&bytes) else {
                std::fs::write(&path, b"")?;
                let detail = "only JPEG, PNG and WebP pictures are taken";
                return Err(upload(StatusCode::UNSUPPORTED_MEDIA_TYPE, "no_picture", detail));
            };
            let sealed = parts.keys.seal(&place(id), &bytes).map_err(ledger::LedgerError::from);
            write_whole(&sealed_path, sealed.map_err(StoreError::from)?.as_bytes())?;
            Ok(media_type)
        });
        let media_type = checked.await.map_err(|_| std::io::Error::other("stopped"))??;
        let case = self.store_still(row, media_type).await?;
        // The record is written: the unsealed pieces go.
        fs::remove_file(self.part(row.id)).await?;
        if let Some(case) = case {
            self.tell(case, &[]).await;
        }
        self.parts().live.publish(News::Still { call: row.call, still: row.id }).await;
        Ok(())
    }

    async fn store_still(&self, row: &StillRow, media_type: &str) -> Result<Option<CaseId>, Refusal> {
        let (parts, now) = (self.parts(), self.now());
        let mut tx = parts.store.begin().await?;
        rows::complete_still(&mut tx, row.id, media_type, now).await?;
        let facts =
            json!({ "still": row.id, "material": row.material, "digest": row.digest, "bytes": row.length });
        let entry = Entry {
            aggregate: Aggregate::Call(row.call),
            kind: "still_stored",
            at: now,
            actor: Actor::Terminal(row.terminal),
            facts,
            payload: None,
        };
        ledger::append(&mut tx, &parts.keys, entry).await?;
        let mut bound = None;
        for id in rows::of_call(&mut tx, row.call).await? {
            let Some(stored) = rows::load(&mut tx, &parts.keys, id).await? else { continue };
            if self.bind_still(&mut tx, &stored.case, row, now).await?.is_some() {
                bound = Some(id);
                break;
            }
        }
        tx.commit().await.map_err(StoreError::from)?;
        Ok(bound)
    }

    /// Binds stills that were taken in the call before the case was opened.
    pub(super) async fn bind_early_stills(
        &self,
        tx: &mut Tx,
        call: CallId,
        case: &Case,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let mut case = case.clone();
        for still in rows::stills_of_call(tx, call).await? {
            if let Some(after) = self.bind_still(tx, &case, &still, now).await? {
                case = after;
            }
        }
        Ok(())
    }

    /// Binds a still to its material, which then waits for judgement. None: the case is decided, or has no such material.
    async fn bind_still(
        &self,
        tx: &mut Tx,
        case: &Case,
        still: &StillRow,
        now: Timestamp,
    ) -> Result<Option<Case>, Refusal> {
        let keys = &self.parts().keys;
        let Ok(intake) = case.clone().in_intake() else { return Ok(None) };
        let Ok(after) = intake.captured(&still.material) else { return Ok(None) };
        let after = Case::Intake(after);
        if !rows::save(tx, keys, case, &after, None).await? {
            return Err(casework::NotAllowed::Stale { now: 0, based_on: case.matter().version }.into());
        }
        rows::bind_still(tx, still.id, case.matter().id).await?;
        let facts = json!({ "material": still.material, "still": still.id, "digest": still.digest });
        let actor = Actor::Terminal(still.terminal);
        let happened = Happened { kind: "material_captured", at: now, actor, facts, payload: None };
        rows::record(tx, keys, &after, happened).await?;
        Ok(Some(after))
    }

    /// A still to look at: for those who may see its case, the clerk of its call, and its terminal during the call.
    ///
    /// # Errors
    /// No such still, or no right to it.
    pub async fn picture(&self, by: &Identity, id: StillId) -> Result<Picture, Refusal> {
        let parts = self.parts();
        let row = rows::still(&mut *parts.store.read().await?, id).await?.ok_or(Refusal::NotFound)?;
        let media_type = row.media_type.clone().ok_or(Refusal::NotFound)?;
        let in_call = parts.live.call_of(by.party()).await.is_some_and(|facts| facts.call == row.call);
        match by {
            _ if in_call => {}
            Identity::Terminal(_) => return Err(Refusal::NotFound),
            Identity::Staff(who) => {
                // Bound to no case yet, it belongs to its call alone.
                let case = row.case.ok_or(Refusal::NotYourCall)?;
                let stored = rows::load(&mut *parts.store.read().await?, &parts.keys, case).await?;
                let allowed = may_see(&stored.ok_or(Refusal::NotFound)?, &who.staff);
                self.on_record(&who.staff, case, allowed).await?;
            }
        }
        let (keys, path) = (parts.keys.clone(), self.sealed(id));
        let opened = tokio::task::spawn_blocking(move || {
            let sealed = std::fs::read_to_string(path)?;
            let opened = keys.unseal(&place(id), &sealed).map_err(ledger::LedgerError::from);
            Ok::<_, Refusal>(opened.map_err(StoreError::from)?)
        });
        let bytes = opened.await.map_err(|_| std::io::Error::other("stopped"))??;
        Ok(Picture { media_type, bytes, digest: row.digest })
    }

    async fn own_still(&self, by: &TerminalIdentity, id: StillId) -> Result<StillRow, Refusal> {
        let row = rows::still(&mut *self.parts().store.read().await?, id).await?;
        row.filter(|row| row.terminal == by.id).ok_or(Refusal::NotFound)
    }
}

fn place(id: StillId) -> String {
    format!("stills|{id}")
}

fn upload(status: StatusCode, code: &'static str, detail: &'static str) -> Refusal {
    Refusal::Upload { status, code, detail }
}
