//! Labels of a repository, and on issues.

use std::sync::Arc;

use serde_json::json;

use super::super::hooks::{Event, emit};
use super::super::http::error::ApiError;
use super::super::log::ViolationKind;
use super::super::render;
use super::super::state::{Account, AccountKind, Happening, Label, World};
use super::{emit_issue, issue, note, repository};

/// What to change about a label.
#[derive(Default)]
pub(in super::super) struct LabelPatch {
    pub(in super::super) name: Option<String>,
    pub(in super::super) color: Option<String>,
    pub(in super::super) description: Option<String>,
}

/// The colour of labels that come into being by being put on an issue.
const GREY: &str = "ededed";

fn check_name(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(ApiError::field("Label", "name", "missing_field"));
    }
    if name.chars().count() > 50 {
        return Err(ApiError::custom("Label", "name", "name is too long (maximum is 50 characters)"));
    }
    Ok(name.to_owned())
}

fn check_color(color: &str) -> Result<String, ApiError> {
    if color.len() == 6 && color.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(color.to_lowercase())
    } else {
        Err(ApiError::field("Label", "color", "invalid"))
    }
}

fn check_description(description: Option<&str>) -> Result<(), ApiError> {
    if description.is_some_and(|text| text.chars().count() > 100) {
        return Err(ApiError::custom("Label", "description", "description is too long (maximum is 100 characters)"));
    }
    Ok(())
}

/// Makes a label. 422 `already_exists` when the name is taken in any spelling of case.
pub(in super::super) fn create_label(
    world: &mut World,
    of: u64,
    by: &Arc<Account>,
    name: &str,
    color: Option<&str>,
    description: Option<&str>,
) -> Result<u64, ApiError> {
    let name = check_name(name)?;
    let color = check_color(color.unwrap_or(GREY))?;
    check_description(description)?;
    if repository(world, of)?.label_named(&name).is_some() {
        return Err(ApiError::field("Label", "name", "already_exists"));
    }
    let id = world.next_id();
    let description = description.filter(|text| !text.is_empty()).map(str::to_owned);
    repository(world, of)?.labels.push(Label { id, name, color, description, default: false });
    tell_label(world, of, by, id, "created", json!({}));
    Ok(id)
}

/// Changes a label; the issues that carry it show the new name.
pub(in super::super) fn edit_label(
    world: &mut World,
    of: u64,
    by: &Arc<Account>,
    name: &str,
    patch: LabelPatch,
) -> Result<u64, ApiError> {
    let id = repository(world, of)?.label_named(name).ok_or_else(ApiError::not_found)?.id;
    let new_name = patch.name.as_deref().map(check_name).transpose()?;
    let new_color = patch.color.as_deref().map(check_color).transpose()?;
    check_description(patch.description.as_deref())?;
    let of_it = repository(world, of)?;
    if new_name.as_deref().and_then(|name| of_it.label_named(name)).is_some_and(|other| other.id != id) {
        return Err(ApiError::field("Label", "name", "already_exists"));
    }
    let label = of_it.labels.iter_mut().find(|label| label.id == id).ok_or_else(ApiError::not_found)?;
    let mut changes = serde_json::Map::new();
    if let Some(name) = new_name.filter(|name| *name != label.name) {
        changes.insert("name".to_owned(), json!({"from": std::mem::replace(&mut label.name, name)}));
    }
    if let Some(color) = new_color.filter(|color| *color != label.color) {
        changes.insert("color".to_owned(), json!({"from": std::mem::replace(&mut label.color, color)}));
    }
    if let Some(text) = patch.description.filter(|text| Some(text) != label.description.as_ref()) {
        let from = label.description.replace(text).unwrap_or_default();
        changes.insert("description".to_owned(), json!({"from": from}));
    }
    if !changes.is_empty() {
        tell_label(world, of, by, id, "edited", json!({"changes": changes}));
    }
    Ok(id)
}

/// Deletes a label. Every issue that had it tells `unlabeled` without saying which, as on GitHub, and says nothing in its
/// timeline.
pub(in super::super) fn delete_label(
    world: &mut World,
    of: u64,
    by: &Arc<Account>,
    name: &str,
) -> Result<(), ApiError> {
    let label = repository(world, of)?.label_named(name).ok_or_else(ApiError::not_found)?.clone();
    let rendered = world.repositories.get(&of).map(|one| render::label(world, one, &label));
    let of_it = repository(world, of)?;
    let carriers: Vec<u64> =
        of_it.living_issues().filter(|issue| issue.labels.contains(&label.id)).map(|issue| issue.number).collect();
    of_it.labels.retain(|one| one.id != label.id);
    for number in carriers {
        issue(world, of, number)?.labels.retain(|id| *id != label.id);
        emit_issue(world, of, number, by, "unlabeled", json!({}));
    }
    emit(world, Event { name: "label", action: Some("deleted"), repository: of, by, body: json!({"label": rendered}) });
    Ok(())
}

