//! Simulated neighbours: sites whose citizens take tickets, and clerks who answer them, in a hub of their own. They use
//! the engine as pages do, one connection each, and keep to the rhythm of people. They have no media.
use desk::{Outgoing, Visitor};
use protocol::ids::{CallId, ConnectionId, IdSource, OfferId};
use protocol::{
    BreakReason, CallResult, ClerkMessage, ClerkNews, ClerkStatus, CloseReason, ConsentAnswer, DeclineReason,
    Locale, Spoken, TerminalMessage, TerminalNews, TerminalStage, WishedStatus,
};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

use super::stock::Neighbour;
use crate::app::AppState;
use crate::engine::{Delivery, Inbox, Outbox};

/// How fast everything goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rhythm(pub(super) f64);

/// Lets them come, each at a moment of its own.
pub(super) fn start(state: &AppState, neighbours: Vec<Neighbour>, rhythm: Rhythm) {
    for Neighbour { terminal, clerk } in neighbours {
        state.lifecycle.spawn("neighbouring site", Actor::new(state, terminal, rhythm).play());
        state.lifecycle.spawn("neighbouring clerk", Actor::new(state, clerk, rhythm).play());
    }
}

/// One simulated person with a connection.
struct Actor {
    state: AppState,
    who: Visitor,
    dice: Dice,
}

/// What is done next, unless the view changes before.
enum Act {
    Terminal(TerminalMessage),
    Clerk(ClerkMessage),
}

/// What a view asks for: acts, each after a while.
type Plan = Vec<(Duration, Act)>;

impl Actor {
    fn new(state: &AppState, who: Visitor, rhythm: Rhythm) -> Self {
        Self { state: state.clone(), who, dice: Dice { source: state.clock.ids(), rhythm } }
    }

    /// Comes back whenever the connection is lost, until the server stops.
    async fn play(mut self) {
        loop {
            sleep(self.dice.seconds(0.0, 15.0)).await;
            let connection = self.state.engine.new_connection();
            let (outbox, inbox) = Outbox::channel();
            self.state.engine.connected(connection, self.who.clone(), outbox).await;
            let reason = self.converse(connection, inbox).await;
            self.state.engine.disconnected(connection).await;
            if reason == CloseReason::Restarting {
                return;
            }
        }
    }

