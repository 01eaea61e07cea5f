//! How GitHub's stable ids name subjects: `github:item:REPOSITORY/NUMBER` and `github:repository:REPOSITORY`.
//!
//! The only place that writes or reads these texts.

use crate::backlog::{Subject, SubjectKind, TrackerName};

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
