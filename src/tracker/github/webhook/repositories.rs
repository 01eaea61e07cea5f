//! `label` and `repository`: something about a repository as such changed.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::backlog::Fact;
use crate::store::Intake;

use super::translate::Payload;

#[derive(Debug, Deserialize)]
struct Changes {
    default_branch: Option<IgnoredAny>,
}

pub(super) fn labels_changed(payload: &Payload<'_>) -> Intake {
    repository_is_dirty(payload, Fact::LabelsChanged)
}

pub(super) fn repository(payload: &Payload<'_>) -> Intake {
    match payload.action() {
        "created" | "renamed" | "transferred" | "archived" | "unarchived" | "deleted" => {
            repository_is_dirty(payload, Fact::AccessChanged)
        }
        "edited" if default_branch_changed(payload) => {
            repository_is_dirty(payload, Fact::PolicyTouched { commit: None })
        }
        _ => payload.ignored("it changes nothing that matters"),
    }
}

fn default_branch_changed(payload: &Payload<'_>) -> bool {
    payload.maybe::<Changes>("changes").is_some_and(|changes| changes.default_branch.is_some())
}

fn repository_is_dirty(payload: &Payload<'_>, fact: Fact) -> Intake {
    match payload.repository() {
        Ok(repository) => Intake::Work(vec![payload.repository_signal(repository, fact)]),
        Err(ignored) => ignored,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::translate;
    use crate::backlog::Fact;
    use crate::store::Intake;

    fn fact(event: &str, action: &str, rest: &str) -> Option<Fact> {
        let body = format!(r#"{{"action":"{action}","repository":{{"id":5,"full_name":"acme/shop-2"}}{rest}}}"#);
        match translate(event, body.as_bytes(), Timestamp::UNIX_EPOCH).unwrap().intake {
            Intake::Ignored(_) => None,
            Intake::Work(signals) => {
                assert_eq!(signals.len(), 1);
                assert_eq!(signals[0].subject.to_string(), "github:repository:5");
                assert_eq!(signals[0].repository_name.as_deref(), Some("acme/shop-2"));
                signals[0].event.clone().map(|event| event.fact)
            }
        }
    }

    #[test]
    fn labels_and_names_make_the_repository_dirty() {
        for action in ["created", "edited", "deleted"] {
            assert_eq!(fact("label", action, ""), Some(Fact::LabelsChanged));
        }
        for action in ["renamed", "transferred", "archived", "unarchived"] {
            assert_eq!(fact("repository", action, ""), Some(Fact::AccessChanged));
        }
    }

    #[test]
    fn another_default_branch_brings_another_policy_file() {
        let changes = r#","changes":{"default_branch":{"from":"master"}}"#;
        assert_eq!(fact("repository", "edited", changes), Some(Fact::PolicyTouched { commit: None }));
        assert_eq!(fact("repository", "edited", r#","changes":{"description":{"from":null}}"#), None);
        assert_eq!(fact("repository", "publicized", ""), None);
    }
}
