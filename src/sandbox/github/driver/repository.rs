//! A repository under the driver's hand.

use std::sync::Arc;

use super::super::Shared;
use super::super::change::{self, Field, LabelPatch, MilestonePatch, NewIssue};
use super::super::http::error::ApiError;
use super::super::state::{self, Role};
use super::{Issue, Label, StatusView};

/// A repository. The handle keeps working when it is renamed.
///
/// Whoever is named as acting gets an account when there is none: `alice` is a person, `renovate[bot]` a bot. Their
/// rights are not checked here, only those of the API's callers.
#[derive(Clone)]
pub struct Repository {
    pub(super) shared: Arc<Shared>,
    pub(super) id: u64,
}

#[expect(clippy::must_use_candidate, reason = "a story seldom needs the answer")]
impl Repository {
    fn look<T: Default>(&self, look: impl FnOnce(&state::Repository) -> T) -> T {
        self.shared.with(|world| world.repositories.get(&self.id).map(look).unwrap_or_default())
    }

    fn owner(&self) -> String {
        self.look(|it| it.owner.login.clone())
    }

    /// GitHub's id.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// `owner/name` today.
    pub fn full_name(&self) -> String {
        self.look(state::Repository::full_name)
    }

    /// Opens an issue.
    pub fn open(&self, who: &str, title: &str, body: &str) -> Issue {
        self.open_with_labels(who, title, body, &[])
    }

    /// Opens an issue that carries labels from the start.
    pub fn open_with_labels(&self, who: &str, title: &str, body: &str, labels: &[&str]) -> Issue {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        let (title, body) = (title.to_owned(), Some(body.to_owned()));
        self.open_new(who, NewIssue { title, body, labels, ..NewIssue::default() })
    }

    /// Opens an issue of a type.
    pub fn open_with_type(&self, who: &str, title: &str, body: &str, issue_type: &str) -> Issue {
        let (title, body, issue_type) = (title.to_owned(), Some(body.to_owned()), Some(issue_type.to_owned()));
        self.open_new(who, NewIssue { title, body, issue_type, ..NewIssue::default() })
    }

    /// Opens a pull request, which GitHub lists among the issues.
    pub fn pull_request(&self, who: &str, title: &str, body: &str) -> Issue {
        let (title, body) = (title.to_owned(), Some(body.to_owned()));
        self.open_new(who, NewIssue { title, body, is_pull_request: true, ..NewIssue::default() })
    }

    fn open_new(&self, who: &str, new: NewIssue) -> Issue {
        let number = self.shared.act(who, "open an issue", |world, by| change::open_issue(world, self.id, by, new));
        self.issue(number.unwrap_or_default())
    }

    /// The issue or pull request with this number.
    pub fn issue(&self, number: u64) -> Issue {
        Issue { repository: self.clone(), number }
    }

    /// Everything that is still here, by number.
    pub fn issues(&self) -> Vec<Issue> {
        let numbers: Vec<u64> = self.look(|it| it.living_issues().map(|issue| issue.number).collect());
        numbers.into_iter().map(|number| self.issue(number)).collect()
    }

    /// Commits a file to the default branch, in the owner's name, and returns the commit's sha.
    pub fn commit_file(&self, path: &str, text: &str) -> String {
        self.commit_file_as(&self.owner(), path, text)
    }

    /// Commits a file to the default branch and returns the commit's sha.
    pub fn commit_file_as(&self, who: &str, path: &str, text: &str) -> String {
        let done =
            self.shared.act(who, "commit a file", |world, by| change::commit(world, self.id, by, path, Some(text)));
        done.unwrap_or_default()
    }

    /// Removes a file from the default branch and returns the commit's sha.
    pub fn remove_file(&self, who: &str, path: &str) -> String {
        let done = self.shared.act(who, "remove a file", |world, by| change::commit(world, self.id, by, path, None));
        done.unwrap_or_default()
    }

    /// Makes a label. `color` is six hexadecimal digits.
    pub fn create_label(&self, who: &str, name: &str, color: &str, description: &str) {
        self.shared.act(who, "create a label", |world, by| {
            change::create_label(world, self.id, by, name, Some(color), Some(description))
        });
    }

    /// Gives a label another name.
    pub fn rename_label(&self, who: &str, from: &str, to: &str) {
        let patch = LabelPatch { name: Some(to.to_owned()), ..LabelPatch::default() };
        self.shared.act(who, "rename a label", |world, by| change::edit_label(world, self.id, by, from, patch));
    }

    /// Deletes a label; it vanishes from all issues.
    pub fn delete_label(&self, who: &str, name: &str) {
        self.shared.act(who, "delete a label", |world, by| change::delete_label(world, self.id, by, name));
    }

