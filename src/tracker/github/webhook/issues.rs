//! `issues`, `issue_comment` and `sub_issues`: an item is dirty, who did what to its labels, and what was said in which commands may stand.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::backlog::{Fact, Lane};
use crate::command::may_hold_commands;
use crate::store::{Intake, Signal};

use super::super::account::Account;
use super::super::ids::item_subject;
use super::super::rest::Label;
use super::said::{Changes, Comment, change, worth_hearing};
use super::translate::{Payload, lenient};

struct IssuePayload {
    issue: Issue,
    label: Option<NamedLabel>,
    comment: Option<Comment>,
    changes: Option<Changes>,
}

impl IssuePayload {
    fn read(payload: &Payload<'_>) -> Result<Self, Intake> {
        Ok(Self {
            issue: payload.read("issue")?,
            label: payload.maybe("label"),
            comment: payload.maybe("comment"),
            changes: payload.maybe("changes"),
        })
    }
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
    #[serde(default, deserialize_with = "lenient")]
    body: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    user: Option<Account>,
    #[serde(default, deserialize_with = "lenient")]
    html_url: Option<String>,
    pull_request: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct NamedLabel {
    name: String,
}

pub(super) fn issue(payload: &Payload<'_>) -> Intake {
    let body = match IssuePayload::read(payload) {
        Ok(body) => body,
        Err(ignored) => return ignored,
    };
    if body.issue.pull_request.is_some() {
        return payload.ignored("it is about a pull request");
    }
    let label = body.label.as_ref().map(|label| label.name.clone());
    let fact = match (payload.action(), label) {
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
    };
    let said = said_in_description(payload.action(), &body);
    item_is_dirty(payload, &body, std::iter::once(fact).chain(said))
}

pub(super) fn comment(payload: &Payload<'_>) -> Intake {
    let body = match IssuePayload::read(payload) {
        Ok(body) => body,
        Err(ignored) => return ignored,
    };
    let fact = said_in_comment(payload.action(), &body);
    // Debt is noticed in pull requests too: who speaks to the bot there is heard.
    if body.issue.pull_request.is_some() && !matches!(fact, Some(Fact::Said { .. })) {
        return payload.ignored("it is about a pull request");
    }
    item_is_dirty(payload, &body, [fact.unwrap_or(Fact::Touched)])
}

/// An issue became a part of another one, or is none any more.
pub(super) fn part(payload: &Payload<'_>) -> Intake {
    // The other half is told where the whole lives, and says nothing of the part's repository.
    if !matches!(payload.action(), "parent_issue_added" | "parent_issue_removed") {
        return payload.ignored("it is told of the part too");
    }
    match payload.read("sub_issue") {
        Ok(issue) => {
            let body = IssuePayload { issue, label: None, comment: None, changes: None };
            item_is_dirty(payload, &body, [Fact::Touched])
        }
        Err(ignored) => ignored,
    }
}

/// The description, where it is new or changed and may hold commands.
fn said_in_description(action: &str, body: &IssuePayload) -> Option<Fact> {
    let change = change(action, "opened", body.changes.as_ref())?;
    let (issue, text) = (&body.issue, body.issue.body.as_deref().unwrap_or_default());
    worth_hearing(None, text, change, issue.user.as_ref(), issue.html_url.as_ref())
}

fn said_in_comment(action: &str, body: &IssuePayload) -> Option<Fact> {
    let comment = body.comment.as_ref()?;
    let (id, text) = (comment.id?.to_string(), comment.body.as_deref().unwrap_or_default());
    if action == "deleted" {
        return may_hold_commands(text).then_some(Fact::Unsaid { comment: id });
    }
    let change = change(action, "created", body.changes.as_ref())?;
    worth_hearing(Some(id), text, change, comment.user.as_ref(), comment.html_url.as_ref())
}

fn item_is_dirty(payload: &Payload<'_>, body: &IssuePayload, facts: impl IntoIterator<Item = Fact>) -> Intake {
    let repository = match payload.repository() {
        Ok(repository) => repository,
        Err(ignored) => return ignored,
    };
    let changed_at = body.comment.as_ref().and_then(|comment| comment.updated_at).or(body.issue.updated_at);
    let signal = |fact: Fact| {
        let lane = if matches!(fact, Fact::Said { .. }) { Lane::People } else { Lane::Events };
        let event = payload.event(fact, changed_at.unwrap_or(payload.now));
        Signal { lane, ..payload.signal(repository, item_subject(repository.id, body.issue.number), event) }
    };
    Intake::Work(facts.into_iter().map(signal).collect())
}

fn label_names(labels: Option<&[Label]>) -> Vec<String> {
    labels.unwrap_or_default().iter().cloned().filter_map(Label::into_name).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::translate;
    use crate::backlog::{Actor, Event, Fact, Lane, Remark};
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
    fn a_part_is_dirty_when_what_it_is_a_part_of_changes() {
        let told = |action: &str| {
            let body = serde_json::json!({
                "action": action, "sub_issue": {"number": 18}, "parent_issue": {"number": 17},
                "repository": {"id": 1_296_269, "full_name": "acme/shop"}, "sender": {"login": "octocat"},
            });
            translate("sub_issues", body.to_string().as_bytes(), Timestamp::UNIX_EPOCH).unwrap().intake
        };
        let Intake::Work(signals) = told("parent_issue_added") else { panic!("work") };
        assert_eq!(signals.iter().map(|it| it.subject.to_string()).collect::<Vec<_>>(), ["github:item:1296269/18"]);
        let Intake::Ignored(why) = told("sub_issue_added") else { panic!("nothing") };
        insta::assert_snapshot!(why, @"sub_issues.sub_issue_added: it is told of the part too");
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

    fn said(event: &str, action: &str, issue: &str, rest: &str) -> Vec<(Lane, Fact)> {
        let body = format!(
            r#"{{"action": "{action}", "issue": {{"number": 17, "user": {{"login": "alice", "type": "User"}} {issue}}},
                "repository": {{"id": 5}}, "sender": {{"login": "bob", "type": "User"}} {rest}}}"#
        );
        match translate(event, body.as_bytes(), Timestamp::UNIX_EPOCH).unwrap().intake {
            Intake::Work(signals) => {
                signals.into_iter().map(|signal| (signal.lane, signal.event.unwrap().fact)).collect()
            }
            Intake::Ignored(why) => panic!("ignored: {why}"),
        }
    }

