//! What is kept of a sprint when it is over: the form that `plimsoll report --format json` gives, read leniently.

use serde::{Deserialize, Serialize};

use super::number::{Exact, kept};
use super::report::{Bounds, Verdict};
use super::snapshot::{Member, Sprint};

/// An earlier sprint. Made from a [`super::Report`] by [`super::Report::record`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SprintRecord {
    /// The sprint.
    pub sprint: Sprint,
    /// It was given to technical work: no part of an average.
    pub dedicated: bool,
    /// By what its items were weighed.
    pub weight: WeightUnit,
    /// The technical weight.
    #[serde(serialize_with = "kept")]
    pub technical: Exact,
    /// The technical and the product weight.
    #[serde(serialize_with = "kept")]
    pub counted: Exact,
    /// What was agreed, in the policy's words: `20%`, `20%..30%`.
    pub agreement: Option<String>,
    /// What was agreed for this sprint in the end, tolerance and raises included.
    pub agreed: Option<Bounds>,
    /// How it turned out.
    pub verdict: Option<Verdict>,
    /// Who was in it in the end.
    pub members: Vec<Member>,
    /// Who was in it at its start; none: not known.
    pub committed: Option<Vec<Member>>,
    /// That was read after its first day: what changed before is not known.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub seen_late: bool,
}

impl SprintRecord {
    /// Its share; none where nothing was counted.
    #[must_use]
    pub fn share(&self) -> Option<Exact> {
        self.technical.over(&self.counted)
    }
}

/// What a sprint's figures are figures of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightUnit {
    /// Story points.
    #[default]
    Points,
    /// Items.
    Items,
}
