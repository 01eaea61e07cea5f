//! Every change that anybody can make: it changes the state, writes the history and tells the webhooks. API and driver
//! both go through here, so that the bot's own writes come back to it as events.

mod comments;
mod commits;
mod fields;
mod installations;
mod issues;
mod labels;
mod milestones;
mod owners;
mod projects;
mod reactions;
mod repositories;
mod reviews;
mod transfers;

use std::sync::Arc;

use super::http::error::ApiError;
use super::state::{Account, Happening, Issue, Repository, TimelineEntry, World};

pub(super) use comments::{delete_comment, edit_comment, write_comment};
pub(super) use commits::{commit, set_status};
pub(super) use fields::set_field;
pub(super) use installations::{add_to_installation, install, remove_from_installation, set_suspended, uninstall};
pub(super) use issues::{IssuePatch, NewIssue, edit_issue, open_issue, pin, set_parent};
pub(super) use labels::{LabelPatch, add_labels, create_label, delete_label, edit_label, remove_label, replace_labels};
pub(super) use milestones::{MilestonePatch, create_milestone, delete_milestone, edit_milestone};
pub(super) use owners::transfer_repository;
pub(super) use projects::{add_item, create_project, remove_item, set_value, write_field};
pub(super) use reactions::{ReactionTarget, react, unreact};
pub(super) use repositories::{archive, create_repository, rename};
pub(super) use reviews::{ReviewText, edit_in_review, write_in_review};
pub(super) use transfers::{delete_issue, transfer};

/// What an edit does to a field that may be empty.
#[derive(Default)]
pub(super) enum Field<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It becomes this; none empties it.
    Becomes(Option<T>),
}

impl<T> Field<T> {
    /// What it is to hold, if anything.
    pub(super) const fn given(&self) -> Option<&T> {
        match self {
            Self::Becomes(Some(value)) => Some(value),
            Self::Keep | Self::Becomes(None) => None,
        }
    }
}

/// The longest body of an issue or comment that GitHub takes, in Unicode characters.
const LONGEST_BODY: usize = 65_536;

fn repository(world: &mut World, id: u64) -> Result<&mut Repository, ApiError> {
    world.repositories.get_mut(&id).ok_or_else(ApiError::not_found)
}

fn issue(world: &mut World, repository: u64, number: u64) -> Result<&mut Issue, ApiError> {
    world.repositories.get_mut(&repository).and_then(|one| one.issue_mut(number)).ok_or_else(ApiError::not_found)
}

/// Writes into an issue's history and marks it as changed now.
fn note(world: &mut World, repository: u64, number: u64, by: &Arc<Account>, what: Happening) {
    let (id, at) = (world.next_id(), world.now());
    if let Ok(issue) = issue(world, repository, number) {
        issue.updated_at = at;
        issue.timeline.push(TimelineEntry { id, by: Arc::clone(by), at, what });
    }
}

/// Tells the webhooks about an issue as it stands now. `more` is an object with what else belongs to the event.
fn emit_issue(
    world: &mut World,
    repository: u64,
    number: u64,
    by: &Arc<Account>,
    action: &'static str,
    more: serde_json::Value,
) {
    emit_about_issue(world, "issues", repository, number, by, action, more);
}

fn emit_about_issue(
    world: &mut World,
    name: &'static str,
    repository: u64,
    number: u64,
    by: &Arc<Account>,
    action: &'static str,
    more: serde_json::Value,
) {
    let Some(of) = world.repositories.get(&repository) else { return };
    let Some(issue) = of.issue(number) else { return };
    // A change of a pull request itself is told as `pull_request`.
    let of_pull_request = issue.is_pull_request && name == "issues";
    let mut body = if of_pull_request {
        serde_json::json!({"number": number, "pull_request": super::render::pull_request(world, of, issue)})
    } else {
        serde_json::json!({"issue": super::render::issue(world, of, issue)})
    };
    let name = if of_pull_request { "pull_request" } else { name };
    if let (serde_json::Value::Object(body), serde_json::Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    super::hooks::emit(world, super::hooks::Event { name, action: Some(action), repository, by, body });
}
