//! What the driver shows of the state.

use jiff::Timestamp;
use jiff::civil::Date;

use super::super::hooks::Delivery;

/// Whether it is an issue or a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullOrIssue {
    /// A backlog item.
    Issue,
    /// A pull request, which GitHub lists among issues.
    PullRequest,
}

/// A label of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Its name as it is written.
    pub name: String,
    /// Six hexadecimal digits in lower case.
    pub color: String,
    /// Its description.
    pub description: Option<String>,
}

/// An issue as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueView {
    /// GitHub's own id.
    pub id: u64,
    /// Its number in the repository.
    pub number: u64,
    /// Issue or pull request.
    pub kind: PullOrIssue,
    /// The title.
    pub title: String,
    /// The body.
    pub body: Option<String>,
    /// Who opened it.
    pub author: String,
    /// Whether it is open.
    pub open: bool,
    /// Why it was closed or opened again.
    pub state_reason: Option<String>,
    /// Names of its labels, in the order in which they were put.
    pub labels: Vec<String>,
    /// Its milestone's number.
    pub milestone: Option<u64>,
    /// Its issue type.
    pub issue_type: Option<String>,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentView {
    /// GitHub's id.
    pub id: u64,
    /// Who wrote it.
    pub author: String,
    /// Its text.
    pub body: String,
    /// Reactions on it.
    pub reactions: Vec<ReactionView>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
}

/// A reaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReactionView {
    /// Who reacted.
    pub by: String,
    /// `+1`, `eyes` …
    pub content: String,
}

/// An entry of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineView {
    /// GitHub's word: `labeled`, `closed`, `commented` …
    pub event: String,
    /// Who did it.
    pub by: String,
    /// The label, for `labeled` and `unlabeled`.
    pub label: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// An item of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectItemView {
    /// The item's id.
    pub id: u64,
    /// The issue's number in its repository; none: a draft.
    pub issue: Option<u64>,
    /// The first day of the iteration that it is planned for.
    pub starts: Option<Date>,
}

/// A commit's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusView {
    /// `error`, `failure`, `pending` or `success`.
    pub state: String,
    /// Which check it is of.
    pub context: String,
    /// What it says.
    pub description: Option<String>,
    /// Who said it.
    pub creator: String,
}

/// A webhook delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryView {
    /// GitHub's id of this attempt.
    pub id: u64,
    /// The GUID, the same for every attempt.
    pub guid: String,
    /// The event and its action: `issues.opened`, `push`.
    pub event: String,
    /// Whether it was asked for again.
    pub redelivery: bool,
    /// What it was answered: 502 when nobody was reached, 504 after ten seconds; none while it waits.
    pub status: Option<u16>,
    /// What was or will be sent.
    pub body: Vec<u8>,
}

impl From<&Delivery> for DeliveryView {
    fn from(one: &Delivery) -> Self {
        let event = one.action.as_ref().map_or_else(|| one.event.clone(), |action| format!("{}.{action}", one.event));
        Self {
            id: one.id,
            guid: one.guid.clone(),
            event,
            redelivery: one.redelivery,
            status: one.answer.as_ref().map(|answer| answer.status),
            body: one.body.clone(),
        }
    }
}
