//! The policy file: YAML → raw → checked policy, over the shipped defaults.

mod checked;

pub use checked::{ClassificationPolicy, Policy, PolicyVersion};
