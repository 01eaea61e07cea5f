//! snapshot + policy + now → plan. Pure: the same input gives the same plan, and nothing here can write anything.
//!
//! `people` reads what people decided, `category` says what follows for the item's mark, `wording` says why.

mod category;
mod correction;
mod item;
mod orders;
mod people;
mod plan;
mod planning;
mod snapshot;
#[cfg(test)]
mod tests;
mod told;
mod wording;

pub use correction::Correction;
pub use item::{decide, outside_the_backlog};
pub use orders::{Order, Revision, Spoken, Trouble, weigh_by_label};
pub use people::{must_be_verified, needs_history};
pub use plan::{Action, Finding, Plan, Step};
pub use planning::{points_by_label, sprint_item};
pub use snapshot::{ItemMemory, Mode, Snapshot, Verdict};
pub use told::{ReadText, Statement, Told};
pub use wording::{backlog_summary, not_in_pull_requests, of_itself, too_many};
