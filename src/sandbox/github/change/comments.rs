//! Comments.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::http::error::ApiError;
use super::super::log::ViolationKind;
use super::super::render;
use super::super::state::{Account, AccountKind, Comment, Happening, World};
use super::{LONGEST_BODY, emit_about_issue, issue, note};

pub(super) fn check(body: &str) -> Result<(), ApiError> {
    if body.trim().is_empty() {
        return Err(ApiError::field("IssueComment", "body", "missing_field"));
    }
    if body.chars().count() > LONGEST_BODY {
        let words = "Body is too long (maximum is 65536 characters)";
        return Err(ApiError::validation(
            json!({"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": words}),
        ));
    }
    Ok(())
}

/// Writes a comment and returns its id.
pub(in super::super) fn write_comment(
    world: &mut World,
    of: u64,
    number: u64,
    by: &Arc<Account>,
    body: &str,
) -> Result<u64, ApiError> {
    check(body)?;
    let (id, now) = (world.next_id(), world.now());
    let issue = issue(world, of, number)?;
    let repeats = by.kind == AccountKind::Bot
        && issue.comments.iter().filter(|one| one.author.id == by.id).any(|one| says_the_same(&one.body, body));
    issue.comments.push(written(id, by, body, now));
    if repeats {
        world.violation(ViolationKind::CommentTwice, &by.login, format!("comment on #{number}"));
    }
    note(world, of, number, by, Happening::Commented { comment: id });
    tell(world, of, number, by, id, "created", json!({}));
    Ok(id)
}

/// A comment as it is when it was just written.
pub(super) fn written(id: u64, by: &Arc<Account>, body: &str, now: Timestamp) -> Comment {
    Comment {
        id,
        author: Arc::clone(by),
        body: body.to_owned(),
        editor: None,
        reactions: Vec::new(),
        created_at: now,
        updated_at: now,
    }
}

/// Whether two texts of a program are the same one written twice: the same text or the same first hidden marker.
pub(super) fn says_the_same(one: &str, other: &str) -> bool {
    let marker = |text: &str| {
        let (_, rest) = text.split_once("<!--")?;
        rest.split_once("-->").map(|(inside, _)| inside.trim().to_owned())
    };
    one == other || marker(one).is_some_and(|found| marker(other) == Some(found))
}

/// Changes a comment's text.
pub(in super::super) fn edit_comment(
    world: &mut World,
    of: u64,
    id: u64,
    by: &Arc<Account>,
    body: &str,
) -> Result<u64, ApiError> {
    check(body)?;
    let now = world.now();
    let number = super::repository(world, of)?.issue_with_comment(id).ok_or_else(ApiError::not_found)?;
    let issue = issue(world, of, number)?;
    let comment = issue.comments.iter_mut().find(|one| one.id == id).ok_or_else(ApiError::not_found)?;
    if comment.body == body {
        if by.kind == AccountKind::Bot {
            world.violation(ViolationKind::EditWithoutChange, &by.login, format!("comment on #{number}"));
        }
        return Ok(number);
    }
    let from = std::mem::replace(&mut comment.body, body.to_owned());
    comment.updated_at = now;
    comment.editor = Some(Arc::clone(by));
    issue.updated_at = now;
    tell(world, of, number, by, id, "edited", json!({"changes": {"body": {"from": from}}}));
    Ok(number)
}

/// Deletes a comment.
pub(in super::super) fn delete_comment(world: &mut World, of: u64, id: u64, by: &Arc<Account>) -> Result<(), ApiError> {
    let now = world.now();
    let number = super::repository(world, of)?.issue_with_comment(id).ok_or_else(ApiError::not_found)?;
    let gone = rendered(world, of, number, id);
    let issue = issue(world, of, number)?;
    issue.comments.retain(|one| one.id != id);
    issue.updated_at = now;
    emit_about_issue(world, "issue_comment", of, number, by, "deleted", json!({"comment": gone}));
    Ok(())
}

fn rendered(world: &World, of: u64, number: u64, id: u64) -> Option<Value> {
    let it = world.repositories.get(&of)?;
    let issue = it.issue(number)?;
    let comment = issue.comments.iter().find(|one| one.id == id)?;
    Some(render::comment(world, it, issue, comment))
}

fn tell(world: &mut World, of: u64, number: u64, by: &Arc<Account>, id: u64, action: &'static str, more: Value) {
    let mut body = json!({"comment": rendered(world, of, number, id)});
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    emit_about_issue(world, "issue_comment", of, number, by, action, body);
}
