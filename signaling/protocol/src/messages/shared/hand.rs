//! A helping hand: what the citizen allowed, marks on a page, the shared form, stills.
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

use super::Locale;
use crate::Timestamp;
use crate::ids::{MaterialCode, StillId};

/// The text that a consent was asked with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct ShownText {
    /// Its version, such as `assist-2026-01`.
    pub version: String,
    /// The language it was shown in.
    pub locale: Locale,
}

/// What a clerk may be allowed to do on the terminal, each asked for on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Capability {
    /// Point at and highlight things on the terminal's page.
    Point,
    /// Fill fields of the shared form.
    Fill,
    /// Trigger a still of the document camera.
    Capture,
}

/// Whose hand did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Hand {
    /// The citizen at the terminal.
    Citizen,
    /// The clerk of the call.
    Clerk,
    /// Taken over from what was already known (identity typed before the call).
    System,
}

/// A place on a page, independent of its size: both in 0 ..= 10,000 of width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Spot {
    /// From the left edge.
    pub x: u16,
    /// From the top edge.
    pub y: u16,
}

/// Something shown on the terminal's page by the clerk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum Mark {
    /// A hand with the clerk's name; fades after four seconds.
    Pointer {
        /// Where.
        at: Spot,
        /// Whether this begins a gesture (recorded) or continues one (not recorded).
        begins: bool,
    },
    /// A frame around a part of the page; stays until cleared.
    Highlight {
        /// One corner.
        from: Spot,
        /// The opposite corner.
        to: Spot,
    },
    /// Takes every highlight away.
    Clear,
}

/// What a mark lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Surface {
    /// The shared form.
    Form,
    /// The picture of the document camera.
    DocumentCamera,
    /// The paper that is being shown.
    Paper,
    /// The whole page of the terminal.
    Page,
}

/// Consent to assistance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AssistView {
    /// Asked for and not yet answered; unanswered after 30 s means no.
    pub asked: Vec<Capability>,
    /// When the question ends by itself; none if nothing is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ask_ends_at: Option<Timestamp>,
    /// Granted and in force.
    pub granted: Vec<Capability>,
}

/// The shared form. Its fields and their order are those of [`FORM_FIELDS`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FormView {
    /// Values by field, with whose hand wrote them.
    pub values: BTreeMap<String, FormValue>,
    /// Who types where at this moment: the other side's field is locked.
    pub typing: BTreeMap<String, Hand>,
}

/// One value of the shared form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FormValue {
    /// The text, at most 200 characters.
    pub text: String,
    /// Whose hand wrote it.
    pub by: Hand,
    /// Raised by every change of this field, from 1.
    pub version: u32,
}

/// The fields of the short shared form, in order: key and longest text in characters.
pub const FORM_FIELDS: [(&str, usize); 6] =
    [("name", 40), ("id_number", 18), ("phone", 20), ("address", 120), ("household", 2), ("remark", 200)];

/// A still that the clerk triggered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CaptureRequest {
    /// The still to be delivered, by `POST /api/v1/stills` and resumable upload.
    pub still: StillId,
    /// The material it is for.
    pub material: MaterialCode,
}
