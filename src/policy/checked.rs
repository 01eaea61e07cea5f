//! The policy as everything else sees it: checked, complete, defaults filled in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::backlog::Categories;

/// Names the exact content of a policy (defaults included): 12 hexadecimal digits of its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PolicyVersion(pub String);

impl fmt::Display for PolicyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How sure the classifier must be, as probabilities from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassificationPolicy {
    /// From here on a category is applied.
    pub apply_at: f64,
    /// From here on a category is suggested.
    pub suggest_at: f64,
    /// From here on the side is reported.
    pub side_at: f64,
}

/// A repository's policy, complete.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Which content this is.
    pub version: PolicyVersion,
    /// The kinds of work.
    pub categories: Categories,
    /// The thresholds.
    pub classification: ClassificationPolicy,
}
