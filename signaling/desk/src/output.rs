//! What the desk wants done. One exhaustive `match` in the engine executes it.
use crate::DeskEvent;
use protocol::ids::{ConnectionId, PaperId, Party, TerminalId};
use protocol::{ClerkNews, CloseReason, Common, TerminalNews};

/// One effect, in the order in which it is wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// State changed; the event is already applied to the machine that gave it.
    Event(DeskEvent),
    /// Say something on a connection.
    Send(ConnectionId, Outgoing),
    /// End a connection.
    Close(ConnectionId, CloseReason),
    /// Change what media is forwarded.
    Media(MediaIntent),
    /// Tell `cases` that the citizen received a paper; it answers the request itself.
    PaperReceived {
        /// Whom to answer.
        connection: ConnectionId,
        /// The frame's number.
        re: u32,
        /// Who received it.
        terminal: TerminalId,
        /// The paper.
        paper: PaperId,
    },
}

/// What is said, to whichever role the connection has.
#[derive(Clone, Debug, PartialEq)]
pub enum Outgoing {
    /// The answer to request `re`.
    Answer {
        /// The request's number.
        re: u32,
        /// The answer.
        body: Common,
    },
    /// News for either role.
    Common(Common),
    /// News for a terminal.
    Terminal(TerminalNews),
    /// News for a clerk.
    Clerk(ClerkNews),
}

/// What media should flow. Intents are idempotent: saying one again changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaIntent {
    /// `a` and `b` see and hear each other, in the slots of [`SlotMap`](protocol::SlotMap)'s default.
    Connect {
        /// One side.
        a: Party,
        /// The other side.
        b: Party,
    },
    /// `a` and `b` no longer see and hear each other.
    Disconnect {
        /// One side.
        a: Party,
        /// The other side.
        b: Party,
    },
    /// What of a party is forwarded to nobody, whoever is connected.
    Silence {
        /// Whose.
        party: Party,
        /// No voice.
        voice: bool,
        /// No camera.
        camera: bool,
        /// No document camera.
        aux: bool,
    },
    /// The party's media connection ends.
    Remove {
        /// Whose.
        party: Party,
    },
}
