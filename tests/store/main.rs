//! The contract of the store: one suite of cases that every store passes, a model that it is held against, and what only
//! concerns `SQLite`.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "in a test, a panic is the answer; clippy only knows it of functions that are tests themselves"
)]

mod conformance;
mod fixtures;
mod model;
mod sqlite;
