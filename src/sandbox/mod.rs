//! Simulated trackers with state, over real HTTP on loopback: the demo and the tests use them.
//!
//! They speak the trackers' own JSON and know nothing of Plimsoll's port, so that they can be wrong only in the way that a
//! tracker can.

pub mod github;
