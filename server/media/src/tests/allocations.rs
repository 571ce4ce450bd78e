//! Rule 8: nothing is allocated on the way of a packet.
use super::client::{Outgoing, Picture};
use super::world::{CLERK, TERMINAL, World};
use crate::{MAX_DATAGRAM, Track, Transmit};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::net::SocketAddr;

thread_local! {
    static ALLOCATED: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, which also counts for the thread that asks.
struct Counting;

// An allocator cannot be written without; it hands everything on as it came.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.with(|count| count.set(count.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A send buffer that counts what leaves.
struct Room([u8; MAX_DATAGRAM], usize);

impl Transmit for Room {
    fn room(&mut self) -> &mut [u8] {
        &mut self.0
    }

    fn commit(&mut self, _to: SocketAddr, _len: usize) {
        self.1 += 1;
    }
}

#[test]
fn the_way_of_a_packet_allocates_nothing() {
    let mut world = World::paired();
    world.film(TERMINAL, &[0, 1, 2], 30, 0);
    let mut packets: Vec<Vec<u8>> = Vec::new();
    for n in 0..100u16 {
        let picture = Picture { id: 30 + n, size: 1_100, ..Picture::of(Track::Camera, 2) }.payload();
        packets.push(
            world
                .client(TERMINAL)
                .packet(&Outgoing { payload: &picture, ..Outgoing::picture(Track::Camera, 2) }),
        );
        packets.push(world.client(TERMINAL).packet(&Outgoing { payload: &[7; 80], ..Outgoing::voice() }));
    }
    let (from, now) = (world.client(TERMINAL).address, world.now);
    let mut room = Room([0; MAX_DATAGRAM], 0);
    let before = ALLOCATED.with(Cell::get);
    for packet in &mut packets {
        world.sfu.receive(packet, from, now, &mut room);
    }
    let allocated = ALLOCATED.with(Cell::get) - before;
    assert_eq!((room.1, allocated), (200, 0));
    assert!(world.client(CLERK).is_up());
}
