//! What was agreed for a sprint against what is in it: share, interval, verdict, suggestions, history. Pure.
//!
//! [`SprintSnapshot`] goes in, [`Report`] comes out; `render` shows it.

mod choice;
mod compute;
mod history;
mod impact;
mod interval;
mod number;
mod report;
mod snapshot;
mod suggestions;
mod target;
mod weighing;

pub use history::{SprintRecord, WeightUnit};
pub use impact::impact_section;
pub use number::Exact;
pub use report::{
    AgreementChange, Because, Bounds, CategorySum, Changes, Counting, Demand, Line, Phase, Raise, Report,
    SuggestedAction, Suggestion, Target, TargetReason, Totals, UnusableMeasure, Verdict,
};
pub use snapshot::{
    BacklogFigures, Baseline, Certainty, ItemKind, Measure, Member, PlannedBy, Sprint, SprintItem, SprintSnapshot,
};

#[cfg(test)]
mod tests;
