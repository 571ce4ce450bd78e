//! What happens to the desk.
use protocol::ids::{CallId, ConnectionId, ItemCode, Party, SkillGroupCode, StaffId, StillId, TerminalId};
use protocol::{CaseBrief, ClerkMessage, HandoffBrief, SiteView, Spoken, TerminalMessage};
use std::collections::BTreeMap;

use crate::policy::Served;

/// Something that happened, or that somebody asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Fact: a connection was greeted.
    Connected {
        /// The new connection.
        connection: ConnectionId,
        /// Who it is.
        who: Visitor,
    },
    /// Fact: a connection ended.
    Disconnected {
        /// Which.
        connection: ConnectionId,
    },
    /// Fact: nothing was heard on a connection for longer than it should take, and it has not ended.
    Quiet {
        /// Which.
        connection: ConnectionId,
    },
    /// Fact: a connection that was quiet is heard again.
    Heard {
        /// Which.
        connection: ConnectionId,
    },
    /// Fact: time passed; see [`Desk::due`](crate::Desk::due).
    Tick,
    /// Fact: somebody's media connection is up (again): what it should carry is said once more.
    MediaUp {
        /// Whose.
        party: Party,
    },
    /// Fact: somebody's media connection ended; they are told to offer anew.
    MediaDown {
        /// Whose.
        party: Party,
    },
    /// Fact: somebody may no longer be here.
    Revoked {
        /// Who.
        party: Party,
    },
    /// Fact: a case changed (already committed by `cases`).
    CaseChanged {
        /// The call in which it was opened, if that still runs.
        call: Option<CallId>,
        /// The case as it is now.
        case: CaseBrief,
        /// Staff who are told.
        concerns: Vec<StaffId>,
    },
    /// Fact: a handoff changed (already committed by `cases`).
    HandoffChanged {
        /// The handoff as it is now.
        handoff: HandoffBrief,
        /// Staff who are told.
        concerns: Vec<StaffId>,
    },
    /// Fact: a still arrived whole (already stored).
    StillArrived {
        /// The call it was taken in.
        call: CallId,
        /// Which.
        still: StillId,
    },
    /// Fact: another catalogue is in force. Tickets that wait keep their queues.
    CatalogueChanged {
        /// The items that are served from now on.
        items: BTreeMap<ItemCode, Served>,
    },
    /// Fact: the server takes no new work: tickets are refused and nobody is rung.
    Drain,
    /// Request of a terminal.
    Terminal {
        /// Its connection.
        connection: ConnectionId,
        /// The frame's number.
        id: u32,
        /// What it asks.
        message: TerminalMessage,
    },
    /// Request of a clerk.
    Clerk {
        /// The clerk's connection.
        connection: ConnectionId,
        /// The frame's number.
        id: u32,
        /// What is asked.
        message: ClerkMessage,
    },
}

impl Input {
    /// Whether it can be refused. Facts cannot.
    #[must_use]
    pub fn is_request(&self) -> bool {
        matches!(self, Self::Terminal { .. } | Self::Clerk { .. })
    }

    /// Whether it protects a person and therefore acts before its record is durable: hang up, hold, mute, camera
    /// off, stop assistance, revocation.
    #[must_use]
    pub fn protects(&self) -> bool {
        match self {
            Self::Terminal { message, .. } => match message {
                TerminalMessage::HangUp { .. } | TerminalMessage::StopAssist { .. } => true,
                TerminalMessage::SetMedia { muted, camera_off, .. } => *muted || *camera_off,
                _ => false,
            },
            Self::Clerk { message, .. } => match message {
                ClerkMessage::HangUp { .. } | ClerkMessage::StopAssist { .. } => true,
                ClerkMessage::Hold { on, .. } => *on,
                ClerkMessage::SetMedia { muted, camera_off, .. } => *muted || *camera_off,
                _ => false,
            },
            Self::Revoked { .. } => true,
            _ => false,
        }
    }
}

/// Who connects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitor {
    /// A terminal.
    Terminal {
        /// Its id.
        id: TerminalId,
        /// The hub it belongs to: tickets are paired within a hub only.
        hub: String,
        /// Where it stands.
        site: SiteView,
    },
    /// A clerk.
    Clerk(ClerkProfile),
}

/// What the desk must know of a clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClerkProfile {
    /// The clerk.
    pub id: StaffId,
    /// The name, shown to citizens once accepted.
    pub name: String,
    /// The staff number.
    pub number: String,
    /// The hub served.
    pub hub: String,
    /// The queues served.
    pub skill_groups: Vec<SkillGroupCode>,
    /// The languages spoken.
    pub languages: Vec<Spoken>,
}

impl Visitor {
    /// Who it is to the machines.
    #[must_use]
    pub fn party(&self) -> Party {
        match self {
            Self::Terminal { id, .. } => Party::Terminal(*id),
            Self::Clerk(profile) => Party::Staff(profile.id),
        }
    }
}
