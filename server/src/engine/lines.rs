//! Which connection is reached how.
use desk::Outgoing;
use protocol::CloseReason;
use protocol::ids::ConnectionId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Outbox;

/// The outboxes of all connections. Cheap to clone; held for no longer than one hand-over.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines(Arc<Mutex<BTreeMap<ConnectionId, Outbox>>>);

impl Lines {
    pub(super) fn open(&self, connection: ConnectionId, outbox: Outbox) {
        self.all().insert(connection, outbox);
    }

    /// Says something, if the connection is still there. Never waits.
    pub(super) fn send(&self, connection: ConnectionId, what: Outgoing) {
        if let Some(outbox) = self.all().get(&connection) {
            outbox.send(what);
        }
    }

    pub(super) fn close(&self, connection: ConnectionId, reason: CloseReason) {
        if let Some(outbox) = self.all().get(&connection) {
            outbox.close(reason);
        }
    }

    /// The connection's own task is gone.
    pub(super) fn forget(&self, connection: ConnectionId) {
        self.all().remove(&connection);
    }

    pub(super) fn close_all(&self, reason: CloseReason) {
        for outbox in self.all().values() {
            outbox.close(reason);
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, Outbox>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
