//! Two headless participants through `MediaHandle`: the server's media without its signalling.
use cloud_window::clock::SystemClock;
use cloud_window::media_io::{MediaEvent, MediaHandle, MediaIoConfig, OfferError};
use desk::MediaIntent;
use protocol::ids::{Party, StaffId, TerminalId};
use std::time::Duration;
use system_tests::clock::within;
use system_tests::media::{Peer, Sending, State, Voice};
use tokio::sync::mpsc;
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(10);
/// Enough packets to be sure that something is, or is not, there.
const PLENTY: u64 = 50;

struct House {
    media: MediaHandle,
    events: mpsc::Receiver<MediaEvent>,
    terminal: Peer,
    clerk: Peer,
}

const T: Party = Party::Terminal(TerminalId(Uuid::from_u128(1)));
const C: Party = Party::Staff(StaffId(Uuid::from_u128(2)));

async fn peer(number: u32) -> Peer {
    Peer::new(number, [127, 0, 0, 1].into(), Sending::ALL).await.expect("a peer")
}

impl House {
    /// Both sides connected, and nobody paired.
    async fn new() -> Self {
        let listen = "127.0.0.1:0".parse().expect("an address");
        let config = MediaIoConfig { listen, public: vec![], clock: SystemClock::shared() };
        let (media, events) = MediaHandle::start(config).expect("media");
        let mut house = Self { media, events, terminal: peer(1).await, clerk: peer(2).await };
        house.join(T).await;
        house.join(C).await;
        house
    }

    fn peer(&self, party: Party) -> &Peer {
        if party == T { &self.terminal } else { &self.clerk }
    }

    async fn join(&mut self, party: Party) {
        let peer = self.peer(party);
        let answer =
            self.media.offer(party, peer.offer().await.expect("an offer"), false).await.expect("an answer");
        peer.answer(&answer).await.expect("a good answer");
        peer.reaches(State::Connected, SOON).await.expect("connected");
        assert_eq!(self.event().await, MediaEvent::Up(party));
        assert!(self.media.alive(party));
    }

    async fn event(&mut self) -> MediaEvent {
        within(SOON, "a media event", self.events.recv()).await.expect("in time").expect("an event")
    }

    /// Both see and hear each other, and nobody else.
    async fn see_and_hear_each_other(&self) {
        for (me, other) in [(&self.terminal, &self.clerk), (&self.clerk, &self.terminal)] {
            let (source, voice) = (other.number(), Voice::of(other.number()));
            me.sees("voice, face and aux of the other side", SOON, |s| {
                s.audio[0].heard(voice) >= PLENTY
                    && s.video[0].seen(source) >= PLENTY
                    && s.video[1].seen(source) >= PLENTY / 5
            })
            .await
            .unwrap_or_else(|e| panic!("{e}: {:?}", me.senses().audio[0]));
            let senses = me.senses();
            assert_eq!(senses.audio[0].heard_others(voice), 0);
            assert_eq!(senses.video[0].seen_others(source) + senses.video[1].seen_others(source), 0);
            assert_eq!(senses.video[0].undecodable, 0, "pictures begin with a keyframe");
            assert!(senses.audio[1..].iter().all(|a| a.stream.received == 0));
            assert!(senses.video[2..].iter().all(|v| v.stream.received == 0));
        }
    }

    /// Waits until as much time has passed as `PLENTY` packets take, told by what the other peer goes on receiving.
    async fn meanwhile(&self) {
        let before = self.media.counters().received;
        let enough = async {
            while self.media.counters().received < before + 8 * PLENTY {
                tokio::task::yield_now().await;
            }
        };
        within(SOON, "packets at the server", enough).await.expect("media goes on");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pair_sees_and_hears_each_other_and_nothing_comes_before() {
    let house = House::new().await;
    house.meanwhile().await;
    assert_eq!(house.media.counters().forwarded, 0);
    assert_eq!((house.terminal.senses().packets, house.clerk.senses().packets), (0, 0));
    house.media.apply(MediaIntent::Connect { a: T, b: C });
    house.see_and_hear_each_other().await;
    for peer in [&house.terminal, &house.clerk] {
        let senses = peer.senses();
        let face = &senses.video[0];
        assert_eq!(face.repeated, 0, "{face:?}");
        assert_eq!(face.stream.lost() + senses.audio[0].stream.lost(), 0, "{face:?}");
    }
}
