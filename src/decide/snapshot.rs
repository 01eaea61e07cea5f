//! All that a decision may look at.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backlog::{Actor, CategoryName, Decision, Event, Item, Side};
use crate::classify::Evidence;

use super::{Spoken, Told};

/// Whether the bot may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Decide and record only: there is no valid policy file.
    Observe,
    /// Do what was decided.
    Act,
}

/// Who decided an item's category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "decided_by", rename_all = "snake_case")]
pub enum Verdict {
    /// A person did; the bot follows.
    Person {
        /// What they decided.
        category: CategoryName,
        /// Who it was.
        by: Actor,
    },
    /// The classifier was sure enough and nobody objected.
    Bot {
        /// What it decided.
        category: CategoryName,
    },
    /// Nobody has.
    Nobody,
}

/// What the store remembers of an item: a cache and a history; the tracker is the truth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemMemory {
    /// The item as last read, without its body.
    pub item: Item,
    /// Labels on it that the bot put.
    pub own_marks: Vec<String>,
    /// People's decisions, oldest first.
    pub decisions: Vec<Decision>,
    /// Who decided its category.
    pub verdict: Verdict,
    /// The side it counts on, where known.
    pub side: Option<Side>,
    /// The classifier's probability of its best category.
    pub confidence: f64,
    /// The signs, strongest first; a few.
    pub evidence: Vec<Evidence>,
    /// Which classifier said so.
    pub model_version: String,
    /// Under which policy.
    pub policy_version: String,
    /// When the bot last looked.
    pub seen_at: Timestamp,
    /// What people told it by command.
    #[serde(default)]
    pub told: Told,
    /// The last category that the bot put by itself, also where a person took it away since.
    #[serde(default)]
    pub own_word: Option<CategoryName>,
    /// What it most likely is, where nobody decided and that is worth a quiet suggestion.
    #[serde(default)]
    pub suggestion: Option<CategoryName>,
    /// Why it matters, as a section of its description says.
    #[serde(default)]
    pub impact: Option<String>,
}

/// All that a decision about an item may look at, read from the tracker and the store.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The item as it stands.
    pub item: Item,
    /// The bot's own account.
    pub me: Actor,
    /// What is remembered of it.
    pub memory: Option<ItemMemory>,
    /// What happened since it was last looked at, oldest first.
    pub events: Vec<Event>,
    /// Who put and removed labels, where that had to be read from the tracker's history; oldest first.
    pub history: Option<Vec<Event>>,
    /// What people said to the bot before, where that had to be read from the tracker; it was answered then.
    pub answered: Vec<Spoken>,
    /// What people said to the bot since then and may say, oldest first.
    pub spoken: Vec<Spoken>,
    /// The labels that exist in the repository, where they were read.
    pub repository_labels: Option<Vec<String>>,
    /// Items opened before this moment are not taken over by themselves. None: all may be.
    pub active_since: Option<Timestamp>,
}
