//! How GitHub's stable ids name subjects: `github:item:REPOSITORY/NUMBER`, `github:repository:REPOSITORY`, and
//! `github:board:OWNER/NUMBER` for a project (with `/FIELD` where the policy names one) or `github:board:REPOSITORY`.
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

/// The subject of a board that the policy of this repository declares.
#[must_use]
pub fn board_subject(source: &SprintSource, _repository_id: &str) -> Subject {
    let id = match source {
        SprintSource::GitHubProject { project, iteration_field: Some(field), .. } => format!("{project}/{field}"),
        SprintSource::GitHubProject { project, .. } => project.to_string(),
    };
    Subject { tracker: TRACKER, kind: SubjectKind::Board, id: id.to_lowercase() }
}

/// What stands before a project's node id in a subject: an event's only name for a board.
const BY_NODE: &str = "node:";

/// The subject of whatever boards live in the project with this node id.
#[must_use]
pub fn project_subject(node_id: &str) -> Subject {
    Subject { tracker: TRACKER, kind: SubjectKind::Board, id: format!("{BY_NODE}{node_id}") }
}

/// The project's node id where a subject is named by it.
#[must_use]
pub fn project_node_id(subject: &Subject) -> Option<&str> {
    subject.id.strip_prefix(BY_NODE).filter(|_| subject.kind == SubjectKind::Board && subject.tracker == TRACKER)
}

/// The subject of a repository's own board, whether its policy declares one or not.
#[must_use]
pub fn own_board_subject(repository_id: u64) -> Subject {
    Subject { tracker: TRACKER, kind: SubjectKind::Board, id: repository_id.to_string() }
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