    async fn converse(&mut self, connection: ConnectionId, mut inbox: Inbox) -> CloseReason {
        let mut plan: Vec<(Instant, Act)> = Vec::new();
        let (mut stage, mut id) = (None, 0);
        loop {
            let due = plan.first().map(|(at, _)| *at);
            let act = async {
                match due {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                delivery = inbox.next() => match delivery {
                    Delivery::Close(reason) => return reason,
                    Delivery::Frame(frame) => if let Some((now, next)) = self.react(&frame, stage) {
                        stage = Some(now);
                        let mut at = Instant::now();
                        plan = next.into_iter().map(|(after, act)| { at += after; (at, act) }).collect();
                    }
                },
                () = act => {
                    let (_, act) = plan.remove(0);
                    id += 1;
                    match act {
                        Act::Terminal(message) => self.state.engine.terminal(connection, id, message).await,
                        Act::Clerk(message) => self.state.engine.clerk(connection, id, message).await,
                    }
                    if plan.is_empty() {
                        // Refused, perhaps: then it is thought over again.
                        plan.push((Instant::now() + self.dice.seconds(60.0, 90.0), self.shrug()));
                    }
                }
            }
        }
    }

    /// The plan for a view of another kind than the last; none for anything else.
    fn react(&mut self, frame: &Outgoing, last: Option<Stage>) -> Option<(Stage, Plan)> {
        let stage = match frame {
            Outgoing::Terminal(TerminalNews::View(view)) => Stage::of_terminal(&view.stage),
            Outgoing::Clerk(ClerkNews::View(view)) => Stage::of_clerk(&view.status),
            _ => return None,
        };
        (last != Some(stage)).then(|| (stage, self.plan(stage)))
    }

    fn plan(&mut self, stage: Stage) -> Plan {
        let terminal = |after, message| vec![(after, Act::Terminal(message))];
        let clerk = |after, message| vec![(after, Act::Clerk(message))];
        let d = &mut self.dice;
        match stage {
            Stage::Free => {
                let after = d.seconds(10.0, 100.0);
                terminal(after, self.ticket())
            }
            Stage::Called => Vec::new(),
            Stage::Talking(call) if d.chance(0.1) => {
                terminal(d.seconds(40.0, 200.0), TerminalMessage::HangUp { call })
            }
            Stage::Talking(_) => Vec::new(),
            Stage::Over(call) => {
                let score = if d.chance(0.8) { 1 } else { 2 };
                vec![
                    (
                        d.seconds(4.0, 12.0),
                        Act::Terminal(TerminalMessage::Rate { call, score, reason: None }),
                    ),
                    (d.seconds(2.0, 6.0), Act::Terminal(TerminalMessage::Wiped)),
                ]
            }
            Stage::Idle => clerk(d.seconds(1.0, 90.0), ready()),
            Stage::Ready if d.chance(0.2) => {
                let status = WishedStatus::Break { reason: BreakReason::Short };
                clerk(d.seconds(120.0, 600.0), ClerkMessage::SetStatus { status })
            }
            Stage::Ready => Vec::new(),
            Stage::Rung(offer) if d.chance(0.05) => {
                clerk(d.seconds(2.0, 8.0), ClerkMessage::Decline { offer, reason: DeclineReason::Visitor })
            }
            Stage::Rung(offer) => clerk(d.seconds(2.0, 9.0), ClerkMessage::Accept { offer }),
            Stage::Serving(call) => clerk(d.seconds(45.0, 240.0), ClerkMessage::HangUp { call }),
            Stage::WrappingUp => {
                let (result, note) = (CallResult::Advice, String::new());
                clerk(d.seconds(5.0, 30.0), ClerkMessage::FinishWrapUp { result, note })
            }
        }
    }

    /// A ticket for any item of the catalogue, or for advice.
    fn ticket(&mut self) -> TerminalMessage {
        let loaded = self.state.catalogue.get();
        let items = &loaded.catalogue.items;
        let item = if items.is_empty() { None } else { items.get(self.dice.below(items.len() + 1)) };
        let scenario = item.and_then(|item| {
            let here: Vec<_> = item.scenarios.iter().filter(|one| one.refer_to.is_none()).collect();
            here.get(self.dice.below(here.len().max(1))).map(|one| one.code.clone())
        });
        let answer = |question: &crate::config::ConsentQuestion| ConsentAnswer {
            purpose: question.purpose,
            text_version: question.text_version.clone(),
            locale: Locale::ZhCn,
            granted: true,
        };
        TerminalMessage::TakeTicket {
            key: self.dice.source.uuid(self.state.clock.now()),
            item: item.map(|item| item.code.clone()),
            scenario,
            locale: Locale::ZhCn,
            spoken: if self.dice.chance(0.5) { Spoken::Yue } else { Spoken::Zh },
            id_number: None,
            missing: Vec::new(),
            consents: self.state.config.consents.iter().map(answer).collect(),
        }
    }

    /// What is tried again when nothing came of the plan.
    fn shrug(&mut self) -> Act {
        match self.who {
            Visitor::Terminal { .. } => Act::Terminal(self.ticket()),
            Visitor::Clerk(_) => Act::Clerk(ready()),
        }
    }
}

fn ready() -> ClerkMessage {
    ClerkMessage::SetStatus { status: WishedStatus::Ready }
}

/// What kind of view it is, with what the plan needs of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Free,
    Called,
    Talking(CallId),
    Over(CallId),
    Idle,
    Ready,
    Rung(OfferId),
    Serving(CallId),
    WrappingUp,
}

impl Stage {
    fn of_terminal(stage: &TerminalStage) -> Self {
        match stage {
            TerminalStage::Free => Self::Free,
            TerminalStage::Waiting { .. } | TerminalStage::Ringing { .. } => Self::Called,
            TerminalStage::InCall { call } => Self::Talking(call.id),
            TerminalStage::Ended { call, .. } => Self::Over(*call),
        }
    }

    fn of_clerk(status: &ClerkStatus) -> Self {
        match status {
            ClerkStatus::OffDuty | ClerkStatus::NotReady { .. } | ClerkStatus::Break { .. } => Self::Idle,
            ClerkStatus::Ready => Self::Ready,
            ClerkStatus::Ringing { offer } => Self::Rung(offer.id),
            ClerkStatus::InCall { call } => Self::Serving(call.id),
            ClerkStatus::WrapUp { .. } => Self::WrappingUp,
        }
    }
}

/// Chance, and durations in the actor's rhythm.
struct Dice {
    source: IdSource,
    rhythm: Rhythm,
}

impl Dice {
    fn seconds(&mut self, least: f64, most: f64) -> Duration {
        Duration::from_secs_f64((least + (most - least) * self.fraction()) / self.rhythm.0)
    }

    fn chance(&mut self, chance: f64) -> bool {
        self.fraction() < chance
    }

    /// A number below `end`, which is at least 1.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.source.next_u64() % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or_default()
    }

    /// From 0 up to and without 1.
    #[allow(clippy::cast_precision_loss, reason = "53 bits are what a fraction holds")]
    fn fraction(&mut self) -> f64 {
        (self.source.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
}
