//! From an event's name and body to what it means. Never fails on an unknown event, action, type or field.
//!
//! Most of a payload is addresses that nobody reads. It is gone over once, to find where its members begin and end; of those
//! that an event needs, the rest is skipped too.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::backlog::{Actor, Event, Fact, Lane, Place, Subject};
use crate::store::{Intake, Signal};

use super::super::account::{Account, actor_or_unknown};
use super::super::ids::{TRACKER, installation_subject, repository_subject};
use super::{boards, installations, issues, pull_requests, push, repositories};

/// The body is no JSON object. Says where, never what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body is no JSON object (line {line}, column {column})")]
pub struct NotJson {
    /// From 1.
    pub line: usize,
    /// From 1; 0 before the first character.
    pub column: usize,
}

/// What a payload says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// Its `action`.
    pub action: Option<String>,
    /// The handle of its `sender`.
    pub sender: Option<String>,
    /// What it means.
    pub intake: Intake,
}

/// Translates a payload. `event` is what `X-GitHub-Event` says; `now` stands in where the payload has no time.
///
/// # Errors
/// Only when the body is no JSON object. A payload that is JSON but not of GitHub's shape is ignored, with the reason.
pub fn translate(event: &str, body: &[u8], now: Timestamp) -> Result<Translation, NotJson> {
    let Ok(members) = serde_json::from_slice::<Members<'_>>(body) else {
        return check_object(body).map(|()| unreadable());
    };
    let payload = Payload::of(event, members, now);
    let intake = match event {
        "issues" => issues::issue(&payload),
        "issue_comment" => issues::comment(&payload),
        "sub_issues" => issues::part(&payload),
        "pull_request" => pull_requests::pull_request(&payload),
        "pull_request_review" => pull_requests::review(&payload),
        "pull_request_review_comment" => pull_requests::review_comment(&payload),
        "label" => repositories::labels_changed(&payload),
        "push" => push::push(&payload),
        "milestone" => boards::milestone(&payload),
        "projects_v2_item" => boards::project_item(&payload),
        "repository" => repositories::repository(&payload),
        "installation" | "installation_repositories" => installations::installation(&payload),
        "ping" => Intake::Ignored("a ping".to_owned()),
        _ => Intake::Ignored(format!("the event {event} is not used")),
    };
    Ok(Translation { action: payload.action, sender: payload.sender.map(|sender| sender.login), intake })
}

fn unreadable() -> Translation {
    Translation { action: None, sender: None, intake: Intake::Ignored("the payload has an unknown shape".to_owned()) }
}

/// The payload's members by their names, as they stand in it.
type Members<'a> = BTreeMap<String, &'a RawValue>;

#[derive(Debug, Deserialize)]
struct Installation {
    id: u64,
}

/// A repository as payloads carry it.
#[derive(Debug, Deserialize)]
pub(super) struct PayloadRepository {
    pub(super) id: u64,
    pub(super) full_name: Option<String>,
    pub(super) default_branch: Option<String>,
}

/// One payload on its way to signals: what most have, and the rest unread.
#[derive(Debug)]
pub(super) struct Payload<'a> {
    event: &'a str,
    members: Members<'a>,
    action: Option<String>,
    sender: Option<Account>,
    installation: Option<Installation>,
    repository: Option<PayloadRepository>,
    pub(super) now: Timestamp,
}

impl<'a> Payload<'a> {
    fn of(event: &'a str, members: Members<'a>, now: Timestamp) -> Self {
        Self {
            event,
            action: read(&members, "action"),
            sender: read(&members, "sender"),
            installation: read(&members, "installation"),
            repository: read(&members, "repository"),
            members,
            now,
        }
    }

    /// A member, if it is there and has this shape.
    pub(super) fn maybe<T: DeserializeOwned>(&self, member: &str) -> Option<T> {
        read(&self.members, member)
    }

    /// A member without which the payload says nothing.
    pub(super) fn read<T: DeserializeOwned>(&self, member: &str) -> Result<T, Intake> {
        self.maybe(member).ok_or_else(|| self.ignored("the payload has an unknown shape"))
    }

    /// The action, or an empty text.
    pub(super) fn action(&self) -> &str {
        self.action.as_deref().unwrap_or_default()
    }

    /// Nothing to do, and why.
    pub(super) fn ignored(&self, why: &str) -> Intake {
        let action = self.action();
        let dot = if action.is_empty() { "" } else { "." };
        Intake::Ignored(format!("{}{dot}{action}: {why}", self.event))
    }

    /// The repository that it is about.
    pub(super) fn repository(&self) -> Result<&PayloadRepository, Intake> {
        self.repository.as_ref().ok_or_else(|| self.ignored("it names no repository"))
    }

