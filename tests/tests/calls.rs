//! Calls through the whole application: headless terminals and clerks over REST, WebSocket and media.
use protocol::{CallView, ClerkMessage, TerminalMessage, TerminalStage, WishedStatus};
use std::time::Duration;
use system_tests::app::App;
use system_tests::client::{Clerk, Terminal, Visit};
use system_tests::media::{Peer, Sending, Senses, Voice};
use system_tests::sites::Plan;

const SOON: Duration = Duration::from_secs(20);
/// Enough packets to be sure that something is, or is not, there.
const PLENTY: u64 = 50;

/// That nothing comes can only be seen by looking for a while: 35 voice packets long.
const QUIET: Duration = Duration::from_millis(700);

/// A terminal and a clerk who talk.
struct Talk {
    app: App,
    terminal: Terminal,
    visit: Visit,
    citizen: Peer,
    clerk: Clerk,
    desk: Peer,
    call: CallView,
}

impl Talk {
    /// From nothing to a call.
    async fn new() -> anyhow::Result<Self> {
        let app = App::start(Plan { sites: 1, clerks: 1 }).await?;
        let (terminal, clerk) = (app.terminal(0).await?, app.clerk(0).await?);
        let desk = clerk.open_media(Sending::ALL).await?;
        let visit = terminal.connect(None).await?;
        visit.take_ticket("pension-proof", "pension-proof/1").await?;
        let citizen = visit.open_media(Sending::ALL).await?;
        clerk.set_status(WishedStatus::Ready).await?;
        let offer = clerk.rung(SOON).await?;
        // Warm is not watched: both connections stand, both send, and nothing has passed.
        anyhow::ensure!(citizen.senses().packets + desk.senses().packets == 0, "media before the call");
        let call = clerk.accept(&offer).await?;
        visit.in_call(SOON).await?;
        Ok(Self { app, terminal, visit, citizen, clerk, desk, call })
    }

    /// Both see and hear each other from now on.
    async fn both_ways(&self) -> anyhow::Result<()> {
        for (me, other) in [(&self.citizen, &self.desk), (&self.desk, &self.citizen)] {
            let (source, voice) = (other.number(), Voice::of(other.number()));
            let (seen, heard) = counts(me, other);
            me.sees("voice and face of the other side", SOON, |s| {
                s.audio[0].heard(voice) >= heard + PLENTY && s.video[0].seen(source) >= seen + PLENTY
            })
            .await?;
            let senses = me.senses();
            anyhow::ensure!(senses.audio[0].heard_others(voice) + senses.video[0].seen_others(source) == 0);
            anyhow::ensure!(senses.video[0].undecodable == 0, "pictures begin with a keyframe");
        }
        Ok(())
    }

    /// Waits until `quiet` receives nothing of the kind that `count` counts while `busy` receives plenty.
    async fn silent(
        &self,
        quiet: &Peer,
        busy: (&Peer, &Peer),
        count: fn(&Senses) -> u64,
    ) -> anyhow::Result<()> {
        let falls_silent = async {
            loop {
                let before = count(&quiet.senses());
                let (me, other) = busy;
                let (_, heard) = counts(me, other);
                let voice = Voice::of(other.number());
                me.sees("the other direction", SOON, |s| s.audio[0].heard(voice) >= heard + PLENTY).await?;
                if count(&quiet.senses()) == before {
                    return Ok(());
                }
            }
        };
        system_tests::clock::within(SOON, "silence", falls_silent).await?
    }

    async fn over(self) -> anyhow::Result<()> {
        let Self { app, visit, citizen, clerk, desk, .. } = self;
        for peer in [&citizen, &desk] {
            peer.close().await?;
        }
        drop((visit, clerk));
        app.stop().await
    }
}

