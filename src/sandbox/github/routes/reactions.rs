//! Reactions on issues and comments.

use super::super::change::{self, ReactionTarget};
use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::http::paging::page;
use super::super::render;
use super::super::state::{Reaction, Role, World};

fn list(world: &World, call: &Call, reactions: &[Reaction]) -> Reply {
    let wanted = reactions.iter().filter(|one| call.query("content").is_none_or(|content| one.content == content));
    page(world, call, wanted, |one| render::reaction(world, one))
}

pub(super) fn of_issue(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    Ok(list(world, call, &call.issue(world, of)?.reactions))
}

pub(super) fn of_comment(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let (of, id) = (call.repository(world)?, call.id("comment")?);
    let issue = of.issue_with_comment(id).and_then(|number| of.issue(number)).ok_or_else(ApiError::not_found)?;
    let comment = issue.comments.iter().find(|one| one.id == id).ok_or_else(ApiError::not_found)?;
    Ok(list(world, call, &comment.reactions))
}

pub(super) fn of_review_comment(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let (of, id) = (call.repository(world)?, call.id("comment")?);
    let comment = of.living_issues().flat_map(|issue| &issue.review_comments).find(|one| one.id == id);
    Ok(list(world, call, &comment.ok_or_else(ApiError::not_found)?.reactions))
}

fn react(world: &mut World, call: &Call, target: ReactionTarget) -> Result<Reply, ApiError> {
    let of = call.repository_to_change(world, Role::Read, "issues")?;
    let by = call.actor(world)?;
    let content = call.text("content").unwrap_or_default();
    let (reaction, new) = change::react(world, of, target, &by, content)?;
    Ok(Reply::new(if new { 201 } else { 200 }, render::reaction(world, &reaction)))
}

fn unreact(world: &mut World, call: &Call, target: ReactionTarget) -> Result<Reply, ApiError> {
    let of = call.repository_to_change(world, Role::Read, "issues")?;
    let by = call.actor(world)?;
    change::unreact(world, of, target, &by, call.id("reaction")?)?;
    Ok(Reply::no_content())
}

fn issue(world: &World, call: &Call) -> Result<ReactionTarget, ApiError> {
    let of = call.repository(world)?;
    call.issue(world, of).map(|issue| ReactionTarget::Issue(issue.number))
}

pub(super) fn on_issue(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let target = issue(world, call)?;
    react(world, call, target)
}

pub(super) fn off_issue(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let target = issue(world, call)?;
    unreact(world, call, target)
}

pub(super) fn on_comment(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    react(world, call, ReactionTarget::Comment(call.id("comment")?))
}

pub(super) fn on_review_comment(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    react(world, call, ReactionTarget::ReviewComment(call.id("comment")?))
}

pub(super) fn off_comment(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    unreact(world, call, ReactionTarget::Comment(call.id("comment")?))
}

pub(super) fn off_review_comment(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    unreact(world, call, ReactionTarget::ReviewComment(call.id("comment")?))
}
