//! Peers with good keys and bad intent: what is authentic may still be nonsense. It must not reach others, cost much, or
//! end anything.
use super::client::{Outgoing, RIDS, ssrc_of};
use super::offers::{OPUS, RID_ID, RTX, VP8};
use super::world::{CLERK, FACE, TERMINAL, THIRD, World, camera_of};
use crate::rtp::Header;
use crate::{Slot, Track};

/// Random bytes out of a seed.
struct Dice(u32);

impl Dice {
    fn byte(&mut self) -> u8 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) as u8
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let len = (usize::from(self.byte()) << 8 | usize::from(self.byte())) % (most + 1);
        (0..len).map(|_| self.byte()).collect()
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::from(self.byte()) % choices.len()]
    }
}

const SSRCS: [u32; 6] = [0x0100_0011, 0x0200_0011, 0x0200_0111, 0x0200_0211, 0x0200_1011, 0x0300_0011];

/// A packet with the terminal's key: any line, layer, format, place in the stream, and any payload or none.
fn media(world: &mut World, dice: &mut Dice) -> Vec<u8> {
    let payload = if dice.byte() < 80 { dice.bytes(8) } else { dice.bytes(1_380) };
    let rid = dice.of(&[None, Some((RID_ID, RIDS[0])), Some((RID_ID, RIDS[1])), Some((RID_ID, "x"))]);
    let index = (dice.byte() < 100).then(|| u64::from(dice.byte()) << 8 | u64::from(dice.byte()));
    world.client(TERMINAL).packet(&Outgoing {
        ssrc: dice.of(&SSRCS),
        index,
        payload_type: dice.of(&[OPUS, VP8, RTX, 77]),
        marker: dice.byte() < 128,
        mid: dice.of(&["0", "1", "2", "9"]),
        rid,
        payload: &payload,
        ..Outgoing::voice()
    })
}

/// Any bytes behind the first; sealed if they can be read as RTP, so that padding, lists of sources and extensions lie
/// as they like.
fn raw(world: &mut World, dice: &mut Dice) -> Vec<u8> {
    let mut packet = vec![0x80 | dice.byte() & 0x3F, dice.of(&[OPUS, VP8, RTX])];
    packet.extend_from_slice(&[0, dice.byte(), 0, 0, 0, 0]);
    packet.extend_from_slice(&dice.of(&SSRCS).to_be_bytes());
    packet.extend_from_slice(&dice.bytes(200));
    if dice.byte() < 200 && packet.len() > 16 {
        packet[12..16].copy_from_slice(&[0xBE, 0xDE, 0, dice.byte() % 40]);
    }
    match Header::parse(&packet) {
        Some(header) => world.client(TERMINAL).seal(packet, header.len),
        None => packet,
    }
}

/// A compound of any reports and requests, some about slots that there are.
fn control(world: &mut World, dice: &mut Dice) -> Vec<u8> {
    let slots: Vec<u32> = world.client(TERMINAL).answer.slots.iter().map(|s| s.0).collect();
    let mut compound = Vec::new();
    while compound.len() < 1_000 && (compound.is_empty() || dice.byte() < 250) {
        let words = 1 + dice.byte() % 12;
        let mut packet =
            vec![0x80 | dice.byte() & 31, dice.of(&[200, 201, 205, 205, 206, 206, 207]), 0, words];
        packet.resize(4 + 4 * usize::from(words), 0);
        packet[4..].iter_mut().for_each(|byte| *byte = dice.byte());
        if let Some(ssrc) = packet.get_mut(4..8) {
            ssrc.copy_from_slice(&dice.of(&SSRCS).to_be_bytes());
        }
        if let Some(ssrc) = packet.get_mut(8..12) {
            ssrc.copy_from_slice(&dice.of(&slots).to_be_bytes());
        }
        compound.extend_from_slice(&packet);
    }
    compound
}

#[test]
fn authentic_nonsense_ends_nothing_and_disturbs_nobody_else() {
    for seed in 1..=6 {
        let (mut world, mut dice) = (World::paired(), Dice(seed));
        world.join(THIRD);
        world.sfu.feed(THIRD, Slot::Video(0), camera_of(CLERK)).unwrap();
        world.film(TERMINAL, &[0, 1, 2], 2, 0);
        let address = world.client(TERMINAL).address;
        for n in 0..1_500 {
            match dice.byte() % 4 {
                0 => {
                    let compound = control(&mut world, &mut dice);
                    world.client(TERMINAL).send_control(|room| {
                        room[..compound.len()].copy_from_slice(&compound);
                        compound.len()
                    });
                    world.settle();
                }
                1 => {
                    let packet = raw(&mut world, &mut dice);
                    world.inject(packet, address);
                }
                _ => {
                    let packet = media(&mut world, &mut dice);
                    world.inject(packet, address);
                }
            }
            if n % 100 == 0 {
                world.pass(std::time::Duration::from_millis(20));
            }
        }
        // The clients assert that each packet they get is authentic and comes once.
        let before = world.client(THIRD).in_slot(FACE).len();
        world.film(CLERK, &[0], 20, 100);
        assert_eq!(world.client(THIRD).in_slot(FACE).len(), before + 20, "seed {seed}");
        assert!(world.events.iter().all(|e| !matches!(e, crate::Event::Down(..))), "{:?}", world.events);
    }
}

#[test]
fn lies_about_padding_are_no_media() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0], 1, 0);
    let address = world.client(TERMINAL).address;
    let before = world.sfu.counters();
    // A voice packet of four bytes of which the last says how many are padding: fewer, all, and more than there are.
    for (padding, index) in [(2, 1), (4, 2), (5, 3), (255, 4)] {
        let ssrc = ssrc_of(Track::Mic, 0);
        let sequence = (ssrc & 0xFFF) as u16 + index;
        let mut packet = vec![0xA0, OPUS];
        packet.extend_from_slice(&sequence.to_be_bytes());
        packet.extend_from_slice(&[0, 0, 0, 0]);
        packet.extend_from_slice(&ssrc.to_be_bytes());
        packet.extend_from_slice(&[7, 7, 7, padding]);
        let packet = world.client(TERMINAL).seal(packet, 12);
        world.inject(packet, address);
    }
    let after = world.sfu.counters();
    assert_eq!(after.dropped_forged - before.dropped_forged, 2);
    let heard = world.client(CLERK).in_slot(super::world::VOICE);
    let lengths: Vec<usize> = heard.iter().map(|r| r.payload.len()).collect();
    assert_eq!(lengths, [2, 2, 0]);
}
