//! The one way to a case: loads it, lets `casework` decide, commits state, event and ledger in one transaction, and only
//! then publishes through the engine.
//!
//! Nothing here decides about the law; nothing here trusts what a client says about who it is: whoever asks comes as an
//! account or a terminal that `auth` identified.
use casework::{Case, Ended, NotAllowed, WorkingCalendar};
use protocol::Timestamp;
use protocol::ids::{CaseId, StaffId};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{Mutex, Notify};

use crate::catalogue::{self, Catalogue};
use crate::clock::SharedClock;
use crate::papers::Papers;
use crate::store::cases::{self as rows, Happened, Stored};
use crate::store::keys::LedgerKeys;
use crate::store::ledger::Actor;
use crate::store::staff::{Role, Staff};
use crate::store::{Store, StoreError, calendar};
use issue::Issued;

mod colleagues;
mod decide;
mod handoffs;
mod issue;
mod live;
mod open;
mod read;
mod refusal;
mod stills;
#[cfg(test)]
pub(crate) mod testing;
mod timers;
pub mod view;

pub use colleagues::Colleague;
pub use handoffs::NewHandoff;
pub use live::{Live, News};
pub use open::{NewApplicant, NewCase, Opened};
pub use read::brief_of_call;
pub use refusal::Refusal;
pub use stills::{Announced, LONGEST_STILL, Picture, Progress};
pub use timers::run_timers;

/// The way to cases. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Cases(Arc<Inner>);

/// What cases are made of.
#[derive(Clone, Debug)]
pub struct CaseParts {
    /// The database.
    pub store: Store,
    /// What seals personal data.
    pub keys: LedgerKeys,
    /// Moments and ids.
    pub clock: SharedClock,
    /// The catalogue in force.
    pub catalogue: catalogue::Shared,
    /// What makes papers.
    pub papers: Papers,
    /// The live desk.
    pub live: Arc<dyn Live>,
    /// Where stills lie.
    pub stills: PathBuf,
}

#[derive(Debug)]
struct Inner {
    parts: CaseParts,
    /// Held while news is read and told, so that nobody hears of an older state after a newer one.
    telling: Mutex<()>,
    /// One writer per still.
    uploads: stills::Locks,
    /// A handoff was offered: the next expiry may be earlier than thought.
    offered: Notify,
}

/// What a transition gave.
struct Change {
    case: Case,
    ended: Option<Ended>,
    happened: Happened,
}

impl Cases {
    /// Cases over these parts.
    #[must_use]
    pub fn new(parts: CaseParts) -> Self {
        Self(Arc::new(Inner {
            parts,
            telling: Mutex::default(),
            uploads: stills::Locks::default(),
            offered: Notify::new(),
        }))
    }

    fn parts(&self) -> &CaseParts {
        &self.0.parts
    }

    /// What makes papers.
    #[must_use]
    pub fn papers(&self) -> &Papers {
        &self.parts().papers
    }

    fn now(&self) -> Timestamp {
        self.parts().clock.now()
    }

    /// Loads a case in the transaction, lets `decide` decide, and writes what it decided, with
    /// the paper that certifies it.
    async fn change(
        &self,
        id: CaseId,
        seen_by: Option<&Staff>,
        decide: impl FnOnce(Case) -> Result<Change, NotAllowed> + Send,
        paper: Option<Issued>,
    ) -> Result<(), Refusal> {
        let parts = self.parts();
        let mut tx = parts.store.begin().await?;
        let stored = rows::load(&mut tx, &parts.keys, id).await?.ok_or(Refusal::NotFound)?;
        if let Some(staff) = seen_by
            && let Err(refusal) = may_see(&stored, staff)
        {
            drop(tx);
            return self.on_record(staff, id, Err(refusal)).await;
        }
        let before = stored.case;
        let Change { case, ended, happened } = decide(before.clone())?;
        if !rows::save(&mut tx, &parts.keys, &before, &case, ended.as_ref()).await? {
            let based_on = before.matter().version;
            return Err(NotAllowed::Stale { now: based_on + 1, based_on }.into());
        }
        rows::record(&mut tx, &parts.keys, &case, happened).await?;
        if let Some(paper) = paper {
            paper.store(&mut tx, &parts.keys, &case).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// Tells the call and the owners how the case is now.
    async fn tell(&self, id: CaseId, also: &[StaffId]) {
        let _turn = self.0.telling.lock().await;
        match self.brief(id).await {
            Ok((stored, case)) => {
                let mut concerns = vec![case.owner, stored.origin.opened_by];
                concerns.extend(also);
                concerns.sort_unstable();
                concerns.dedup();
                self.parts()
                    .live
                    .publish(News::Case { call: Some(stored.origin.call), case, concerns })
                    .await;
            }
            // The record is safe; who asks again sees it.
            Err(error) => tracing::warn!(%error, case = %id, "a change could not be told"),
        }
    }

    async fn calendar(&self) -> Result<WorkingCalendar, Refusal> {
        let mut years = BTreeMap::new();
        for year in calendar::load(&self.parts().store).await? {
            let mut body = year.body;
            body["provisional"] = Value::Bool(year.provisional);
            let rules = serde_json::from_value(body).map_err(|_| StoreError::Damaged("calendar"))?;
            years.insert(year.year, rules);
        }
        Ok(WorkingCalendar::new(&years).map_err(|_| StoreError::Damaged("calendar"))?)
    }

    /// The catalogue by which a case is decided: the one that was in force when it was opened.
    async fn catalogue_of(&self, stored: &Stored) -> Result<Arc<Catalogue>, Refusal> {
        let loaded = self.parts().catalogue.get();
        let version = stored.origin.catalogue_version;
        if loaded.catalogue.version == version {
            return Ok(Arc::new(loaded.catalogue.clone()));
        }
        let found = crate::store::catalogue::version(&self.parts().store, version).await?;
        found.map(Arc::new).ok_or(Refusal::Store(StoreError::Damaged("catalogue version")))
    }
}

/// Whether somebody may see a case: the owner, who opened it, whoever it is on offer to, its department, supervisors of its
/// hub. To everybody else of the hub it exists and is closed; to other hubs it does not exist.
fn may_see(stored: &Stored, staff: &Staff) -> Result<(), Refusal> {
    let (matter, profile) = (stored.case.matter(), &staff.profile);
    if stored.origin.hub != profile.hub {
        return Err(Refusal::NotFound);
    }
    let offered = matter.handoff.as_ref().is_some_and(|offer| as_clerk(staff).is_meant_by(&offer.to));
    let allowed = matter.owner == staff.id
        || stored.origin.opened_by == staff.id
        || offered
        || (staff.has(Role::Clerk) && profile.department.as_ref() == Some(&stored.origin.department))
        || staff.has(Role::Supervisor);
    if allowed { Ok(()) } else { Err(Refusal::NotYours) }
}

/// An account, as the law of handoffs sees it.
fn as_clerk(staff: &Staff) -> casework::Clerk {
    casework::Clerk {
        id: staff.id,
        in_service: staff.disabled_at.is_none() && staff.has(Role::Clerk),
        department: staff.profile.department.clone(),
        skill_groups: staff.profile.skill_groups.clone(),
    }
}

/// Something a member of staff did.
fn by_staff(
    kind: &'static str,
    staff: StaffId,
    at: Timestamp,
    facts: Value,
    payload: Option<Value>,
) -> Happened {
    Happened { kind, at, actor: Actor::Staff(staff), facts, payload }
}
