//! The policy as everything else sees it: checked, complete, defaults filled in.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::problem::Span;
use super::sections::{Board, Commands, Hygiene};
use super::terms::PolicyMode;
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
    /// What the bot does. None: it acts where the repository has a file of its own.
    pub mode: Option<PolicyMode>,
    /// The kinds of work.
    pub categories: Categories,
    /// The thresholds.
    pub classification: ClassificationPolicy,
    /// What makes items unfit to plan. Not in force yet.
    pub hygiene: Hygiene,
    /// The slash commands.
    pub commands: Commands,
    /// The boards that this file declares, each with its agreement. Not in force yet.
    pub boards: Vec<Board>,
}

impl Policy {
    /// Whether the bot may write by it: where the repository has a file of its own, or the file says so. An organisation's
    /// file alone turns nothing on by being there.
    #[must_use]
    pub fn turns_on(&self, has_own_file: bool) -> bool {
        match self.mode {
            Some(mode) => mode == PolicyMode::Act,
            None => has_own_file,
        }
    }
}

/// Something that who wrote the file should know, and that is no mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub at: Span,
    /// One sentence.
    pub text: String,
}

/// Where a value of the policy comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The value's keys, joined by dots: `categories.infrastructure.label`. An entry of a list has the list's path.
    pub path: String,
    /// The value, or the entry of a list; empty where nothing stands.
    pub value: String,
    /// Where it stands.
    pub at: Span,
}
