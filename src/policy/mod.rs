//! The policy file: YAML → tree → checked policy, over the shipped defaults. Pure.
//!
//! [`parse`] is what a repository's file goes through, [`defaults`] what holds without one, [`read()`] takes further
//! layers and tells more. On the way: `yaml` makes a tree in which every value knows its place, `merge` lays the trees
//! over one another, `read` turns a tree into the sections of the file, `sections` check each of them, with `terms`
//! for single values. The same definitions give the JSON Schema ([`json_schema`]).
//!
//! A policy is untrusted. Limits: 64 KiB and one document; 16 levels; no anchors, aliases, merge keys, tags or
//! directives; no key twice; 100 categories and 200 entries in a list beyond the defaults; 100 characters in a name, label or
//! keyword (50 in a label that the bot creates); no regular expressions anywhere; 50 problems told.

mod checked;
mod layer;
mod layered;
mod merge;
mod node;
mod problem;
mod read;
mod schema;
mod sections;
mod terms;
mod yaml;

#[cfg(test)]
mod tests;

pub use checked::{ClassificationPolicy, Note, Origin, Policy, PolicyVersion};
pub use layer::{Layer, LayerName};
pub use layered::{Reading, defaults, parse, parse_over, read};
pub use problem::{PolicyErrors, Problem, Span};
pub use schema::json_schema;
pub use sections::{
    Agreement, Board, Cadence, CadenceSprint, Commands, DedicatedSprints, Hygiene, ImpactPolicy, Outcome, SprintMark,
    SprintSource, StalePolicy, Threshold,
};
pub use terms::{
    AgreedShare, Comparison, Condition, MilestoneChoice, Percent, Period, PolicyMode, Project, ReportIssue, Right,
    SprintCount, SprintPattern, WeightBy, Zone,
};
pub use yaml::MAX_BYTES;
