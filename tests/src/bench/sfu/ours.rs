//! The product's media server as the product runs it: `media` behind its sockets and its worker thread, told what to do
//! in the words of the desk.
use super::{Order, Reply, orders, say};
use anyhow::Context;
use cloud_window::clock::SystemClock;
use cloud_window::media_io::{MediaHandle, MediaIoConfig};
use desk::MediaIntent;
use protocol::ids::{Party, TerminalId};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use uuid::Uuid;

/// Height at which both draw the other: any layer will do.
const HEIGHT: u16 = 540;

/// Serves until the pipe of orders is closed.
pub(super) fn serve() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let config = MediaIoConfig { listen, public: Vec::new(), clock: SystemClock::shared() };
    let (media, mut events) = MediaHandle::start(config)?;
    let mut calls: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    say(&Reply::Ready)?;
    for order in orders() {
        match order? {
            Order::Join { peer, call, offer } => {
                let parties = calls.entry(call).or_default();
                for other in &*parties {
                    media.apply(MediaIntent::Connect { a: party(*other), b: party(peer) });
                }
                parties.push(peer);
                media.slot_size(party(peer), 0, HEIGHT);
                say(&match runtime.block_on(media.offer(party(peer), offer, false)) {
                    Ok(answer) => Reply::Joined { answer },
                    Err(error) => Reply::Refused { reason: error.to_string() },
                })?;
            }
            Order::Leave { peer } => {
                let parties = calls.values_mut().find(|parties| parties.contains(&peer));
                for other in
                    parties.context("a peer left that never came")?.extract_if(.., |other| *other == peer)
                {
                    media.apply(MediaIntent::Remove { party: party(other) });
                }
                say(&Reply::Left)?;
            }
        }
        // Nobody here acts on them, but nobody shall wait for room either.
        while events.try_recv().is_ok() {}
    }
    media.stop();
    Ok(())
}

fn party(peer: u32) -> Party {
    Party::Terminal(TerminalId(Uuid::from_u128(u128::from(peer))))
}
