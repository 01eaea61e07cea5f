//! The report in the simulated GitHub, as people find it there: an issue of the bot's own with a comment for each sprint.

use crate::allocation::SprintRecord;
use crate::render;
use crate::sandbox::github::{CommentView, Issue};

use super::plans::Plan;
use super::stage::Stage;

/// What the bot signs with.
pub(super) const BOT: &str = "plimsoll[bot]";

/// A sprint's comment, and what it remembers of the sprint.
pub(super) struct SprintComment {
    pub(super) comment: CommentView,
    pub(super) record: SprintRecord,
}

impl Stage {
    /// The issue that carries the report; none before the first sprint was looked at.
    pub(super) fn report(&self) -> Option<Issue> {
        self.shop.issues().into_iter().find(|issue| issue.view().is_some_and(|view| view.author == BOT))
    }

    /// The comments on the report, oldest first.
    pub(super) fn sprint_comments(&self) -> Vec<SprintComment> {
        let comments = self.report().map(|report| report.comments()).unwrap_or_default();
        let known = comments.into_iter().filter(|comment| comment.author == BOT);
        known
            .filter_map(|comment| {
                let record = render::read_state(&comment.body)?;
                Some(SprintComment { comment, record })
            })
            .collect()
    }

    /// The comment on a sprint.
    pub(super) fn comment_on(&self, plan: &Plan) -> Option<SprintComment> {
        self.sprint_comments().into_iter().find(|one| one.record.sprint.start == Some(plan.start))
    }
}
