//! A newtype for every id, so that a ticket is never mistaken for a call.
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;
use uuid::Uuid;

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> { Ok(Self(Uuid::parse_str(s)?)) }
        }
    )*};
}

uuid_ids! {
    /// An enrolled terminal (终端): one device key at one site.
    TerminalId,
    /// A member of staff: clerk, supervisor or administrator.
    StaffId,
    /// One place in a queue (号).
    TicketId,
    /// One exclusive offer of a ticket to a clerk.
    OfferId,
    /// People connected with each other; not a case.
    CallId,
    /// One matter with a legal state (办件).
    CaseId,
    /// One offered change of a case's owner (转办).
    HandoffId,
    /// One numbered, dated paper that the window issued.
    PaperId,
    /// One picture taken by the document camera.
    StillId,
    /// One applicant's record.
    ApplicantId,
    /// One thing that happened, in a store or a ledger.
    EventId,
}

macro_rules! code_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[ts(type = "string")]
        pub struct $name(pub String);

        impl $name {
            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl From<&str> for $name {
            fn from(s: &str) -> Self { Self(s.to_owned()) }
        }
    )*};
}

code_ids! {
    /// A site (布设点) by its code, such as `S10`.
    SiteCode,
    /// A service item (事项) by its catalogue code, such as `disab-living`.
    ItemCode,
    /// A scenario (情形) by its catalogue code, such as `disab-living/1`.
    ScenarioCode,
    /// A material (材料) by its catalogue code, such as `ID`.
    MaterialCode,
    /// A skill group (技能组) by its catalogue code; it is also the queue.
    SkillGroupCode,
    /// A department by its catalogue code, such as `hrss`.
    DepartmentCode,
    /// An administrative area by its code, such as `440114107`.
    AreaCode,
}

/// One connection, live or not; never reused within a run of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(type = "number")]
pub struct ConnectionId(pub u64);

/// Who somebody is to the machines: a terminal or a member of staff. Each has at most one live connection and
/// at most one media peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Party {
    /// A terminal.
    Terminal(TerminalId),
    /// A member of staff.
    Staff(StaffId),
}

/// Makes ids out of a seed and the time, so that a test knows every id beforehand.
///
/// Ids are version-7 UUIDs (RFC 9562): they sort by time, which keeps database indexes compact.
#[derive(Clone, Debug)]
pub struct IdSource {
    state: u64,
}

impl IdSource {
    /// A source that gives the same ids for the same seed and times.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 well-mixed bits. (SplitMix64: Steele, Lea, Flood 2014. Not for secrets.)
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A fresh version-7 UUID for the moment `now`.
    pub fn uuid(&mut self, now: crate::Timestamp) -> Uuid {
        let millis = u64::try_from(now.0 / 1000).unwrap_or(0);
        let mut random = [0u8; 10];
        random[..8].copy_from_slice(&self.next_u64().to_be_bytes());
        random[8..].copy_from_slice(&self.next_u64().to_be_bytes()[..2]);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}
