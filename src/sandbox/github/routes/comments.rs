//! Comments.

use serde_json::Value;

use super::super::change;
use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::http::paging::page;
use super::super::render;
use super::super::state::{Comment, Issue, Repository, Role, World};

/// A page of these comments, without those that `since` leaves out.
fn listed<'a>(
    world: &World,
    of: &Repository,
    call: &Call,
    comments: impl Iterator<Item = (&'a Issue, &'a Comment)>,
) -> Reply {
    let since = call.moment("since");
    let wanted = comments.filter(|(_, comment)| since.is_none_or(|since| comment.updated_at >= since));
    page(world, call, wanted, |(issue, comment)| render::comment(world, of, issue, comment))
}

/// Oldest first.
pub(super) fn of_issue(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    let issue = call.issue(world, of)?;
    let comments = issue.comments.iter().map(|comment| (issue, comment));
    Ok(listed(world, of, call, comments))
}

/// By id, or by `sort` (created, updated) and `direction` (asc; desc when sorted).
pub(super) fn of_repository(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    let mut all: Vec<(&Issue, &Comment)> =
        of.living_issues().flat_map(|issue| issue.comments.iter().map(move |comment| (issue, comment))).collect();
    match call.query("sort") {
        Some("updated") => all.sort_by_key(|(_, comment)| (comment.updated_at, comment.id)),
        _ => all.sort_by_key(|(_, comment)| comment.id),
    }
    let descending = match call.query("direction") {
        Some(direction) => direction == "desc" && call.query("sort").is_some(),
        None => call.query("sort").is_some(),
    };
    if descending {
        all.reverse();
    }
    Ok(listed(world, of, call, all.into_iter()))
}

fn one(world: &World, call: &Call, id: u64) -> Result<Value, ApiError> {
    let of = call.repository(world)?;
    let issue = of.issue_with_comment(id).and_then(|number| of.issue(number)).ok_or_else(ApiError::not_found)?;
    let comment = issue.comments.iter().find(|one| one.id == id).ok_or_else(ApiError::not_found)?;
    Ok(render::comment(world, of, issue, comment))
}

pub(super) fn show(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    one(world, call, call.id("comment")?).map(Reply::ok)
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository_to_change(world, Role::Read, "issues")?;
    let number = call.issue(world, call.repository(world)?)?.number;
    let by = call.actor(world)?;
    let id = change::write_comment(world, of, number, &by, call.text("body").unwrap_or_default())?;
    one(world, call, id).map(Reply::created)
}

/// The comment's id, when the caller wrote it or may change others' (a person with write access, an App with the
/// permission).
fn target(world: &World, call: &Call) -> Result<(u64, u64), ApiError> {
    let id = call.id("comment")?;
    let of = call.repository(world)?;
    let author = of
        .issue_with_comment(id)
        .and_then(|number| of.issue(number))
        .and_then(|issue| issue.comments.iter().find(|one| one.id == id).map(|comment| comment.author.id));
    let author = author.ok_or_else(ApiError::not_found)?;
    let least = if author == call.actor(world)?.id { Role::Read } else { Role::Write };
    Ok((call.repository_to_change(world, least, "issues")?, id))
}

pub(super) fn edit(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let (of, id) = target(world, call)?;
    let by = call.actor(world)?;
    change::edit_comment(world, of, id, &by, call.text("body").unwrap_or_default())?;
    one(world, call, id).map(Reply::ok)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let (of, id) = target(world, call)?;
    let by = call.actor(world)?;
    change::delete_comment(world, of, id, &by)?;
    Ok(Reply::no_content())
}
