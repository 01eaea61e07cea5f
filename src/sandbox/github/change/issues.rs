//! Opening, editing, closing issues.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::super::hooks::{Event, emit};
use super::super::http::error::ApiError;
use super::super::log::ViolationKind;
use super::super::render;
use super::super::state::{Account, AccountKind, Happening, Issue, IssueState, Slot, World};
use super::comments::says_the_same;
use super::{Field, LONGEST_BODY, emit_issue, issue, labels, note};

/// An issue or pull request to open.
#[derive(Default)]
pub(in super::super) struct NewIssue {
    pub(in super::super) title: String,
    pub(in super::super) body: Option<String>,
    pub(in super::super) labels: Vec<String>,
    pub(in super::super) milestone: Option<u64>,
    pub(in super::super) issue_type: Option<String>,
    pub(in super::super) is_pull_request: bool,
}

/// What to change about an issue. None leaves it.
#[derive(Default)]
pub(in super::super) struct IssuePatch {
    pub(in super::super) title: Option<String>,
    pub(in super::super) body: Field<String>,
    pub(in super::super) state: Option<IssueState>,
    pub(in super::super) state_reason: Option<String>,
    pub(in super::super) labels: Option<Vec<String>>,
    pub(in super::super) milestone: Field<u64>,
    pub(in super::super) issue_type: Field<String>,
}

fn check_title(title: &str) -> Result<(), ApiError> {
    if title.trim().is_empty() {
        return Err(ApiError::field("Issue", "title", "missing_field"));
    }
    if title.chars().count() > 256 {
        return Err(ApiError::custom("Issue", "title", "title is too long (maximum is 256 characters)"));
    }
    Ok(())
}

fn check_body(body: Option<&str>) -> Result<(), ApiError> {
    if body.is_some_and(|body| body.chars().count() > LONGEST_BODY) {
        return Err(ApiError::custom("Issue", "body", "body is too long (maximum is 65536 characters)"));
    }
    Ok(())
}

fn check_milestone(world: &World, repository: u64, number: Option<u64>) -> Result<(), ApiError> {
    let known = |number| world.repositories.get(&repository).and_then(|one| one.milestone(number)).is_some();
    if number.is_none_or(known) { Ok(()) } else { Err(ApiError::field("Issue", "milestone", "invalid")) }
}

/// The organisation's own spelling of a type.
fn check_type(world: &World, name: Option<&str>) -> Result<Option<String>, ApiError> {
    let Some(name) = name else { return Ok(None) };
    let known = world.issue_types.iter().find(|one| one.eq_ignore_ascii_case(name));
    known.cloned().map(Some).ok_or_else(|| ApiError::field("Issue", "type", "invalid"))
}

/// Opens an issue. Webhooks: `opened` with all that it carries, and then one for each label, milestone and type.
pub(in super::super) fn open_issue(
    world: &mut World,
    repository: u64,
    by: &Arc<Account>,
    new: NewIssue,
) -> Result<u64, ApiError> {
    check_title(&new.title)?;
    check_body(new.body.as_deref())?;
    check_milestone(world, repository, new.milestone)?;
    let issue_type = check_type(world, new.issue_type.as_deref())?;
    let labels = labels::find_or_create(world, repository, by, &new.labels)?;
    let (id, now) = (world.next_id(), world.now());
    let of = super::repository(world, repository)?;
    of.last_number += 1;
    let number = of.last_number;
    let repeats = by.kind == AccountKind::Bot
        && of.living_issues().filter(|one| one.author.id == by.id).any(|one| is_the_same(one, &new));
    let opened = Issue {
        id,
        number,
        title: new.title,
        body: new.body,
        editor: None,
        author: Arc::clone(by),
        state: IssueState::Open,
        state_reason: None,
        labels: labels.clone(),
        milestone: new.milestone,
        type_name: issue_type,
        is_pull_request: new.is_pull_request,
        is_pinned: false,
        parent: None,
        comments: Vec::new(),
        review_comments: Vec::new(),
        reviews: Vec::new(),
        fields: BTreeMap::new(),
        reactions: Vec::new(),
        timeline: Vec::new(),
        created_at: now,
        updated_at: now,
        closed_at: None,
        closed_by: None,
    };
    of.issues.insert(number, Slot::Here(Box::new(opened)));
    if repeats {
        world.violation(ViolationKind::IssueTwice, &by.login, format!("issue #{number}"));
    }
    emit_issue(world, repository, number, by, "opened", json!({}));
    for label in labels {
        labels::tell_labeled(world, repository, number, by, label);
    }
    if let Some(milestone) = new.milestone {
        tell_milestone(world, repository, number, by, milestone, true);
    }
    if new.issue_type.is_some() {
        tell_type(world, repository, number, by, None);
    }
    Ok(number)
}

