//! Who is forwarded to whom. Knows nothing of ICE, DTLS or SDP texts: it is given keys and destinations.
//!
//! Sending and receiving sides of the peers lie in two tables, so that a packet of one can be written into the slots of
//! others without copying or locking.
mod allot;
mod control;
mod forward;
mod tick;

use crate::random::Random;
use crate::sdp::{Offer, SlotSsrcs};
use crate::slots::{Downlink, Shown};
use crate::srtp::{Opener, Sealer};
use crate::uplink::{Layer, Silenced, StreamIds, Uplink, Viewer, Wanted, choose, smallest};
use crate::{Counters, PeerId, Slot, Source};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Instant;
use tick::Clockwork;

/// What callers want, whether or not those concerned are connected.
#[derive(Debug, Default)]
struct Wishes {
    feeds: BTreeMap<(PeerId, Slot), Source>,
    heights: BTreeMap<(PeerId, u8), u16>,
    silenced: BTreeMap<PeerId, Silenced>,
    tapped: BTreeSet<PeerId>,
}

/// The forwarding core.
#[derive(Debug)]
pub(crate) struct Router {
    pub(crate) counters: Counters,
    uplinks: Vec<Option<Uplink>>,
    downlinks: Vec<Option<Downlink>>,
    places: BTreeMap<PeerId, usize>,
    wishes: Wishes,
    streams: StreamIds,
    clockwork: Clockwork,
}

impl Router {
    pub(crate) fn new() -> Self {
        Self {
            counters: Counters::default(),
            uplinks: Vec::new(),
            downlinks: Vec::new(),
            places: BTreeMap::new(),
            wishes: Wishes::default(),
            streams: StreamIds::default(),
            clockwork: Clockwork::default(),
        }
    }

    /// Makes a free place the peer's; gives the SSRCs of its slots.
    pub(crate) fn open(
        &mut self,
        place: usize,
        peer: PeerId,
        offer: &Offer,
        random: &mut Random,
    ) -> Vec<SlotSsrcs> {
        while self.uplinks.len() <= place {
            self.uplinks.push(None);
            self.downlinks.push(None);
        }
        let mut uplink = Uplink::new(peer, offer);
        uplink.silenced = self.wishes.silenced.get(&peer).copied().unwrap_or_default();
        uplink.tapped = self.wishes.tapped.contains(&peer);
        let mut downlink = Downlink::new(offer, random);
        for slot in &mut downlink.slots {
            slot.feed = self.wishes.feeds.get(&(peer, slot.slot)).copied();
            if let Slot::Video(n) = slot.slot {
                slot.height = self.wishes.heights.get(&(peer, n)).copied().unwrap_or(u16::MAX);
            }
        }
        let ssrcs = downlink.ssrcs();
        self.uplinks[place] = Some(uplink);
        self.downlinks[place] = Some(downlink);
        self.places.insert(peer, place);
        ssrcs
    }

    /// The peer is up.
    pub(crate) fn set_keys(&mut self, place: usize, opener: Opener, sealer: Sealer, now: Instant) {
        if let (Some(uplink), Some(downlink)) =
            (uplink(&mut self.uplinks, place), downlink(&mut self.downlinks, place))
        {
            uplink.set_keys(opener);
            downlink.set_keys(sealer, now);
        }
        self.retarget_viewer(place);
    }

    /// Where the peer is reached; none: nothing is sent to it.
    pub(crate) fn set_destination(&mut self, place: usize, to: Option<SocketAddr>) {
        if let Some(downlink) = downlink(&mut self.downlinks, place) {
            downlink.set_destination(to);
        }
    }

    /// Frees a place. Nobody sees or hears the peer from here on.
    pub(crate) fn close(&mut self, place: usize) {
        let Some(uplink) = self.uplinks.get_mut(place).and_then(Option::take) else { return };
        self.downlinks[place] = None;
        if self.places.get(&uplink.id) == Some(&place) {
            self.places.remove(&uplink.id);
        }
        for other in self.uplinks.iter_mut().flatten() {
            for layer in &mut other.layers {
                layer.viewers.retain(|v| v.place != place);
            }
        }
        for slot in self.downlinks.iter_mut().flatten().flat_map(|d| &mut d.slots) {
            if slot.feed.is_some_and(|f| f.peer == uplink.id) {
                slot.pause();
                slot.target = None;
            }
        }
    }

