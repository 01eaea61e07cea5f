//! Milestones.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::hooks::{Event, emit};
use super::super::http::error::ApiError;
use super::super::render;
use super::super::state::{Account, Milestone, World};
use super::{Field, issues, repository};

/// What to set of a milestone. None leaves it.
#[derive(Default)]
pub(in super::super) struct MilestonePatch {
    pub(in super::super) title: Option<String>,
    pub(in super::super) open: Option<bool>,
    pub(in super::super) description: Field<String>,
    pub(in super::super) due_on: Field<String>,
}

fn check_title(world: &mut World, of: u64, title: &str, own: Option<u64>) -> Result<(), ApiError> {
    if title.trim().is_empty() {
        return Err(ApiError::field("Milestone", "title", "missing_field"));
    }
    let taken = repository(world, of)?.milestones.iter().any(|one| one.title == title && Some(one.number) != own);
    if taken { Err(ApiError::field("Milestone", "title", "already_exists")) } else { Ok(()) }
}

/// Makes a milestone and returns its number.
pub(in super::super) fn create_milestone(
    world: &mut World,
    of: u64,
    by: &Arc<Account>,
    patch: MilestonePatch,
) -> Result<u64, ApiError> {
    let title = patch.title.unwrap_or_default();
    check_title(world, of, &title, None)?;
    let (id, now) = (world.next_id(), world.now());
    let it = repository(world, of)?;
    it.last_milestone += 1;
    let number = it.last_milestone;
    let open = patch.open.unwrap_or(true);
    it.milestones.push(Milestone {
        id,
        number,
        title,
        description: patch.description.given().cloned(),
        creator: Arc::clone(by),
        open,
        due_on: patch.due_on.given().cloned(),
        created_at: now,
        updated_at: now,
        closed_at: (!open).then_some(now),
    });
    tell(world, of, by, number, "created", json!({}));
    Ok(number)
}

/// Changes, closes or opens a milestone.
pub(in super::super) fn edit_milestone(
    world: &mut World,
    of: u64,
    by: &Arc<Account>,
    number: u64,
    patch: MilestonePatch,
) -> Result<(), ApiError> {
    if let Some(title) = &patch.title {
        check_title(world, of, title, Some(number))?;
    }
    let now = world.now();
    let it = repository(world, of)?.milestone_mut(number).ok_or_else(ApiError::not_found)?;
    let mut changes = serde_json::Map::new();
    if let Some(title) = patch.title.filter(|title| *title != it.title) {
        changes.insert("title".to_owned(), json!({"from": std::mem::replace(&mut it.title, title)}));
    }
    if let Field::Becomes(text) = patch.description
        && text != it.description
    {
        changes.insert("description".to_owned(), json!({"from": std::mem::replace(&mut it.description, text)}));
    }
    if let Field::Becomes(due_on) = patch.due_on
        && due_on != it.due_on
    {
        changes.insert("due_on".to_owned(), json!({"from": std::mem::replace(&mut it.due_on, due_on)}));
    }
    let turned = patch.open.filter(|open| *open != it.open);
    if let Some(open) = turned {
        it.open = open;
        it.closed_at = (!open).then_some(now);
    }
    if !changes.is_empty() || turned.is_some() {
        it.updated_at = now;
    }
    if !changes.is_empty() {
        tell(world, of, by, number, "edited", json!({"changes": changes}));
    }
    if let Some(open) = turned {
        tell(world, of, by, number, if open { "opened" } else { "closed" }, json!({}));
    }
    Ok(())
}

/// Deletes a milestone; its issues lose it.
pub(in super::super) fn delete_milestone(
    world: &mut World,
    of: u64,
    by: &Arc<Account>,
    number: u64,
) -> Result<(), ApiError> {
    let it = repository(world, of)?;
    it.milestone(number).ok_or_else(ApiError::not_found)?;
    let inside: Vec<u64> =
        it.living_issues().filter(|issue| issue.milestone == Some(number)).map(|issue| issue.number).collect();
    for issue in inside {
        issues::set_milestone(world, of, issue, by, None)?;
    }
    tell(world, of, by, number, "deleted", json!({}));
    repository(world, of)?.milestones.retain(|one| one.number != number);
    Ok(())
}

fn tell(world: &mut World, of: u64, by: &Arc<Account>, number: u64, action: &'static str, more: Value) {
    let Some(it) = world.repositories.get(&of) else { return };
    let Some(milestone) = it.milestone(number) else { return };
    let mut body = json!({"milestone": render::milestone(world, it, milestone)});
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    emit(world, Event { name: "milestone", action: Some(action), repository: of, by, body });
}
