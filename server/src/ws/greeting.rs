//! From the first message to the welcome.
use desk::{ClerkProfile, Visitor};
use protocol::ids::Party;
use protocol::{CloseReason, Common, Hello, PROTOCOL_VERSION, ServerFrame, Welcome};
use uuid::Uuid;

use super::words::{self, Role};
use crate::app::AppState;
use crate::auth::{AuthError, Identity};
use crate::store::staff;

/// Somebody who was let in.
pub(super) struct Guest {
    pub(super) identity: Identity,
    pub(super) visitor: Visitor,
    pub(super) role: Role,
    /// The answer to the greeting.
    pub(super) welcome: ServerFrame<Common>,
}

/// Reads the first message.
///
/// # Errors
/// Why the connection ends instead.
pub(super) async fn greet(text: &str, state: &AppState) -> Result<Guest, CloseReason> {
    let (re, hello) = words::hello(text)?;
    let identity = state.auth.redeem_pass(&hello.pass).await.map_err(|error| match error {
        AuthError::Bad(why) => {
            tracing::debug!(why, "pass refused");
            CloseReason::Unauthenticated
        }
        AuthError::Store(error) => {
            tracing::error!(%error, "pass not looked up");
            CloseReason::Internal
        }
    })?;
    let (visitor, role) = visitor(&identity).ok_or(CloseReason::Unauthenticated)?;
    let party = identity.party();
    let resumed = hello.resume.as_deref().is_some_and(|token| is_resume(token, party, state));
    tracing::info!(?party, resumed, client = %name(&hello), "connected");
    let welcome = Welcome {
        protocol: PROTOCOL_VERSION,
        resume: resume(party, state),
        resumed,
        server_time: state.clock.now(),
        ping_every_ms: u32::try_from(state.sockets.pace().ping.as_millis()).unwrap_or(u32::MAX),
        media_alive: state.media.alive(party),
    };
    let welcome = ServerFrame { re: Some(re), body: Common::Welcome(welcome) };
    Ok(Guest { identity, visitor, role, welcome })
}

/// Who comes to the desk; none for staff who answer no calls.
fn visitor(identity: &Identity) -> Option<(Visitor, Role)> {
    match identity {
        Identity::Terminal(who) => {
            let visitor = Visitor::Terminal { id: who.id, hub: who.hub.clone(), site: who.site.clone() };
            Some((visitor, Role::Terminal))
        }
        Identity::Staff(who) if who.has(staff::Role::Clerk) => {
            let profile = &who.staff.profile;
            let visitor = Visitor::Clerk(ClerkProfile {
                id: who.id(),
                name: profile.name.clone(),
                number: profile.number.clone(),
                hub: profile.hub.clone(),
                skill_groups: profile.skill_groups.clone(),
                languages: profile.languages.clone(),
            });
            Some((visitor, Role::Clerk))
        }
        Identity::Staff(_) => None,
    }
}

/// A token that only this deployment can have made, for this party: a restart does not forget whom it greeted. It proves
/// nothing but that the page was greeted before; who it is says the pass.
fn resume(party: Party, state: &AppState) -> String {
    let nonce = hex::encode(state.clock.random::<12>());
    let mark = mark(party, &nonce, state);
    format!("{nonce}.{mark}")
}

fn is_resume(token: &str, party: Party, state: &AppState) -> bool {
    token.split_once('.').is_some_and(|(nonce, given)| given == mark(party, nonce, state))
}

fn mark(party: Party, nonce: &str, state: &AppState) -> String {
    let (kind, id): (&str, Uuid) = match party {
        Party::Terminal(id) => ("terminal", id.0),
        Party::Staff(id) => ("staff", id.0),
    };
    state.keys.blind(&format!("cloud-window.resume.v1|{kind}|{id}|{nonce}"))
}

/// What the client calls itself, fit for a log.
fn name(hello: &Hello) -> String {
    hello.client.chars().filter(|sign| !sign.is_control()).take(64).collect()
}
