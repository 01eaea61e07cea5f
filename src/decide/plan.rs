//! The plain list of what a decision wants.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backlog::{Acknowledgement, CategoryName, CloseReason};
use crate::command::Points;

use super::ItemMemory;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Mark the item as this category.
    Mark {
        /// The category; the policy says which label that is.
        category: CategoryName,
    },
    /// Take one of the bot's own labels away.
    Unmark {
        /// The label as it stands on the item.
        label: String,
    },
    /// Put a label that marks no category.
    Label {
        /// The label.
        label: String,
        /// For creating it.
        description: String,
    },
    /// Write the item's weight where it is read: into a field, else into a label.
    Weigh {
        /// The weight; none takes it away.
        points: Option<Points>,
    },
    /// Close the item.
    Close {
        /// Why.
        reason: CloseReason,
    },
    /// Open an item that links back to this one.
    Open {
        /// Names it among all that the bot opens.
        key: String,
        /// Its title; hostile.
        title: String,
        /// Its description.
        body: String,
        /// What it is marked as.
        category: Option<CategoryName>,
        /// When it was asked for.
        since: Timestamp,
    },
    /// Show on a comment (none: on the description) how far its commands are.
    Acknowledge {
        /// The tracker's id of the comment.
        comment: Option<String>,
        /// How far.
        how: Acknowledgement,
    },
    /// Take back what was shown so, where it was.
    Unacknowledge {
        /// The tracker's id of the comment.
        comment: Option<String>,
        /// How far.
        how: Acknowledgement,
    },
    /// Take the bot's note with this key away, where it is there.
    RemoveNote {
        /// Names the note among the bot's notes on the item.
        key: String,
    },
    /// Write or edit the bot's note with this key.
    Note {
        /// Names the note among the bot's notes on the item.
        key: String,
        /// Its text.
        markdown: String,
    },
}

/// An action with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What to do.
    #[serde(flatten)]
    pub action: Action,
    /// Why, in one sentence for people.
    pub reason: String,
}

/// Something that makes an item unfit to plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which finding, e.g. `vague`.
    pub kind: String,
    /// Why, in one sentence for people.
    pub reason: String,
}

/// What a decision wants: what to write, and what to remember.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// In order; empty when everything is as it should be.
    pub steps: Vec<Step>,
    /// What was noticed.
    pub findings: Vec<Finding>,
    /// How the item is to be remembered once the steps are done.
    pub memory: ItemMemory,
}
