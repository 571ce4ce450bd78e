//! What a client says, parsed once into types. Refusals name a field, never a value: a value may be personal.
use protocol::{ClerkMessage, ClientFrame, CloseReason, ErrorBody, ErrorCode, Hello, TerminalMessage};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde_json::{Map, Value};
use std::fmt;

/// Longest SDP that is looked at, in bytes.
const LONGEST_SDP: usize = 32 * 1024;
/// Video receive slots that a page has; see PROTOCOL.md.
const VIDEO_SLOTS: u8 = 6;
/// Longest `detail` of a refusal, in bytes.
const LONGEST_DETAIL: usize = 200;

/// Whose words are understood on a connection: the pass's, never the client's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Terminal,
    Clerk,
}

/// A request, sorted by who answers it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Request {
    /// For the engine.
    Terminal(TerminalMessage),
    /// For the engine.
    Clerk(ClerkMessage),
    /// For the media worker.
    Offer { sdp: String, restart: bool },
    /// For the media worker.
    SlotSize { slot: u8, height: u16 },
}

/// Why something is no request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It has a number, so it gets an answer.
    Refused { id: u32, error: ErrorBody },
    /// It has none: nobody can be told, so the connection ends.
    Malformed,
}

/// The first message, if it is a greeting of this version.
///
/// # Errors
/// [`CloseReason::Incompatible`] for a greeting of another version, whatever else it holds; else
/// [`CloseReason::Malformed`].
pub(super) fn hello(text: &str) -> Result<(u32, Hello), CloseReason> {
    let Envelope { id, body } = serde_json::from_str(text).map_err(|_| CloseReason::Malformed)?;
    if body.get("type").and_then(Value::as_str) != Some("hello") {
        return Err(CloseReason::Malformed);
    }
    match body.get("protocol").and_then(Value::as_u64) {
        None => return Err(CloseReason::Malformed),
        Some(version) if version != u64::from(protocol::PROTOCOL_VERSION) => {
            return Err(CloseReason::Incompatible);
        }
        Some(_) => {}
    }
    let hello = serde_json::from_value(Value::Object(body)).map_err(|_| CloseReason::Malformed)?;
    Ok((id, hello))
}

/// Any later message.
///
/// # Errors
/// [`Wrong`].
pub(super) fn request(role: Role, text: &str) -> Result<(u32, Request), Wrong> {
    let (id, request) = match role {
        Role::Terminal => {
            let (id, message) = frame::<TerminalMessage, ClerkMessage>(text)?;
            let request = match message {
                TerminalMessage::MediaOffer { sdp, restart } => Request::Offer { sdp, restart },
                TerminalMessage::SlotSize { slot, height } => Request::SlotSize { slot, height },
                message => Request::Terminal(message),
            };
            (id, request)
        }
        Role::Clerk => {
            let (id, message) = frame::<ClerkMessage, TerminalMessage>(text)?;
            let request = match message {
                ClerkMessage::MediaOffer { sdp, restart } => Request::Offer { sdp, restart },
                ClerkMessage::SlotSize { slot, height } => Request::SlotSize { slot, height },
                message => Request::Clerk(message),
            };
            (id, request)
        }
    };
    let bad = |detail: &str| Wrong::Refused { id, error: ErrorBody::new(ErrorCode::BadMessage, detail) };
    match &request {
        Request::Offer { sdp, .. } if sdp.len() > LONGEST_SDP => Err(bad("sdp: at most 32 KiB")),
        Request::SlotSize { slot, .. } if *slot >= VIDEO_SLOTS => Err(bad("slot: must be 0 to 5")),
        _ => Ok((id, request)),
    }
}

#[derive(Deserialize)]
struct Envelope {
    id: u32,
    body: Map<String, Value>,
}

