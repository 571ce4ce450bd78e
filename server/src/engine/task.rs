//! The task: takes what waits, lets the machine decide, commits, and only then acts.
use desk::{Desk, DeskEvent, Input};
use futures_util::FutureExt;
use protocol::ids::{ConnectionId, IdSource};
use protocol::{CloseReason, ErrorCode, Timestamp};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::mpsc;

use super::commit::{Batch, DEADLINE, Failure};
use super::effects;
use super::handle::{Command, EngineError, EngineHealth, EngineParts, Shared};
use super::lines::Lines;
use super::steps::{self, Effects, Flight, Kept, Step};
use super::trouble::Trouble;
use crate::lifecycle::Lifecycle;
use crate::store::desk as rows;

/// How many inputs share one commit.
pub(super) const GROUP: usize = 64;
/// How many decided inputs may wait for their commit; beyond, requests are refused.
const MOST_STEPS: usize = 1024;

/// What the task owns.
///
/// `ahead` is always what `durable` becomes by applying the events of `kept` and then those of `steps`.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) parts: EngineParts,
    pub(super) effects: effects::Effects,
    shared: Shared,
    pub(super) ids: IdSource,
    now: Timestamp,
    /// Decides.
    pub(super) ahead: Desk,
    /// Knows only what is committed, or needs no commit.
    pub(super) durable: Desk,
    /// Acts that took effect and whose records could not be written yet, oldest first.
    pub(super) kept: VecDeque<Kept>,
    /// Decided, not durable, oldest first.
    pub(super) steps: VecDeque<Step>,
    /// Facts that must wait for a database that takes writes, oldest first, to be decided then.
    pub(super) held: VecDeque<Input>,
    pub(super) flight: Option<Flight>,
    /// How many of the first kept acts and steps are committed one at a time, to find the one that is refused.
    pub(super) alone: usize,
    pub(super) trouble: Option<Trouble>,
    /// Records that the database refuses although it is well.
    pub(super) refused: usize,
    /// The last record's number.
    last: i64,
    _closing: Closing,
}

