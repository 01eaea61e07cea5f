//! What a query can stand on, and which interfaces each type has.

use std::sync::Arc;

use serde_json::Value;

use super::super::state::{Account, AccountKind};

/// An object of the graph.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Query,
    Mutation,
    Owner(Arc<Account>),
    Repository(u64),
    Milestone {
        repository: u64,
        number: u64,
    },
    Issue {
        repository: u64,
        number: u64,
        is_pull_request: bool,
    },
    Project(u64),
    ProjectItem {
        project: u64,
        item: u64,
    },
    /// An item's value of a field.
    FieldValue {
        kind: &'static str,
        project: u64,
        item: u64,
        field: u64,
    },
    /// A part of a list, with what tells where the next one begins.
    Connection {
        kind: &'static str,
        nodes: Vec<Node>,
        total: usize,
        next: Option<String>,
    },
    /// Whatever has no fields with arguments: its members.
    Plain {
        kind: &'static str,
        members: Value,
    },
}

/// What a field holds.
pub(super) enum Found {
    Nothing,
    Scalar(Value),
    One(Node),
    Many(Vec<Node>),
}

impl Node {
    /// The type's name.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::Mutation => "Mutation",
            Self::Owner(account) => match account.kind {
                AccountKind::Organization => "Organization",
                AccountKind::User => "User",
                AccountKind::Bot => "Bot",
            },
            Self::Repository(_) => "Repository",
            Self::Milestone { .. } => "Milestone",
            Self::Issue { is_pull_request: true, .. } => "PullRequest",
            Self::Issue { .. } => "Issue",
            Self::Project(_) => "ProjectV2",
            Self::ProjectItem { .. } => "ProjectV2Item",
            Self::FieldValue { kind, .. } | Self::Connection { kind, .. } | Self::Plain { kind, .. } => kind,
        }
    }
}

/// Whether a node is of this type, or has this interface.
pub(super) fn is_a(node: &Node, kind: &str) -> bool {
    let own = node.kind();
    own == kind
        || match kind {
            "ProjectV2FieldCommon" => {
                matches!(own, "ProjectV2Field" | "ProjectV2IterationField" | "ProjectV2SingleSelectField")
            }
            "ProjectV2Owner" | "RepositoryOwner" => matches!(own, "Organization" | "User"),
            "Actor" => matches!(own, "Organization" | "User" | "Bot"),
            "Comment" => matches!(own, "Issue" | "PullRequest" | "IssueComment"),
            _ => false,
        }
}
