//! One stream that arrives: a microphone, or one layer of a picture.
use crate::Track;
use crate::feedback::{Holes, Keyframes, Reception};
use crate::history::History;
use crate::slots::StreamId;
use crate::srtp::Window;
use smallvec::SmallVec;
use std::time::{Duration, Instant};

/// A layer is live if it is not silent for longer than this while another of its track is heard. Chromium stops layers
/// without a word when bandwidth is short.
const SILENT: Duration = Duration::from_millis(300);

/// Where a layer goes: a place in the table of peers, and one of its slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Viewer {
    pub(crate) place: usize,
    pub(crate) slot: usize,
}

#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) id: StreamId,
    pub(crate) track: Track,
    /// Its position among the line's rids.
    pub(crate) rank: u8,
    pub(crate) ssrc: u32,
    pub(crate) window: Window,
    /// Pictures only.
    pub(crate) history: Option<History>,
    pub(crate) holes: Holes,
    pub(crate) keyframes: Keyframes,
    pub(crate) reception: Reception,
    pub(crate) viewers: SmallVec<[Viewer; 4]>,
    pub(crate) last: Instant,
    /// As its last keyframe said.
    pub(crate) height: Option<u16>,
    /// Picture id and TL0PICIDX that came last.
    pub(crate) ids: (u16, u8),
    rate: Rate,
}

impl Layer {
    pub(crate) fn new(id: StreamId, track: Track, rank: u8, ssrc: u32, first: u64, now: Instant) -> Self {
        let clock = if track.is_audio() { 48_000 } else { 90_000 };
        Self {
            id,
            track,
            rank,
            ssrc,
            window: Window::default(),
            history: (!track.is_audio()).then(History::new),
            holes: Holes::default(),
            keyframes: Keyframes::default(),
            reception: Reception::new(ssrc, first, clock, now),
            viewers: SmallVec::new(),
            last: now,
            height: None,
            ids: (0, 0),
            rate: Rate { bytes: 0, since: now, bits_per_second: 0 },
        }
    }

    /// Whether it has been silent for so long that it counts as gone.
    pub(crate) fn is_silent(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last) > SILENT
    }

    /// Counts what came.
    pub(crate) fn arrived(&mut self, bytes: usize, now: Instant) {
        self.last = now;
        self.rate.bytes += bytes as u64;
        let passed = now.saturating_duration_since(self.rate.since);
        if passed >= Duration::from_secs(1) {
            let bits = self.rate.bytes * 8 * 1000 / (passed.as_millis() as u64).max(1);
            self.rate = Rate { bytes: 0, since: now, bits_per_second: bits };
        }
    }

    /// Of the last whole second; 0 before there was one.
    pub(crate) fn bits_per_second(&self) -> u64 {
        self.rate.bits_per_second
    }

    /// Whether it can be had for so many bits per second; what is shown already is kept a little longer.
    fn fits(&self, allowance: u64, shown: bool) -> bool {
        let rate = self.bits_per_second();
        if shown { rate - rate / 8 <= allowance } else { rate + rate / 16 <= allowance }
    }

    /// Height in pixels, or a guess until a keyframe has told it.
    pub(crate) fn height(&self) -> u16 {
        self.height.unwrap_or(180 << self.rank.min(3))
    }

    pub(crate) fn unsubscribe(&mut self, viewer: Viewer) {
        self.viewers.retain(|v| *v != viewer);
    }

    pub(crate) fn subscribe(&mut self, viewer: Viewer) {
        if !self.viewers.contains(&viewer) {
            self.viewers.push(viewer);
        }
    }
}

#[derive(Debug)]
struct Rate {
    bytes: u64,
    since: Instant,
    bits_per_second: u64,
}

/// The layers of a track that really arrive.
pub(crate) fn live(layers: &[Layer], track: Track) -> impl Iterator<Item = &Layer> + Clone {
    indexed(layers, track).map(|(_, layer)| layer)
}

fn indexed(layers: &[Layer], track: Track) -> impl Iterator<Item = (usize, &Layer)> + Clone {
    let of_track = move || layers.iter().enumerate().filter(move |(_, l)| l.track == track);
    let newest = of_track().map(|(_, l)| l.last).max();
    of_track()
        .filter(move |(_, l)| newest.is_some_and(|newest| newest.saturating_duration_since(l.last) <= SILENT))
}

/// The layer of a track that arrives and is the smallest.
pub(crate) fn smallest(layers: &[Layer], track: Track) -> Option<usize> {
    indexed(layers, track).min_by_key(|(_, l)| (l.height(), l.rank)).map(|(at, _)| at)
}

/// What a slot wants of a track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// In pixels.
    pub(crate) height: u16,
    /// Bits per second that the layer may take.
    pub(crate) allowance: u64,
    /// The layer that is shown now.
    pub(crate) shown: Option<usize>,
}

/// The layer of a track that fits a slot best: the smallest that is large enough, else the largest; only among those
/// that really arrive and that the viewer's path carries.
pub(crate) fn choose(layers: &[Layer], track: Track, wanted: Wanted) -> Option<usize> {
    let usable = indexed(layers, track)
        .filter(|(at, l)| track.is_audio() || l.fits(wanted.allowance, wanted.shown == Some(*at)));
    // A fifth less is not seen.
    let enough = |l: &Layer| u32::from(l.height()) * 5 >= u32::from(wanted.height) * 4;
    let order = |l: &Layer| (l.height(), l.rank);
    let smallest_enough = usable.clone().filter(|(_, l)| enough(l)).min_by_key(|(_, l)| order(l));
    smallest_enough.or_else(|| usable.max_by_key(|(_, l)| order(l))).map(|(at, _)| at)
}
