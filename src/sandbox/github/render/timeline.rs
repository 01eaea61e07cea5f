//! What happened to an issue as JSON.

use serde_json::{Value, json};

use super::super::state::{Happening, Issue, Repository, TimelineEntry, World};
use super::{comment, merge, node_id, time, user};

/// An entry of the timeline; none where it was about a comment that is gone.
pub(in super::super) fn timeline_entry(
    world: &World,
    of: &Repository,
    issue: &Issue,
    entry: &TimelineEntry,
) -> Option<Value> {
    let actor = user(world, &entry.by);
    let event = entry.what.name();
    let details = match &entry.what {
        Happening::Commented { comment: id } => {
            let found = issue.comments.iter().find(|one| one.id == *id)?;
            return Some(merge(comment(world, of, issue, found), json!({"event": event, "actor": actor})));
        }
        Happening::Labeled { name, color } | Happening::Unlabeled { name, color } => {
            json!({"label": {"name": name, "color": color}})
        }
        Happening::Closed { reason } => json!({"state_reason": reason}),
        Happening::Reopened => json!({"state_reason": null}),
        Happening::Renamed { from, to } => json!({"rename": {"from": from, "to": to}}),
        Happening::Milestoned { title } | Happening::Demilestoned { title } => json!({"milestone": {"title": title}}),
        Happening::TypeAdded | Happening::TypeChanged | Happening::TypeRemoved | Happening::Transferred => json!({}),
    };
    let through_app = if entry.by.id == world.bot.id { super::app(world) } else { Value::Null };
    let base = json!({
        "id": entry.id,
        "node_id": node_id("E", entry.id),
        "url": format!("{}/repos/{}/issues/events/{}", world.url, of.full_name(), entry.id),
        "actor": actor,
        "event": event,
        "commit_id": null,
        "commit_url": null,
        "created_at": time(entry.at),
        "performed_via_github_app": through_app,
    });
    Some(merge(base, details))
}
