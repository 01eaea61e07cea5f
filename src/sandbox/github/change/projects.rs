//! Projects: items and the values of their fields. Told as `projects_v2_item`, for organisations only.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::hooks::emit_of_organization;
use super::super::http::error::ApiError;
use super::super::render;
use super::super::state::{Account, FieldKind, FieldValue, Project, ProjectContent, ProjectField, ProjectItem, World};

fn project(world: &mut World, id: u64) -> Result<&mut Project, ApiError> {
    world.projects.get_mut(&id).ok_or_else(ApiError::not_found)
}

/// Makes a project and returns its id.
pub(in super::super) fn create_project(world: &mut World, owner: &Arc<Account>, title: &str) -> u64 {
    let id = world.next_id();
    let number = world.projects.values().filter(|one| one.owner.id == owner.id).count() as u64 + 1;
    let made = Project {
        id,
        number,
        owner: Arc::clone(owner),
        title: title.to_owned(),
        fields: Vec::new(),
        items: Vec::new(),
    };
    world.projects.insert(id, made);
    id
}

/// Makes a field, or writes it anew.
pub(in super::super) fn write_field(world: &mut World, of: u64, name: &str, kind: FieldKind) -> Result<(), ApiError> {
    let id = world.next_id();
    let it = project(world, of)?;
    match it.fields.iter_mut().find(|field| field.name.eq_ignore_ascii_case(name)) {
        Some(field) => field.kind = kind,
        None => it.fields.push(ProjectField { id, name: name.to_owned(), kind }),
    }
    Ok(())
}

/// Puts something on the board; what is there already stays where it is. Returns the item's id.
pub(in super::super) fn add_item(
    world: &mut World,
    of: u64,
    by: &Arc<Account>,
    content: ProjectContent,
) -> Result<u64, ApiError> {
    let (id, now) = (world.next_id(), world.now());
    let it = project(world, of)?;
    let same = |item: &&ProjectItem| match (&item.content, &content) {
        (
            ProjectContent::Issue { repository, number },
            ProjectContent::Issue { repository: other, number: other_number },
        ) => repository == other && number == other_number,
        _ => false,
    };
    if let Some(known) = it.items.iter().find(same) {
        return Ok(known.id);
    }
    let (values, by_whom) = (std::collections::BTreeMap::new(), Arc::clone(by));
    let item = ProjectItem { id, content, values, archived_at: None, by: by_whom, created_at: now, updated_at: now };
    it.items.push(item);
    tell(world, of, id, by, "created", json!({}));
    Ok(id)
}

/// Sets a field's value, or empties it.
pub(in super::super) fn set_value(
    world: &mut World,
    of: u64,
    item: u64,
    by: &Arc<Account>,
    field: &str,
    value: Option<FieldValue>,
) -> Result<(), ApiError> {
    let now = world.now();
    let it = project(world, of)?;
    let found = it.field(field).ok_or_else(ApiError::not_found)?;
    let (field, kind) = (found.id, kind_name(&found.kind));
    if let (Some(FieldValue::Iteration(start)), None) =
        (&value, value.as_ref().and_then(|value| known(it, field, value)))
    {
        return Err(ApiError::new(422, format!("no iteration starts on {start}")));
    }
    if let Some(FieldValue::Option(name)) = &value {
        add_option(it, field, name);
    }
    let one = it.items.iter_mut().find(|one| one.id == item).ok_or_else(ApiError::not_found)?;
    if one.values.get(&field) == value.as_ref() {
        return Ok(());
    }
    match value {
        Some(value) => one.values.insert(field, value),
        None => one.values.remove(&field),
    };
    one.updated_at = now;
    let node = render::node_id("PVTF", field);
    tell(
        world,
        of,
        item,
        by,
        "edited",
        json!({"changes": {"field_value": {"field_node_id": node, "field_type": kind}}}),
    );
    Ok(())
}

/// An option that nobody chose before comes into being.
fn add_option(it: &mut Project, field: u64, name: &str) {
    let Some(FieldKind::SingleSelect(options)) =
        it.fields.iter_mut().find(|one| one.id == field).map(|one| &mut one.kind)
    else {
        return;
    };
    if !options.iter().any(|known| known == name) {
        options.push(name.to_owned());
    }
}

fn known(it: &Project, field: u64, value: &FieldValue) -> Option<()> {
    match value {
        FieldValue::Iteration(start) => it.iteration(field, *start).map(|_| ()),
        FieldValue::Number(_) | FieldValue::Option(_) => Some(()),
    }
}

const fn kind_name(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Iteration(_) => "iteration",
        FieldKind::Number => "number",
        FieldKind::SingleSelect(_) => "single_select",
    }
}

/// Takes an item off the board.
pub(in super::super) fn remove_item(world: &mut World, of: u64, item: u64, by: &Arc<Account>) -> Result<(), ApiError> {
    tell(world, of, item, by, "deleted", json!({}));
    project(world, of)?.items.retain(|one| one.id != item);
    Ok(())
}

fn tell(world: &mut World, of: u64, item: u64, by: &Arc<Account>, action: &'static str, more: Value) {
    let Some(it) = world.projects.get(&of) else { return };
    let Some(one) = it.item(item) else { return };
    let owner = Arc::clone(&it.owner);
    let mut body = json!({"projects_v2_item": render::project_item(world, it, one)});
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    emit_of_organization(world, "projects_v2_item", action, &owner, by, body);
}