    /// Makes a milestone, due on a day (`2026-12-01T00:00:00Z`) or not, and returns its number.
    pub fn create_milestone(&self, who: &str, title: &str, due_on: Option<&str>) -> u64 {
        let patch = MilestonePatch {
            title: Some(title.to_owned()),
            due_on: Field::Becomes(due_on.map(str::to_owned)),
            ..MilestonePatch::default()
        };
        let done =
            self.shared.act(who, "create a milestone", |world, by| change::create_milestone(world, self.id, by, patch));
        done.unwrap_or_default()
    }

    /// Closes a milestone.
    pub fn close_milestone(&self, who: &str, number: u64) {
        let patch = MilestonePatch { open: Some(false), ..MilestonePatch::default() };
        self.shared
            .act(who, "close a milestone", |world, by| change::edit_milestone(world, self.id, by, number, patch));
    }

    /// Gives the repository another name, `name` or `owner/name` with the same owner. The old name leads to it.
    pub fn rename(&self, full_name: &str) {
        let owner = self.owner();
        self.shared.act(&owner, "rename a repository", |world, by| match full_name.split_once('/') {
            Some((other, _)) if !other.eq_ignore_ascii_case(&owner) => {
                Err(ApiError::new(422, "a new name keeps its owner"))
            }
            Some((_, name)) => change::rename(world, self.id, by, name),
            None => change::rename(world, self.id, by, full_name),
        });
    }

    /// Makes the repository read-only, or writable again.
    pub fn archive(&self, on: bool) {
        self.shared.act(&self.owner(), "archive", |world, by| change::archive(world, self.id, by, on));
    }

    /// Hides the repository from people without a role, or shows it.
    pub fn set_private(&self, private: bool) {
        self.shared.with(|world| {
            if let Some(it) = world.repositories.get_mut(&self.id) {
                it.private = private;
            }
        });
    }

    /// Gives a person a role: `none`, `read`, `triage`, `write`, `maintain` or `admin`.
    pub fn set_permission(&self, login: &str, role: &str) {
        self.shared.act(login, "set a permission", |world, account| {
            let role = Role::named(role).ok_or_else(|| ApiError::field("Collaborator", "permission", "invalid"))?;
            let it = world.repositories.get_mut(&self.id).ok_or_else(ApiError::not_found)?;
            it.roles.insert(account.login.to_lowercase(), role);
            Ok(())
        });
    }

    /// Sets up a webhook of the repository's own, with the App's secret, for a bot that works with a personal token. Where
    /// the App is installed, its webhook speaks instead.
    pub fn add_webhook(&self) {
        self.shared.with(|world| {
            if let Some(it) = world.repositories.get_mut(&self.id) {
                it.has_webhook = true;
            }
        });
    }

    /// Takes the repository from its owner's installation: the App no longer sees it.
    pub fn remove_from_installation(&self) {
        let owner = self.owner();
        self.shared.act(&owner, "remove from the installation", |world, by| {
            let installation = world.installation_of(self.id).map(|one| one.id).ok_or_else(ApiError::not_found)?;
            change::remove_from_installation(world, installation, by, self.id)
        });
    }

    /// Gives the repository to its owner's installation, installing the App for this one alone when it is nowhere.
    pub fn add_to_installation(&self) {
        let owner = self.owner();
        self.shared.act(&owner, "add to the installation", |world, by| {
            match world.installations.values().find(|one| one.account.id == by.id).map(|one| one.id) {
                Some(installation) => change::add_to_installation(world, installation, by, self.id),
                None => {
                    change::install(world, by, by, Some([self.id].into()));
                }
            }
            Ok(())
        });
    }

    /// The labels, in the order in which they were made.
    pub fn labels(&self) -> Vec<Label> {
        let view = |one: &state::Label| Label {
            name: one.name.clone(),
            color: one.color.clone(),
            description: one.description.clone(),
        };
        self.look(|it| it.labels.iter().map(view).collect())
    }

    /// The label with this name, in any case.
    pub fn label(&self, name: &str) -> Option<Label> {
        self.labels().into_iter().find(|label| label.name.to_lowercase() == name.to_lowercase())
    }

    /// What was said about a commit, oldest first.
    pub fn statuses(&self, sha: &str) -> Vec<StatusView> {
        let view = |one: &state::Status| StatusView {
            state: one.state.clone(),
            context: one.context.clone(),
            description: one.description.clone(),
            creator: one.creator.login.clone(),
        };
        self.look(|it| it.statuses.iter().filter(|one| one.sha == sha).map(view).collect())
    }

    /// The head of the default branch.
    pub fn head(&self) -> Option<String> {
        self.look(|it| it.commits.last().map(|commit| commit.sha.clone()))
    }
}
