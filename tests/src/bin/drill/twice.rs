//! The same request twice: an answer that was lost on the way is no second act.
use anyhow::ensure;
use protocol::{ClerkMessage, Common};
use system_tests::client::TerminalRole;
use system_tests::report::Measurement;

use crate::acts::{self, SOON};
use crate::count_of;
use crate::house::House;
use crate::line::Line;

const ROUNDS: u128 = 20;
/// How many send the same request for a case at once.
const AT_ONCE: usize = 8;

/// Tickets, answers to a ring, cases: each asked for more than once, each there once.
pub(crate) async fn same_request_twice() -> anyhow::Result<Vec<Measurement>> {
    let mut house = House::build().await?;
    house.open().await?;
    let desk = house.clerk("lin").await?;
    let (_, account) = house.enrol("S10").await?;
    let mut repeated = 0u32;
    // Once: after each wrap-up the clerk is ready again.
    acts::ready(&desk).await?;
    for round in 1..=ROUNDS {
        let first = Line::<TerminalRole>::open(&account);
        first.until("a view", SOON, |_| Some(())).await?;
        first.ask_and_die(acts::take(round)).await?;
        let citizen = Line::<TerminalRole>::open(&account);
        citizen.until("a view", SOON, |_| Some(())).await?;
        for _ in 0..2 {
            citizen.done(acts::take(round)).await?;
            repeated += 1;
        }
        let offer = desk.until("a ring", SOON, acts::ring).await?;
        let accept = || desk.ask(ClerkMessage::Accept { offer });
        let (a, b, c) = tokio::try_join!(accept(), accept(), accept())?;
        ensure!([a, b, c].iter().all(|answer| *answer == Common::Done), "an accept was refused");
        repeated += 2;
        let call = citizen.until("the call", SOON, acts::call_at_terminal).await?.id;
        let key = format!("same-request-{round}");
        let opened = (0..AT_ONCE).map(|_| acts::open_case(&desk, call, &key));
        let opened = futures_util::future::try_join_all(opened).await?;
        ensure!(opened.iter().all(|case| *case == opened[0]), "different answers to the same request");
        repeated += u32::try_from(AT_ONCE)? - 1;
        acts::end(&citizen, &desk, call).await?;
    }
    let rounds = i64::try_from(ROUNDS)?;
    for (name, rows) in [
        ("tickets", house.count("SELECT COUNT(*) FROM tickets").await?),
        ("calls", house.count("SELECT COUNT(*) FROM calls").await?),
        ("cases", house.count("SELECT COUNT(*) FROM cases").await?),
    ] {
        ensure!(rows == rounds, "{rows} {name} instead of {rounds}");
    }
    house.verifies().await?;
    Ok(vec![count_of("same_request_twice", repeated, "repetitions", "one row, same answer")])
}