impl Engine {
    /// The machine as it was when it was cut off; everybody is away from now on.
    pub(super) async fn restore(
        parts: EngineParts,
        (lines, shared): (Lines, Shared),
        lifecycle: Lifecycle,
    ) -> Result<Self, EngineError> {
        let mut open = rows::open(&parts.store, &parts.keys).await?;
        for (call, ticket) in &open.calls {
            if let Some(case) = crate::cases::brief_of_call(&parts.store, &parts.keys, *call).await? {
                open.events.push(DeskEvent::CaseSeen { ticket: *ticket, case });
            }
        }
        let (mut ids, now) = (parts.clock.ids(), parts.clock.now());
        let (ahead, out) = Desk::restore(parts.policy.clone(), &open.events, now, &mut ids);
        let mut engine = Self {
            _closing: Closing { lines: lines.clone(), shared: shared.clone() },
            effects: effects::Effects::new(lines, parts.media.clone(), shared.clone(), lifecycle),
            shared,
            ids,
            now,
            durable: ahead.clone(),
            ahead,
            kept: VecDeque::new(),
            steps: VecDeque::new(),
            held: VecDeque::new(),
            flight: None,
            alone: 0,
            trouble: None,
            refused: 0,
            last: open.last,
            parts,
        };
        let records: Vec<_> = steps::records(&out).cloned().collect();
        if !records.is_empty() {
            let written = records.len();
            let write = engine.batch(records).write().await;
            write.map_err(|failure| EngineError::Write(failure.to_string()))?;
            engine.wrote(written);
        }
        engine.show();
        Ok(engine)
    }

    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        loop {
            self.settle();
            self.show();
            let due = self.due_in();
            tokio::select! {
                biased;
                done = landed(&mut self.flight) => self.landed(done),
                command = commands.recv() => {
                    let Some(command) = command else { break };
                    self.command(command);
                    for _ in 1..GROUP {
                        let Ok(command) = commands.try_recv() else { break };
                        self.command(command);
                    }
                }
                () = paused(&mut self.trouble) => self.try_again(),
                () = until(due) => {}
            }
            self.tick();
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Input(input) => self.take(input),
            // Whoever asked may have gone.
            Command::CallOf(party, answer) => drop(answer.send(self.ahead.call_of(party))),
            Command::PresentStaff(answer) => drop(answer.send(self.ahead.present_staff())),
        }
    }

    /// Decides about an input that just came.
    pub(super) fn take(&mut self, input: Input) {
        if self.must_wait(&input) {
            match steps::asked_by(&input) {
                Some(asked) => self.effects.refuse(asked, ErrorCode::NotStored, NOT_STORED),
                None => self.held.push_back(input),
            }
            return;
        }
        if self.steps.len() >= MOST_STEPS
            && !input.protects()
            && let Some(asked) = steps::asked_by(&input)
        {
            return self.effects.refuse(asked, ErrorCode::TooMany, "the desk is overloaded; try again");
        }
        self.decide(input);
    }

    pub(super) fn decide(&mut self, input: Input) {
        let at = self.moment();
        let out = self.ahead.handle(input.clone(), at, &mut self.ids);
        let mut step = Step { input, at, out, effects: Effects::AfterCommit };
        if step.input.protects() {
            step.effects = Effects::Done;
            for output in &step.out {
                self.effects.execute(output.clone());
            }
        }
        self.steps.push_back(step);
    }

    /// Whether this concerns a connection whose arrival itself is still to be decided.
    pub(super) fn must_wait(&self, input: &Input) -> bool {
        steps::comes_from(input).is_some_and(|connection| self.holds_arrival(connection))
    }

    fn holds_arrival(&self, of: ConnectionId) -> bool {
        self.held.iter().any(|held| matches!(held, Input::Connected { connection, .. } if *connection == of))
    }

    /// Time passes for the machine, but not while nothing can be written: a ring must not run out unheard.
    pub(super) fn tick(&mut self) {
        if self.due_in().is_some_and(|wait| wait.is_zero()) {
            self.decide(Input::Tick);
        }
    }

    fn due_in(&mut self) -> Option<Duration> {
        if self.trouble.is_some() {
            return None;
        }
        let now = self.moment();
        self.ahead.due().map(|due| due.since(now))
    }

    /// The present; never earlier than the last one.
    pub(super) fn moment(&mut self) -> Timestamp {
        self.now = self.now.max(self.parts.clock.now());
        self.now
    }

    /// Finishes what needs no commit, and begins the next commit.
    fn settle(&mut self) {
        while self.flight.is_none() {
            if self.steps.front().is_some_and(|step| !step.has_records()) {
                self.alone = self.alone.saturating_sub(1);
                self.finish_first_step();
                continue;
            }
            if self.trouble.as_ref().is_some_and(Trouble::waits) {
                return;
            }
            let group = if self.alone > 0 { 1 } else { GROUP };
            let kept = self.kept.len().min(group);
            let steps = self.steps.len().min(group - kept);
            if kept + steps == 0 && self.trouble.is_none() {
                return;
            }
            self.launch(kept, steps);
        }
    }

    fn launch(&mut self, kept: usize, steps: usize) {
        let of_kept = self.kept.iter().take(kept).flat_map(Kept::records);
        let of_steps = self.steps.iter().take(steps).flat_map(|step| steps::records(&step.out));
        let records: Vec<_> = of_kept.chain(of_steps).cloned().collect();
        let count = records.len();
        let batch = self.batch(records);
        // Kept acts without records only wait for their turn.
        let write = if count == 0 && kept + steps > 0 {
            std::future::ready(Ok(())).boxed()
        } else {
            batch.write().boxed()
        };
        self.flight = Some(Flight { kept, steps, records: count, began: self.now, write });
    }

    fn batch(&self, records: Vec<desk::Record>) -> Batch {
        Batch {
            store: self.parts.store.clone(),
            keys: self.parts.keys.clone(),
            first: self.last + 1,
            records,
            deadline: DEADLINE,
            now: self.now,
        }
    }

    pub(super) fn wrote(&mut self, records: usize) {
        self.last += i64::try_from(records).unwrap_or(i64::MAX);
    }

    fn landed(&mut self, done: Result<(), Failure>) {
        let Some(flight) = self.flight.take() else { return };
        let took = self.moment().since(flight.began);
        metrics::histogram!("cloud_window_engine_commit_seconds").record(took);
        match done {
            Ok(()) => self.committed(&flight),
            Err(failure) => self.failed(&flight, failure),
        }
    }

    fn committed(&mut self, flight: &Flight) {
        self.wrote(flight.records);
        self.alone = self.alone.saturating_sub(flight.units());
        for kept in self.kept.drain(..flight.kept) {
            kept.events.iter().for_each(|event| self.durable.apply(event));
        }
        for _ in 0..flight.steps {
            self.finish_first_step();
        }
        if flight.records > 0 || flight.units() == 0 {
            self.recovered();
        }
    }

    /// The first step is durable, or needs not be: the outside may see it.
    pub(super) fn finish_first_step(&mut self) {
        let Some(step) = self.steps.pop_front() else { return };
        match self.kept.back_mut() {
            None => steps::events(&step.out).for_each(|event| self.durable.apply(event)),
            // What is kept comes before it.
            Some(kept) => kept.events.extend(steps::events(&step.out).cloned()),
        }
        for output in step.out {
            match step.effects {
                Effects::AfterCommit => self.effects.execute(output),
                Effects::Again if !steps::is_answer(&output) => self.effects.execute(output),
                Effects::Again | Effects::Done => {}
            }
        }
    }

    fn show(&self) {
        self.shared.show(self.ahead.counts(), self.health());
    }

    pub(super) fn health(&self) -> EngineHealth {
        let mut unwritten: usize = self.kept.iter().map(|kept| kept.records().count()).sum();
        if self.trouble.is_some() {
            let acted = self.steps.iter().filter(|step| step.acted());
            unwritten += acted.map(|step| steps::records(&step.out).count()).sum::<usize>();
        }
        EngineHealth {
            running: true,
            unwritten,
            refused: self.refused,
            failing_since: self.trouble.as_ref().map(Trouble::since),
        }
    }
}

