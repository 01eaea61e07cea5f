//! What is said in a review of a pull request: the review's own text, and comments on lines.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::hooks::{self, Event};
use super::super::http::error::ApiError;
use super::super::render;
use super::super::state::{Account, Comment, Issue, Slot, World};
use super::comments::{check, written};
use super::{issue, repository};

/// Which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum ReviewText {
    Review,
    OnLine,
}

impl ReviewText {
    fn all(self, issue: &Issue) -> &[Comment] {
        match self {
            Self::Review => &issue.reviews,
            Self::OnLine => &issue.review_comments,
        }
    }

    fn all_mut(self, issue: &mut Issue) -> &mut Vec<Comment> {
        match self {
            Self::Review => &mut issue.reviews,
            Self::OnLine => &mut issue.review_comments,
        }
    }
}

/// Writes a review, or a comment on a line, and returns its id.
pub(in super::super) fn write_in_review(
    world: &mut World,
    of: u64,
    number: u64,
    by: &Arc<Account>,
    kind: ReviewText,
    body: &str,
) -> Result<u64, ApiError> {
    check(body)?;
    let (id, now) = (world.next_id(), world.now());
    let on = issue(world, of, number)?;
    if !on.is_pull_request {
        return Err(ApiError::not_found());
    }
    kind.all_mut(on).push(written(id, by, body, now));
    tell(world, of, number, by, kind, id, None);
    Ok(id)
}

/// Changes the text of one.
pub(in super::super) fn edit_in_review(
    world: &mut World,
    of: u64,
    id: u64,
    by: &Arc<Account>,
    kind: ReviewText,
    body: &str,
) -> Result<(), ApiError> {
    check(body)?;
    let now = world.now();
    let mut slots = repository(world, of)?.issues.values_mut();
    let found = slots.find_map(|slot| match slot {
        Slot::Here(on) => {
            let number = on.number;
            kind.all_mut(on).iter_mut().find(|one| one.id == id).map(|one| (number, one))
        }
        _ => None,
    });
    let (number, comment) = found.ok_or_else(ApiError::not_found)?;
    let from = std::mem::replace(&mut comment.body, body.to_owned());
    comment.updated_at = now;
    comment.editor = Some(Arc::clone(by));
    tell(world, of, number, by, kind, id, Some(&from));
    Ok(())
}

fn tell(world: &mut World, of: u64, number: u64, by: &Arc<Account>, kind: ReviewText, id: u64, from: Option<&str>) {
    let Some(it) = world.repositories.get(&of) else { return };
    let Some(on) = it.issue(number) else { return };
    let Some(one) = kind.all(on).iter().find(|one| one.id == id) else { return };
    let pull_request = render::pull_request(world, it, on);
    let mut body = match kind {
        ReviewText::Review => json!({"pull_request": pull_request, "review": render::review(world, it, on, one)}),
        ReviewText::OnLine => {
            json!({"pull_request": pull_request, "comment": render::review_comment(world, it, on, one)})
        }
    };
    if let (Value::Object(members), Some(from)) = (&mut body, from) {
        members.insert("changes".to_owned(), json!({"body": {"from": from}}));
    }
    let (name, new) = match kind {
        ReviewText::Review => ("pull_request_review", "submitted"),
        ReviewText::OnLine => ("pull_request_review_comment", "created"),
    };
    let action = Some(if from.is_some() { "edited" } else { new });
    hooks::emit(world, Event { name, action, repository: of, by, body });
}
