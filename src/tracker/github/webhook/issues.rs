//! `issues` and `issue_comment`: an item is dirty, and who did what to its labels.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::backlog::Fact;
use crate::store::Intake;

use super::super::ids::item_subject;
use super::super::rest::Label;
use super::translate::{Payload, lenient};

#[derive(Debug, Deserialize)]
struct IssuePayload {
    issue: Issue,
    #[serde(default, deserialize_with = "lenient")]
    label: Option<NamedLabel>,
    #[serde(default, deserialize_with = "lenient")]
    comment: Option<Comment>,
}

#[derive(Debug, Deserialize)]
struct Issue {
    number: u64,
    #[serde(default, deserialize_with = "lenient")]
    labels: Option<Vec<Label>>,
    #[serde(default, deserialize_with = "lenient")]
    id: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    updated_at: Option<Timestamp>,
    pull_request: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct NamedLabel {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Comment {
    #[serde(default, deserialize_with = "lenient")]
    updated_at: Option<Timestamp>,
}

pub(super) fn issue(payload: &Payload<'_>) -> Intake {
    item_is_dirty(payload, |body| {
        let label = body.label.as_ref().map(|label| label.name.clone());
        match (payload.action(), label) {
            ("opened", _) => Fact::Opened {
                labels: label_names(body.issue.labels.as_deref()),
                id: body.issue.id.map(|id| id.to_string()),
            },
            ("edited" | "typed" | "untyped", _) => Fact::Edited,
            ("reopened", _) => Fact::Reopened,
            ("labeled", Some(label)) => Fact::Labelled { label },
            // Without a label: the label itself was deleted.
            ("unlabeled", label) => Fact::Unlabelled { label },
            _ => Fact::Touched,
        }
    })
}

pub(super) fn comment(payload: &Payload<'_>) -> Intake {
    item_is_dirty(payload, |_| Fact::Touched)
}

fn item_is_dirty(payload: &Payload<'_>, fact: impl FnOnce(&IssuePayload) -> Fact) -> Intake {
    let body: IssuePayload = match payload.read() {
        Ok(body) => body,
        Err(ignored) => return ignored,
    };
    let repository = match payload.repository() {
        Ok(repository) => repository,
        Err(ignored) => return ignored,
    };
    if body.issue.pull_request.is_some() {
        return payload.ignored("it is about a pull request");
    }
    let changed_at = body.comment.as_ref().and_then(|comment| comment.updated_at).or(body.issue.updated_at);
    let event = payload.event(fact(&body), changed_at.unwrap_or(payload.now));
    let subject = item_subject(repository.id, body.issue.number);
    Intake::Work(vec![payload.signal(repository, subject, event)])
}

fn label_names(labels: Option<&[Label]>) -> Vec<String> {
    labels.unwrap_or_default().iter().cloned().filter_map(Label::into_name).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::translate;
    use crate::backlog::{Actor, Event, Fact, Lane};
    use crate::store::{Intake, Signal};

    const CHANGED_AT: &str = "2026-03-04T05:06:07Z";

    fn signal(event: &str, action: &str, issue: &str, rest: &str) -> Signal {
        let body = format!(
            r#"{{"action": "{action}", "issue": {{"number": 17, "updated_at": "{CHANGED_AT}", "id": 9 {issue}}},
                "repository": {{"id": 1296269, "full_name": "acme/shop", "private": false}},
                "sender": {{"login": "octocat", "type": "User", "id": 1}} {rest}}}"#
        );
        match translate(event, body.as_bytes(), Timestamp::UNIX_EPOCH).unwrap().intake {
            Intake::Work(signals) => signals.into_iter().next().expect("one signal"),
            Intake::Ignored(why) => panic!("ignored: {why}"),
        }
    }

    fn fact(action: &str, issue: &str, rest: &str) -> Fact {
        signal("issues", action, issue, rest).event.unwrap().fact
    }

    #[test]
    fn an_issue_makes_its_item_dirty_where_it_lives() {
        let signal = signal("issues", "assigned", "", r#", "installation": {"id": 42}"#);
        assert_eq!(signal.subject.to_string(), "github:item:1296269/17");
        assert_eq!((signal.place.installation.as_str(), signal.place.repository.as_str()), ("42", "1296269"));
        assert_eq!(signal.repository_name.as_deref(), Some("acme/shop"));
        assert_eq!(signal.lane, Lane::Events);
        let expected = Event { fact: Fact::Touched, by: Actor::person("octocat"), at: CHANGED_AT.parse().unwrap() };
        assert_eq!(signal.event, Some(expected));
    }

    #[test]
    fn without_an_app_the_installation_is_empty() {
        assert_eq!(signal("issues", "closed", "", "").place.installation, "");
    }

    #[test]
    fn what_happened_travels_with_the_signal() {
        assert_eq!(
            fact("opened", r#", "labels": [{"name": "bug"}, {"name": "api"}]"#, ""),
            Fact::Opened { labels: vec!["bug".into(), "api".into()], id: Some("9".into()) }
        );
        assert_eq!(fact("opened", "", ""), Fact::Opened { labels: vec![], id: Some("9".into()) });
        for edited in ["edited", "typed", "untyped"] {
            assert_eq!(fact(edited, "", ""), Fact::Edited);
        }
        assert_eq!(fact("reopened", "", ""), Fact::Reopened);
        assert_eq!(fact("labeled", "", r#", "label": {"name": "bug"}"#), Fact::Labelled { label: "bug".into() });
        assert_eq!(fact("labeled", "", ""), Fact::Touched);
        let unlabelled = Fact::Unlabelled { label: Some("bug".into()) };
        assert_eq!(fact("unlabeled", "", r#", "label": {"name": "bug"}"#), unlabelled);
        assert_eq!(fact("unlabeled", "", ""), Fact::Unlabelled { label: None });
        for touched in ["closed", "milestoned", "transferred", "deleted", "pinned", "something_new"] {
            assert_eq!(fact(touched, "", ""), Fact::Touched);
        }
    }

    #[test]
    fn a_comment_makes_its_item_dirty_at_its_own_time() {
        let signal =
            signal("issue_comment", "created", "", r#", "comment": {"id": 3, "updated_at": "2026-05-01T00:00:00Z"}"#);
        assert_eq!(signal.subject.to_string(), "github:item:1296269/17");
        let event = signal.event.unwrap();
        assert_eq!((event.fact, event.at), (Fact::Touched, "2026-05-01T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn pull_requests_are_no_items() {
        for event in ["issues", "issue_comment"] {
            let body = br#"{"action":"edited","issue":{"number":1,"pull_request":{"url":"x"}},"repository":{"id":5}}"#;
            let intake = translate(event, body, Timestamp::UNIX_EPOCH).unwrap().intake;
            assert_eq!(intake, Intake::Ignored(format!("{event}.edited: it is about a pull request")));
        }
    }

    #[test]
    fn what_is_missing_is_bridged() {
        let body = br#"{"action":"opened","issue":{"number":1},"repository":{"id":5}}"#;
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let Intake::Work(signals) = translate("issues", body, now).unwrap().intake else { panic!("ignored") };
        let signal = &signals[0];
        assert_eq!(signal.repository_name, None);
        let expected = Event { fact: Fact::Opened { labels: vec![], id: None }, by: Actor::bot("unknown"), at: now };
        assert_eq!(signal.event, Some(expected));
    }
}
