//! Shares a viewer's estimated bandwidth among its slots: voices first, then every picture's smallest layer, then larger
//! layers in the order of the slots.
use super::{Router, downlink};
use crate::uplink::{Layer, live};
use smallvec::SmallVec;

impl Router {
    /// Says how much each picture of a viewer may take.
    pub(super) fn allot(&mut self, place: usize) {
        let Some(viewer) = self.downlinks.get(place).and_then(Option::as_ref) else { return };
        let Some(estimate) = viewer.estimate() else { return };
        let mut voices = 0;
        // Least and greatest that each picture could take; none where nothing is shown.
        let mut pictures: SmallVec<[Option<(u64, u64)>; 11]> = SmallVec::new();
        for slot in &viewer.slots {
            let rates = slot.feed.and_then(|feed| {
                let uplink = self.uplinks[*self.places.get(&feed.peer)?].as_ref()?;
                let rates = || live(&uplink.layers, feed.track).map(Layer::bits_per_second);
                Some((rates().min()?, rates().max()?))
            });
            match rates {
                Some((_, most)) if slot.is_audio() => voices += most,
                _ => {}
            }
            pictures.push(rates.filter(|_| !slot.is_audio() && slot.height > 0));
        }
        let least: u64 = pictures.iter().flatten().map(|p| p.0).sum();
        let most: u64 = pictures.iter().flatten().map(|p| p.1).sum();
        let left = estimate.saturating_sub(voices);
        let plenty = left >= most + most / 4;
        // What is left beyond the smallest layers goes to the first slots first.
        let (mut beyond, mut smallest) = (left.saturating_sub(least), left);
        let Some(viewer) = downlink(&mut self.downlinks, place) else { return };
        for (slot, picture) in viewer.slots.iter_mut().zip(pictures) {
            slot.allowance = match picture {
                Some((least, most)) if !plenty => {
                    let own = least.min(smallest);
                    smallest -= own;
                    let more = beyond.min(most - least);
                    beyond -= more;
                    own + more
                }
                _ => u64::MAX,
            };
        }
    }
}
