//! What people do in several drills.
use protocol::ids::{CallId, OfferId, TicketId};
use protocol::{
    CallResult, CallView, ClerkMessage, ClerkStatus, ClerkView, Locale, Spoken, TerminalMessage,
    TerminalStage, TerminalView, WishedStatus,
};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

use system_tests::client::{ClerkRole, Refused, TerminalRole};

use crate::line::Line;

/// Long enough for anything that is not what a drill measures.
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) fn take(key: u128) -> TerminalMessage {
    TerminalMessage::TakeTicket {
        key: Uuid::from_u128(key),
        item: Some("disab-living".into()),
        scenario: Some("disab-living/1".into()),
        locale: Locale::ZhCn,
        spoken: Spoken::Zh,
        id_number: None,
        missing: vec![],
        consents: vec![],
    }
}

pub(crate) fn call_at_terminal(view: &TerminalView) -> Option<CallView> {
    match &view.stage {
        TerminalStage::InCall { call } => Some((**call).clone()),
        _ => None,
    }
}

pub(crate) fn call_at_desk(view: &ClerkView) -> Option<CallView> {
    match &view.status {
        ClerkStatus::InCall { call } => Some((**call).clone()),
        _ => None,
    }
}

pub(crate) fn waiting(view: &TerminalView) -> Option<(TicketId, u32)> {
    match &view.stage {
        TerminalStage::Waiting { ticket, position } => Some((ticket.id, position.ahead)),
        _ => None,
    }
}

pub(crate) fn ring(view: &ClerkView) -> Option<OfferId> {
    match &view.status {
        ClerkStatus::Ringing { offer } => Some(offer.id),
        _ => None,
    }
}

pub(crate) async fn ready(desk: &Line<ClerkRole>) -> anyhow::Result<()> {
    desk.done(ClerkMessage::SetStatus { status: WishedStatus::Ready }).await
}

/// Takes a ticket, rings the clerk, and both are in the call.
pub(crate) async fn in_call(
    citizen: &Line<TerminalRole>,
    desk: &Line<ClerkRole>,
    key: u128,
) -> anyhow::Result<CallId> {
    ready(desk).await?;
    citizen.done(take(key)).await?;
    answer(citizen, desk).await
}

/// The clerk answers the ring of a ticket that is taken.
pub(crate) async fn answer(citizen: &Line<TerminalRole>, desk: &Line<ClerkRole>) -> anyhow::Result<CallId> {
    let offer = desk.until("a ring", SOON, ring).await?;
    desk.done(ClerkMessage::Accept { offer }).await?;
    let call = citizen.until("the call at the terminal", SOON, call_at_terminal).await?;
    desk.until("the call at the desk", SOON, |view| call_at_desk(view).filter(|at| at.id == call.id)).await?;
    Ok(call.id)
}

/// The call ends and everybody is free again.
pub(crate) async fn end(
    citizen: &Line<TerminalRole>,
    desk: &Line<ClerkRole>,
    call: CallId,
) -> anyhow::Result<()> {
    citizen.done(TerminalMessage::HangUp { call }).await?;
    citizen.done(TerminalMessage::Wiped).await?;
    desk.done(ClerkMessage::FinishWrapUp { result: CallResult::Advice, note: String::new() }).await
}

/// Opens a case in a call.
pub(crate) async fn open_case(desk: &Line<ClerkRole>, call: CallId, key: &str) -> Result<Value, Refused> {
    desk.account.server.post_once(&desk.account.token, "/cases", key, &application(call)).await
}

fn application(call: CallId) -> Value {
    json!({
        "call": call, "item": "disab-living", "scenario": "disab-living/1",
        "applicant": {
            "name": "王大力", "id_number": "11010519491231002X", "phone": "13800136621",
            "identity_check": { "method": "by_eye", "result": "matches" },
        },
    })
}
