//! Two headless participants through `MediaHandle`: the server's media without its signalling.
#![allow(clippy::expect_used, reason = "a test that fails says where")]
use cloud_window::clock::SystemClock;
use cloud_window::media_io::{MediaEvent, MediaHandle, MediaIoConfig, OfferError};
use desk::MediaIntent;
use protocol::ids::{Party, StaffId, TerminalId};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use system_tests::clock::within;
use system_tests::media::{Peer, Sending, Senses, State, Voice};
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

fn config(ip: IpAddr) -> MediaIoConfig {
    MediaIoConfig { listen: SocketAddr::new(ip, 0), public: vec![], clock: SystemClock::shared() }
}

async fn peer(number: u32) -> Peer {
    Peer::new(number, [127, 0, 0, 1].into(), Sending::ALL).await.expect("a peer")
}

impl House {
    /// Both sides connected, and nobody paired.
    async fn new() -> Self {
        Self::at([127, 0, 0, 1].into()).await
    }

    async fn at(ip: IpAddr) -> Self {
        let (media, events) = MediaHandle::start(config(ip)).expect("media");
        let at = |number| Peer::new(number, ip, Sending::ALL);
        let (terminal, clerk) = (at(1).await.expect("a peer"), at(2).await.expect("a peer"));
        let mut house = Self { media, events, terminal, clerk };
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

/// Waits until `what` does not grow while as much arrives at the server as `PLENTY` packets of everything.
async fn falls_silent(house: &House, what: impl Fn(&House) -> u64) {
    let quiet = async {
        loop {
            let before = what(house);
            house.meanwhile().await;
            if what(house) == before {
                return;
            }
        }
    };
    within(SOON, "silence", quiet).await.expect("nothing more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ipv6_works_as_well() {
    let house = House::at(Ipv6Addr::LOCALHOST.into()).await;
    house.media.apply(MediaIntent::Connect { a: T, b: C });
    house.see_and_hear_each_other().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_muted_is_not_heard_and_who_turns_the_camera_off_is_not_seen() {
    let house = House::new().await;
    house.media.apply(MediaIntent::Connect { a: T, b: C });
    house.see_and_hear_each_other().await;

    house.media.apply(MediaIntent::Silence { party: T, voice: true, camera: false, aux: false });
    falls_silent(&house, |h| h.clerk.senses().audio[0].stream.received).await;
    let pictures = house.clerk.senses().video[0].seen(1);
    house
        .clerk
        .sees("pictures go on", SOON, |s| s.video[0].seen(1) > pictures + PLENTY)
        .await
        .expect("video");

    house.media.apply(MediaIntent::Silence { party: T, voice: true, camera: true, aux: true });
    falls_silent(&house, |h| h.clerk.senses().packets).await;
    let heard = house.terminal.senses().audio[0].heard(Voice::of(2));
    let on = |s: &Senses| s.audio[0].heard(Voice::of(2)) > heard + PLENTY;
    house.terminal.sees("who is silenced still hears", SOON, on).await.expect("the clerk's voice");

    house.media.apply(MediaIntent::Silence { party: T, voice: false, camera: false, aux: false });
    house.clerk.start_over();
    house.see_and_hear_each_other().await;
    assert_eq!(house.clerk.senses().audio[0].stream.lost(), 0, "a pause does not look like loss");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_hold_and_after_parting_nothing_passes_either_way() {
    let house = House::new().await;
    house.media.apply(MediaIntent::Connect { a: T, b: C });
    house.see_and_hear_each_other().await;
    let all = |h: &House| h.terminal.senses().packets + h.clerk.senses().packets;
    for party in [T, C] {
        house.media.apply(MediaIntent::Silence { party, voice: true, camera: true, aux: true });
    }
    falls_silent(&house, all).await;
    for party in [T, C] {
        house.media.apply(MediaIntent::Silence { party, voice: false, camera: false, aux: false });
        house.peer(party).start_over();
    }
    house.see_and_hear_each_other().await;
    house.media.apply(MediaIntent::Disconnect { a: T, b: C });
    falls_silent(&house, all).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ice_restart_keeps_the_call_and_its_streams() {
    let house = House::new().await;
    house.media.apply(MediaIntent::Connect { a: T, b: C });
    house.see_and_hear_each_other().await;
    let offer = house.terminal.restart().await.expect("an offer");
    let answer = house.media.offer(T, offer, true).await.expect("an answer");
    house.terminal.answer(&answer).await.expect("a good answer");
    for (me, other) in [(&house.terminal, 2), (&house.clerk, 1)] {
        let (seen, heard) = {
            let senses = me.senses();
            (senses.video[0].seen(other), senses.audio[0].heard(Voice::of(other)))
        };
        let more = |s: &Senses| {
            s.video[0].seen(other) > seen + PLENTY && s.audio[0].heard(Voice::of(other)) > heard + PLENTY
        };
        me.sees("more of the other side", SOON, more).await.expect("the call goes on");
        let senses = me.senses();
        let (voice, face) = (&senses.audio[0], &senses.video[0]);
        // The `webrtc` crate takes its old path down before the new one stands; browsers do not.
        assert!(voice.stream.lost() < PLENTY, "{:?}", voice.stream);
        assert_eq!((face.repeated, face.undecodable), (0, 0), "the stream is the same");
    }
    assert!(house.media.alive(T) && house.media.alive(C));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_offer_replaces_the_connection_and_the_call_goes_on_in_it() {
    let mut house = House::new().await;
    house.media.apply(MediaIntent::Connect { a: T, b: C });
    house.see_and_hear_each_other().await;
    // As after a page was loaded again: no goodbye, a new connection, new keys.
    house.terminal = peer(3).await;
    house.join(T).await;
    house.clerk.start_over();
    house.see_and_hear_each_other().await;
    assert_eq!(house.media.counters().peers, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_goodbye_is_down_at_once_and_who_is_removed_is_gone_without_a_word() {
    let mut house = House::new().await;
    house.terminal.close().await.expect("a goodbye");
    assert_eq!(house.event().await, MediaEvent::Down(T));
    assert!(!house.media.alive(T));
    let offer = peer(9).await.offer().await.expect("an offer");
    assert_eq!(house.media.offer(T, offer, true).await, Err(OfferError::NoPeer));

    house.media.apply(MediaIntent::Connect { a: T, b: C });
    house.media.apply(MediaIntent::Remove { party: C });
    // The `webrtc` crate shows no goodbye of the other side; that its checks are not answered any more it does show.
    house.clerk.reaches(State::Disconnected, 2 * SOON).await.expect("the connection is over");
    assert!(!house.media.alive(C));
    // The wish went with the party: the next connection of the same party is fed with nothing, and the first event is
    // its own: nobody was told that the removed one is down.
    house.terminal = peer(3).await;
    house.clerk = peer(4).await;
    house.join(T).await;
    house.join(C).await;
    house.meanwhile().await;
    assert_eq!(house.terminal.senses().packets + house.clerk.senses().packets, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wish_may_come_before_the_connections_and_a_hidden_slot_is_not_sent() {
    let (media, events) = MediaHandle::start(config([127, 0, 0, 1].into())).expect("media");
    media.apply(MediaIntent::Connect { a: T, b: C });
    media.slot_size(C, 0, 180);
    media.slot_size(C, 1, 0);
    let mut house = House { media, events, terminal: peer(1).await, clerk: peer(2).await };
    house.join(C).await;
    house.join(T).await;
    let small = |s: &Senses| {
        s.video[0].pictures.get(&(1, 0)).is_some_and(|n| *n >= PLENTY)
            && s.audio[0].heard(Voice::of(1)) >= PLENTY
    };
    house.clerk.sees("the lowest layer", SOON, small).await.expect("video");
    let senses = house.clerk.senses();
    assert_eq!(senses.video[1].stream.received, 0, "aux is hidden");
    assert!(!senses.video[0].pictures.contains_key(&(1, 2)), "{:?}", senses.video[0].pictures);
}