    fn comment_of(text: &str) -> String {
        format!(r#", "comment": {{"id": 3, "user": {{"login": "carol", "type": "User"}}, "body": {text:?}}}"#)
    }

    #[test]
    fn a_comment_that_may_hold_commands_travels_with_its_author_and_what_it_said_before() {
        let remark = Remark {
            comment: Some("3".into()),
            url: None,
            author: Some(Actor::person("carol")),
            text: "/infra".into(),
            previous: None,
        };
        let fact = Fact::Said { remark: remark.clone() };
        assert_eq!(said("issue_comment", "created", "", &comment_of("/infra")), [(Lane::People, fact)]);
        let edit = format!(r#"{}, "changes": {{"body": {{"from": "infra"}}}}"#, comment_of("/infra"));
        let fact = Fact::Said { remark: Remark { previous: Some("infra".into()), ..remark } };
        assert_eq!(said("issue_comment", "edited", "", &edit), [(Lane::People, fact)]);
        let gone = Fact::Unsaid { comment: "3".into() };
        assert_eq!(said("issue_comment", "deleted", "", &comment_of("/infra")), [(Lane::Events, gone)]);
        for (action, text) in [("created", "infra"), ("edited", "/infra"), ("deleted", "hello"), ("pinned", "/infra")] {
            let only_dirty = [(Lane::Events, Fact::Touched)];
            assert_eq!(said("issue_comment", action, "", &comment_of(text)), only_dirty, "{action} {text}");
        }
    }

    #[test]
    fn a_description_that_may_hold_commands_travels_beside_what_happened() {
        let facts = said("issues", "opened", r#", "body": "x\n\n/infra""#, "");
        assert_eq!(facts.len(), 2);
        let remark = Remark {
            comment: None,
            url: None,
            author: Some(Actor::person("alice")),
            text: "x\n\n/infra".into(),
            previous: None,
        };
        assert_eq!(facts[1], (Lane::People, Fact::Said { remark }));
        let retitled = said("issues", "edited", r#", "body": "/infra""#, r#", "changes": {"title": {"from": "a"}}"#);
        assert_eq!(retitled, [(Lane::Events, Fact::Edited)]);
        let rewritten = said("issues", "edited", r#", "body": "/infra""#, r#", "changes": {"body": {"from": null}}"#);
        assert!(matches!(&rewritten[1].1, Fact::Said { remark } if remark.previous.as_deref() == Some("")));
    }

    #[test]
    fn in_pull_requests_only_who_may_speak_to_the_bot_is_heard() {
        let facts = said("issue_comment", "created", r#", "pull_request": {}"#, &comment_of("/debt x"));
        assert!(matches!(facts.as_slice(), [(Lane::People, Fact::Said { .. })]));
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
