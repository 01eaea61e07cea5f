//! Reactions. They send no webhook, as on GitHub.

use std::sync::Arc;

use super::super::http::error::ApiError;
use super::super::state::{Account, Comment, Issue, Reaction, Slot, World};
use super::issue;

/// What carries a reaction.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum ReactionTarget {
    Issue(u64),
    Comment(u64),
    ReviewComment(u64),
    /// Only GraphQL reacts to reviews.
    Review(u64),
}

const CONTENTS: [&str; 8] = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"];

/// The reactions on something.
fn reactions(world: &mut World, of: u64, target: ReactionTarget) -> Result<&mut Vec<Reaction>, ApiError> {
    match target {
        ReactionTarget::Issue(number) => issue(world, of, number).map(|issue| &mut issue.reactions),
        ReactionTarget::ReviewComment(id) => {
            let comments = issues(world, of)?.flat_map(|issue| &mut issue.review_comments);
            of_comment(comments, id)
        }
        ReactionTarget::Review(id) => of_comment(issues(world, of)?.flat_map(|issue| &mut issue.reviews), id),
        ReactionTarget::Comment(id) => {
            let number = super::repository(world, of)?.issue_with_comment(id).ok_or_else(ApiError::not_found)?;
            let comment = issue(world, of, number)?.comments.iter_mut().find(|one| one.id == id);
            comment.map(|comment| &mut comment.reactions).ok_or_else(ApiError::not_found)
        }
    }
}

fn issues(world: &mut World, of: u64) -> Result<impl Iterator<Item = &mut Issue>, ApiError> {
    let slots = super::repository(world, of)?.issues.values_mut();
    Ok(slots.filter_map(|slot| match slot {
        Slot::Here(issue) => Some(&mut **issue),
        _ => None,
    }))
}

fn of_comment<'a>(
    mut comments: impl Iterator<Item = &'a mut Comment>,
    id: u64,
) -> Result<&'a mut Vec<Reaction>, ApiError> {
    comments.find(|one| one.id == id).map(|comment| &mut comment.reactions).ok_or_else(ApiError::not_found)
}

/// Reacts; whether the reaction is new (nobody reacts twice in the same way).
pub(in super::super) fn react(
    world: &mut World,
    of: u64,
    target: ReactionTarget,
    by: &Arc<Account>,
    content: &str,
) -> Result<(Reaction, bool), ApiError> {
    if !CONTENTS.contains(&content) {
        return Err(ApiError::field("Reaction", "content", "invalid"));
    }
    let (id, at) = (world.next_id(), world.now());
    let reactions = reactions(world, of, target)?;
    if let Some(known) = reactions.iter().find(|one| one.by.id == by.id && one.content == content) {
        return Ok((known.clone(), false));
    }
    let new = Reaction { id, by: Arc::clone(by), content: content.to_owned(), at };
    reactions.push(new.clone());
    Ok((new, true))
}

/// Takes one's own reaction back.
pub(in super::super) fn unreact(
    world: &mut World,
    of: u64,
    target: ReactionTarget,
    by: &Account,
    id: u64,
) -> Result<(), ApiError> {
    let reactions = reactions(world, of, target)?;
    let known = reactions.iter().position(|one| one.id == id && one.by.id == by.id).ok_or_else(ApiError::not_found)?;
    reactions.remove(known);
    Ok(())
}