fn is_the_same(one: &Issue, new: &NewIssue) -> bool {
    let (there, wanted) = (one.body.as_deref().unwrap_or_default(), new.body.as_deref().unwrap_or_default());
    let has_marker = wanted.starts_with("<!--");
    if has_marker { says_the_same(there, wanted) } else { one.title == new.title && there == wanted }
}

/// Changes an issue; what already is so is no change and tells nobody.
pub(in super::super) fn edit_issue(
    world: &mut World,
    repository: u64,
    number: u64,
    by: &Arc<Account>,
    patch: IssuePatch,
) -> Result<(), ApiError> {
    if let Some(title) = &patch.title {
        check_title(title)?;
    }
    check_body(patch.body.given().map(String::as_str))?;
    check_milestone(world, repository, patch.milestone.given().copied())?;
    let issue_type = check_type(world, patch.issue_type.given().map(String::as_str))?;
    edit_text(world, repository, number, by, patch.title, patch.body)?;
    if let Some(labels) = patch.labels {
        super::replace_labels(world, repository, number, by, &labels)?;
    }
    if let Field::Becomes(milestone) = patch.milestone {
        set_milestone(world, repository, number, by, milestone)?;
    }
    if let Field::Becomes(_) = patch.issue_type {
        set_type(world, repository, number, by, issue_type)?;
    }
    if let Some(state) = patch.state {
        set_state(world, repository, number, by, state, patch.state_reason)?;
    }
    Ok(())
}

fn edit_text(
    world: &mut World,
    repository: u64,
    number: u64,
    by: &Arc<Account>,
    title: Option<String>,
    body: Field<String>,
) -> Result<(), ApiError> {
    let now = world.now();
    let issue = issue(world, repository, number)?;
    let mut changes = serde_json::Map::new();
    let mut renamed = None;
    if let Some(to) = title.filter(|to| *to != issue.title) {
        let from = std::mem::replace(&mut issue.title, to.clone());
        changes.insert("title".to_owned(), json!({"from": from}));
        renamed = Some(Happening::Renamed { from, to });
    }
    if let Field::Becomes(to) = body
        && to != issue.body
    {
        let from = std::mem::replace(&mut issue.body, to).unwrap_or_default();
        issue.editor = Some(Arc::clone(by));
        changes.insert("body".to_owned(), json!({"from": from}));
    }
    if changes.is_empty() {
        return Ok(());
    }
    issue.updated_at = now;
    if let Some(renamed) = renamed {
        note(world, repository, number, by, renamed);
    }
    emit_issue(world, repository, number, by, "edited", json!({"changes": changes}));
    Ok(())
}

fn set_state(
    world: &mut World,
    repository: u64,
    number: u64,
    by: &Arc<Account>,
    state: IssueState,
    reason: Option<String>,
) -> Result<(), ApiError> {
    let now = world.now();
    let issue = issue(world, repository, number)?;
    let known = ["completed", "not_planned", "duplicate", "reopened"];
    if reason.as_deref().is_some_and(|reason| !known.contains(&reason)) {
        return Err(ApiError::field("Issue", "state_reason", "invalid"));
    }
    if issue.state == state {
        return Ok(());
    }
    issue.state = state;
    let (happening, action) = match state {
        IssueState::Closed => {
            let reason = reason.or_else(|| Some("completed".to_owned()));
            issue.state_reason.clone_from(&reason);
            issue.closed_at = Some(now);
            issue.closed_by = Some(Arc::clone(by));
            (Happening::Closed { reason }, "closed")
        }
        IssueState::Open => {
            issue.state_reason = Some("reopened".to_owned());
            issue.closed_at = None;
            issue.closed_by = None;
            (Happening::Reopened, "reopened")
        }
    };
    note(world, repository, number, by, happening);
    emit_issue(world, repository, number, by, action, json!({}));
    Ok(())
}

pub(super) fn set_milestone(
    world: &mut World,
    repository: u64,
    number: u64,
    by: &Arc<Account>,
    to: Option<u64>,
) -> Result<(), ApiError> {
    let issue = issue(world, repository, number)?;
    let from = issue.milestone;
    if from == to {
        return Ok(());
    }
    issue.milestone = to;
    if let Some(milestone) = from {
        tell_milestone(world, repository, number, by, milestone, false);
    }
    if let Some(milestone) = to {
        tell_milestone(world, repository, number, by, milestone, true);
    }
    Ok(())
}

