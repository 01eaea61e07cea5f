//! An issue under the driver's hand.

use std::sync::Arc;

use super::super::change::{self, Field, IssuePatch, ReactionTarget, ReviewText};
use super::super::http::error::ApiError;
use super::super::state::{self, Account, Happening, IssueState, World};
use super::{CommentView, IssueView, PullOrIssue, ReactionView, Repository, TimelineView};

/// An issue or pull request at a number of a repository.
#[derive(Clone)]
pub struct Issue {
    pub(super) repository: Repository,
    pub(super) number: u64,
}

#[expect(clippy::must_use_candidate, clippy::return_self_not_must_use, reason = "a story seldom needs the answer")]
impl Issue {
    fn act<T>(
        &self,
        who: &str,
        what: &str,
        act: impl FnOnce(&mut World, u64, u64, &Arc<Account>) -> Result<T, ApiError>,
    ) -> Option<T> {
        self.repository
            .shared
            .act(who, &format!("{what} #{}", self.number), |world, by| act(world, self.repository.id, self.number, by))
    }

    fn look<T: Default>(&self, look: impl FnOnce(&state::Repository, &state::Issue) -> T) -> T {
        self.repository
            .shared
            .with(|world| {
                let it = world.repositories.get(&self.repository.id)?;
                it.issue(self.number).map(|issue| look(it, issue))
            })
            .unwrap_or_default()
    }

    fn patch(&self, who: &str, what: &str, patch: IssuePatch) {
        self.act(who, what, |world, of, number, by| change::edit_issue(world, of, number, by, patch));
    }

    /// Its number.
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// GitHub's id; 0 when it is gone.
    pub fn id(&self) -> u64 {
        self.look(|_, issue| issue.id)
    }

    /// Its repository.
    pub const fn repository(&self) -> &Repository {
        &self.repository
    }

    /// Puts a label, which is made when it is missing.
    pub fn label(&self, who: &str, label: &str) {
        let names = [label.to_owned()];
        self.act(who, "label", |world, of, number, by| change::add_labels(world, of, number, by, &names));
    }

    /// Takes a label off.
    pub fn unlabel(&self, who: &str, label: &str) {
        self.act(who, "unlabel", |world, of, number, by| change::remove_label(world, of, number, by, label));
    }

    /// Changes title and body.
    pub fn edit(&self, who: &str, title: &str, body: &str) {
        let (title, body) = (Some(title.to_owned()), Field::Becomes(Some(body.to_owned())));
        self.patch(who, "edit", IssuePatch { title, body, ..IssuePatch::default() });
    }

    /// Changes the title.
    pub fn retitle(&self, who: &str, title: &str) {
        self.patch(who, "retitle", IssuePatch { title: Some(title.to_owned()), ..IssuePatch::default() });
    }

    /// Changes the body.
    pub fn rewrite(&self, who: &str, body: &str) {
        self.patch(who, "rewrite", IssuePatch { body: Field::Becomes(Some(body.to_owned())), ..IssuePatch::default() });
    }

    /// Sets the issue type, or takes it away.
    pub fn set_type(&self, who: &str, name: Option<&str>) {
        let issue_type = Field::Becomes(name.map(str::to_owned));
        self.patch(who, "set the type of", IssuePatch { issue_type, ..IssuePatch::default() });
    }

    /// Sets the milestone by number, or takes it away.
    pub fn set_milestone(&self, who: &str, milestone: Option<u64>) {
        self.patch(who, "plan", IssuePatch { milestone: Field::Becomes(milestone), ..IssuePatch::default() });
    }

    /// Closes it: `completed`, `not_planned` or `duplicate`.
    pub fn close(&self, who: &str, reason: &str) {
        let (state, state_reason) = (Some(IssueState::Closed), Some(reason.to_owned()));
        self.patch(who, "close", IssuePatch { state, state_reason, ..IssuePatch::default() });
    }

    /// Opens it again.
    pub fn reopen(&self, who: &str) {
        self.patch(who, "reopen", IssuePatch { state: Some(IssueState::Open), ..IssuePatch::default() });
    }

    /// Writes a comment and returns its id; 0 when it was refused.
    pub fn comment(&self, who: &str, text: &str) -> u64 {
        let done =
            self.act(who, "comment on", |world, of, number, by| change::write_comment(world, of, number, by, text));
        done.unwrap_or_default()
    }

    /// Writes a comment on a line of a pull request and returns its id; 0 when it was refused.
    pub fn comment_on_line(&self, who: &str, text: &str) -> u64 {
        let done = self.act(who, "comment on a line of", |world, of, number, by| {
            change::write_in_review(world, of, number, by, ReviewText::OnLine, text)
        });
        done.unwrap_or_default()
    }

    /// Submits a review of a pull request with a text and returns its id; 0 when it was refused.
    pub fn review(&self, who: &str, text: &str) -> u64 {
        let done = self.act(who, "review", |world, of, number, by| {
            change::write_in_review(world, of, number, by, ReviewText::Review, text)
        });
        done.unwrap_or_default()
    }

    /// Changes the text of a review.
    pub fn edit_review(&self, who: &str, review: u64, text: &str) {
        self.act(who, "edit a review of", |world, of, _, by| {
            change::edit_in_review(world, of, review, by, ReviewText::Review, text)
        });
    }

    /// Changes a comment on a line.
    pub fn edit_comment_on_line(&self, who: &str, comment: u64, text: &str) {
        self.act(who, "edit a comment on a line of", |world, of, _, by| {
            change::edit_in_review(world, of, comment, by, ReviewText::OnLine, text)
        });
    }

