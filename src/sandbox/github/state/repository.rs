//! A repository with its labels, milestones, files, commits and issues.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::{Account, Issue, IssueState, Role, Slot};

/// A label of a repository. Issues hold its id, so that a new name or colour shows everywhere.
#[derive(Clone, Debug)]
pub(in super::super) struct Label {
    pub(in super::super) id: u64,
    pub(in super::super) name: String,
    pub(in super::super) color: String,
    pub(in super::super) description: Option<String>,
    pub(in super::super) default: bool,
}

/// A milestone.
#[derive(Clone, Debug)]
pub(in super::super) struct Milestone {
    pub(in super::super) id: u64,
    pub(in super::super) number: u64,
    pub(in super::super) title: String,
    pub(in super::super) description: Option<String>,
    pub(in super::super) creator: Arc<Account>,
    pub(in super::super) open: bool,
    pub(in super::super) due_on: Option<String>,
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) updated_at: Timestamp,
    pub(in super::super) closed_at: Option<Timestamp>,
}

/// A file at the head of the default branch.
#[derive(Clone, Debug)]
pub(in super::super) struct File {
    pub(in super::super) sha: String,
    pub(in super::super) text: String,
}

/// A commit on the default branch.
#[derive(Clone, Debug)]
pub(in super::super) struct Commit {
    pub(in super::super) sha: String,
    pub(in super::super) parent: Option<String>,
    pub(in super::super) author: Arc<Account>,
    pub(in super::super) message: String,
    pub(in super::super) at: Timestamp,
    pub(in super::super) added: Vec<String>,
    pub(in super::super) modified: Vec<String>,
    pub(in super::super) removed: Vec<String>,
}

impl Commit {
    pub(in super::super) fn touches(&self, path: &str) -> bool {
        self.added
            .iter()
            .chain(&self.modified)
            .chain(&self.removed)
            .any(|one| one == path || one.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
    }
}

/// A commit's status.
#[derive(Clone, Debug)]
pub(in super::super) struct Status {
    pub(in super::super) id: u64,
    pub(in super::super) sha: String,
    pub(in super::super) state: String,
    pub(in super::super) context: String,
    pub(in super::super) description: Option<String>,
    pub(in super::super) target_url: Option<String>,
    pub(in super::super) creator: Arc<Account>,
    pub(in super::super) at: Timestamp,
}

/// A repository.
#[derive(Clone, Debug)]
pub(in super::super) struct Repository {
    pub(in super::super) id: u64,
    pub(in super::super) owner: Arc<Account>,
    pub(in super::super) name: String,
    pub(in super::super) private: bool,
    pub(in super::super) archived: bool,
    /// Whether it sends webhooks of its own, as for a machine account without an App.
    pub(in super::super) has_webhook: bool,
    pub(in super::super) default_branch: String,
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) updated_at: Timestamp,
    pub(in super::super) labels: Vec<Label>,
    pub(in super::super) milestones: Vec<Milestone>,
    pub(in super::super) issues: BTreeMap<u64, Slot>,
    /// How many numbers were given to issues, and how many to milestones; none is given twice.
    pub(in super::super) last_number: u64,
    pub(in super::super) last_milestone: u64,
    pub(in super::super) files: BTreeMap<String, File>,
    /// Oldest first.
    pub(in super::super) commits: Vec<Commit>,
    /// Oldest first.
    pub(in super::super) statuses: Vec<Status>,
    /// By login in lower case.
    pub(in super::super) roles: HashMap<String, Role>,
}

impl Repository {
    pub(in super::super) fn full_name(&self) -> String {
        format!("{}/{}", self.owner.login, self.name)
    }

    pub(in super::super) fn issue(&self, number: u64) -> Option<&Issue> {
        match self.issues.get(&number) {
            Some(Slot::Here(issue)) => Some(issue),
            _ => None,
        }
    }

    pub(in super::super) fn issue_mut(&mut self, number: u64) -> Option<&mut Issue> {
        match self.issues.get_mut(&number) {
            Some(Slot::Here(issue)) => Some(issue),
            _ => None,
        }
    }

    /// The issues and pull requests that are still here, by number.
    pub(in super::super) fn living_issues(&self) -> impl Iterator<Item = &Issue> {
        self.issues.values().filter_map(|slot| match slot {
            Slot::Here(issue) => Some(&**issue),
            _ => None,
        })
    }

    pub(in super::super) fn open_issues(&self) -> usize {
        self.living_issues().filter(|issue| issue.state == IssueState::Open).count()
    }

    /// Names of labels are compared without regard to case.
    pub(in super::super) fn label_named(&self, name: &str) -> Option<&Label> {
        self.labels.iter().find(|label| label.name.to_lowercase() == name.to_lowercase())
    }

    pub(in super::super) fn label(&self, id: u64) -> Option<&Label> {
        self.labels.iter().find(|label| label.id == id)
    }

    pub(in super::super) fn milestone(&self, number: u64) -> Option<&Milestone> {
        self.milestones.iter().find(|milestone| milestone.number == number)
    }

    pub(in super::super) fn milestone_mut(&mut self, number: u64) -> Option<&mut Milestone> {
        self.milestones.iter_mut().find(|milestone| milestone.number == number)
    }

    /// The issue that carries the comment with this id.
    pub(in super::super) fn issue_with_comment(&self, id: u64) -> Option<u64> {
        self.living_issues().find(|issue| issue.comments.iter().any(|one| one.id == id)).map(|issue| issue.number)
    }

    /// The role of a person: what was given, else the owner is admin and everybody reads what is public.
    pub(in super::super) fn role_of(&self, account: &Account) -> Role {
        match self.roles.get(&account.login.to_lowercase()) {
            Some(role) => *role,
            None if account.id == self.owner.id => Role::Admin,
            None if self.private => Role::None,
            None => Role::Read,
        }
    }

    /// The commit that a branch or a (shortened) sha names.
    pub(in super::super) fn commit(&self, reference: &str) -> Option<&Commit> {
        let name = reference.strip_prefix("heads/").unwrap_or(reference);
        if name == self.default_branch {
            return self.commits.last();
        }
        self.commits.iter().find(|commit| name.len() >= 7 && commit.sha.starts_with(name))
    }
}
