//! What a classifier reads and what it says.

use serde::{Deserialize, Serialize};

use crate::backlog::{CategoryName, Item, Parent, Side};

/// What a classifier may look at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text<'a> {
    /// The item's title.
    pub title: &'a str,
    /// The item's description: Markdown or plain text; hostile.
    pub body: &'a str,
    /// Labels on the item that no person's decision put there: explicit signs.
    pub labels: &'a [String],
    /// The tracker's own issue type, e.g. `Bug`.
    pub type_name: Option<&'a str>,
    /// The item that this one is a part of.
    pub parent: Option<&'a Parent>,
}

impl<'a> From<&'a Item> for Text<'a> {
    fn from(item: &'a Item) -> Self {
        Self {
            title: &item.title,
            body: &item.body,
            labels: &item.labels,
            type_name: item.type_name.as_deref(),
            parent: item.parent.as_ref(),
        }
    }
}

/// Where a sign was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Where {
    /// The tracker's issue type.
    Type,
    /// A label.
    Label,
    /// A prefix of the title: `[infra]`, `perf:`, a conventional-commit type.
    Prefix,
    /// The title.
    Title,
    /// The body.
    Body,
    /// A field of an issue template in the body.
    Field,
    /// The item that this one is a part of.
    Parent,
}

/// One sign that spoke for a category (or, with a negative weight, against it), as a person can read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was found, as it stands in the item: at most 80 characters.
    pub sign: String,
    /// Where it was found.
    #[serde(rename = "where")]
    pub place: Where,
    /// What it speaks for.
    pub category: CategoryName,
    /// How strongly, in the classifier's units; negative speaks against.
    pub weight: f64,
}

/// What the bot does with a classification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Sure enough to mark the item.
    Apply,
    /// Worth a quiet suggestion.
    Suggest,
    /// Not sure enough to say anything.
    Abstain,
}

/// What a classifier says of an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// The best category, whatever the outcome; none only where the policy has no categories.
    pub best: Option<CategoryName>,
    /// The probability of `best`, 0 to 1.
    pub confidence: f64,
    /// What to do with it.
    pub outcome: Outcome,
    /// The side, where it is sure enough by its own threshold; may be known when the category is not.
    pub side: Option<Side>,
    /// The probability of every category, in the policy's order, sum 1.
    pub scores: Vec<(CategoryName, f64)>,
    /// The signs, strongest first.
    pub evidence: Vec<Evidence>,
}

impl Classification {
    /// The category, when it is sure enough to be applied.
    #[must_use]
    pub fn category(&self) -> Option<&CategoryName> {
        match self.outcome {
            Outcome::Apply => self.best.as_ref(),
            Outcome::Suggest | Outcome::Abstain => None,
        }
    }
}

/// Says what kind of work an item is. Deterministic: the same text gives the same answer.
pub trait Classifier: Send + Sync {
    /// Names the rules or the model, so that a decision can be traced to it, e.g. `rules-1`.
    fn version(&self) -> &str;

    /// Classifies one item. Time linear in the text's length; never panics, whatever the text.
    fn classify(&self, text: &Text<'_>) -> Classification;
}
