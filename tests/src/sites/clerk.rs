//! Plays one clerk: answers, helps, accepts, hands over, wraps up; and takes over what colleagues offer.
use protocol::ids::{CallId, HandoffId};
use protocol::{
    CallResult, CallView, Capability, ClerkMessage, ClerkNews, ClerkStatus, ClerkView, HandoffState,
    HandoffTarget, Mark, PaperKind, Spot, Surface, WishedStatus,
};
use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

use super::run::Play;
use super::tally::Record;
use super::work::any;
use crate::client::Clerk;
use crate::clock;
use crate::media::{Peer, Sending};

const SOON: Duration = Duration::from_secs(30);
/// How long a clerk waits for the next ring before looking whether the day is over.
const SHIFT: Duration = Duration::from_secs(3600);
/// Gestures of a pointer in each call.
const GESTURES: u32 = 2;

/// Works until the day is over.
pub(super) async fn play(play: Arc<Play>, clerk: Arc<Clerk>, mut rng: ChaCha12Rng) {
    let worked = async {
        let peer = clerk.open_media(Sending::WARM).await?;
        go_on_duty(&clerk).await?;
        // Every second case changes hands.
        for hands_over in [true, false].into_iter().cycle() {
            let offer = tokio::select! {
                offer = clerk.rung(SHIFT) => offer?,
                () = play.day_over.cancelled() => break,
            };
            peer.start_over();
            let pressed = clock::micros();
            let call = match clerk.accept(&offer).await {
                Ok(call) => call,
                Err(error) => {
                    // The ring may have been over; whoever lets one pass is taken off duty, and goes on again.
                    play.tally.failed(&format!("clerk {}", clerk.number), &error);
                    go_on_duty(&clerk).await?;
                    continue;
                }
            };
            play.tally.acknowledged(Record::Call(call.id));
            play.tally.accepted_at(call.id, pressed);
            if let Err(error) = one_call(&play, &clerk, &peer, call, (&mut rng, hands_over)).await {
                play.tally.failed(&format!("clerk {}", clerk.number), &error);
            }
        }
        // So that nobody rings here who is not part of the play. Somebody who does just now rings elsewhere later.
        let _ = clerk.set_status(WishedStatus::OffDuty).await;
        peer.close().await
    };
    if let Err(error) = worked.await {
        play.tally.failed(&format!("clerk {}", clerk.number), &error);
    }
}

/// Goes on duty, unless a ring is quicker, as for somebody who was on duty a moment before.
async fn go_on_duty(clerk: &Clerk) -> anyhow::Result<()> {
    let ready = clerk.set_status(WishedStatus::Ready).await;
    let rings = |view: ClerkView| matches!(view.status, ClerkStatus::Ringing { .. });
    if clerk.socket.view().is_some_and(rings) { Ok(()) } else { ready }
}

async fn one_call(
    play: &Play,
    clerk: &Clerk,
    peer: &Peer,
    call: CallView,
    (rng, hands_over): (&mut ChaCha12Rng, bool),
) -> anyhow::Result<()> {
    let end = tokio::time::Instant::now() + play.talk;
    peer.send(Sending::ALL);
    let worked = work(play, clerk, &call, (rng, hands_over)).await;
    // The talk has a length of its own, whatever is done in it.
    tokio::time::sleep_until(end).await;
    let terminal = play.terminal_number(call.terminal_id)?;
    play.tally.side(call.id, peer, terminal);
    peer.send(Sending::WARM);
    clerk.hang_up(call.id).await?;
    let result = if worked.is_ok() { CallResult::Accepted } else { CallResult::NoResult };
    clerk.finish(result).await?;
    play.tally.acknowledged(Record::WrappedUp(call.id));
    worked
}

