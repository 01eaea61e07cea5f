//! Repositories: made, renamed, archived.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::json;

use super::super::hooks::{Event, emit};
use super::super::http::error::ApiError;
use super::super::state::{Account, Label, Repository, World};
use super::repository;

/// The labels with which GitHub furnishes a new repository: name, colour, description.
const DEFAULT_LABELS: [(&str, &str, &str); 9] = [
    ("bug", "d73a4a", "Something isn't working"),
    ("documentation", "0075ca", "Improvements or additions to documentation"),
    ("duplicate", "cfd3d7", "This issue or pull request already exists"),
    ("enhancement", "a2eeef", "New feature or request"),
    ("good first issue", "7057ff", "Good for newcomers"),
    ("help wanted", "008672", "Extra attention is needed"),
    ("invalid", "e4e669", "This doesn't seem right"),
    ("question", "d876e3", "Further information is requested"),
    ("wontfix", "ffffff", "This will not be worked on"),
];

/// Makes an empty public repository with GitHub's default labels.
pub(in super::super) fn create_repository(world: &mut World, owner: &Arc<Account>, name: &str) -> u64 {
    let now = world.now();
    let id = world.next_id();
    let mut labels = Vec::new();
    for (name, color, description) in DEFAULT_LABELS {
        let (name, color, description) = (name.to_owned(), color.to_owned(), Some(description.to_owned()));
        labels.push(Label { id: world.next_id(), name, color, description, default: true });
    }
    let new = Repository {
        id,
        owner: Arc::clone(owner),
        name: name.to_owned(),
        private: false,
        archived: false,
        has_webhook: false,
        default_branch: "main".to_owned(),
        created_at: now,
        updated_at: now,
        labels,
        milestones: Vec::new(),
        issues: BTreeMap::new(),
        last_number: 0,
        last_milestone: 0,
        files: BTreeMap::new(),
        commits: Vec::new(),
        statuses: Vec::new(),
        roles: HashMap::new(),
    };
    world.former_names.remove(&new.full_name().to_lowercase());
    world.repositories.insert(id, new);
    id
}

/// Gives a repository another name under the same owner; the old one leads to it.
pub(in super::super) fn rename(world: &mut World, of: u64, by: &Arc<Account>, name: &str) -> Result<(), ApiError> {
    let full_name = format!("{}/{name}", repository(world, of)?.owner.login);
    if world.repository_named(&full_name).is_some_and(|other| other.id != of) {
        return Err(ApiError::field("Repository", "name", "already_exists"));
    }
    let now = world.now();
    let it = repository(world, of)?;
    let former = it.full_name().to_lowercase();
    let from = std::mem::replace(&mut it.name, name.to_owned());
    it.updated_at = now;
    world.former_names.remove(&full_name.to_lowercase());
    world.former_names.insert(former, of);
    let body = json!({"changes": {"repository": {"name": {"from": from}}}});
    emit(world, Event { name: "repository", action: Some("renamed"), repository: of, by, body });
    Ok(())
}

/// Makes a repository read-only, or writable again.
pub(in super::super) fn archive(world: &mut World, of: u64, by: &Arc<Account>, on: bool) -> Result<(), ApiError> {
    repository(world, of)?.archived = on;
    let action = Some(if on { "archived" } else { "unarchived" });
    emit(world, Event { name: "repository", action, repository: of, by, body: json!({}) });
    Ok(())
}
