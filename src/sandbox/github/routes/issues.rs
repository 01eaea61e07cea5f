//! Issues, with pull requests among them, as on GitHub.

use std::cmp::Ordering;

use serde_json::Value;

use super::super::change::{self, Field, IssuePatch, NewIssue};
use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::http::paging::page;
use super::super::render;
use super::super::state::{Issue, IssueState, Repository, Role, World};
use super::label_names;

/// Filters: `state` (open), `labels` (all of them), `since`, `milestone`, `creator`, `type`; `sort` (created, updated,
/// comments) and `direction` (desc).
pub(super) fn list(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    let mut wanted: Vec<&Issue> = of.living_issues().filter(|issue| is_wanted(of, issue, call)).collect();
    wanted.sort_by(|one, other| {
        let by_key = match call.query("sort") {
            Some("updated") => one.updated_at.cmp(&other.updated_at),
            Some("comments") => one.comments.len().cmp(&other.comments.len()),
            _ => one.created_at.cmp(&other.created_at),
        };
        by_key.then(one.number.cmp(&other.number))
    });
    if call.query("direction") != Some("asc") {
        wanted.reverse();
    }
    Ok(page(world, call, wanted, |issue| render::issue(world, of, issue)))
}

fn is_wanted(of: &Repository, issue: &Issue, call: &Call) -> bool {
    let state = match call.query("state").unwrap_or("open") {
        "all" => true,
        state => issue.state.name() == state,
    };
    let labels = call.query("labels").is_none_or(|names| {
        names.split(',').all(|name| of.label_named(name.trim()).is_some_and(|label| issue.labels.contains(&label.id)))
    });
    let milestone = match call.query("milestone") {
        None => true,
        Some("none") => issue.milestone.is_none(),
        Some("*") => issue.milestone.is_some(),
        Some(number) => issue.milestone.map(|own| own.to_string()).as_deref() == Some(number),
    };
    let same = |key: &str, own: Option<&str>| {
        call.query(key).is_none_or(|wanted| own.is_some_and(|own| own.eq_ignore_ascii_case(wanted)))
    };
    let since = call.moment("since").is_none_or(|since| issue.updated_at.cmp(&since) != Ordering::Less);
    state
        && labels
        && milestone
        && since
        && same("creator", Some(&issue.author.login))
        && same("type", issue.type_name.as_deref())
}

pub(super) fn show(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    rendered(world, call).map(Reply::ok)
}

fn rendered(world: &World, call: &Call) -> Result<Value, ApiError> {
    let of = call.repository(world)?;
    Ok(render::issue(world, of, call.issue(world, of)?))
}

/// A title; GitHub takes a number too.
fn title(call: &Call) -> Option<String> {
    match call.body.get("title")? {
        Value::String(title) => Some(title.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A milestone's number, as number or text; null takes it away.
fn milestone(call: &Call) -> Result<Field<u64>, ApiError> {
    let invalid = || ApiError::field("Issue", "milestone", "invalid");
    match call.body.get("milestone") {
        None => Ok(Field::Keep),
        Some(Value::Null) => Ok(Field::Becomes(None)),
        Some(Value::String(text)) => text.parse().map(|number| Field::Becomes(Some(number))).map_err(|_| invalid()),
        Some(number) => number.as_u64().map(|number| Field::Becomes(Some(number))).ok_or_else(invalid),
    }
}

/// An issue type's name, alone or as `{"value": …}`; null takes it away.
fn issue_type(call: &Call) -> Field<String> {
    let Some(given) = call.body.get("type") else { return Field::Keep };
    Field::Becomes(given.as_str().or_else(|| given.get("value")?.as_str()).map(str::to_owned))
}

/// Everybody who sees a repository may open an issue; without triage rights, labels, milestone and type are silently left
/// out.
pub(super) fn create(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository_to_change(world, Role::Read, "issues")?;
    let by = call.actor(world)?;
    let mut new = NewIssue {
        title: title(call).unwrap_or_default(),
        body: call.text("body").map(str::to_owned),
        ..NewIssue::default()
    };
    if call.repository_to_change(world, Role::Triage, "issues").is_ok() {
        new.labels = call.body.get("labels").and_then(|_| label_names(call)).unwrap_or_default();
        new.milestone = milestone(call)?.given().copied();
        new.issue_type = issue_type(call).given().cloned();
    }
    let number = change::open_issue(world, of, &by, new)?;
    let it = call.repository(world)?;
    let issue = it.issue(number).ok_or_else(ApiError::not_found)?;
    Ok(Reply::created(render::issue(world, it, issue)))
}

/// Authors edit, close and open what is theirs; everything else wants triage rights.
pub(super) fn edit(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let by = call.actor(world)?;
    let issue = call.issue(world, call.repository(world)?)?;
    let (number, is_author) = (issue.number, issue.author.id == by.id);
    let plans = ["labels", "milestone", "type"].iter().any(|key| call.body.get(*key).is_some());
    let least = if is_author && !plans { Role::Read } else { Role::Triage };
    let of = call.repository_to_change(world, least, "issues")?;
    let state = match call.text("state") {
        None => None,
        Some("open") => Some(IssueState::Open),
        Some("closed") => Some(IssueState::Closed),
        Some(_) => return Err(ApiError::field("Issue", "state", "invalid")),
    };
    let patch = IssuePatch {
        title: title(call),
        body: call.field("body"),
        state,
        state_reason: call.text("state_reason").map(str::to_owned),
        labels: call.body.get("labels").and_then(|_| label_names(call)),
        milestone: milestone(call)?,
        issue_type: issue_type(call),
    };
    change::edit_issue(world, of, number, &by, patch)?;
    rendered(world, call).map(Reply::ok)
}

/// The issue types of an organisation.
pub(super) fn types(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    world.known_account(call.param("login")).ok_or_else(ApiError::not_found)?;
    Ok(Reply::ok(world.issue_types.iter().map(|name| render::issue_type(world, name)).collect()))
}
