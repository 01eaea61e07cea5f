//! Issues and what belongs to them as JSON.

use serde_json::{Value, json};

use super::super::state::{Account, AccountKind, Comment, Issue, Label, Milestone, Reaction, Repository, Role, World};
use super::{merge, node_id, segment, time, user};

const REACTIONS: [&str; 8] = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"];

/// A `label`.
pub(in super::super) fn label(world: &World, of: &Repository, label: &Label) -> Value {
    json!({
        "id": label.id, "node_id": node_id("LA", label.id),
        "url": format!("{}/repos/{}/labels/{}", world.url, of.full_name(), segment(&label.name)),
        "name": label.name, "color": label.color, "default": label.default, "description": label.description,
    })
}

/// A `milestone`.
pub(in super::super) fn milestone(world: &World, of: &Repository, milestone: &Milestone) -> Value {
    let api = format!("{}/repos/{}/milestones/{}", world.url, of.full_name(), milestone.number);
    let count = |open: bool| {
        let in_it = of.living_issues().filter(|issue| issue.milestone == Some(milestone.number));
        in_it.filter(|issue| (issue.state.name() == "open") == open).count()
    };
    json!({
        "url": api,
        "html_url": format!("{}/{}/milestone/{}", world.url, of.full_name(), milestone.number),
        "labels_url": format!("{api}/labels"),
        "id": milestone.id, "node_id": node_id("MI", milestone.id), "number": milestone.number,
        "title": milestone.title, "description": milestone.description, "creator": user(world, &milestone.creator),
        "open_issues": count(true), "closed_issues": count(false),
        "state": if milestone.open { "open" } else { "closed" },
        "created_at": time(milestone.created_at), "updated_at": time(milestone.updated_at),
        "due_on": milestone.due_on, "closed_at": milestone.closed_at.map(time),
    })
}

/// An `issue-type` of the organisation.
pub(in super::super) fn issue_type(world: &World, name: &str) -> Value {
    let position = world.issue_types.iter().position(|one| one == name).unwrap_or_default();
    let id = position as u64 + 1;
    json!({
        "id": id, "node_id": node_id("IT", id), "name": name, "description": null, "color": "gray",
        "created_at": time(world.created_at), "updated_at": time(world.created_at), "is_enabled": true,
    })
}

/// How an account stands to a repository.
fn association(of: &Repository, account: &Account) -> &'static str {
    match of.role_of(account) {
        _ if account.kind == AccountKind::Bot => "NONE",
        Role::Admin if account.id == of.owner.id => "OWNER",
        Role::Triage | Role::Write | Role::Maintain | Role::Admin => "COLLABORATOR",
        Role::None | Role::Read => "NONE",
    }
}

/// The App through which something was done: only ever ours.
fn through_app(world: &World, account: &Account) -> Value {
    if account.id == world.bot.id { super::app(world) } else { Value::Null }
}

fn rollup(url: &str, reactions: &[Reaction]) -> Value {
    let count = |content: &str| reactions.iter().filter(|one| one.content == content).count();
    let counts = REACTIONS.iter().map(|content| ((*content).to_owned(), Value::from(count(content)))).collect();
    merge(json!({"url": format!("{url}/reactions"), "total_count": reactions.len()}), Value::Object(counts))
}

/// An `issue`.
pub(in super::super) fn issue(world: &World, of: &Repository, issue: &Issue) -> Value {
    let repository_url = format!("{}/repos/{}", world.url, of.full_name());
    let url = format!("{repository_url}/issues/{}", issue.number);
    let page = if issue.is_pull_request { "pull" } else { "issues" };
    let html = format!("{}/{}/{page}/{}", world.url, of.full_name(), issue.number);
    let labels: Vec<Value> =
        issue.labels.iter().filter_map(|id| of.label(*id)).map(|one| label(world, of, one)).collect();
    let facts = json!({
        "url": url,
        "repository_url": repository_url,
        "labels_url": format!("{url}/labels{{/name}}"),
        "comments_url": format!("{url}/comments"),
        "events_url": format!("{url}/events"),
        "html_url": html,
        "id": issue.id, "node_id": node_id("I", issue.id), "number": issue.number, "title": issue.title,
        "user": user(world, &issue.author), "labels": labels, "state": issue.state.name(), "locked": false,
        "assignee": null, "assignees": [],
        "milestone": issue.milestone.and_then(|number| of.milestone(number)).map(|one| milestone(world, of, one)),
        "comments": issue.comments.len(),
        "created_at": time(issue.created_at), "updated_at": time(issue.updated_at),
        "closed_at": issue.closed_at.map(time),
    });
    let more = json!({
        "author_association": association(of, &issue.author),
        "type": issue.type_name.as_deref().map(|name| issue_type(world, name)),
        "active_lock_reason": null,
        "sub_issues_summary": {"total": 0, "completed": 0, "percent_completed": 0},
        "issue_dependencies_summary": {"blocked_by": 0, "total_blocked_by": 0, "blocking": 0, "total_blocking": 0},
        "body": issue.body,
        "reactions": rollup(&url, &issue.reactions),
        "timeline_url": format!("{url}/timeline"),
        "performed_via_github_app": through_app(world, &issue.author),
        "state_reason": issue.state_reason,
        "closed_by": issue.closed_by.as_ref().map(|account| user(world, account)),
        "draft": false,
        "parent_issue_url": issue.parent.and_then(|(of, number)| {
            let of = world.repositories.get(&of)?;
            Some(format!("{}/repos/{}/issues/{number}", world.url, of.full_name()))
        }),
    });
    let mut all = merge(facts, more);
    if issue.is_pull_request {
        let pull = json!({
            "url": format!("{repository_url}/pulls/{}", issue.number), "html_url": html,
            "diff_url": format!("{html}.diff"), "patch_url": format!("{html}.patch"), "merged_at": null,
        });
        all = merge(all, json!({"pull_request": pull}));
    }
    all
}

