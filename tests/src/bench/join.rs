//! How fast a native client is in a call: from making its offer to the first media of the other party.
use super::client::{Cadence, Rhythm, Slots, Swarm};
use super::now;
use super::sfu::{Server, Sfu};
use super::stats::Samples;
use crate::report::{Measurement, Reference};
use anyhow::{Context, ensure};
use std::time::Duration;

/// Joins of each server; they take turns.
const JOINS: u32 = 100;
const PATIENCE: Duration = Duration::from_secs(10);
/// The other party speaks without pause, so that the wait for its next packet does not hide what is measured.
const SPEAKER: Cadence = Cadence { voice: Duration::from_millis(1), camera: None };

/// A server and the party that waits in its call.
struct Side {
    server: Server,
    sfu: Sfu,
    swarm: Swarm,
    call: u32,
    times_ms: Samples,
}

impl Side {
    fn start(server: Server) -> anyhow::Result<Self> {
        let (sfu, swarm) = (Sfu::start(server)?, Swarm::new(1, Rhythm::Exact)?);
        Ok(Self { server, sfu, swarm, call: 0, times_ms: Samples::new() })
    }

    /// One join into a call of its own.
    fn join(&mut self) -> anyhow::Result<()> {
        self.call += 1;
        let speaker = self.swarm.join(&mut self.sfu, self.call, SPEAKER, Slots::FIXED)?;
        let speaks = |swarm: &Swarm| swarm.peer(speaker).is_some_and(super::client::Peer::connected);
        ensure!(self.swarm.run_until(PATIENCE, speaks)?, "{} does not connect", self.server.name());
        // Its source is known to the server before anybody comes.
        self.swarm.run(Duration::from_millis(20))?;
        let begin = now();
        let joiner = self.swarm.join(&mut self.sfu, self.call, Cadence::CALL, Slots::FIXED)?;
        let heard = |swarm: &Swarm| swarm.peer(joiner).and_then(|peer| peer.first_media);
        let joined = self.swarm.run_until(PATIENCE, |swarm| heard(swarm).is_some())?;
        ensure!(joined, "nobody is heard through {}", self.server.name());
        let time = heard(&self.swarm).context("heard, then not")?.saturating_duration_since(begin);
        self.times_ms.add(time.as_secs_f64() * 1e3);
        self.swarm.leave(&mut self.sfu, joiner)?;
        self.swarm.leave(&mut self.sfu, speaker)
    }
}

/// Compares both servers.
///
/// # Errors
/// When a client cannot join.
pub(super) fn measure() -> anyhow::Result<Vec<Measurement>> {
    let (mut ours, mut reference) = (Side::start(Server::Ours)?, Side::start(Server::Str0m)?);
    for round in 0..JOINS {
        let sides = if round % 2 == 0 { [&mut ours, &mut reference] } else { [&mut reference, &mut ours] };
        for side in sides {
            side.join()?;
        }
    }
    let value = ours.times_ms.median().context("no join")?;
    let other = reference.times_ms.median().context("no join")?;
    let figure = Measurement {
        name: "native_join_ms_p50".into(),
        value,
        unit: "ms".into(),
        spread: ours.times_ms.quartiles().context("no join")?,
        goal: "< str0m".into(),
        holds: value < other,
        reference: Some(Reference { name: Server::Str0m.name().into(), value: other }),
    };
    ours.sfu.stop()?;
    reference.sfu.stop()?;
    Ok(vec![figure])
}
