//! Items of projects as webhooks carry them.

use serde_json::{Value, json};

use super::super::state::{Project, ProjectContent, ProjectItem, World};
use super::{node_id, time, user};

/// A `projects-v2-item`.
pub(in super::super) fn project_item(world: &World, of: &Project, item: &ProjectItem) -> Value {
    let (content, kind) = match &item.content {
        ProjectContent::Draft { id, .. } => (node_id("DI", *id), "DraftIssue"),
        ProjectContent::Issue { repository, number } => {
            let issue = world.issue(*repository, *number);
            let id = node_id("I", issue.map_or(0, |issue| issue.id));
            (id, if issue.is_some_and(|issue| issue.is_pull_request) { "PullRequest" } else { "Issue" })
        }
    };
    json!({
        "id": item.id, "node_id": node_id("PVTI", item.id), "project_node_id": node_id("PVT", of.id),
        "content_node_id": content, "content_type": kind, "creator": user(world, &item.by),
        "created_at": time(item.created_at), "updated_at": time(item.updated_at),
        "archived_at": item.archived_at.map(time),
    })
}
