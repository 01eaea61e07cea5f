//! Labels on an issue.

use super::super::change;
use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::http::paging::page;
use super::super::render;
use super::super::state::{Role, World};
use super::label_names;

pub(super) fn list(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    let issue = call.issue(world, of)?;
    let labels = issue.labels.iter().filter_map(|id| of.label(*id));
    Ok(page(world, call, labels, |label| render::label(world, of, label)))
}

/// All labels that the issue has now, unpaged, as GitHub answers a change.
fn all(world: &World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    let labels = call.issue(world, of)?.labels.iter().filter_map(|id| of.label(*id));
    Ok(Reply::ok(labels.map(|label| render::label(world, of, label)).collect()))
}

/// The repository's id and the issue's number, when the caller may change its labels.
fn target(world: &World, call: &Call) -> Result<(u64, u64), ApiError> {
    let of = call.repository_to_change(world, Role::Triage, "issues")?;
    let number = call.issue(world, call.repository(world)?)?.number;
    Ok((of, number))
}

fn names(call: &Call) -> Result<Vec<String>, ApiError> {
    label_names(call).ok_or_else(|| ApiError::field("Issue", "labels", "invalid"))
}

pub(super) fn add(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let (of, number) = target(world, call)?;
    let by = call.actor(world)?;
    change::add_labels(world, of, number, &by, &names(call)?)?;
    all(world, call)
}

pub(super) fn replace(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let (of, number) = target(world, call)?;
    let by = call.actor(world)?;
    change::replace_labels(world, of, number, &by, &names(call)?)?;
    all(world, call)
}

pub(super) fn clear(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let (of, number) = target(world, call)?;
    let by = call.actor(world)?;
    change::replace_labels(world, of, number, &by, &[])?;
    Ok(Reply::no_content())
}

pub(super) fn remove(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let (of, number) = target(world, call)?;
    let by = call.actor(world)?;
    change::remove_label(world, of, number, &by, call.param("name"))?;
    all(world, call)
}
