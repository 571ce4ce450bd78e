//! What flows back: holes and repeats, keyframe requests, reports, arrival times.
mod arrivals;
mod estimate;
mod holes;
mod keyframes;
mod reception;
mod told;

pub(crate) use arrivals::Arrivals;
pub(crate) use estimate::Estimate;
pub(crate) use holes::{Holes, TOO_WIDE};
pub(crate) use keyframes::Keyframes;
pub(crate) use reception::Reception;
