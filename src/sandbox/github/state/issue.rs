//! An issue or pull request with its comments, reactions and history.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::Account;

/// What stands at an issue's number.
#[derive(Clone, Debug)]
pub(in super::super) enum Slot {
    Here(Box<Issue>),
    Transferred { repository: u64, number: u64 },
    Deleted,
}

/// Open or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum IssueState {
    Open,
    Closed,
}

impl IssueState {
    pub(in super::super) const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// An issue; a pull request is one too, as on GitHub.
#[derive(Clone, Debug)]
pub(in super::super) struct Issue {
    pub(in super::super) id: u64,
    pub(in super::super) number: u64,
    pub(in super::super) title: String,
    pub(in super::super) body: Option<String>,
    /// Who last changed the body.
    pub(in super::super) editor: Option<Arc<Account>>,
    pub(in super::super) author: Arc<Account>,
    pub(in super::super) state: IssueState,
    pub(in super::super) state_reason: Option<String>,
    pub(in super::super) labels: Vec<u64>,
    pub(in super::super) milestone: Option<u64>,
    pub(in super::super) type_name: Option<String>,
    pub(in super::super) is_pull_request: bool,
    pub(in super::super) is_pinned: bool,
    /// The repository and number of what it is a part of.
    pub(in super::super) parent: Option<(u64, u64)>,
    pub(in super::super) comments: Vec<Comment>,
    /// Comments on lines of a pull request.
    pub(in super::super) review_comments: Vec<Comment>,
    /// Reviews of a pull request, as far as they say something.
    pub(in super::super) reviews: Vec<Comment>,
    /// Values of the organisation's number fields, by the field's id.
    pub(in super::super) fields: BTreeMap<u64, f64>,
    pub(in super::super) reactions: Vec<Reaction>,
    pub(in super::super) timeline: Vec<TimelineEntry>,
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) updated_at: Timestamp,
    pub(in super::super) closed_at: Option<Timestamp>,
    pub(in super::super) closed_by: Option<Arc<Account>>,
}

/// A comment.
#[derive(Clone, Debug)]
pub(in super::super) struct Comment {
    pub(in super::super) id: u64,
    pub(in super::super) author: Arc<Account>,
    pub(in super::super) body: String,
    pub(in super::super) editor: Option<Arc<Account>>,
    pub(in super::super) reactions: Vec<Reaction>,
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) updated_at: Timestamp,
}

/// A reaction.
#[derive(Clone, Debug)]
pub(in super::super) struct Reaction {
    pub(in super::super) id: u64,
    pub(in super::super) by: Arc<Account>,
    pub(in super::super) content: String,
    pub(in super::super) at: Timestamp,
}

/// What happened to an issue, as its timeline tells it.
#[derive(Clone, Debug)]
pub(in super::super) enum Happening {
    Labeled {
        name: String,
        color: String,
    },
    Unlabeled {
        name: String,
        color: String,
    },
    Closed {
        reason: Option<String>,
    },
    Reopened,
    Renamed {
        from: String,
        to: String,
    },
    Milestoned {
        title: String,
    },
    Demilestoned {
        title: String,
    },
    TypeAdded,
    TypeChanged,
    TypeRemoved,
    Transferred,
    /// The comment with this id; it vanishes from the timeline with the comment.
    Commented {
        comment: u64,
    },
}

impl Happening {
    /// GitHub's word for it.
    pub(in super::super) const fn name(&self) -> &'static str {
        match self {
            Self::Labeled { .. } => "labeled",
            Self::Unlabeled { .. } => "unlabeled",
            Self::Closed { .. } => "closed",
            Self::Reopened => "reopened",
            Self::Renamed { .. } => "renamed",
            Self::Milestoned { .. } => "milestoned",
            Self::Demilestoned { .. } => "demilestoned",
            Self::TypeAdded => "issue_type_added",
            Self::TypeChanged => "issue_type_changed",
            Self::TypeRemoved => "issue_type_removed",
            Self::Transferred => "transferred",
            Self::Commented { .. } => "commented",
        }
    }
}

/// An entry of the timeline.
#[derive(Clone, Debug)]
pub(in super::super) struct TimelineEntry {
    pub(in super::super) id: u64,
    pub(in super::super) by: Arc<Account>,
    pub(in super::super) at: Timestamp,
    pub(in super::super) what: Happening,
}
