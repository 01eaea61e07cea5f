//! A backlog item as every decision sees it, whatever tracker it lives in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Actor;

/// Why an item was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The work was done.
    Completed,
    /// It will not be done.
    NotPlanned,
    /// Another item stands for it.
    Duplicate,
}

/// Whether an item is still to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Still to be done.
    #[default]
    Open,
    /// Closed, with the reason where the tracker knows one.
    Closed(Option<CloseReason>),
}

/// What an item's parent (an epic, an issue with sub-issues) says about what kind of work it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// Its labels.
    pub labels: Vec<String>,
    /// Its issue type.
    pub type_name: Option<String>,
}

/// A backlog item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The tracker's own id, never reused and kept when a repository is renamed.
    pub id: String,
    /// What people call it: `#17`, `ABC-17`.
    pub key: String,
    /// Where people read it.
    pub url: Option<String>,
    /// The title.
    pub title: String,
    /// The description as its writer left it (Markdown for GitHub); hostile text.
    pub body: String,
    /// Open or closed.
    pub state: ItemState,
    /// Who opened it.
    pub author: Option<Actor>,
    /// When it was opened.
    pub created_at: Option<Timestamp>,
    /// When the tracker last saw a change of it.
    pub updated_at: Option<Timestamp>,
    /// When it was last closed; none while it is open, and where the source does not tell.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
    /// Its labels (or what the tracker uses to mark items).
    pub labels: Vec<String>,
    /// The tracker's own issue type, e.g. `Bug`, `Task`.
    pub type_name: Option<String>,
    /// The item that this one is a part of, where the tracker tells.
    #[serde(default)]
    pub parent: Option<Parent>,
    /// How many people showed that they want it.
    #[serde(default)]
    pub reactions: u32,
    /// How many other items wait for it, where the tracker tells.
    #[serde(default)]
    pub blocks: u32,
}