async fn work(
    play: &Play,
    clerk: &Clerk,
    call: &CallView,
    (rng, hands_over): (&mut ChaCha12Rng, bool),
) -> anyhow::Result<()> {
    point(play, clerk, call.id, rng).await?;
    let key = format!("sites-{}", call.id);
    let case = clerk.open_case(call, &key).await?;
    play.tally.acknowledged(Record::CaseOpened(case.id));
    play.tally.owner(case.id, clerk.id);
    let case = clerk.judge_all(case).await?;
    let case = clerk.accept_case(&case).await?;
    play.tally.acknowledged(Record::CaseAccepted(case.id));
    if let Some(notice) = case.papers.iter().find(|p| p.kind == PaperKind::AcceptanceNotice) {
        let (call, paper) = (call.id, Some(notice.id));
        clerk.socket.ask(ClerkMessage::Show { call, paper }).await?;
    }
    if !hands_over {
        return Ok(());
    }
    let mut colleagues = clerk.who_may_take(case.id).await?;
    colleagues.retain(|id| play.clerk_number(*id).is_ok());
    colleagues.sort_unstable();
    if let Some(to) = any(&colleagues, rng) {
        let handoff = clerk.offer_case(&case, *to).await?;
        play.tally.acknowledged(Record::Offered(handoff));
        // Until the colleague accepts, the sender is owner; afterwards the colleague; at no moment anybody else.
        let owner = clerk.case(case.id).await?.owner;
        if owner != clerk.id && owner != *to {
            play.tally.wrong_owner();
        }
    }
    Ok(())
}

/// Asks whether pointing is welcome, and points.
async fn point(play: &Play, clerk: &Clerk, call: CallId, rng: &mut ChaCha12Rng) -> anyhow::Result<()> {
    let capabilities = vec![Capability::Point];
    clerk.socket.ask(ClerkMessage::AskAssist { call, capabilities }).await?;
    let granted =
        clerk.call_with("consent", SOON, |c| c.assist.granted.contains(&Capability::Point).then_some(()));
    granted.await?;
    for _ in 0..GESTURES {
        for begins in [true, false, false] {
            let at = Spot { x: rng.random_range(0..=10_000), y: rng.random_range(0..=10_000) };
            let mark = Mark::Pointer { at, begins };
            clerk.socket.ask(ClerkMessage::Mark { call, surface: Surface::Page, mark }).await?;
        }
    }
    play.tally.acknowledged(Record::Marks(call, GESTURES));
    Ok(())
}

/// Takes over what colleagues offer, in a call or not, until told to stop.
pub(super) async fn take_over(play: Arc<Play>, clerk: Arc<Clerk>) {
    let mut news = clerk.socket.news();
    let failed = |error: anyhow::Error| play.tally.failed(&format!("clerk {}", clerk.number), &error);
    loop {
        let heard = tokio::select! {
            heard = news.recv() => heard,
            () = play.all_over.cancelled() => return,
        };
        match heard {
            Ok(ClerkNews::HandoffChanged { handoff })
                if handoff.state == HandoffState::Offered
                    && handoff.to == (HandoffTarget::Clerk { staff: clerk.id }) =>
            {
                if let Err(error) = accept(&play, &clerk, handoff.id).await {
                    failed(error);
                }
            }
            Ok(_) => {}
            // Some news passed by unheard: ask.
            Err(RecvError::Lagged(_)) => match clerk.handoffs_for_me().await {
                Ok(waiting) => {
                    for handoff in waiting {
                        if let Err(error) = accept(&play, &clerk, handoff.id).await {
                            failed(error);
                        }
                    }
                }
                Err(error) => failed(error.into()),
            },
            Err(RecvError::Closed) => return,
        }
    }
}

async fn accept(play: &Play, clerk: &Clerk, handoff: HandoffId) -> anyhow::Result<()> {
    let taken = clerk.take_over(handoff).await?;
    play.tally.acknowledged(Record::TakenOver(handoff, clerk.id));
    play.tally.owner(taken.case, clerk.id);
    if clerk.case(taken.case).await?.owner != clerk.id {
        play.tally.wrong_owner();
    }
    Ok(())
}
