//! Milestones.

use serde_json::Value;

use super::super::change::{self, MilestonePatch};
use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::http::paging::page;
use super::super::render;
use super::super::state::{Role, World};

/// By due date, those without one last; `state` (open), `direction` (asc).
pub(super) fn list(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    let wanted = |open: bool| match call.query("state") {
        Some("all") => true,
        Some("closed") => !open,
        _ => open,
    };
    let mut all: Vec<_> = of.milestones.iter().filter(|one| wanted(one.open)).collect();
    all.sort_by_key(|one| (one.due_on.is_none(), one.due_on.clone(), one.number));
    if call.query("direction") == Some("desc") {
        all.reverse();
    }
    Ok(page(world, call, all, |one| render::milestone(world, of, one)))
}

fn one(world: &World, call: &Call, number: u64) -> Result<Value, ApiError> {
    let of = call.repository(world)?;
    of.milestone(number).map(|one| render::milestone(world, of, one)).ok_or_else(ApiError::not_found)
}

fn patch(call: &Call) -> Result<MilestonePatch, ApiError> {
    let open = match call.text("state") {
        None => None,
        Some("open") => Some(true),
        Some("closed") => Some(false),
        Some(_) => return Err(ApiError::field("Milestone", "state", "invalid")),
    };
    let (description, due_on) = (call.field("description"), call.field("due_on"));
    Ok(MilestonePatch { title: call.text("title").map(str::to_owned), open, description, due_on })
}

pub(super) fn show(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    one(world, call, call.id("milestone")?).map(Reply::ok)
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository_to_change(world, Role::Triage, "issues")?;
    let by = call.actor(world)?;
    let number = change::create_milestone(world, of, &by, patch(call)?)?;
    one(world, call, number).map(Reply::created)
}

pub(super) fn edit(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository_to_change(world, Role::Triage, "issues")?;
    let (by, number) = (call.actor(world)?, call.id("milestone")?);
    change::edit_milestone(world, of, &by, number, patch(call)?)?;
    one(world, call, number).map(Reply::ok)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository_to_change(world, Role::Triage, "issues")?;
    let by = call.actor(world)?;
    change::delete_milestone(world, of, &by, call.id("milestone")?)?;
    Ok(Reply::no_content())
}
