//! What forwarding costs: CPU time per packet that reached a receiver, and memory per call, with many calls of two.
use super::client::{Cadence, Rhythm, Slots, Swarm};
use super::sfu::{Server, Sfu};
use super::stats::Samples;
use crate::report::{Measurement, Reference};
use anyhow::{Context, bail, ensure};
use std::time::Duration;

/// Runs of each server; they take turns.
const ROUNDS: u64 = 5;
/// Until every client hears and sees.
const PATIENCE: Duration = Duration::from_secs(30);
/// Joins are over, first keyframes are through, caches are warm.
const WARM_UP: Duration = Duration::from_secs(2);
const WINDOW: Duration = Duration::from_secs(6);
/// What left at the end of the window has arrived after this.
const DRAIN: Duration = Duration::from_millis(400);
/// A run that lost more is no measurement.
const MOST_LOSS: f64 = 0.001;
/// A run is tried so often.
const TRIES: u64 = 3;

/// What one run of one server gave.
struct Outcome {
    cpu_us: f64,
    call_mib: f64,
}

#[derive(Default)]
struct Outcomes {
    cpu_us: Samples,
    call_mib: Samples,
}

/// Compares both servers under so many calls of two: in the rhythm of real senders, which the goals are held against, and in
/// the worst there can be, so that the gain from taking many packets at once is told from what one costs alone.
///
/// # Errors
/// When a run is not possible without loss.
pub(super) fn measure(calls: u32) -> anyhow::Result<Vec<Measurement>> {
    let name = format!("forward_cpu_us_{calls}");
    let goal = if calls <= 12 { 0.45 } else { 0.35 };
    let (ours, reference) = by_turns(calls, Rhythm::Milliseconds)?;
    let mut figures = vec![compare(&name, "µs", goal, &ours.cpu_us, &reference.cpu_us)?];
    if calls == 48 {
        figures.push(compare("call_memory_mib", "MiB", 0.4, &ours.call_mib, &reference.call_mib)?);
    }
    let (ours, reference) = by_turns(calls, Rhythm::Exact)?;
    figures.push(compare(&format!("{name}_scattered"), "µs", 1.0, &ours.cpu_us, &reference.cpu_us)?);
    Ok(figures)
}

/// What both servers gave, ours first.
fn by_turns(calls: u32, rhythm: Rhythm) -> anyhow::Result<(Outcomes, Outcomes)> {
    let (mut ours, mut reference) = (Outcomes::default(), Outcomes::default());
    for round in 0..ROUNDS {
        let order =
            if round % 2 == 0 { [Server::Ours, Server::Str0m] } else { [Server::Str0m, Server::Ours] };
        for server in order {
            let outcome = try_often(server, calls, rhythm, round)?;
            let all = if server == Server::Ours { &mut ours } else { &mut reference };
            all.cpu_us.add(outcome.cpu_us);
            all.call_mib.add(outcome.call_mib);
        }
    }
    Ok((ours, reference))
}

fn compare(
    name: &str,
    unit: &str,
    ratio: f64,
    ours: &Samples,
    other: &Samples,
) -> anyhow::Result<Measurement> {
    let value = ours.median().context("no run")?;
    let reference = Reference { name: Server::Str0m.name().into(), value: other.median().context("no run")? };
    Ok(Measurement {
        name: name.into(),
        value,
        unit: unit.into(),
        spread: ours.range().context("no run")?,
        goal: format!("≤ {ratio} × str0m"),
        holds: value <= ratio * reference.value,
        reference: Some(reference),
    })
}

fn try_often(server: Server, calls: u32, rhythm: Rhythm, round: u64) -> anyhow::Result<Outcome> {
    for attempt in 1..TRIES {
        match run(server, calls, rhythm, round) {
            Err(error) => tracing::warn!(server = server.name(), attempt, "run again: {error:#}"),
            done => return done,
        }
    }
    run(server, calls, rhythm, round)
}

fn run(server: Server, calls: u32, rhythm: Rhythm, seed: u64) -> anyhow::Result<Outcome> {
    let mut sfu = Sfu::start(server)?;
    let empty = sfu.memory()?;
    let mut swarm = Swarm::new(seed, rhythm)?;
    for call in 0..calls {
        for _ in 0..2 {
            swarm.join(&mut sfu, call, Cadence::CALL, Slots::FIXED)?;
        }
    }
    let all = |swarm: &Swarm| swarm.peers().all(|peer| peer.hears == [true, true]);
    if !swarm.run_until(PATIENCE, all)? {
        let deaf = swarm.peers().filter(|peer| peer.hears != [true, true]).count();
        let apart = swarm.peers().filter(|peer| !peer.connected()).count();
        bail!("{deaf} clients of {} do not hear and see, {apart} are not even connected", 2 * calls);
    }
    swarm.run(WARM_UP)?;
    swarm.open_tally();
    let before = sfu.cpu()?;
    swarm.run(WINDOW)?;
    let used = sfu.cpu()?.saturating_sub(before);
    swarm.close_tally();
    swarm.run(DRAIN)?;
    let full = sfu.memory()?;
    let tally = &swarm.tally;
    let outcome = Outcome {
        cpu_us: used.as_secs_f64() * 1e6 / tally.received as f64,
        call_mib: full.saturating_sub(empty) as f64 / f64::from(1 << 20) / f64::from(calls),
    };
    tracing::info!(
        server = server.name(),
        calls,
        ?rhythm,
        sent = tally.sent,
        received = tally.received,
        repeated = tally.repeated,
        cpu_us = outcome.cpu_us,
        call_mib = outcome.call_mib,
        delay_us_p50 = delay(&tally.delays, 50.0),
        delay_us_p99 = delay(&tally.delays, 99.0),
        "run"
    );
    // A generator that could not keep up would flatter both servers with larger batches and less work.
    let expected = f64::from(2 * calls) * 140.0 * WINDOW.as_secs_f64();
    ensure!(
        tally.sent as f64 > 0.98 * expected,
        "only {} of {expected} packets were sent in time",
        tally.sent
    );
    ensure!(tally.loss() <= MOST_LOSS, "{:.2} % were lost", tally.loss() * 100.0);
    sfu.stop()?;
    Ok(outcome)
}

fn delay(nanos: &[u32], percent: f64) -> Option<f64> {
    nanos.iter().map(|delay| f64::from(*delay) / 1e3).collect::<Samples>().percentile(percent)
}
