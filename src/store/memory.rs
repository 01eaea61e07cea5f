//! What the store remembers besides work: repositories, their policies, and what was done and why.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backlog::{Repository, Subject};
use crate::classify::Evidence;
use crate::decide::Correction;

/// A repository with what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RepositoryRow {
    /// Its ids and its name today.
    pub repository: Repository,
    /// Its policy file, where it was looked for.
    pub policy: Option<PolicyRow>,
    /// Up to when changes of its items were looked at, by the tracker's clock. None: it was never seen, or is out of
    /// reach: nothing that happened before is caught up.
    pub swept_until: Option<Timestamp>,
}

/// What was found of a policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRow {
    /// The text in force: the last good one.
    pub good: Option<String>,
    /// The text that its owner's repositories share and that lies under it: the last one that was good together with it.
    pub base: Option<String>,
    /// How the newest file was.
    pub status: PolicyStatus,
    /// The tracker's id of the newest content.
    pub revision: Option<String>,
    /// When it was looked at.
    pub checked_at: Timestamp,
    /// Since when the bot has acted by it without a break: items opened before are not taken over by themselves. None: the
    /// bot only observes.
    pub active_since: Option<Timestamp>,
}

/// How the newest policy file was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", content = "error", rename_all = "snake_case")]
pub enum PolicyStatus {
    /// There is none.
    Missing,
    /// It is in force.
    Good,
    /// It has this error; the last good one stays in force.
    Broken(String),
}

/// One thing that was done, or decided without being done, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// When.
    pub at: Timestamp,
    /// To what; `TRACKER:KIND:ID`.
    pub subject: String,
    /// What, e.g. `add_label tech-debt`.
    pub action: String,
    /// Why, in one sentence.
    pub reason: String,
    /// The signs behind it.
    pub evidence: Vec<Evidence>,
    /// Which classifier.
    pub model_version: String,
    /// Under which policy.
    pub policy_version: String,
    /// What came of it: `done`, `would` (observed only), or what went wrong.
    pub result: String,
}

impl Record {
    /// Whether it is about this subject.
    #[must_use]
    pub fn is_about(&self, subject: &Subject) -> bool {
        self.subject == subject.to_string()
    }
}

/// A correction with the item that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectionRow {
    /// The item.
    pub subject: Subject,
    /// The name of its repository, where it is known.
    pub repository: Option<String>,
    /// What people call the item.
    pub key: String,
    /// Its title; hostile.
    pub title: String,
    /// What was said, what it is, and who said so.
    pub correction: Correction,
}

/// How often people correct the bot in a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CorrectionsOf {
    /// Its name, or its id where the name is not known.
    pub repository: String,
    /// Items on which the bot put a category by itself.
    pub labelled: u64,
    /// Those of them where a person's word stands against the bot's.
    pub corrected: u64,
}
