//! An issue as `gh issue list --json …` prints it, and how it becomes an item.

use jiff::Timestamp;
use serde::Deserialize;

use crate::backlog::{Actor, Item};

use super::rest::{Label, TypeName, item_state};

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Author {
    login: Option<String>,
    #[serde(rename = "is_bot", default)]
    is_bot: bool,
}

/// An issue of the GitHub command line's JSON output; which fields are there depends on what was asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Issue {
    id: Option<String>,
    /// The number within its repository.
    pub number: u64,
    title: Option<String>,
    body: Option<String>,
    state: Option<String>,
    state_reason: Option<String>,
    author: Option<Author>,
    #[serde(default)]
    labels: Vec<Label>,
    #[serde(rename = "issueType")]
    kind: Option<TypeName>,
    url: Option<String>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    #[serde(default)]
    is_pull_request: bool,
}

impl Issue {
    /// Whether it is a pull request (`gh search issues` can print them), which is no backlog item.
    #[must_use]
    pub const fn is_pull_request(&self) -> bool {
        self.is_pull_request
    }
}

impl Author {
    fn actor(self) -> Option<Actor> {
        let login = self.login.filter(|login| !login.is_empty())?;
        let is_bot = self.is_bot || login.starts_with("app/") || login.ends_with("[bot]");
        Some(if is_bot { Actor::bot(login) } else { Actor::person(login) })
    }
}

impl From<Issue> for Item {
    fn from(issue: Issue) -> Self {
        Self {
            id: issue.id.unwrap_or_else(|| issue.number.to_string()),
            key: format!("#{}", issue.number),
            url: issue.url,
            title: issue.title.unwrap_or_default(),
            body: issue.body.unwrap_or_default(),
            state: item_state(issue.state.as_deref(), issue.state_reason.as_deref()),
            author: issue.author.and_then(Author::actor),
            created_at: issue.created_at,
            updated_at: issue.updated_at,
            labels: issue.labels.into_iter().filter_map(Label::into_name).collect(),
            type_name: issue.kind.and_then(TypeName::into_name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Issue;
    use crate::backlog::{Actor, CloseReason, Item, ItemState};

    #[test]
    fn an_issue_of_the_command_line_becomes_an_item() {
        let issue: Issue = serde_json::from_str(
            r#"{"author": {"id": "MDQ6", "is_bot": false, "login": "octocat", "name": "Mona"}, "body": "b",
                "createdAt": "2024-01-02T03:04:05Z", "updatedAt": "2024-02-02T03:04:05Z", "number": 9, "title": "t",
                "labels": [{"id": "x", "name": "bug", "description": "", "color": "d73a4a"}],
                "state": "CLOSED", "stateReason": "COMPLETED", "url": "https://github.com/acme/shop/issues/9",
                "issueType": {"name": "Task"}}"#,
        )
        .unwrap();
        assert!(!issue.is_pull_request());
        let item = Item::from(issue);
        assert_eq!((item.id.as_str(), item.key.as_str()), ("9", "#9"));
        assert_eq!(item.author, Some(Actor::person("octocat")));
        assert_eq!(item.state, ItemState::Closed(Some(CloseReason::Completed)));
        assert_eq!((item.labels.as_slice(), item.type_name.as_deref()), (["bug".to_owned()].as_slice(), Some("Task")));
        assert_eq!(item.created_at, Some("2024-01-02T03:04:05Z".parse().unwrap()));
    }

    #[test]
    fn only_a_number_is_needed() {
        let issue: Issue = serde_json::from_str(
            r#"{"number": 1, "author": {"is_bot": true, "login": "app/renovate"}, "stateReason": ""}"#,
        )
        .unwrap();
        let item = Item::from(issue);
        assert_eq!((item.state, item.author), (ItemState::Open, Some(Actor::bot("app/renovate"))));
    }
}
