//! When a commit fails: what nobody has seen is undone, what cannot be undone is kept, and the culprit is found.
use desk::Input;
use protocol::{ErrorCode, Timestamp};
use std::pin::Pin;
use std::time::Duration;
use tokio::time::Sleep;

use super::commit::Failure;
use super::steps::{self, Effects, Flight, Kept, Step};
use super::task::{Engine, NOT_STORED};

/// The first pause before the database is tried again; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How often records that nobody can take back may be refused for good before the rest goes on without them.
const PATIENCE: u32 = 8;

/// Nothing can be written.
#[derive(Debug)]
pub(super) struct Trouble {
    since: Timestamp,
    pause: Option<Pin<Box<Sleep>>>,
    next: Duration,
    /// How often records were refused for good that nobody can take back.
    refusals: u32,
}

impl Trouble {
    fn new(since: Timestamp) -> Self {
        Self { since, pause: None, next: FIRST_PAUSE, refusals: 0 }
    }

    pub(super) fn since(&self) -> Timestamp {
        self.since
    }

    /// Whether the next attempt is still to come.
    pub(super) fn waits(&self) -> bool {
        self.pause.is_some()
    }

    /// Resolves when it is time for the next attempt.
    pub(super) async fn pause(&mut self) {
        match &mut self.pause {
            Some(pause) => pause.as_mut().await,
            None => std::future::pending().await,
        }
    }

    fn again_later(&mut self) {
        self.pause = Some(Box::pin(tokio::time::sleep(self.next)));
        self.next = (self.next * 2).min(LONGEST_PAUSE);
    }
}

impl Engine {
    pub(super) fn failed(&mut self, flight: &Flight, failure: Failure) {
        match failure {
            Failure::Unwell(why) => {
                if self.trouble.is_none() {
                    tracing::error!(%why, "nothing can be written: requests are refused until that ends");
                }
                self.nothing_goes_in();
            }
            Failure::Refused { error, for_good } if flight.units() == 1 => {
                tracing::error!(%error, "a record was refused");
                self.the_culprit(flight, for_good);
            }
            Failure::Refused { error, .. } => {
                tracing::warn!(%error, units = flight.units(), "a commit was refused: trying one by one");
                self.alone = flight.units();
                self.decide_again();
            }
        }
    }

    /// The database takes writes (again).
    pub(super) fn recovered(&mut self) {
        if let Some(trouble) = self.trouble.take() {
            tracing::info!(since = trouble.since.0, "records are written again");
        }
    }

    /// It is time for the next attempt: what waited is decided now, with the time as it is now.
    pub(super) fn try_again(&mut self) {
        let Some(trouble) = &mut self.trouble else { return };
        trouble.pause = None;
        for input in std::mem::take(&mut self.held) {
            self.decide(input);
        }
    }

    /// Goes back to what is durable and what cannot be undone, and gives what was decided on top of it.
    fn roll_back(&mut self) -> Vec<Step> {
        self.ahead = self.durable.clone();
        for event in self.kept.iter().flat_map(|kept| &kept.events) {
            self.ahead.apply(event);
        }
        std::mem::take(&mut self.steps).into()
    }

    /// Decides the same inputs in the same order, at the moments at which they came.
    fn decide_again(&mut self) {
        for step in self.roll_back() {
            let effects = if step.acted() { Effects::Again } else { Effects::AfterCommit };
            let Step { input, at, .. } = step;
            let out = self.ahead.handle(input.clone(), at, &mut self.ids);
            self.steps.push_back(Step { input, at, out, effects });
        }
    }

    /// Requests are refused, facts wait, and what took effect already stays in force.
    fn nothing_goes_in(&mut self) {
        self.alone = 0;
        let (acted, rest): (Vec<_>, Vec<_>) = self.roll_back().into_iter().partition(Step::acted);
        for Step { input, at, .. } in acted {
            let out = self.ahead.handle(input, at, &mut self.ids);
            self.keep(Kept::of(&out));
            // Decided anew it may come to something else, which must be in force just as soon.
            for output in out.into_iter().filter(|output| !steps::is_answer(output)) {
                self.effects.execute(output);
            }
        }
        for step in rest {
            self.refuse_or_hold(step);
        }
        let now = self.moment();
        self.trouble.get_or_insert_with(|| Trouble::new(now)).again_later();
    }

    fn refuse_or_hold(&mut self, step: Step) {
        let asked = steps::asked_by(&step.input);
        match (&step.input, asked) {
            (_, Some(asked)) if step.has_records() => {
                self.effects.refuse(asked, ErrorCode::NotStored, NOT_STORED);
            }
            // It comes again by itself.
            (Input::Tick, _) => {}
            (input, None) if self.must_wait(input) => self.held.push_back(step.input),
            (_, None) if step.has_records() => self.held.push_back(step.input),
            // Needs no commit: decided on what stands now, and seen at once.
            _ => self.decide(step.input),
        }
    }

    pub(super) fn keep(&mut self, kept: Kept) {
        if !kept.events.is_empty() {
            self.kept.push_back(kept);
        }
    }

    /// One act or step alone was refused by a database that is well.
    fn the_culprit(&mut self, flight: &Flight, for_good: bool) {
        if flight.kept == 0
            && let Some(step) = self.steps.pop_front_if(|step| step.refusable())
        {
            self.alone = self.alone.saturating_sub(1);
            if let Some(asked) = steps::asked_by(&step.input) {
                self.effects.refuse(asked, ErrorCode::NotStored, NOT_STORED);
            }
            return self.decide_again();
        }
        let now = self.moment();
        let trouble = self.trouble.get_or_insert_with(|| Trouble::new(now));
        trouble.refusals += u32::from(for_good);
        if trouble.refusals < PATIENCE {
            return self.nothing_goes_in();
        }
        // A fault of this program. It happened all the same: the desk goes on, an engineer must look.
        tracing::error!(records = flight.records, "records are given up that the database refuses for good");
        self.trouble = None;
        self.refused += flight.records;
        self.alone = self.alone.saturating_sub(1);
        if flight.kept > 0 {
            if let Some(kept) = self.kept.pop_front() {
                kept.events.iter().for_each(|event| self.durable.apply(event));
            }
        } else {
            self.finish_first_step();
        }
    }
}
