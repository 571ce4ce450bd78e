//! Who comes and goes, and by which connection.
use protocol::ids::{ConnectionId, Party};
use protocol::{Hand, Timestamp, WishedStatus};

use crate::Desk;
use crate::input::Visitor;
use crate::state::{Clerk, Line, Presence, Status, Terminal, Timer};

impl Desk {
    pub(super) fn connected(&mut self, connection: ConnectionId, who: &Visitor) {
        let party = who.party();
        self.hang_up(connection);
        *self.count_of(party) += 1;
        self.connections.insert(connection, Line { party, quiet: false });
        match who {
            Visitor::Terminal { id, hub, site } => {
                let old = self.terminals.get(id).and_then(|t| t.presence.connection());
                let visit = self.terminals.get(id).and_then(|t| t.visit);
                let terminal = Terminal {
                    presence: Presence::Here(connection),
                    hub: hub.clone(),
                    site: site.clone(),
                    visit,
                    person_called: false,
                };
                self.terminals.insert(*id, terminal);
                self.forget_connection(old, connection);
                self.timers.set(Timer::Terminal(*id), None);
                if let Some(ticket) = visit {
                    self.reindex_visit(ticket);
                }
            }
            Visitor::Clerk(profile) => {
                let old = self.clerks.get(&profile.id).and_then(|c| c.presence.connection());
                self.leave_queues(profile.id);
                let clerk = self.clerks.entry(profile.id).or_insert_with(|| Clerk {
                    presence: Presence::Here(connection),
                    profile: None,
                    since: Timestamp(0),
                    status: Status::Wished(WishedStatus::OffDuty),
                    next: WishedStatus::Ready,
                });
                clerk.presence = Presence::Here(connection);
                clerk.profile = Some(profile.clone());
                self.forget_connection(old, connection);
                self.timers.set(Timer::Clerk(profile.id), None);
                self.enter_queues(profile.id);
            }
        }
    }

    fn forget_connection(&mut self, old: Option<ConnectionId>, new: ConnectionId) {
        if let Some(old) = old.filter(|old| *old != new) {
            self.hang_up(old);
        }
    }

    /// A connection is nobody's any more.
    fn hang_up(&mut self, connection: ConnectionId) {
        if let Some(line) = self.connections.remove(&connection) {
            *self.count_of(line.party) -= 1;
        }
    }

    fn count_of(&mut self, party: Party) -> &mut usize {
        match party {
            Party::Terminal(_) => &mut self.counts.terminals,
            Party::Staff(_) => &mut self.counts.clerks,
        }
    }

    pub(super) fn disconnected(&mut self, party: Party, at: Timestamp) {
        let away = Presence::Away { since: at };
        match party {
            Party::Terminal(id) => {
                let Some(terminal) = self.terminals.get_mut(&id) else { return };
                let old = std::mem::replace(&mut terminal.presence, away);
                terminal.person_called = false;
                let visit = terminal.visit;
                if let Some(connection) = old.connection() {
                    self.hang_up(connection);
                }
                match visit {
                    None => {
                        self.terminals.remove(&id);
                    }
                    Some(ticket) => {
                        self.timers.set(Timer::Terminal(id), Some(at.plus(self.policy.terminal_grace)));
                        if let Some(visit) = self.visits.get_mut(&ticket) {
                            visit.present = false;
                            visit.told = None;
                            if let Some(call) = visit.call_mut() {
                                call.form.typing.retain(|_, by| *by != Hand::Citizen);
                            }
                        }
                        self.reindex_visit(ticket);
                    }
                }
            }
            Party::Staff(id) => {
                self.leave_queues(id);
                let Some(clerk) = self.clerks.get_mut(&id) else { return };
                let old = std::mem::replace(&mut clerk.presence, away);
                // Read again at the next connection, as after a restart: rights may have changed meanwhile.
                clerk.profile = None;
                let status = clerk.status;
                if let Some(connection) = old.connection() {
                    self.hang_up(connection);
                }
                if status == Status::Wished(WishedStatus::OffDuty) {
                    self.clerks.remove(&id);
                    return;
                }
                self.timers.set(Timer::Clerk(id), Some(at.plus(self.policy.clerk_grace)));
                if let Status::InCall { call, .. } = status
                    && let Some(call) = self.call_mut(call)
                {
                    call.form.typing.retain(|_, by| *by != Hand::Clerk);
                }
            }
        }
    }
}
