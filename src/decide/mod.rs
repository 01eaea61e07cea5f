//! snapshot + policy + now → plan. Pure: the same input gives the same plan, and nothing here can write anything.
//!
//! `people` reads what people decided, `category` says what follows for the item's mark, `wording` says why.

mod category;
mod item;
mod people;
mod plan;
mod snapshot;
#[cfg(test)]
mod tests;
mod wording;

pub use item::decide;
pub use people::{must_be_verified, needs_history};
pub use plan::{Action, Finding, Plan, Step};
pub use snapshot::{ItemMemory, Mode, Snapshot, Verdict};
