//! Anything in any order: the clients assert that no sequence number comes twice and that everything is authentic, so a
//! nonce that is used twice fails here.
use super::client::{Answer, Client, Picture};
use super::world::{World, camera_of, held, mic_of};
use crate::rtp::rtcp;
use crate::{PeerId, Slot, Source, Track};
use proptest::prelude::*;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
enum Act {
    Film(u32, u8, u8),
    Feed(u32, u8, Option<u32>),
    Voice(u32, Option<u32>),
    Aux(u32, u32),
    Silence(u32, bool, bool),
    Want(u32, u16),
    Restart(u32),
    Rejoin(u32),
    Nack(u32, u8),
    Keyframe(u32),
    Pass(u64),
}

fn act() -> impl Strategy<Value = Act> {
    let peer = || 1u32..4;
    prop_oneof![
        6 => (peer(), 1u8..8, 1u8..4).prop_map(|(p, layers, n)| Act::Film(p, layers, n)),
        2 => (peer(), 0u8..2, prop::option::of(peer())).prop_map(|(v, s, p)| Act::Feed(v, s, p)),
        2 => (peer(), prop::option::of(peer())).prop_map(|(v, p)| Act::Voice(v, p)),
        1 => (peer(), peer()).prop_map(|(v, p)| Act::Aux(v, p)),
        1 => (peer(), any::<bool>(), any::<bool>()).prop_map(|(p, a, b)| Act::Silence(p, a, b)),
        1 => (peer(), prop_oneof![Just(0u16), Just(180), Just(360), Just(1080)]).prop_map(|(v, h)| Act::Want(v, h)),
        1 => peer().prop_map(Act::Restart),
        1 => peer().prop_map(Act::Rejoin),
        2 => (peer(), 1u8..60).prop_map(|(v, n)| Act::Nack(v, n)),
        1 => peer().prop_map(Act::Keyframe),
        1 => (1u64..700).prop_map(Act::Pass),
    ]
}

fn perform(world: &mut World, act: Act, picture: &mut u16) {
    let now = world.now;
    match act {
        Act::Film(peer, layers, count) => {
            for n in 0..count {
                *picture += 1;
                let key = n == 0 || world.client(PeerId(peer)).takes_keyframe_request();
                for layer in (0..3).filter(|l| layers >> l & 1 == 1) {
                    let of = Picture {
                        key,
                        id: *picture,
                        time: u32::from(*picture) * 3600,
                        ..Picture::of(Track::Camera, layer)
                    };
                    world.client(PeerId(peer)).send_picture(of);
                }
                world.client(PeerId(peer)).send_picture(Picture {
                    key,
                    id: *picture,
                    ..Picture::of(Track::Aux, 0)
                });
                world.client(PeerId(peer)).send_voice(u32::from(*picture) * 960, &[1, 2]);
                world.pass(Duration::from_millis(20));
            }
        }
        Act::Feed(viewer, slot, source) => {
            world
                .sfu
                .feed(PeerId(viewer), Slot::Video(slot), source.and_then(|p| camera_of(PeerId(p))))
                .unwrap();
        }
        Act::Voice(viewer, source) => {
            world.sfu.feed(PeerId(viewer), Slot::Audio(0), source.and_then(|p| mic_of(PeerId(p)))).unwrap();
        }
        Act::Aux(viewer, source) => {
            let source = Source { peer: PeerId(source), track: Track::Aux };
            world.sfu.feed(PeerId(viewer), Slot::Video(1), Some(source)).unwrap();
        }
        Act::Silence(peer, voice, video) => world.sfu.silence(PeerId(peer), held(voice, video)),
        Act::Want(viewer, height) => world.sfu.want(PeerId(viewer), 0, height).unwrap(),
        Act::Restart(peer) => {
            let sdp = world.client(PeerId(peer)).offering.sdp();
            let answer = world.sfu.restart(PeerId(peer), &sdp, now).unwrap();
            world.client(PeerId(peer)).answer = Answer::parse(&answer);
        }
        Act::Rejoin(peer) => {
            world.clients.insert(PeerId(peer), Client::new(World::address_of(PeerId(peer)), now));
            world.join(PeerId(peer));
        }
        Act::Nack(viewer, count) => {
            for slot in [super::world::FACE, super::world::FACE + 1] {
                let media = world.client(PeerId(viewer)).answer.slots[slot].0;
                let top = world.client(PeerId(viewer)).in_slot(slot).last().map_or(0, |r| r.index as u16);
                let asked = (0..u16::from(count)).map(|n| top.wrapping_add(3).wrapping_sub(n));
                world.client(PeerId(viewer)).send_control(|room| rtcp::nack(room, media, asked));
            }
        }
        Act::Keyframe(viewer) => {
            let media = world.client(PeerId(viewer)).answer.slots[super::world::FACE].0;
            world.client(PeerId(viewer)).send_control(|room| rtcp::pli(room, media));
        }
        Act::Pass(ms) => {
            for client in world.clients.values_mut() {
                client.check(true);
            }
            world.pass(Duration::from_millis(ms));
        }
    }
    world.settle();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_nonce_is_used_twice_in_any_life(acts in prop::collection::vec(act(), 1..80)) {
        let mut world = World::new();
        for peer in 1..4 {
            world.join(PeerId(peer));
        }
        let mut picture = 0;
        for act in acts {
            perform(&mut world, act, &mut picture);
        }
    }
}
