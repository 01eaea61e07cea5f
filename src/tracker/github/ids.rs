//! How GitHub's stable ids name subjects: `github:item:REPOSITORY/NUMBER`, `github:repository:REPOSITORY`,
//! `github:installation:INSTALLATION`, and `github:board:OWNER/NUMBER` for a project (with `/FIELD` where the policy names
//! one) or `github:board:REPOSITORY/NAME` for one that lives in a repository. Events know boards only by what they live in:
//! `github:board:in:ID`.
//!
//! The only place that writes or reads these texts.

use crate::backlog::{Subject, SubjectKind, TrackerName};
use crate::policy::SprintSource;

/// The name under which this adapter is known.
pub const TRACKER: TrackerName = TrackerName::new("github");

/// The subject of an issue.
#[must_use]
pub fn item_subject(repository_id: u64, number: u64) -> Subject {
    Subject { tracker: TRACKER, kind: SubjectKind::Item, id: format!("{repository_id}/{number}") }
}

/// The subject of a repository as such.
#[must_use]
pub fn repository_subject(repository_id: u64) -> Subject {
    Subject { tracker: TRACKER, kind: SubjectKind::Repository, id: repository_id.to_string() }
}

/// The subject of an installation.
#[must_use]
pub fn installation_subject(installation_id: u64) -> Subject {
    Subject { tracker: TRACKER, kind: SubjectKind::Installation, id: installation_id.to_string() }
}

/// The subject of a board that the policy of this repository declares.
pub(super) fn board_subject(source: &SprintSource, repository_id: &str) -> Subject {
    let id = match source {
        SprintSource::GitHubProject { project, iteration_field: Some(field), .. } => format!("{project}/{field}"),
        SprintSource::GitHubProject { project, .. } => project.to_string(),
        SprintSource::Milestones { .. } | SprintSource::Cadence { .. } => format!("{repository_id}/{source}"),
    };
    let words: Vec<String> = id.split_whitespace().map(str::to_lowercase).collect();
    Subject { tracker: TRACKER, kind: SubjectKind::Board, id: words.join("-") }
}

/// What stands before the id of what boards live in: an event's only name for them.
const IN: &str = "in:";

/// The subject of whatever boards live in the project with this node id, or in the repository with this id.
pub(in crate::tracker::github) fn boards_in(id: &str) -> Subject {
    Subject { tracker: TRACKER, kind: SubjectKind::Board, id: format!("{IN}{id}") }
}

/// What the boards live in, where a subject is named by it.
pub(super) fn lives_in(subject: &Subject) -> Option<&str> {
    subject.id.strip_prefix(IN).filter(|_| subject.kind == SubjectKind::Board && subject.tracker == TRACKER)
}

/// The repository's id and the number of an item's subject; none when it is no item of this tracker.
#[must_use]
pub fn item_address(subject: &Subject) -> Option<(u64, u64)> {
    if subject.kind != SubjectKind::Item || subject.tracker != TRACKER {
        return None;
    }
    let (repository, number) = subject.id.split_once('/')?;
    Some((repository.parse().ok()?, number.parse().ok()?))
}

/// The id of a comment on a line of a pull request: these are counted apart from other comments.
pub(super) fn review_comment_id(number: u64) -> String {
    format!("r{number}")
}

/// The number of a comment on a line of a pull request, if it is one.
pub(super) fn review_comment(id: &str) -> Option<&str> {
    id.strip_prefix('r')
}

/// The id of a review of a pull request, by the name that GraphQL has for it: nothing else reacts to reviews.
pub(super) fn review_id(node: &str) -> String {
    format!("v{node}")
}

/// GraphQL's name of a review, if it is one.
pub(super) fn review(id: &str) -> Option<&str> {
    id.strip_prefix('v')
}

#[cfg(test)]
mod tests {
    use super::{item_address, item_subject, repository_subject};

    #[test]
    fn an_item_subject_reads_back() {
        let subject = item_subject(1_296_269, 17);
        assert_eq!(subject.to_string(), "github:item:1296269/17");
        assert_eq!(item_address(&subject), Some((1_296_269, 17)));
    }

    #[test]
    fn other_subjects_have_no_item_address() {
        assert_eq!(repository_subject(5).to_string(), "github:repository:5");
        assert_eq!(item_address(&repository_subject(5)), None);
        for text in ["github:item:5", "github:item:5/", "github:item:/7", "github:item:5/7/9", "jira:item:5/7"] {
            assert_eq!(item_address(&text.parse().unwrap()), None, "{text}");
        }
    }
}
