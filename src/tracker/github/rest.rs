//! An issue as GitHub's REST API shows it, and how it becomes an item.
//!
//! Only what is read, and nothing closed: new states, types and fields do no harm.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::backlog::{CloseReason, Item, ItemState, Parent};

use super::account::Account;

/// A label as a bare name or as an object.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Label {
    /// `"bug"`
    Name(String),
    /// `{"name": "bug", …}`
    Object {
        /// The name.
        name: Option<String>,
    },
}

impl Label {
    /// The label's name, where it has one.
    #[must_use]
    pub fn into_name(self) -> Option<String> {
        match self {
            Self::Name(name) | Self::Object { name: Some(name) } => Some(name),
            Self::Object { name: None } => None,
        }
    }
}

/// An issue type as an object or as a bare name.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum TypeName {
    /// `"Bug"`
    Name(String),
    /// `{"name": "Bug", …}`
    Object {
        /// The name.
        name: Option<String>,
    },
}

impl TypeName {
    pub(super) fn into_name(self) -> Option<String> {
        match self {
            Self::Name(name) | Self::Object { name: Some(name) } => Some(name),
            Self::Object { name: None } => None,
        }
    }
}

/// An issue of the REST API (`GET /repos/{owner}/{repo}/issues`), alone or in an array.
#[derive(Clone, Debug, Deserialize)]
pub struct Issue {
    /// The issue's own id, where it is told.
    pub id: Option<u64>,
    /// The number within its repository.
    pub number: u64,
    title: Option<String>,
    body: Option<String>,
    state: Option<String>,
    state_reason: Option<String>,
    user: Option<Account>,
    #[serde(default)]
    labels: Vec<Label>,
    #[serde(rename = "type")]
    kind: Option<TypeName>,
    html_url: Option<String>,
    created_at: Option<Timestamp>,
    pub(super) updated_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
    pull_request: Option<IgnoredAny>,
    /// Where the issue is that it is a part of.
    pub(super) parent_issue_url: Option<String>,
    #[serde(default)]
    reactions: Option<Reactions>,
    #[serde(default, rename = "issue_dependencies_summary")]
    dependencies: Option<Dependencies>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Reactions {
    #[serde(default)]
    total_count: u32,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Dependencies {
    /// Open issues that wait for this one.
    #[serde(default)]
    blocking: u32,
}

impl Issue {
    /// Whether it is a pull request, which is no backlog item.
    #[must_use]
    pub const fn is_pull_request(&self) -> bool {
        self.pull_request.is_some()
    }
}

impl From<Issue> for Item {
    fn from(issue: Issue) -> Self {
        Self {
            id: issue.id.unwrap_or(issue.number).to_string(),
            key: format!("#{}", issue.number),
            url: issue.html_url,
            title: issue.title.unwrap_or_default(),
            body: issue.body.unwrap_or_default(),
            state: item_state(issue.state.as_deref(), issue.state_reason.as_deref()),
            author: issue.user.map(|user| user.actor()),
            created_at: issue.created_at,
            updated_at: issue.updated_at,
            closed_at: issue.closed_at,
            labels: issue.labels.into_iter().filter_map(Label::into_name).collect(),
            type_name: issue.kind.and_then(TypeName::into_name),
            parent: None,
            reactions: issue.reactions.map_or(0, |found| found.total_count),
            blocks: issue.dependencies.map_or(0, |found| found.blocking),
        }
    }
}

/// What an issue says about what kind of work its parts are.
impl From<Issue> for Parent {
    fn from(issue: Issue) -> Self {
        let Item { labels, type_name, .. } = issue.into();
        Self { labels, type_name }
    }
}

/// The state in whatever case the source writes it; what is not `closed` is open, and an unknown reason is none.
pub(super) fn item_state(state: Option<&str>, reason: Option<&str>) -> ItemState {
    if !state.is_some_and(|state| state.eq_ignore_ascii_case("closed")) {
        return ItemState::Open;
    }
    ItemState::Closed(match reason.map(str::to_ascii_lowercase).as_deref() {
        Some("completed") => Some(CloseReason::Completed),
        Some("not_planned") => Some(CloseReason::NotPlanned),
        Some("duplicate") => Some(CloseReason::Duplicate),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::Issue;
    use crate::backlog::{Actor, CloseReason, Item, ItemState};

    #[test]
    fn an_issue_becomes_an_item() {
        let issue: Issue = serde_json::from_str(
            r#"{"id": 1, "node_id": "MDU6SXNzdWUx", "number": 1347, "title": "Found a bug", "body": "Broken.",
                "state": "closed", "state_reason": "not_planned", "user": {"login": "octocat", "id": 1, "type": "User"},
                "labels": [{"id": 208045946, "name": "bug", "color": "f29513"}, "area/api", {"name": null}],
                "type": {"id": 5, "name": "Bug"}, "html_url": "https://github.com/octocat/Hello-World/issues/1347",
                "created_at": "2011-04-22T13:33:48Z", "updated_at": "2011-04-23T13:33:48Z",
                "closed_at": "2011-04-22T14:33:48Z", "some_new_field": {},
                "reactions": {"total_count": 3, "+1": 3}, "issue_dependencies_summary": {"blocking": 2}}"#,
        )
        .unwrap();
        assert!(!issue.is_pull_request());
        assert_eq!(
            Item::from(issue),
            Item {
                id: "1".into(),
                key: "#1347".into(),
                url: Some("https://github.com/octocat/Hello-World/issues/1347".into()),
                title: "Found a bug".into(),
                body: "Broken.".into(),
                state: ItemState::Closed(Some(CloseReason::NotPlanned)),
                author: Some(Actor::person("octocat")),
                created_at: Some("2011-04-22T13:33:48Z".parse().unwrap()),
                updated_at: Some("2011-04-23T13:33:48Z".parse().unwrap()),
                closed_at: Some("2011-04-22T14:33:48Z".parse().unwrap()),
                labels: vec!["bug".into(), "area/api".into()],
                type_name: Some("Bug".into()),
                parent: None,
                reactions: 3,
                blocks: 2,
            }
        );
    }

    #[test]
    fn a_ghosts_empty_issue_is_an_item_too() {
        let issue: Issue = serde_json::from_str(
            r#"{"number": 2, "title": "x", "body": null, "state": "open", "state_reason": "reopened", "user": null,
                "type": null, "pull_request": null}"#,
        )
        .unwrap();
        assert!(!issue.is_pull_request());
        let item = Item::from(issue);
        assert_eq!((item.id.as_str(), item.body.as_str(), item.author), ("2", "", None));
        assert_eq!((item.state, item.type_name), (ItemState::Open, None));
    }

    #[test]
    fn a_pull_request_says_so() {
        let issue: Issue = serde_json::from_str(r#"{"number": 3, "pull_request": {"url": "…"}}"#).unwrap();
        assert!(issue.is_pull_request());
    }
}
