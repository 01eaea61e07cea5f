//! The contract of the store: one suite of cases that every store passes, a model that it is held against, and what only
//! concerns SQLite.
#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

mod conformance;
mod fixtures;
mod model;
mod sqlite;