/// An `issue-comment`.
pub(in super::super) fn comment(world: &World, of: &Repository, issue: &Issue, comment: &Comment) -> Value {
    let api = format!("{}/repos/{}", world.url, of.full_name());
    let url = format!("{api}/issues/comments/{}", comment.id);
    let page = if issue.is_pull_request { "pull" } else { "issues" };
    json!({
        "url": url,
        "html_url": format!("{}/{}/{page}/{}#issuecomment-{}", world.url, of.full_name(), issue.number, comment.id),
        "issue_url": format!("{api}/issues/{}", issue.number),
        "id": comment.id, "node_id": node_id("IC", comment.id), "user": user(world, &comment.author),
        "created_at": time(comment.created_at), "updated_at": time(comment.updated_at),
        "author_association": association(of, &comment.author), "body": comment.body,
        "reactions": rollup(&url, &comment.reactions),
        "performed_via_github_app": through_app(world, &comment.author),
    })
}

/// A `pull-request`, with what of it the sandbox knows.
pub(in super::super) fn pull_request(world: &World, of: &Repository, issue: &Issue) -> Value {
    let url = format!("{}/repos/{}/pulls/{}", world.url, of.full_name(), issue.number);
    json!({
        "url": url, "id": issue.id, "node_id": node_id("PR", issue.id), "number": issue.number,
        "html_url": format!("{}/{}/pull/{}", world.url, of.full_name(), issue.number),
        "state": issue.state.name(), "locked": false, "title": issue.title, "user": user(world, &issue.author),
        "body": issue.body, "created_at": time(issue.created_at), "updated_at": time(issue.updated_at),
        "closed_at": issue.closed_at.map(time), "merged_at": null, "draft": false,
        "author_association": association(of, &issue.author),
    })
}

/// A `pull-request-review-comment`, with what of it the sandbox knows.
pub(in super::super) fn review_comment(world: &World, of: &Repository, on: &Issue, comment: &Comment) -> Value {
    let api = format!("{}/repos/{}/pulls", world.url, of.full_name());
    let url = format!("{api}/comments/{}", comment.id);
    let html = format!("{}/{}/pull/{}#discussion_r{}", world.url, of.full_name(), on.number, comment.id);
    json!({
        "url": url, "html_url": html, "pull_request_url": format!("{api}/{}", on.number),
        "id": comment.id, "node_id": node_id("PRRC", comment.id), "user": user(world, &comment.author),
        "created_at": time(comment.created_at), "updated_at": time(comment.updated_at), "path": "src/main.rs",
        "author_association": association(of, &comment.author), "body": comment.body,
        "reactions": rollup(&url, &comment.reactions),
    })
}

/// A `pull-request-review`, with what of it the sandbox knows. It tells no reactions: only GraphQL does.
pub(in super::super) fn review(world: &World, of: &Repository, on: &Issue, review: &Comment) -> Value {
    let pull = format!("{}/repos/{}/pulls/{}", world.url, of.full_name(), on.number);
    let html = format!("{}/{}/pull/{}#pullrequestreview-{}", world.url, of.full_name(), on.number, review.id);
    json!({
        "id": review.id, "node_id": node_id("PRR", review.id), "user": user(world, &review.author),
        "body": review.body, "state": "commented", "html_url": html, "pull_request_url": pull,
        "author_association": association(of, &review.author),
        "submitted_at": time(review.created_at), "updated_at": time(review.updated_at),
        "commit_id": "0000000000000000000000000000000000000000",
    })
}

/// A `reaction`.
pub(in super::super) fn reaction(world: &World, reaction: &Reaction) -> Value {
    json!({
        "id": reaction.id, "node_id": node_id("REA", reaction.id), "user": user(world, &reaction.by),
        "content": reaction.content, "created_at": time(reaction.at),
    })
}
