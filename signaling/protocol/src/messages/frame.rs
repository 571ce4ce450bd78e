//! What every message is wrapped in, and the greeting.
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ErrorBody;
use crate::Timestamp;

/// A client's message with the number the answer will carry. Numbers are the client's own, rising from 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct ClientFrame<M> {
    /// The request's number, echoed in [`ServerFrame::re`].
    pub id: u32,
    /// What is asked.
    pub body: M,
}

/// A server's message. Every request is answered by exactly one frame with `re`; other frames are news.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ServerFrame<M> {
    /// The number of the request that this answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub re: Option<u32>,
    /// What is said.
    pub body: M,
}

/// The first message on a socket, within five seconds of its opening. Fields that this version does not know are
/// passed over, so that a newer client can be told that it is incompatible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename = "hello")]
#[ts(export)]
pub struct Hello {
    /// The client's [`PROTOCOL_VERSION`](super::PROTOCOL_VERSION).
    pub protocol: u32,
    /// A single-use socket pass from `POST /api/v1/socket-pass`, at most 30 s old. Never in a URL.
    pub pass: String,
    /// The token of the last [`Welcome`], to go on where a lost connection ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub resume: Option<String>,
    /// Name and version of the client, for logs: at most 64 bytes.
    pub client: String,
}

/// The answer to a good [`Hello`]. A view follows at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Welcome {
    /// The server's protocol version.
    pub protocol: u32,
    /// Presented in the next [`Hello`] after a lost connection.
    pub resume: String,
    /// Whether this connection goes on an earlier one.
    pub resumed: bool,
    /// The server's clock, for count-downs on machines whose own clock is wrong.
    pub server_time: Timestamp,
    /// The server pings (RFC 6455 §5.5.2) at least this often, in milliseconds; in a call more often. It gives a
    /// connection up after two silences.
    pub ping_every_ms: u32,
    /// Whether the server still has this client's media peer; if not, the client offers anew.
    pub media_alive: bool,
}

/// Why the server closes a connection: the WebSocket close code and its name as close reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CloseReason {
    /// The client speaks a protocol version that the server does not.
    Incompatible,
    /// No hello in time, or a pass that is unknown, used or expired.
    Unauthenticated,
    /// The same identity connected elsewhere; this older connection ends.
    Replaced,
    /// The session was revoked, expired or signed out.
    Revoked,
    /// The client did not read fast enough and its outbox is full.
    TooSlow,
    /// A message that is no message of this role; the text says which part.
    Malformed,
    /// More messages than anybody needs.
    TooMany,
    /// The server stops; come back in a moment, jittered.
    Restarting,
    /// The server could not go on with this connection.
    Internal,
    /// A message above [`MAX_MESSAGE_BYTES`](super::MAX_MESSAGE_BYTES).
    TooBig,
    /// The client asked to leave.
    Bye,
}

impl CloseReason {
    /// The WebSocket close code: 1009 and 1000 from RFC 6455 §7.4.1, the others from the private range.
    #[must_use]
    pub fn code(self) -> u16 {
        match self {
            Self::Bye => 1000,
            Self::TooBig => 1009,
            Self::Incompatible => 4000,
            Self::Unauthenticated => 4001,
            Self::Replaced => 4002,
            Self::Revoked => 4003,
            Self::TooSlow => 4004,
            Self::Malformed => 4005,
            Self::TooMany => 4006,
            Self::Restarting => 4007,
            Self::Internal => 4008,
        }
    }

    /// The name sent as close reason.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bye => "bye",
            Self::TooBig => "too_big",
            Self::Incompatible => "incompatible",
            Self::Unauthenticated => "unauthenticated",
            Self::Replaced => "replaced",
            Self::Revoked => "revoked",
            Self::TooSlow => "too_slow",
            Self::Malformed => "malformed",
            Self::TooMany => "too_many",
            Self::Restarting => "restarting",
            Self::Internal => "internal",
        }
    }
}

/// What may be said to either role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum Common {
    /// The greeting's answer.
    Welcome(Welcome),
    /// A request was done and is durable, and there is nothing more to say.
    Done,
    /// A request was refused; nothing changed.
    Error(ErrorBody),
    /// The answer to a media offer.
    MediaAnswer {
        /// The SDP answer (RFC 8866), complete with candidates.
        sdp: String,
    },
    /// The media peer ended (consent expired, DTLS failed, server restarted): offer anew.
    MediaGone,
}
