//! Files, commits and what is said about commits.

use std::sync::Arc;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::super::hooks::{Event, emit};
use super::super::http::error::ApiError;
use super::super::http::gate::hex;
use super::super::render;
use super::super::state::{Account, Commit, File, Status, World};
use super::repository;

/// A name of forty hexadecimal digits for some text. Git would use SHA-1; nobody here recomputes it.
fn sha(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hex(&hash.finalize()).chars().take(40).collect()
}

/// Commits one file to the default branch: a text writes it, none removes it. Returns the commit's sha.
pub(in super::super) fn commit(
    world: &mut World,
    of: u64,
    by: &Arc<Account>,
    path: &str,
    text: Option<&str>,
) -> Result<String, ApiError> {
    let (serial, at) = (world.next_id(), world.now());
    let it = repository(world, of)?;
    let existed = it.files.contains_key(path);
    let one = || vec![path.to_owned()];
    let (mut added, mut modified, mut removed) = (Vec::new(), Vec::new(), Vec::new());
    let verb = if let Some(text) = text {
        it.files.insert(path.to_owned(), File { sha: sha(&["blob", text]), text: text.to_owned() });
        if existed {
            modified = one();
            "Update"
        } else {
            added = one();
            "Create"
        }
    } else {
        it.files.remove(path).ok_or_else(ApiError::not_found)?;
        removed = one();
        "Delete"
    };
    let parent = it.commits.last().map(|commit| commit.sha.clone());
    let message = format!("{verb} {path}");
    let name = sha(&["commit", &serial.to_string(), &message, text.unwrap_or_default()]);
    let author = Arc::clone(by);
    it.commits.push(Commit { sha: name.clone(), parent, author, message, at, added, modified, removed });
    tell_push(world, of, by);
    Ok(name)
}

fn tell_push(world: &mut World, of: u64, by: &Arc<Account>) {
    let Some(it) = world.repositories.get(&of) else { return };
    let Some(commit) = it.commits.last() else { return };
    let before = commit.parent.clone().unwrap_or_else(|| "0".repeat(40));
    let rendered = render::push_commit(world, it, commit);
    let body = json!({
        "ref": format!("refs/heads/{}", it.default_branch),
        "before": before, "after": commit.sha,
        "created": commit.parent.is_none(), "deleted": false, "forced": false, "base_ref": null,
        "compare": format!("{}/{}/compare/{before}...{}", world.url, it.full_name(), commit.sha),
        "commits": [rendered], "head_commit": rendered,
        "pusher": {"name": by.login, "email": format!("{}+{}@users.noreply.github.com", by.id, by.login)},
    });
    emit(world, Event { name: "push", action: None, repository: of, by, body });
}

/// Says something about a commit. 422 for an unknown commit or state.
pub(in super::super) fn set_status(
    world: &mut World,
    of: u64,
    by: &Arc<Account>,
    commit: &str,
    state: &str,
    (context, description, target_url): (Option<&str>, Option<&str>, Option<&str>),
) -> Result<Status, ApiError> {
    let (id, at) = (world.next_id(), world.now());
    if !["error", "failure", "pending", "success"].contains(&state) {
        return Err(ApiError::field("Status", "state", "invalid"));
    }
    // GitHub keeps at most 140 characters of a description and refuses more.
    if description.is_some_and(|text| text.chars().count() > 140) {
        return Err(ApiError::custom("Status", "description", "description is too long (maximum is 140 characters)"));
    }
    let it = repository(world, of)?;
    let Some(known) = it.commit(commit).map(|one| one.sha.clone()) else {
        return Err(ApiError::new(422, format!("No commit found for SHA: {commit}")));
    };
    let status = Status {
        id,
        sha: known,
        state: state.to_owned(),
        context: context.unwrap_or("default").to_owned(),
        description: description.map(str::to_owned),
        target_url: target_url.map(str::to_owned),
        creator: Arc::clone(by),
        at,
    };
    it.statuses.push(status.clone());
    Ok(status)
}
