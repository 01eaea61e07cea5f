//! The sections of a policy file, one module each: its keys, and how they become the checked policy.

mod agreement;
mod boards;
mod categories;
mod claims;
mod classification;
mod commands;
mod file;
mod hygiene;
mod sprints;

pub use agreement::{Agreement, DedicatedSprints, Outcome, Threshold};
pub use boards::Board;
pub use commands::Commands;
pub use hygiene::{Hygiene, ImpactPolicy, StalePolicy};
pub use sprints::{Cadence, CadenceSprint, SprintMark, SprintSource};

pub(super) use boards::BOARD_KEYS;
pub(super) use categories::{Removal, Removed};
pub(super) use file::PolicyFile;