    pub(crate) fn feed(&mut self, viewer: PeerId, slot: Slot, source: Option<Source>) {
        match source {
            Some(source) => self.wishes.feeds.insert((viewer, slot), source),
            None => self.wishes.feeds.remove(&(viewer, slot)),
        };
        let Some((place, at)) = self.find_slot(viewer, slot) else { return };
        let Some(out) = slot_mut(&mut self.downlinks, place, at) else { return };
        if out.feed != source {
            out.feed = source;
            self.stop(place, at);
            let from = source.and_then(|s| self.places.get(&s.peer));
            if let Some(uplink) = from.and_then(|from| uplink(&mut self.uplinks, *from)) {
                uplink.layers.iter_mut().for_each(|layer| layer.keyframes.forgive());
            }
            self.retarget(place, at);
        }
    }

    pub(crate) fn silence(&mut self, peer: PeerId, silenced: Silenced) {
        if silenced == Silenced::default() {
            self.wishes.silenced.remove(&peer);
        } else {
            self.wishes.silenced.insert(peer, silenced);
        }
        let Some(&place) = self.places.get(&peer) else { return };
        let Some(uplink) = uplink(&mut self.uplinks, place) else { return };
        if uplink.silenced != silenced {
            uplink.silenced = silenced;
            for layer in uplink.layers.iter_mut().filter(|l| silenced.holds(l.track)) {
                // What was kept must not be had by asking for a repeat.
                layer.holes.clear();
                if let Some(history) = &mut layer.history {
                    history.clear();
                }
            }
            self.retarget_source(peer);
        }
    }

    pub(crate) fn want(&mut self, viewer: PeerId, video_slot: u8, height: u16) {
        self.wishes.heights.insert((viewer, video_slot), height);
        let Some((place, at)) = self.find_slot(viewer, Slot::Video(video_slot)) else { return };
        if let Some(slot) = slot_mut(&mut self.downlinks, place, at) {
            slot.height = height;
            self.retarget(place, at);
        }
    }

    pub(crate) fn tap(&mut self, peer: PeerId, on: bool) {
        if on {
            self.wishes.tapped.insert(peer);
        } else {
            self.wishes.tapped.remove(&peer);
        }
        let place = self.places.get(&peer).copied();
        if let Some(uplink) = place.and_then(|place| uplink(&mut self.uplinks, place)) {
            uplink.tapped = on;
        }
    }

    /// Forgets every wish about a peer, as viewer and as source.
    pub(crate) fn forget(&mut self, peer: PeerId) {
        let seen: Vec<(PeerId, Slot)> =
            self.wishes.feeds.iter().filter(|(_, source)| source.peer == peer).map(|(at, _)| *at).collect();
        for (viewer, slot) in seen {
            self.feed(viewer, slot, None);
        }
        self.wishes.feeds.retain(|(viewer, _), _| *viewer != peer);
        self.wishes.heights.retain(|(viewer, _), _| *viewer != peer);
        self.wishes.silenced.remove(&peer);
        self.wishes.tapped.remove(&peer);
    }

    fn find_slot(&self, viewer: PeerId, slot: Slot) -> Option<(usize, usize)> {
        let place = *self.places.get(&viewer)?;
        let at = self.downlinks[place].as_ref()?.slots.iter().position(|s| s.slot == slot)?;
        Some((place, at))
    }

    /// The layer that a slot should show now.
    fn best(&self, place: usize, at: usize) -> Option<Shown> {
        let downlink = self.downlinks.get(place)?.as_ref()?;
        let slot = downlink.slots.get(at)?;
        let source = slot.feed?;
        let from = *self.places.get(&source.peer)?;
        let uplink = self.uplinks[from].as_ref()?;
        let hidden = !slot.is_audio() && slot.height == 0;
        if hidden || !downlink.is_up() || uplink.silenced.holds(source.track) {
            return None;
        }
        let shown = slot.showing.filter(|shown| shown.place == from).map(|shown| shown.layer);
        let wanted = Wanted { height: slot.height, allowance: slot.allowance, shown };
        choose(&uplink.layers, source.track, wanted).map(|layer| Shown { place: from, layer })
    }

