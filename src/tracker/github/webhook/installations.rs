//! `installation` and `installation_repositories`: the App gained or lost repositories.

use crate::backlog::Fact;
use crate::store::Intake;

use super::translate::{Payload, PayloadRepository};

/// Where repositories may be listed.
const LISTS: [&str; 3] = ["repositories", "repositories_added", "repositories_removed"];

pub(super) fn installation(payload: &Payload<'_>) -> Intake {
    let lists = LISTS.map(|list| payload.maybe::<Vec<PayloadRepository>>(list));
    let signals: Vec<_> = lists
        .iter()
        .flatten()
        .flatten()
        .map(|repository| payload.repository_signal(repository, Fact::AccessChanged))
        .collect();
    if !signals.is_empty() {
        return Intake::Work(signals);
    }
    match payload.installation_signal() {
        Some(signal) => Intake::Work(vec![signal]),
        None => payload.ignored("it names neither repositories nor an installation"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::translate;
    use crate::store::Intake;

    fn subjects(event: &str, body: &str) -> Vec<(String, Option<String>)> {
        match translate(event, body.as_bytes(), Timestamp::UNIX_EPOCH).unwrap().intake {
            Intake::Ignored(_) => vec![],
            Intake::Work(signals) => signals
                .into_iter()
                .map(|signal| {
                    assert_eq!(signal.place.installation, "42");
                    (signal.subject.to_string(), signal.repository_name)
                })
                .collect(),
        }
    }

    #[test]
    fn every_repository_that_came_or_went_is_dirty() {
        let body = r#"{"action":"created","installation":{"id":42},"repositories":[{"id":5,"full_name":"acme/shop"}]}"#;
        assert_eq!(subjects("installation", body), [("github:repository:5".to_owned(), Some("acme/shop".to_owned()))]);
        let body = r#"{"action":"added","installation":{"id":42},"repositories_added":[{"id":6}],"repositories_removed":[{"id":7}]}"#;
        assert_eq!(
            subjects("installation_repositories", body),
            [("github:repository:6".to_owned(), None), ("github:repository:7".to_owned(), None)]
        );
    }

    #[test]
    fn without_repositories_the_installation_is_looked_through() {
        let body = r#"{"action":"unsuspend","installation":{"id":42}}"#;
        assert_eq!(subjects("installation", body), [("github:installation:42".to_owned(), None)]);
        assert!(subjects("installation", r#"{"action":"suspend"}"#).is_empty());
    }
}