fn counts(me: &Peer, other: &Peer) -> (u64, u64) {
    let senses = me.senses();
    (senses.video[0].seen(other.number()), senses.audio[0].heard(Voice::of(other.number())))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_seen_and_heard_both_ways_and_only_while_it_lasts() -> anyhow::Result<()> {
    let talk = Talk::new().await?;
    talk.both_ways().await?;
    talk.clerk.hang_up(talk.call.id).await?;
    talk.visit.ended(SOON).await?;
    // What was under way may still arrive; then nothing does, though both go on sending.
    for peer in [&talk.citizen, &talk.desk] {
        let falls_silent = async {
            let mut before = peer.senses().packets;
            while peer.sees("a packet", QUIET, |s| s.packets > before).await.is_ok() {
                before = peer.senses().packets;
            }
        };
        system_tests::clock::within(SOON, "silence after the call", falls_silent).await?;
    }
    talk.visit.wipe().await?;
    talk.over().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mute_camera_off_and_hold_act_at_the_server() -> anyhow::Result<()> {
    let talk = Talk::new().await?;
    talk.both_ways().await?;
    let (call, citizen, desk) = (talk.call.id, &talk.citizen, &talk.desk);

    let set = |muted, camera_off| TerminalMessage::SetMedia { call, muted, camera_off };
    talk.visit.socket.ask(set(true, false)).await?;
    talk.silent(desk, (citizen, desk), |s| s.audio[0].stream.received).await?;
    let (seen, _) = counts(desk, citizen);
    desk.sees("pictures go on", SOON, |s| s.video[0].seen(citizen.number()) > seen + PLENTY).await?;
    talk.visit.socket.ask(set(true, true)).await?;
    let both = |s: &Senses| s.audio[0].stream.received + s.video[0].stream.received;
    talk.silent(desk, (citizen, desk), both).await?;
    let papers = desk.senses().video[1].stream.received;
    desk.sees("papers stay in sight", SOON, |s| s.video[1].stream.received > papers + PLENTY).await?;
    talk.visit.socket.ask(set(false, false)).await?;
    talk.both_ways().await?;

    talk.clerk.socket.ask(ClerkMessage::Hold { call, on: true }).await?;
    let held =
        |v: &protocol::TerminalView| matches!(&v.stage, TerminalStage::InCall { call } if call.on_hold);
    talk.visit.socket.until("hold", SOON, |view| held(view).then_some(())).await?;
    let before = citizen.senses().packets + desk.senses().packets;
    // A restart of ICE and back shows that the connections live while nothing is forwarded.
    talk.visit.restart_media(citizen).await?;
    talk.visit.restart_media(citizen).await?;
    let after = citizen.senses().packets + desk.senses().packets;
    anyhow::ensure!(after - before < PLENTY, "{} packets on hold", after - before);
    talk.clerk.socket.ask(ClerkMessage::Hold { call, on: false }).await?;
    talk.both_ways().await?;
    talk.over().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_line_comes_back_and_media_never_stopped() -> anyhow::Result<()> {
    let mut talk = Talk::new().await?;
    talk.both_ways().await?;
    // The terminal's WebSocket is cut without a word; its media connection is not.
    let resume = talk.visit.socket.welcome().resume.clone();
    let lost = talk.terminal.connect(Some(resume)).await?;
    drop(std::mem::replace(&mut talk.visit, lost));
    anyhow::ensure!(talk.visit.socket.welcome().resumed && talk.visit.socket.welcome().media_alive);
    anyhow::ensure!(talk.visit.in_call(SOON).await?.id == talk.call.id, "the same call");
    talk.clerk.reconnect().await?;
    anyhow::ensure!(talk.clerk.socket.welcome().resumed && talk.clerk.socket.welcome().media_alive);
    anyhow::ensure!(talk.clerk.call(SOON).await?.id == talk.call.id, "the same call");
    talk.both_ways().await?;
    for peer in [&talk.citizen, &talk.desk] {
        let senses = peer.senses();
        anyhow::ensure!(senses.audio[0].stream.lost() == 0, "{:?}", senses.audio[0].stream);
        anyhow::ensure!(senses.video[0].repeated == 0, "the stream is the same");
    }
    talk.over().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_media_connection_is_told_and_a_new_one_goes_on_in_the_call() -> anyhow::Result<()> {
    let mut talk = Talk::new().await?;
    talk.both_ways().await?;
    let mut gone = talk.visit.socket.media_gone();
    talk.citizen.close().await?;
    system_tests::clock::within(SOON, "media_gone", gone.wait_for(|n| *n == 1)).await??;
    talk.citizen = talk.visit.open_media(Sending::ALL).await?;
    talk.both_ways().await?;
    talk.over().await
}