    /// Changes a comment.
    pub fn edit_comment(&self, who: &str, comment: u64, text: &str) {
        self.act(who, "edit a comment on", |world, of, _, by| change::edit_comment(world, of, comment, by, text));
    }

    /// Deletes a comment.
    pub fn delete_comment(&self, who: &str, comment: u64) {
        self.act(who, "delete a comment on", |world, of, _, by| change::delete_comment(world, of, comment, by));
    }

    /// Reacts to the issue: `+1`, `-1`, `laugh`, `confused`, `heart`, `hooray`, `rocket`, `eyes`.
    pub fn react(&self, who: &str, content: &str) {
        self.act(who, "react to", |world, of, number, by| {
            change::react(world, of, ReactionTarget::Issue(number), by, content)
        });
    }

    /// Makes it a part of another issue.
    pub fn set_parent(&self, who: &str, parent: &Self) {
        let parent = Some((parent.repository.id, parent.number));
        self.act(who, "set the parent of", |world, of, number, by| change::set_parent(world, of, number, by, parent));
    }

    /// Whether it is pinned to the top of the list.
    pub fn is_pinned(&self) -> bool {
        self.look(|_, issue| issue.is_pinned)
    }

    /// Moves it to another repository, and returns it there.
    pub fn transfer(&self, to: &Repository) -> Self {
        let owner = self.repository.full_name().split('/').next().unwrap_or_default().to_owned();
        let number =
            self.act(&owner, "transfer", |world, of, number, by| change::transfer(world, of, number, by, to.id));
        Self { repository: to.clone(), number: number.unwrap_or_default() }
    }

    /// Deletes it.
    pub fn delete(&self) {
        let owner = self.repository.full_name().split('/').next().unwrap_or_default().to_owned();
        self.act(&owner, "delete", change::delete_issue);
    }

    /// How it stands; none when it is gone.
    pub fn view(&self) -> Option<IssueView> {
        self.look(|it, issue| {
            Some(IssueView {
                id: issue.id,
                number: issue.number,
                kind: if issue.is_pull_request { PullOrIssue::PullRequest } else { PullOrIssue::Issue },
                title: issue.title.clone(),
                body: issue.body.clone(),
                author: issue.author.login.clone(),
                open: issue.state == IssueState::Open,
                state_reason: issue.state_reason.clone(),
                labels: label_names(it, issue),
                milestone: issue.milestone,
                issue_type: issue.type_name.clone(),
            })
        })
    }

    /// Names of its labels, in the order in which they were put.
    pub fn labels(&self) -> Vec<String> {
        self.look(label_names)
    }

    /// Its comments, oldest first.
    pub fn comments(&self) -> Vec<CommentView> {
        self.look(|_, issue| {
            let view = |one: &state::Comment| CommentView {
                id: one.id,
                author: one.author.login.clone(),
                body: one.body.clone(),
                reactions: reaction_views(&one.reactions),
                created_at: one.created_at,
                updated_at: one.updated_at,
            };
            issue.comments.iter().map(view).collect()
        })
    }

    /// Sets the organisation's number field with this name.
    pub fn estimate(&self, who: &str, field: &str, points: f64) {
        self.act(who, "estimate", |world, of, number, _| {
            let id = world.issue_fields.iter().find(|(_, name)| *name == field).map(|(id, _)| *id);
            change::set_field(world, of, number, id.ok_or_else(ApiError::not_found)?, Some(points))
        });
    }

    /// The value of a number field.
    pub fn number_in(&self, field: &str) -> Option<f64> {
        let world = |world: &mut World| {
            let id = world.issue_fields.iter().find(|(_, name)| *name == field).map(|(id, _)| *id)?;
            world.issue(self.repository.id, self.number)?.fields.get(&id).copied()
        };
        self.repository.shared.with(world)
    }

    /// Reactions on comments on lines, oldest first.
    pub fn reactions_on_lines(&self) -> Vec<ReactionView> {
        self.look(|_, issue| issue.review_comments.iter().flat_map(|one| reaction_views(&one.reactions)).collect())
    }

    /// Reactions on reviews, oldest first.
    pub fn reactions_on_reviews(&self) -> Vec<ReactionView> {
        self.look(|_, issue| issue.reviews.iter().flat_map(|one| reaction_views(&one.reactions)).collect())
    }

    /// Reactions on the issue itself, oldest first.
    pub fn reactions(&self) -> Vec<ReactionView> {
        self.look(|_, issue| reaction_views(&issue.reactions))
    }

    /// What happened to it, oldest first.
    pub fn timeline(&self) -> Vec<TimelineView> {
        self.look(|_, issue| {
            let view = |one: &state::TimelineEntry| {
                let label = match &one.what {
                    Happening::Labeled { name, .. } | Happening::Unlabeled { name, .. } => Some(name.clone()),
                    _ => None,
                };
                TimelineView { event: one.what.name().to_owned(), by: one.by.login.clone(), label, at: one.at }
            };
            issue.timeline.iter().map(view).collect()
        })
    }
}

fn label_names(it: &state::Repository, issue: &state::Issue) -> Vec<String> {
    issue.labels.iter().filter_map(|id| it.label(*id)).map(|label| label.name.clone()).collect()
}

fn reaction_views(reactions: &[state::Reaction]) -> Vec<ReactionView> {
    reactions.iter().map(|one| ReactionView { by: one.by.login.clone(), content: one.content.clone() }).collect()
}
