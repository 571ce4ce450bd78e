//! Types that messages of both roles are made of. All of them are snapshots: a client draws what it was last
//! told and keeps no state of its own that the server would not repeat after a reconnect.
use serde::{Deserialize, Serialize};
use ts_rs::TS;

mod call;
mod case;
mod hand;
mod queue;

pub use call::*;
pub use case::*;
pub use hand::*;
pub use queue::*;

/// An interface language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
pub enum Locale {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// Traditional Chinese, written Cantonese.
    #[serde(rename = "zh-HK")]
    ZhHk,
    /// English.
    #[serde(rename = "en")]
    En,
}

/// A spoken language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Spoken {
    /// Mandarin.
    #[default]
    Zh,
    /// Cantonese.
    Yue,
    /// Hakka.
    Hak,
    /// English.
    En,
}

/// What a consent is asked for. One purpose per question (domain.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ConsentPurpose {
    /// Recording of sound and video.
    Recording,
    /// Checking the face against the identity card.
    FaceCheck,
}

/// A citizen's answer to one consent question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct ConsentAnswer {
    /// What was asked for.
    pub purpose: ConsentPurpose,
    /// The version of the text that was shown, such as `recording-2026-01`.
    pub text_version: String,
    /// The language it was shown in.
    pub locale: Locale,
    /// Yes or no; a no never costs the place in the queue.
    pub granted: bool,
}
