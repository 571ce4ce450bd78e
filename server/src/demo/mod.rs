//! Demo data and simulated neighbours.
