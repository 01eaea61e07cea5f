//! Conversations with the whole service: a simulated GitHub over real HTTP drives the real router; each ends with no open
//! work, no webhook unread and no rule of GitHub broken.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails by panicking"
)]

mod boards;
mod cadence;
mod catching_up;
mod commands;
mod demo;
mod dry_run;
mod large;
mod limits;
mod moves;
mod opening;
mod organisation;
mod people;
mod policy;
mod scope;
mod sprint;
mod stopping;
mod take_over;
mod team;
mod trouble;
mod watching;
mod webhooks;
mod world;
