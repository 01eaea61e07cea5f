//! An issue or a draft as GraphQL shows it, and how it becomes something planned.

use jiff::Timestamp;
use serde::Deserialize;

use crate::backlog::{Actor, Item, Parent, Subject};
use crate::tracker::PlannedItem;

use super::super::ids::item_subject;
use super::super::rest::item_state;

/// A page of a connection.
#[derive(Debug, Deserialize)]
pub(super) struct Connection<T> {
    #[serde(rename = "pageInfo")]
    pub(super) page: PageInfo,
    pub(super) nodes: Vec<Option<T>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl PageInfo {
    /// Where the next page begins.
    pub(super) fn next(self) -> Option<String> {
        self.end_cursor.filter(|_| self.has_next_page)
    }
}

/// Sets one variable of a query.
pub(super) fn set(variables: &mut serde_json::Value, name: &str, value: impl Into<serde_json::Value>) {
    if let Some(members) = variables.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}

/// A list without pages of its own.
#[derive(Debug, Deserialize)]
pub(super) struct Nodes<T> {
    pub(super) nodes: Vec<Option<T>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Author {
    #[serde(rename = "__typename")]
    kind: String,
    login: String,
}

impl Author {
    /// GraphQL leaves out the `[bot]` that REST puts after a bot's name.
    fn actor(self) -> Actor {
        match self.kind.as_str() {
            "User" => Actor::person(self.login),
            "Bot" => Actor::bot(format!("{}[bot]", self.login)),
            _ => Actor::bot(self.login),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

fn names(labels: Option<Nodes<Named>>) -> Vec<String> {
    labels.into_iter().flat_map(|labels| labels.nodes).flatten().map(|label| label.name).collect()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OwnRepository {
    database_id: Option<u64>,
    name_with_owner: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RepositoryId {
    database_id: Option<u64>,
}

/// What an issue is a part of. The nearest one tells its labels.
#[derive(Debug, Deserialize)]
struct Ancestor {
    number: u64,
    repository: RepositoryId,
    #[serde(default)]
    labels: Option<Nodes<Named>>,
    #[serde(default)]
    parent: Option<Box<Self>>,
}

impl Ancestor {
    /// What it says about what kind of work its parts are.
    fn says(&mut self) -> Parent {
        Parent { labels: names(self.labels.take()), type_name: None }
    }

    fn subjects(self) -> Vec<Subject> {
        let mut found = Vec::new();
        let mut next = Some(Box::new(self));
        while let Some(one) = next {
            found.extend(one.repository.database_id.map(|repository| item_subject(repository, one.number)));
            next = one.parent;
        }
        found
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Total {
    total_count: u32,
}

/// An issue.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Work {
    full_database_id: Option<serde_json::Value>,
    number: u64,
    title: String,
    body: Option<String>,
    url: Option<String>,
    state: Option<String>,
    state_reason: Option<String>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    author: Option<Author>,
    #[serde(default)]
    labels: Option<Nodes<Named>>,
    repository: OwnRepository,
    #[serde(default)]
    reactions: Total,
    parent: Option<Ancestor>,
}

impl Work {
    /// As something planned; `points` is what its board says.
    pub(super) fn into_planned(self, points: Option<f64>) -> PlannedItem {
        let mut above = self.parent;
        let parent = above.as_mut().map(Ancestor::says);
        let repository_id = self.repository.database_id;
        PlannedItem {
            subject: repository_id.map(|repository| item_subject(repository, self.number)),
            repository: self.repository.name_with_owner,
            repository_id: repository_id.map(|id| id.to_string()).unwrap_or_default(),
            points,
            ancestors: above.map(Ancestor::subjects).unwrap_or_default(),
            item: Item {
                id: plain(self.full_database_id).unwrap_or_else(|| self.number.to_string()),
                key: format!("#{}", self.number),
                url: self.url,
                title: self.title,
                body: self.body.unwrap_or_default(),
                state: item_state(self.state.as_deref(), self.state_reason.as_deref()),
                author: self.author.map(Author::actor),
                created_at: self.created_at,
                updated_at: self.updated_at,
                closed_at: None,
                labels: names(self.labels),
                type_name: None,
                parent,
                reactions: self.reactions.total_count,
                // GraphQL does not tell; what is remembered does.
                blocks: 0,
            },
        }
    }
}

/// GitHub's `BigInt`, as number or text.
fn plain(id: Option<serde_json::Value>) -> Option<String> {
    match id? {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A draft: a note on the board.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Draft {
    id: String,
    title: String,
    body: Option<String>,
    created_at: Option<Timestamp>,
    creator: Option<Author>,
}

impl Draft {
    pub(super) fn into_planned(self, points: Option<f64>) -> PlannedItem {
        PlannedItem {
            subject: None,
            repository: String::new(),
            repository_id: String::new(),
            points,
            ancestors: Vec::new(),
            item: Item {
                id: self.id,
                title: self.title,
                body: self.body.unwrap_or_default(),
                author: self.creator.map(Author::actor),
                created_at: self.created_at,
                ..Item::default()
            },
        }
    }
}
