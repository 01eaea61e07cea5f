//! What is an edge and not a level: who did what to an item. Everything else is read again from the tracker.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Actor, Remark};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// The item was opened, with these labels already on it.
    Opened {
        /// Labels that it carried from the start (a template's, or chosen in the form).
        labels: Vec<String>,
        /// The tracker's own id of it: what is read under its address later must be the same item.
        #[serde(default)]
        id: Option<String>,
    },
    /// Title, body or type changed.
    Edited,
    /// It was opened again.
    Reopened,
    /// A label was put.
    Labelled {
        /// The label's name at that time.
        label: String,
    },
    /// A label went away.
    Unlabelled {
        /// The label's name; none when it went because the label itself was deleted.
        label: Option<String>,
    },
    /// The policy file may have changed with this commit.
    PolicyTouched {
        /// The commit on which an error can be shown.
        commit: Option<String>,
    },
    /// The policy that its owner's repositories share has changed.
    SharedPolicyChanged,
    /// The repository came, went, or got another name: whether it can be reached is to be looked at.
    AccessChanged,
    /// The repository's set of labels changed.
    LabelsChanged,
    /// Somebody wrote or changed a text in which commands may stand.
    Said {
        /// The text.
        remark: Remark,
    },
    /// A comment in which commands may have stood was deleted.
    Unsaid {
        /// The tracker's id of it.
        comment: String,
    },
    /// Whoever runs the bot asked for it to be looked at as if it were new (`plimsoll apply`).
    Asked {
        /// The tracker's own id of it: what is read under its address later must be the same item.
        id: Option<String>,
    },
    /// Somebody asked for the report of a sprint of this board.
    SprintAsked {
        /// The sprint's first day.
        start: Date,
    },
    /// Something else that only makes the subject dirty.
    Touched,
}

/// A fact with who and when, kept in the inbox until the subject's handler has consumed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    #[serde(flatten)]
    pub fact: Fact,
    /// Who did it.
    pub by: Actor,
    /// When, by the tracker's clock.
    pub at: Timestamp,
}
