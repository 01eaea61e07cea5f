//! The sections of a policy file, one module each: its keys, and how they become the checked policy.

mod boards;
mod categories;
mod claims;
mod classification;
mod commands;
mod file;
mod hygiene;

pub use boards::{Agreement, Board, DedicatedSprints, Outcome, SprintSource, Threshold};
pub use commands::Commands;
pub use hygiene::{Hygiene, ImpactPolicy, StalePolicy};

pub(super) use boards::BOARD_KEYS;
pub(super) use categories::{Removal, Removed};
pub(super) use file::PolicyFile;