#[cfg(test)]
impl Engine {
    /// Does one commit; false if there is nothing to commit, or the next attempt is still to come.
    pub(super) async fn one_commit(&mut self) -> bool {
        self.settle();
        let Some(flight) = &mut self.flight else { return false };
        let done = (&mut flight.write).await;
        self.landed(done);
        self.settle();
        true
    }

    /// With nothing under way both machines must be one.
    #[track_caller]
    pub(super) fn same(&self) {
        assert!(self.kept.is_empty() && self.steps.is_empty() && self.held.is_empty(), "{self:#?}");
        assert!(self.ahead.same_as(&self.durable), "{:#?}\n{:#?}", self.ahead, self.durable);
    }
}

/// What somebody is told whose request could not be written.
pub(super) const NOT_STORED: &str = "the record could not be written; nothing changed, try again";

/// Says that the engine has ended, however it ended: a connection without one is told to come again.
#[derive(Debug)]
struct Closing {
    lines: Lines,
    shared: Shared,
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.lines.close_all(CloseReason::Restarting);
        self.shared.show(desk::Counts::default(), EngineHealth::default());
    }
}

async fn landed(flight: &mut Option<Flight>) -> Result<(), Failure> {
    match flight {
        Some(flight) => (&mut flight.write).await,
        None => std::future::pending().await,
    }
}

async fn paused(trouble: &mut Option<Trouble>) {
    match trouble {
        Some(trouble) => trouble.pause().await,
        None => std::future::pending().await,
    }
}

async fn until(due: Option<Duration>) {
    match due {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}
