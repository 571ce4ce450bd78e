//! Plays one terminal: visit after visit.
use protocol::ids::{CallId, PaperId};
use protocol::{Capability, Locale, ShownText, TerminalMessage, TerminalStage, Timestamp};
use rand_chacha::ChaCha12Rng;
use std::sync::Arc;
use std::time::Duration;

use super::run::Play;
use super::tally::Record;
use super::work::any;
use crate::client::{Terminal, Visit};
use crate::media::{Peer, Sending};

/// How long a citizen waits at most: all the calls before may be as long as this one.
const WAIT: Duration = Duration::from_secs(3600);
const CALL: Duration = Duration::from_secs(4000);

/// Makes `calls` visits. A visit that fails is noted, and the next is tried.
pub(super) async fn play(play: Arc<Play>, terminal: Terminal, mut rng: ChaCha12Rng, calls: u32) {
    for _ in 0..calls {
        let visit = match terminal.connect(None).await {
            Ok(visit) => visit,
            Err(error) => return play.tally.failed(&name(&terminal), &error),
        };
        if let Err(error) = one_visit(&play, &visit, &mut rng).await {
            play.tally.failed(&name(&terminal), &error);
            // So that the next visit can begin; that this one failed is noted already.
            let _ = visit.give_up().await;
        }
    }
}

fn name(terminal: &Terminal) -> String {
    format!("terminal at {}", terminal.site.code)
}

async fn one_visit(play: &Play, visit: &Visit, rng: &mut ChaCha12Rng) -> anyhow::Result<()> {
    let matter = any(&play.matters, rng).ok_or_else(|| anyhow::anyhow!("nothing to come for"))?;
    let (ticket, _, time) = visit.take_ticket(&matter.item, &matter.scenario).await?;
    play.tally.acknowledged(Record::Ticket(ticket.id));
    play.tally.position_after(time);
    let peer = visit.open_media(Sending::WARM).await?;
    let present = visit.socket.until("ring or call", WAIT, |view| match &view.stage {
        TerminalStage::Ringing { ticket, .. } => Some(Some(ticket.id)),
        TerminalStage::InCall { .. } => Some(None),
        _ => None,
    });
    if let Some(ticket) = present.await? {
        // The clerk may be quicker than the citizen's finger.
        let _ = visit.socket.ask(TerminalMessage::Present { ticket }).await;
    }
    let call = visit.in_call(WAIT).await?;
    peer.send(Sending::ALL);
    let clerk = play.clerk_number(call.clerk_id)?;
    let talked = in_call(play, visit, call.id).await;
    play.tally.side(call.id, &peer, clerk);
    talked?;
    leave(play, visit, &peer, call.id).await
}

/// Does what the clerk asks for until the call ends.
async fn in_call(play: &Play, visit: &Visit, call: CallId) -> anyhow::Result<()> {
    enum Wanted {
        Assist(Vec<Capability>, Option<Timestamp>),
        Paper(PaperId),
        Ended,
    }
    // The view that shows an answer comes after the answer is done: each question is known by its end.
    let (mut received, mut answered) = (Vec::new(), None);
    loop {
        let next = visit.socket.until("end of the call", CALL, |view| match &view.stage {
            TerminalStage::InCall { call }
                if !call.assist.asked.is_empty() && call.assist.ask_ends_at != answered =>
            {
                Some(Wanted::Assist(call.assist.asked.clone(), call.assist.ask_ends_at))
            }
            TerminalStage::InCall { call } => {
                call.showing.filter(|paper| !received.contains(paper)).map(Wanted::Paper)
            }
            TerminalStage::Ended { .. } => Some(Wanted::Ended),
            _ => None,
        });
        match next.await? {
            Wanted::Assist(granted, question) => {
                answered = question;
                let shown = Some(ShownText { version: "headless-1".to_owned(), locale: Locale::ZhCn });
                visit.socket.ask(TerminalMessage::AnswerAssist { call, granted, shown }).await?;
                play.tally.acknowledged(Record::Assist(call));
            }
            Wanted::Paper(paper) => {
                visit.socket.ask(TerminalMessage::PaperReceived { paper }).await?;
                play.tally.acknowledged(Record::PaperReceived(paper));
                received.push(paper);
            }
            Wanted::Ended => return Ok(()),
        }
    }
}

async fn leave(play: &Play, visit: &Visit, peer: &Peer, call: CallId) -> anyhow::Result<()> {
    visit.socket.ask(TerminalMessage::Rate { call, score: 1, reason: None }).await?;
    play.tally.acknowledged(Record::Rated(call));
    visit.wipe().await?;
    peer.close().await?;
    play.tally.completed();
    Ok(())
}
