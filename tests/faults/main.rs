//! Everything goes wrong, and the bot ends where it would have ended anyway.
//!
//! `story` makes from a seed what people do, `storm` what goes wrong meanwhile. The same story is told to two worlds at the
//! same times: one where nothing goes wrong, and one in the storm. At every rest both must look the same (`outcome`), and
//! neither GitHub has anything to tell on: no label put twice, no comment or issue written twice, no limit passed, nobody
//! asking before the time it was told.
//!
//! `PLIMSOLL_SEEDS=N` runs so many seeds, `PLIMSOLL_SEED=S` only this one, `PLIMSOLL_LONG=1` a single story of ten thousand
//! actions.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails by panicking, and this one tells what it ran"
)]

mod action;
mod clocks;
mod dice;
mod kinds;
mod outcome;
mod run;
mod storm;
mod story;
mod words;
mod world;
