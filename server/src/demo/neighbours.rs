//! Simulated neighbours: sites with their own clerks, in a hub of their own.
use super::stock::Neighbour;
use crate::app::AppState;

/// Lets them come.
pub(super) fn start(_state: &AppState, _neighbours: Vec<Neighbour>) {}
