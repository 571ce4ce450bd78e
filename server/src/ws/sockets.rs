//! Who is connected: for sessions that end while their connection lives.
use protocol::CloseReason;
use protocol::ids::{ConnectionId, Party};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use crate::auth::{Auth, Revoked};
use crate::engine::{EngineHandle, Outbox};

/// How long things may take on a connection.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// From the opening to the greeting.
    pub greeting: Duration,
    /// Between two pings.
    pub ping: Duration,
    /// Between two pings while in a call.
    pub ping_in_call: Duration,
    /// In a call: after so long without a sound the other side is told.
    pub quiet: Duration,
    /// After so long without a sound the connection is given up.
    pub silence: Duration,
    /// To write what is left and hear the other side's close.
    pub farewell: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            greeting: Duration::from_secs(5),
            ping: Duration::from_secs(5),
            ping_in_call: Duration::from_secs(1),
            quiet: Duration::from_secs(2),
            silence: Duration::from_millis(12_500),
            farewell: Duration::from_secs(2),
        }
    }
}

/// Every greeted connection, one a party. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Sockets(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    pace: Pace,
    live: Mutex<BTreeMap<Party, Line>>,
}

#[derive(Clone, Debug)]
struct Line {
    connection: ConnectionId,
    session: Uuid,
    outbox: Outbox,
}

impl Sockets {
    /// With another pace than the usual one.
    #[must_use]
    pub fn paced(pace: Pace) -> Self {
        Self(Arc::new(Inner { pace, live: Mutex::default() }))
    }

    /// How many connections are greeted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.live().len()
    }

    /// Ends connections whose session ended, for as long as the server runs. The desk is told too, because somebody
    /// whose session was revoked is no longer in a call either.
    pub async fn watch(self, auth: Auth, engine: EngineHandle) {
        let mut revocations = auth.revocations();
        loop {
            match revocations.recv().await {
                Ok(revoked) => self.revoke(revoked, &engine).await,
                Err(RecvError::Lagged(_)) => self.revoke_closed(&auth, &engine).await,
                Err(RecvError::Closed) => return,
            }
        }
    }

    async fn revoke(&self, Revoked { session, party }: Revoked, engine: &EngineHandle) {
        let line = self.live().get(&party).cloned();
        match line {
            // Another session of the same person goes on.
            Some(line) if line.session != session => return,
            Some(line) => line.outbox.close(CloseReason::Revoked),
            // Perhaps away for a moment, in the middle of a call.
            None => {}
        }
        engine.revoked(party).await;
    }

    /// News was missed: every session is asked for.
    async fn revoke_closed(&self, auth: &Auth, engine: &EngineHandle) {
        let lines: Vec<(Party, Uuid)> =
            self.live().iter().map(|(party, line)| (*party, line.session)).collect();
        for (party, session) in lines {
            match auth.is_open(session).await {
                Ok(true) => {}
                Ok(false) => self.revoke(Revoked { session, party }, engine).await,
                Err(error) => tracing::warn!(%error, "a session could not be asked for"),
            }
        }
    }

    /// The way to a party's connection, for tests that play the engine.
    #[cfg(test)]
    pub(crate) fn outbox(&self, party: Party) -> Option<Outbox> {
        self.live().get(&party).map(|line| line.outbox.clone())
    }

    pub(super) fn pace(&self) -> Pace {
        self.0.pace
    }

    pub(super) fn enter(&self, party: Party, connection: ConnectionId, session: Uuid, outbox: Outbox) {
        self.live().insert(party, Line { connection, session, outbox });
    }

    /// An older connection leaves nothing behind it of a newer one's.
    pub(super) fn leave(&self, party: Party, connection: ConnectionId) {
        let mut live = self.live();
        if live.get(&party).is_some_and(|line| line.connection == connection) {
            live.remove(&party);
        }
    }

    fn live(&self) -> MutexGuard<'_, BTreeMap<Party, Line>> {
        self.0.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Delivery, Inbox};
    use protocol::ids::StaffId;

    fn enter(sockets: &Sockets, party: Party, connection: u64, session: u128) -> Inbox {
        let (outbox, inbox) = Outbox::channel();
        sockets.enter(party, ConnectionId(connection), Uuid::from_u128(session), outbox);
        inbox
    }

    #[tokio::test]
    async fn a_session_that_ends_takes_only_its_own_connection_along() {
        let (sockets, engine) = (Sockets::default(), EngineHandle::default());
        let party = Party::Staff(StaffId(Uuid::from_u128(1)));
        let mut inbox = enter(&sockets, party, 1, 10);
        sockets.revoke(Revoked { session: Uuid::from_u128(9), party }, &engine).await;
        assert!(futures_util::poll!(Box::pin(inbox.next())).is_pending());
        sockets.revoke(Revoked { session: Uuid::from_u128(10), party }, &engine).await;
        assert_eq!(inbox.next().await, Delivery::Close(CloseReason::Revoked));
    }

    #[tokio::test]
    async fn an_older_connection_that_leaves_last_takes_nothing_along() {
        let sockets = Sockets::default();
        let party = Party::Staff(StaffId(Uuid::from_u128(1)));
        let _old = enter(&sockets, party, 1, 10);
        let _new = enter(&sockets, party, 2, 10);
        sockets.leave(party, ConnectionId(1));
        assert_eq!(sockets.count(), 1);
        sockets.leave(party, ConnectionId(2));
        assert_eq!(sockets.count(), 0);
    }
}