fn frame<M: DeserializeOwned, Other: DeserializeOwned>(text: &str) -> Result<(u32, M), Wrong> {
    if let Ok(ClientFrame { id, body }) = serde_json::from_str(text) {
        return Ok((id, body));
    }
    let Envelope { id, body } = serde_json::from_str(text).map_err(|_| Wrong::Malformed)?;
    let name = body.get("type").and_then(Value::as_str).unwrap_or_default();
    let error = if knows::<M>(name) {
        ErrorBody::new(ErrorCode::BadMessage, what_is_wrong::<M>(&body))
    } else if knows::<Other>(name) {
        ErrorBody::new(ErrorCode::WrongRole, "another role's message")
    } else {
        ErrorBody::new(ErrorCode::BadMessage, "type: no message of this protocol")
    };
    Err(Wrong::Refused { id, error })
}

/// Whether a message of this name exists in `M`.
fn knows<M: DeserializeOwned>(name: &str) -> bool {
    let only_type = MapDeserializer::<_, Probe>::new(std::iter::once(("type", name)));
    !matches!(M::deserialize(only_type), Err(Probe::UnknownVariant))
}

/// Names the field at fault. The text of an error may hold the value, so only those texts are passed on that cannot; for
/// the others the field is found by leaving out one after the other.
fn what_is_wrong<M: DeserializeOwned>(body: &Map<String, Value>) -> String {
    let Some(error) = fault_of::<M>(body) else {
        return "the frame holds more than `id` and `body`".to_owned();
    };
    let names_only = |error: &str| error.starts_with("missing field") || error.starts_with("unknown field");
    let mut detail = if names_only(&error) {
        error
    } else {
        let guilty = body.keys().filter(|name| *name != "type").find(|name| {
            let mut rest = body.clone();
            rest.remove(*name);
            fault_of::<M>(&rest).is_none_or(|error| names_only(&error))
        });
        guilty.map_or_else(
            || "fields have wrong types or values".to_owned(),
            |name| format!("{name}: wrong type or value"),
        )
    };
    let end = (0..=LONGEST_DETAIL.min(detail.len())).rev().find(|at| detail.is_char_boundary(*at));
    detail.truncate(end.unwrap_or(0));
    detail
}

fn fault_of<M: DeserializeOwned>(body: &Map<String, Value>) -> Option<String> {
    serde_json::from_value::<M>(Value::Object(body.clone())).err().map(|error| error.to_string())
}