fn tell_label(world: &mut World, of: u64, by: &Arc<Account>, id: u64, action: &'static str, more: serde_json::Value) {
    let Some(it) = world.repositories.get(&of) else { return };
    let Some(label) = it.label(id) else { return };
    let mut body = json!({"label": render::label(world, it, label)});
    if let (serde_json::Value::Object(body), serde_json::Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    emit(world, Event { name: "label", action: Some(action), repository: of, by, body });
}

/// The ids of labels by name, each once; those that are missing are made, grey.
pub(super) fn find_or_create(
    world: &mut World,
    of: u64,
    by: &Arc<Account>,
    names: &[String],
) -> Result<Vec<u64>, ApiError> {
    let names = names.iter().map(|name| check_name(name)).collect::<Result<Vec<_>, _>>()?;
    let mut ids = Vec::new();
    for name in names {
        let known = repository(world, of)?.label_named(&name).map(|label| label.id);
        let id = match known {
            Some(id) => id,
            None => create_label(world, of, by, &name, None, None)?,
        };
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// Puts labels on an issue beside those that it has.
pub(in super::super) fn add_labels(
    world: &mut World,
    of: u64,
    number: u64,
    by: &Arc<Account>,
    names: &[String],
) -> Result<(), ApiError> {
    issue(world, of, number)?;
    for id in find_or_create(world, of, by, names)? {
        let issue = issue(world, of, number)?;
        if issue.labels.contains(&id) {
            if by.kind == AccountKind::Bot {
                let name = world.repositories.get(&of).and_then(|one| one.label(id)).map(|one| one.name.clone());
                let what = format!("label `{}` on #{number}", name.unwrap_or_default());
                world.violation(ViolationKind::LabelTwice, &by.login, what);
            }
            continue;
        }
        issue.labels.push(id);
        tell_labeled(world, of, number, by, id);
    }
    Ok(())
}

/// Takes one label off an issue.
pub(in super::super) fn remove_label(
    world: &mut World,
    of: u64,
    number: u64,
    by: &Arc<Account>,
    name: &str,
) -> Result<(), ApiError> {
    issue(world, of, number)?;
    let missing = || ApiError::new(404, "Label does not exist");
    let id = repository(world, of)?.label_named(name).ok_or_else(missing)?.id;
    let issue = issue(world, of, number)?;
    if !issue.labels.contains(&id) {
        return Err(missing());
    }
    issue.labels.retain(|one| *one != id);
    tell_label_change(world, of, number, by, id, false);
    Ok(())
}

/// Gives an issue exactly these labels.
pub(in super::super) fn replace_labels(
    world: &mut World,
    of: u64,
    number: u64,
    by: &Arc<Account>,
    names: &[String],
) -> Result<(), ApiError> {
    let wanted = find_or_create(world, of, by, names)?;
    let had = issue(world, of, number)?.labels.clone();
    for id in had.iter().filter(|id| !wanted.contains(id)) {
        issue(world, of, number)?.labels.retain(|one| one != id);
        tell_label_change(world, of, number, by, *id, false);
    }
    for id in wanted.iter().filter(|id| !had.contains(id)) {
        issue(world, of, number)?.labels.push(*id);
        tell_labeled(world, of, number, by, *id);
    }
    Ok(())
}

pub(super) fn tell_labeled(world: &mut World, of: u64, number: u64, by: &Arc<Account>, id: u64) {
    tell_label_change(world, of, number, by, id, true);
}

fn tell_label_change(world: &mut World, of: u64, number: u64, by: &Arc<Account>, id: u64, put: bool) {
    let Some(it) = world.repositories.get(&of) else { return };
    let Some(label) = it.label(id) else { return };
    let (name, color, rendered) = (label.name.clone(), label.color.clone(), render::label(world, it, label));
    let (happening, action) = if put {
        (Happening::Labeled { name, color }, "labeled")
    } else {
        (Happening::Unlabeled { name, color }, "unlabeled")
    };
    note(world, of, number, by, happening);
    emit_issue(world, of, number, by, action, json!({"label": rendered}));
}
