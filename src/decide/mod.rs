//! snapshot + policy + now → plan. Pure: the same input gives the same plan, and nothing here can write anything.

mod plan;
mod snapshot;

pub use plan::{Action, Finding, Plan, Step};
pub use snapshot::{ItemMemory, Mode, Snapshot, Verdict};
