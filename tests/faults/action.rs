//! What people do, and how it is done to a world.

use std::collections::BTreeMap;

use plimsoll::sandbox::github::{Issue, Repository};

use crate::world::World;

pub(crate) const POLICY_PATH: &str = ".github/plimsoll.yml";

/// A title and a text.
pub(crate) type Text = (&'static str, &'static str);

/// Something that a person (or another bot) does. Items have the numbers that the story gives them.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Open {
        item: usize,
        repository: usize,
        who: &'static str,
        text: Text,
    },
    OpenPull {
        item: usize,
        repository: usize,
        who: &'static str,
    },
    Edit {
        item: usize,
        who: &'static str,
        text: Text,
    },
    Label {
        item: usize,
        who: &'static str,
        label: &'static str,
    },
    Unlabel {
        item: usize,
        who: &'static str,
        label: &'static str,
    },
    /// Takes off whatever labels the bot has put.
    RejectMarks {
        item: usize,
        who: &'static str,
    },
    Comment {
        item: usize,
        who: &'static str,
        text: String,
    },
    /// Changes the newest comment that a person wrote.
    EditComment {
        item: usize,
        who: &'static str,
        text: String,
    },
    DeleteComment {
        item: usize,
        who: &'static str,
    },
    Close {
        item: usize,
        who: &'static str,
    },
    Reopen {
        item: usize,
        who: &'static str,
    },
    Delete {
        item: usize,
    },
    Transfer {
        item: usize,
        to: usize,
    },
    Rename {
        repository: usize,
        name: String,
    },
    Push {
        repository: usize,
        policy: String,
    },
    DeleteLabel {
        repository: usize,
        label: &'static str,
    },
}

impl Action {
    /// The same, but if this person labels, `other` does.
    pub(crate) fn not_by(self, person: &str, other: &'static str) -> Self {
        match self {
            Self::Label { item, who, label } if who == person => Self::Label { item, who: other, label },
            Self::Unlabel { item, who, label } if who == person => Self::Unlabel { item, who: other, label },
            action => action,
        }
    }
}

/// A GitHub as people use it.
#[derive(Default)]
pub(crate) struct People {
    pub(crate) repositories: Vec<Repository>,
    pub(crate) items: BTreeMap<usize, Item>,
    /// Commits with a policy file, by repository.
    pub(crate) commits: Vec<(usize, String)>,
}

pub(crate) struct Item {
    pub(crate) issue: Issue,
    comments: Vec<u64>,
}

impl People {
    pub(crate) fn settle_in(world: &World, repositories: &[&str]) -> Self {
        let repositories: Vec<Repository> = repositories.iter().map(|name| world.github.repository(name)).collect();
        for repository in &repositories {
            repository.set_permission("bob", "write");
            repository.set_permission("tess", "triage");
        }
        Self { repositories, ..Self::default() }
    }

    pub(crate) fn act(&mut self, action: &Action) {
        match action {
            Action::Open { item, repository, who, text } => {
                let issue = self.repositories[*repository].open(who, text.0, text.1);
                self.items.insert(*item, Item { issue, comments: Vec::new() });
            }
            Action::OpenPull { item, repository, who } => {
                let issue = self.repositories[*repository].pull_request(who, "Speed up the search", "See the title.");
                self.items.insert(*item, Item { issue, comments: Vec::new() });
            }
            Action::Edit { item, who, text } => self.issue(*item).edit(who, text.0, text.1),
            Action::Label { item, who, label } => self.issue(*item).label(who, label),
            Action::Unlabel { item, who, label } => self.issue(*item).unlabel(who, label),
            Action::RejectMarks { item, who } => {
                for label in marks(self.issue(*item)) {
                    self.issue(*item).unlabel(who, &label);
                }
            }
            Action::Comment { item, who, text } => {
                let id = self.issue(*item).comment(who, text);
                self.item(*item).comments.push(id);
            }
            Action::EditComment { item, who, text } => {
                let id = *self.item(*item).comments.last().unwrap();
                self.issue(*item).edit_comment(who, id, text);
            }
            Action::DeleteComment { item, who } => {
                let id = self.item(*item).comments.pop().unwrap();
                self.issue(*item).delete_comment(who, id);
            }
            Action::Close { item, who } => self.issue(*item).close(who, "completed"),
            Action::Reopen { item, who } => self.issue(*item).reopen(who),
            Action::Delete { item } => self.issue(*item).delete(),
            Action::Transfer { item, to } => {
                let moved = self.issue(*item).transfer(&self.repositories[*to]);
                self.item(*item).issue = moved;
            }
            Action::Rename { repository, name } => self.repositories[*repository].rename(name),
            Action::Push { repository, policy } => {
                let commit = self.repositories[*repository].commit_file(POLICY_PATH, policy);
                self.commits.push((*repository, commit));
            }
            Action::DeleteLabel { repository, label } => {
                if self.repositories[*repository].label(label).is_some() {
                    self.repositories[*repository].delete_label("bob", label);
                }
            }
        }
    }

    fn item(&mut self, item: usize) -> &mut Item {
        self.items.get_mut(&item).unwrap()
    }

    fn issue(&self, item: usize) -> &Issue {
        &self.items[&item].issue
    }
}

/// The labels on an item that the bot put last.
fn marks(issue: &Issue) -> Vec<String> {
    let timeline = issue.timeline();
    let by_bot = |label: &String| {
        let put = timeline.iter().rev().find(|entry| entry.event == "labeled" && entry.label.as_ref() == Some(label));
        put.is_some_and(|entry| entry.by.ends_with("[bot]"))
    };
    issue.labels().into_iter().filter(by_bot).collect()
}
