//! The materials of a case: what is there, and what was judged.
use protocol::ids::MaterialCode;
use serde::{Deserialize, Serialize};

use crate::NotAllowed;

/// Longest reason in characters.
const LONGEST_REASON: usize = 200;

/// What the catalogue asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// Which material.
    pub code: MaterialCode,
    /// Without it nothing can be accepted (主件).
    pub primary: bool,
    /// It may follow later, by a conditional acceptance.
    pub deferrable: bool,
}

/// How far a material is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum MaterialStatus {
    /// Nothing seen.
    Missing,
    /// Something lies there and waits for judgement.
    Captured,
    /// Judged good.
    Accepted,
    /// Judged bad.
    Rejected {
        /// Why, in words that the applicant can act on.
        reason: String,
    },
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialRow {
    /// What is asked for.
    pub requirement: Requirement,
    /// How far it is.
    pub status: MaterialStatus,
}

/// What a clerk says of a material.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Good. The clerk may judge what is held into the camera; a still is not needed.
    Accept,
    /// Bad, with the reason.
    Reject {
        /// Why.
        reason: String,
    },
    /// It lies there, not judged (any more).
    Leave,
}

/// A material that stands in the way of acceptance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// Which.
    pub material: MaterialCode,
    /// Why.
    pub why: Blocking,
}

/// Why a material stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocking {
    /// A primary material is not there.
    PrimaryMissing,
    /// A secondary material is not there, and the catalogue does not let it follow.
    Missing,
    /// A secondary material is not there; it could follow by a conditional acceptance, which is another act.
    MissingDeferrable,
    /// It lies there and nobody has judged it.
    NotJudged,
    /// It was judged bad.
    Rejected,
}

/// The whole list, in the catalogue's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    rows: Vec<MaterialRow>,
}

impl Checklist {
    /// A fresh list: nothing seen yet.
    #[must_use]
    pub fn of(requirements: Vec<Requirement>) -> Self {
        let fresh = |requirement| MaterialRow { requirement, status: MaterialStatus::Missing };
        Self { rows: requirements.into_iter().map(fresh).collect() }
    }

    /// A list as it was stored.
    #[must_use]
    pub fn restored(rows: Vec<MaterialRow>) -> Self {
        Self { rows }
    }

    /// Its rows.
    #[must_use]
    pub fn rows(&self) -> &[MaterialRow] {
        &self.rows
    }

    /// One row.
    #[must_use]
    pub fn row(&self, code: &MaterialCode) -> Option<&MaterialRow> {
        self.rows.iter().find(|row| row.requirement.code == *code)
    }

    /// Everything that stands in the way of a plain acceptance; empty means nothing does.
    #[must_use]
    pub fn blocked(&self) -> Vec<Blocked> {
        let blocked = |row: &MaterialRow| {
            blocking(row).map(|why| Blocked { material: row.requirement.code.clone(), why })
        };
        self.rows.iter().filter_map(blocked).collect()
    }

    pub(crate) fn judge(&mut self, code: &MaterialCode, judgement: Judgement) -> Result<(), NotAllowed> {
        let status = match judgement {
            Judgement::Accept => MaterialStatus::Accepted,
            Judgement::Leave => MaterialStatus::Captured,
            Judgement::Reject { reason } => {
                MaterialStatus::Rejected { reason: words(&reason, LONGEST_REASON)? }
            }
        };
        let row = self.rows.iter_mut().find(|row| row.requirement.code == *code);
        row.ok_or_else(|| NotAllowed::NoSuchMaterial(code.clone()))?.status = status;
        Ok(())
    }
}

fn blocking(row: &MaterialRow) -> Option<Blocking> {
    let Requirement { primary, deferrable, .. } = row.requirement;
    match row.status {
        MaterialStatus::Accepted => None,
        MaterialStatus::Rejected { .. } => Some(Blocking::Rejected),
        MaterialStatus::Captured => Some(Blocking::NotJudged),
        MaterialStatus::Missing if primary => Some(Blocking::PrimaryMissing),
        MaterialStatus::Missing if deferrable => Some(Blocking::MissingDeferrable),
        MaterialStatus::Missing => Some(Blocking::Missing),
    }
}

/// Words that say something, are not too long, and are read as they were written: they stand on papers.
pub(crate) fn words(text: &str, longest: usize) -> Result<String, NotAllowed> {
    let text = text.trim();
    // Signs that turn the direction of what follows can make a sentence look like another one.
    let turns =
        |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    if text.chars().any(|c| (c.is_control() && c != '\n') || turns(c)) {
        return Err(NotAllowed::Unreadable);
    }
    match text.chars().count() {
        0 => Err(NotAllowed::ReasonMissing),
        n if n > longest => Err(NotAllowed::TooLong(longest)),
        _ => Ok(text.to_owned()),
    }
}
