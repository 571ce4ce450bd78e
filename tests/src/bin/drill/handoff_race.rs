//! Two clerks of one department accept the same handoff at once.
use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use system_tests::client::ClerkRole;
use system_tests::report::Measurement;
use tokio::time::Instant;

use crate::house::House;
use crate::line::{Account, Line};
use crate::{absolute, acts, seconds};

/// One case goes round among three clerks: its owner offers it to the department, the two others grasp it.
pub(crate) async fn handoff_race(times: u32) -> anyhow::Result<Vec<Measurement>> {
    let mut house = House::build().await?;
    house.open().await?;
    let clerks = [house.clerk("lin").await?, house.clerk("he").await?, house.clerk("wu").await?];
    let citizen = house.terminal("S10").await?;
    let call = acts::in_call(&citizen, &clerks[0], 1).await?;
    let mut case = acts::open_case(&clerks[0], call, "the-one-that-goes-round").await?;
    let mut owner = 0;
    let mut told = Vec::new();
    for round in 0..times {
        let path = format!("/cases/{}/handoffs", case["id"].as_str().context("no id")?);
        let offer = json!({
            "to": { "kind": "department", "department": "civil-dpf" }, "reason": "演练",
            "answer_within_minutes": 30, "version": case["version"],
        });
        let from = &clerks[owner].account;
        let offered: Value = from.server.post(Some(&from.token), &path, &offer).await?;
        let handoff = offered["id"].as_str().context("no handoff")?;
        let (a, b) = ((owner + 1) % 3, (owner + 2) % 3);
        let (first, second) = tokio::join!(grasp(&clerks[a], handoff), grasp(&clerks[b], handoff));
        let (first, second) = (first?, second?);
        owner = match (first.won, second.won) {
            (true, false) => a,
            (false, true) => b,
            both => bail!("round {round}: winners {both:?}"),
        };
        told.push(if first.won { second.seconds } else { first.seconds });
        case = read(&clerks[owner], &case).await?;
        ensure!(case["owner"] == if first.won { first.owner } else { second.owner }, "another owner");
    }
    citizen.die().await;
    let rows = house
        .count("SELECT COUNT(*) FROM handoffs WHERE state = 'accepted' AND ended_by IS NOT NULL")
        .await?;
    ensure!(rows == i64::from(times), "{rows} accepted handoffs instead of {times}");
    let moves = house.count("SELECT COUNT(*) FROM case_events WHERE kind = 'handoff_accepted'").await?;
    ensure!(moves == i64::from(times), "{moves} changes of owner instead of {times}");
    house.verifies().await?;
    Ok(vec![absolute(
        "handoff_race",
        &told,
        "s",
        &format!("{times} ×: one winner, the other told < 1 s"),
        1.0,
    )])
}

struct Grasp {
    won: bool,
    owner: Value,
    seconds: f64,
}

async fn grasp(by: &Line<ClerkRole>, handoff: &str) -> anyhow::Result<Grasp> {
    let Account { server, token, .. } = &by.account;
    let began = Instant::now();
    let answer = server.post::<Value>(Some(token), &format!("/handoffs/{handoff}/accept"), &json!({})).await;
    let seconds = seconds(began);
    match answer {
        Ok(taken) => Ok(Grasp { won: true, owner: taken["owner"].clone(), seconds }),
        Err(refused) if (refused.status, refused.code.as_str()) == (409, "handoff_gone") => {
            Ok(Grasp { won: false, owner: Value::Null, seconds })
        }
        Err(other) => Err(other).context("neither won nor told"),
    }
}

async fn read(by: &Line<ClerkRole>, case: &Value) -> anyhow::Result<Value> {
    let id = case["id"].as_str().context("no id")?;
    Ok(by.account.server.get(&by.account.token, &format!("/cases/{id}")).await?)
}