/// An error that tells only whether the name was known.
#[derive(Debug)]
enum Probe {
    UnknownVariant,
    Other,
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Probe {}

impl serde::de::Error for Probe {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::UnknownVariant
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(role: Role, text: &str) -> (u32, ErrorCode, String) {
        match request(role, text) {
            Err(Wrong::Refused { id, error }) => (id, error.code, error.detail),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_role_has_its_own_words() {
        let call = uuid::Uuid::from_u128(1);
        let rate = format!(r#"{{"id":7,"body":{{"type":"rate","call":"{call}","score":1}}}}"#);
        assert!(matches!(
            request(Role::Terminal, &rate),
            Ok((7, Request::Terminal(TerminalMessage::Rate { .. })))
        ));
        assert_eq!(refused(Role::Clerk, &rate).1, ErrorCode::WrongRole);
        for of_the_citizen in ["answer_assist", "paper_received", "rate", "wiped", "take_ticket"] {
            let text = format!(r#"{{"id":8,"body":{{"type":"{of_the_citizen}"}}}}"#);
            assert_eq!(refused(Role::Clerk, &text).1, ErrorCode::WrongRole, "{of_the_citizen}");
        }
        for of_the_clerk in ["accept", "hold", "mark", "capture", "finish_wrap_up"] {
            let text = format!(r#"{{"id":8,"body":{{"type":"{of_the_clerk}"}}}}"#);
            assert_eq!(refused(Role::Terminal, &text).1, ErrorCode::WrongRole, "{of_the_clerk}");
        }
        for nobodys in ["sign", "submit", "consent", "hello", "", "Rate"] {
            let text = format!(r#"{{"id":9,"body":{{"type":"{nobodys}"}}}}"#);
            assert_eq!(refused(Role::Clerk, &text).1, ErrorCode::BadMessage, "{nobodys}");
        }
    }

    #[test]
    fn a_refusal_names_the_field_and_never_its_value() {
        let take = |change: (&str, Value)| {
            let mut body = serde_json::json!({"type": "take_ticket", "key": uuid::Uuid::nil(), "locale": "zh-CN",
                "spoken": "zh", "missing": [], "consents": []});
            body[change.0] = change.1;
            serde_json::json!({"id": 3, "body": body}).to_string()
        };
        let secret = "11010519491231002X";
        for (field, value) in [("locale", secret.into()), ("consents", secret.into()), ("key", secret.into())]
        {
            let (id, code, detail) = refused(Role::Terminal, &take((field, value)));
            assert_eq!((id, code), (3, ErrorCode::BadMessage));
            assert!(detail.starts_with(field) && !detail.contains(secret), "{detail}");
        }
        let (_, _, detail) = refused(Role::Terminal, &take(("colour", 1.into())));
        assert!(detail.contains("unknown field `colour`"), "{detail}");
        let (_, _, detail) = refused(Role::Terminal, r#"{"id":1,"body":{"type":"hang_up"}}"#);
        assert!(detail.contains("missing field `call`"), "{detail}");
        let long = "x".repeat(1000);
        assert!(refused(Role::Terminal, &take((&long, 1.into()))).2.len() <= LONGEST_DETAIL);
    }

    #[test]
    fn what_carries_no_number_is_malformed() {
        for text in ["", "null", "[]", "{}", r#"{"id":1}"#, r#"{"body":{"type":"wiped"}}"#, "云"] {
            assert_eq!(request(Role::Terminal, text), Err(Wrong::Malformed), "{text}");
        }
        for text in [r#"{"id":-1,"body":{"type":"wiped"}}"#, r#"{"id":4294967296,"body":{"type":"wiped"}}"#] {
            assert_eq!(request(Role::Terminal, text), Err(Wrong::Malformed), "{text}");
        }
        let (_, code, _) = refused(Role::Terminal, r#"{"id":1,"body":{"type":"wiped"},"more":1}"#);
        assert_eq!(code, ErrorCode::BadMessage);
    }

    #[test]
    fn media_is_bounded_and_sorted_out() {
        let offer = |sdp: &str| {
            serde_json::json!({"id": 1, "body": {"type": "media_offer", "sdp": sdp, "restart": false}})
                .to_string()
        };
        assert!(matches!(request(Role::Clerk, &offer("v=0")), Ok((1, Request::Offer { .. }))));
        assert_eq!(refused(Role::Clerk, &offer(&"a".repeat(LONGEST_SDP + 1))).1, ErrorCode::BadMessage);
        let size =
            |slot: u8| format!(r#"{{"id":1,"body":{{"type":"slot_size","slot":{slot},"height":720}}}}"#);
        assert_eq!(request(Role::Terminal, &size(5)), Ok((1, Request::SlotSize { slot: 5, height: 720 })));
        assert_eq!(refused(Role::Terminal, &size(6)).1, ErrorCode::BadMessage);
    }

    #[test]
    fn a_greeting_of_another_version_is_told_apart() {
        let greet = |protocol: u32| {
            format!(
                r#"{{"id":1,"body":{{"type":"hello","protocol":{protocol},"pass":"p","client":"c","new":1}}}}"#
            )
        };
        assert_eq!(hello(&greet(1)).unwrap().1.pass, "p");
        assert_eq!(hello(&greet(2)).unwrap_err(), CloseReason::Incompatible);
        let bare = r#"{"id":1,"body":{"type":"hello","protocol":9}}"#;
        assert_eq!(hello(bare).unwrap_err(), CloseReason::Incompatible, "nothing else of it need be known");
        for text in [r#"{"id":1,"body":{"type":"wiped"}}"#, r#"{"id":1,"body":{"type":"hello"}}"#, "x"] {
            assert_eq!(hello(text).unwrap_err(), CloseReason::Malformed, "{text}");
        }
    }
}