    /// Something that its sender did at this time.
    pub(super) fn event(&self, fact: Fact, at: Timestamp) -> Event {
        Event { fact, by: self.sender(), at }
    }

    /// A signal for something in this repository.
    pub(super) fn signal(&self, repository: &PayloadRepository, subject: Subject, event: Event) -> Signal {
        Signal {
            subject,
            place: Place { tracker: TRACKER, installation: self.installation(), repository: repository.id.to_string() },
            repository_name: repository.full_name.clone(),
            lane: Lane::Events,
            event: Some(event),
        }
    }

    /// The installation that it was sent for; empty where it names none.
    pub(super) fn installation(&self) -> String {
        self.installation.as_ref().map(|installation| installation.id.to_string()).unwrap_or_default()
    }

    /// A signal for the installation as such, where the payload names it.
    pub(super) fn installation_signal(&self) -> Option<Signal> {
        let id = self.installation.as_ref()?.id;
        Some(Signal {
            subject: installation_subject(id),
            place: Place { tracker: TRACKER, installation: id.to_string(), repository: String::new() },
            repository_name: None,
            lane: Lane::Events,
            event: None,
        })
    }

    /// A signal for this repository as such.
    pub(super) fn repository_signal(&self, repository: &PayloadRepository, fact: Fact) -> Signal {
        self.signal(repository, repository_subject(repository.id), self.event(fact, self.now))
    }

    fn sender(&self) -> Actor {
        actor_or_unknown(self.sender.as_ref())
    }
}

fn read<T: DeserializeOwned>(members: &Members<'_>, member: &str) -> Option<T> {
    of_shape(members.get(member)?)
}

fn of_shape<T: DeserializeOwned>(value: &RawValue) -> Option<T> {
    serde_json::from_str(value.get()).ok()
}

/// A field that is taken when it has the expected shape and is left out otherwise.
pub(super) fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(of_shape)
}

/// Whatever is in it: it may be an object of a shape that nobody here knows.
fn check_object(body: &[u8]) -> Result<(), NotJson> {
    match serde_json::from_slice::<IgnoredAny>(body) {
        Err(error) => Err(NotJson { line: error.line(), column: error.column() }),
        Ok(_) if body.trim_ascii_start().starts_with(b"{") => Ok(()),
        Ok(_) => Err(NotJson { line: 1, column: 1 }),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::translate;
    use crate::store::Intake;

    fn ignored(event: &str, body: &str) -> String {
        match translate(event, body.as_bytes(), Timestamp::UNIX_EPOCH).unwrap().intake {
            Intake::Ignored(why) => why,
            Intake::Work(signals) => panic!("expected nothing to do, got {signals:?}"),
        }
    }

    #[test]
    fn what_is_not_understood_is_ignored_with_a_reason() {
        insta::assert_snapshot!(ignored("star", r#"{"action":"created"}"#), @"the event star is not used");
        insta::assert_snapshot!(ignored("issues", "{}"), @"issues: the payload has an unknown shape");
        insta::assert_snapshot!(ignored("issues", r#"{"action":"opened","issue":{"number":1}}"#), @"issues.opened: it names no repository");
        insta::assert_snapshot!(ignored("issues", r#"{"action":["opened"],"sender":"octocat","repository":{"id":"x"},"issue":{"number":1}}"#), @"issues: it names no repository");
        insta::assert_snapshot!(ignored("issues", r#"{"action":"opened","repository":{"id":5},"issue":{"number":"one"}}"#), @"issues.opened: the payload has an unknown shape");
        insta::assert_snapshot!(ignored("issues", r#"{"action":"a","action":"b"}"#), @"issues.b: the payload has an unknown shape");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(event in "issues|issue_comment|sub_issues|pull_request|pull_request_review|pull_request_review_comment|push|label|milestone|projects_v2_item|repository|installation", body in any::<Vec<u8>>()) {
            let _ = translate(&event, &body, Timestamp::UNIX_EPOCH);
        }

        #[test]
        fn any_json_object_is_taken(
            event in "issues|issue_comment|sub_issues|pull_request|pull_request_review|pull_request_review_comment|push|label|milestone|projects_v2_item|repository|installation|installation_repositories|other",
            keys in prop::collection::btree_map("action|sender|repository|issue|pull_request|changes|comment|review|label|milestone|projects_v2_item|commits|ref|after|repositories|installation", any_json(), 0..6),
        ) {
            let body = serde_json::to_vec(&keys).unwrap();
            prop_assert!(translate(&event, &body, Timestamp::UNIX_EPOCH).is_ok());
        }
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            "[a-z]{0,5}".prop_map(Into::into),
        ];
        leaf.prop_recursive(3, 20, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Into::into),
                prop::collection::btree_map("id|number|name|login|type|full_name|labels|updated_at", inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }
}