fn tell_milestone(world: &mut World, repository: u64, number: u64, by: &Arc<Account>, milestone: u64, set: bool) {
    let Some(of) = world.repositories.get(&repository) else { return };
    let Some(milestone) = of.milestone(milestone) else { return };
    let (title, rendered) = (milestone.title.clone(), render::milestone(world, of, milestone));
    let (happening, action) = if set {
        (Happening::Milestoned { title }, "milestoned")
    } else {
        (Happening::Demilestoned { title }, "demilestoned")
    };
    note(world, repository, number, by, happening);
    emit_issue(world, repository, number, by, action, json!({"milestone": rendered}));
}

/// GitHub shows so many at the top of a repository's issues.
const MOST_PINNED: usize = 3;

/// Pins an issue to the top of the list.
pub(in super::super) fn pin(
    world: &mut World,
    repository: u64,
    number: u64,
    by: &Arc<Account>,
) -> Result<(), ApiError> {
    let of = super::repository(world, repository)?;
    let is_full = of.living_issues().filter(|issue| issue.is_pinned && issue.number != number).count() >= MOST_PINNED;
    if is_full {
        return Err(ApiError::new(422, "Maximum 3 pinned issues per repository"));
    }
    let issue = issue(world, repository, number)?;
    if !std::mem::replace(&mut issue.is_pinned, true) {
        emit_issue(world, repository, number, by, "pinned", json!({}));
    }
    Ok(())
}

/// Makes an issue a part of another, or of none. Told twice, as of the part and as of what it is a part of.
pub(in super::super) fn set_parent(
    world: &mut World,
    repository: u64,
    number: u64,
    by: &Arc<Account>,
    parent: Option<(u64, u64)>,
) -> Result<(), ApiError> {
    let before = std::mem::replace(&mut issue(world, repository, number)?.parent, parent);
    if before == parent {
        return Ok(());
    }
    for (above, [of_part, of_whole]) in
        [(before, ["parent_issue_removed", "sub_issue_removed"]), (parent, ["parent_issue_added", "sub_issue_added"])]
    {
        let Some((whole, above)) = above else { continue };
        tell_part(world, (repository, number), (whole, above), repository, by, of_part);
        tell_part(world, (repository, number), (whole, above), whole, by, of_whole);
    }
    Ok(())
}

fn tell_part(
    world: &mut World,
    part: (u64, u64),
    whole: (u64, u64),
    repository: u64,
    by: &Arc<Account>,
    action: &'static str,
) {
    let rendered = |(of, number): (u64, u64)| {
        let of = world.repositories.get(&of)?;
        let issue = of.issue(number)?;
        Some((issue.id, render::issue(world, of, issue), render::repository(world, of)))
    };
    let (Some((part_id, part, part_of)), Some((whole_id, whole, whole_of))) = (rendered(part), rendered(whole)) else {
        return;
    };
    let body = json!({
        "sub_issue_id": part_id, "sub_issue": part, "sub_issue_repo": part_of,
        "parent_issue_id": whole_id, "parent_issue": whole, "parent_issue_repo": whole_of,
    });
    emit(world, Event { name: "sub_issues", action: Some(action), repository, by, body });
}

fn set_type(
    world: &mut World,
    repository: u64,
    number: u64,
    by: &Arc<Account>,
    to: Option<String>,
) -> Result<(), ApiError> {
    let issue = issue(world, repository, number)?;
    if issue.type_name == to {
        return Ok(());
    }
    let before = std::mem::replace(&mut issue.type_name, to);
    tell_type(world, repository, number, by, before.as_deref());
    Ok(())
}

fn tell_type(world: &mut World, repository: u64, number: u64, by: &Arc<Account>, before: Option<&str>) {
    let now = world.issue(repository, number).and_then(|issue| issue.type_name.clone());
    let (happening, action, shown) = match (before, now.as_deref()) {
        (None, Some(name)) => (Happening::TypeAdded, "typed", name),
        (Some(_), Some(name)) => (Happening::TypeChanged, "typed", name),
        (Some(name), None) => (Happening::TypeRemoved, "untyped", name),
        (None, None) => return,
    };
    let rendered = render::issue_type(world, shown);
    note(world, repository, number, by, happening);
    emit_issue(world, repository, number, by, action, json!({"type": rendered}));
}