    /// Makes a slot's subscriptions follow what it should show.
    fn retarget(&mut self, place: usize, at: usize) {
        let best = self.best(place, at);
        let Some(target) = best else { return self.stop(place, at) };
        let Some(slot) = slot_mut(&mut self.downlinks, place, at) else { return };
        let (showing, waits) = (slot.showing, slot.source());
        slot.target = best;
        // What is shown goes on until the other layer's keyframe comes. As long as nothing is, the smallest layer will do:
        // its keyframe is through long before a large one's.
        let first = if showing.is_none() { self.smallest(target) } else { None };
        self.subscribe(Viewer { place, slot: at }, target.place, &[best, showing, first]);
        for awaited in [best, first].into_iter().flatten() {
            if let Some(layer) = layer_mut(&mut self.uplinks, awaited)
                && waits != Some(layer.id)
                && !layer.track.is_audio()
            {
                layer.keyframes.want();
                self.clockwork.urgent = true;
            }
        }
    }

    /// The smallest layer that arrives of the same track.
    fn smallest(&self, of: Shown) -> Option<Shown> {
        let layers = &self.uplinks[of.place].as_ref()?.layers;
        smallest(layers, layers.get(of.layer)?.track).map(|layer| Shown { layer, ..of })
    }

    /// A slot has switched: only what it shows and what it waits for keep it as a viewer.
    fn settle(&mut self, viewer: Viewer, shown: Shown) {
        let Some(slot) = slot_mut(&mut self.downlinks, viewer.place, viewer.slot) else { return };
        slot.showing = Some(shown);
        let target = slot.target;
        self.subscribe(viewer, shown.place, &[Some(shown), target]);
    }

    /// Takes a slot off everything it shows or waits for.
    fn stop(&mut self, place: usize, at: usize) {
        let Some(slot) = slot_mut(&mut self.downlinks, place, at) else { return };
        let subscribed = [slot.target.take(), slot.showing];
        slot.pause();
        for shown in subscribed.into_iter().flatten() {
            self.subscribe(Viewer { place, slot: at }, shown.place, &[]);
        }
    }

    /// Makes a slot a viewer of these layers of a publisher and of no other of its layers.
    fn subscribe(&mut self, viewer: Viewer, place: usize, to: &[Option<Shown>]) {
        let Some(uplink) = uplink(&mut self.uplinks, place) else { return };
        for (layer, of) in uplink.layers.iter_mut().enumerate() {
            if to.contains(&Some(Shown { place, layer })) {
                of.subscribe(viewer);
            } else {
                of.unsubscribe(viewer);
            }
        }
    }

    fn retarget_viewer(&mut self, place: usize) {
        let slots = self.downlinks.get(place).and_then(Option::as_ref).map_or(0, |d| d.slots.len());
        for at in 0..slots {
            self.retarget(place, at);
        }
    }

    fn retarget_source(&mut self, peer: PeerId) {
        let fed = |d: &Downlink| {
            let of_peer = |(at, slot): (usize, &crate::slots::OutSlot)| {
                slot.feed.is_some_and(|f| f.peer == peer).then_some(at)
            };
            d.slots.iter().enumerate().filter_map(of_peer).collect::<Vec<usize>>()
        };
        let viewers: Vec<(usize, usize)> = (self.downlinks.iter().enumerate())
            .filter_map(|(place, d)| Some((place, d.as_ref()?)))
            .flat_map(|(place, d)| fed(d).into_iter().map(move |at| (place, at)))
            .collect();
        for (place, at) in viewers {
            self.retarget(place, at);
        }
    }
}

fn uplink(uplinks: &mut [Option<Uplink>], place: usize) -> Option<&mut Uplink> {
    uplinks.get_mut(place)?.as_mut()
}

fn downlink(downlinks: &mut [Option<Downlink>], place: usize) -> Option<&mut Downlink> {
    downlinks.get_mut(place)?.as_mut()
}

fn slot_mut(
    downlinks: &mut [Option<Downlink>],
    place: usize,
    at: usize,
) -> Option<&mut crate::slots::OutSlot> {
    downlink(downlinks, place)?.slots.get_mut(at)
}

fn layer_mut(uplinks: &mut [Option<Uplink>], shown: Shown) -> Option<&mut Layer> {
    uplink(uplinks, shown.place)?.layers.get_mut(shown.layer)
}
