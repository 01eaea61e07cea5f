//! A repository's labels.

use super::super::change::{self, LabelPatch};
use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::http::paging::page;
use super::super::render;
use super::super::state::{Role, World};

pub(super) fn list(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    Ok(page(world, call, &of.labels, |label| render::label(world, of, label)))
}

pub(super) fn show(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    let label = of.label_named(call.param("name")).ok_or_else(ApiError::not_found)?;
    Ok(Reply::ok(render::label(world, of, label)))
}

fn rendered(world: &World, call: &Call, id: u64) -> Result<serde_json::Value, ApiError> {
    let of = call.repository(world)?;
    of.label(id).map(|label| render::label(world, of, label)).ok_or_else(ApiError::not_found)
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository_to_change(world, Role::Write, "issues")?;
    let by = call.actor(world)?;
    let name = call.text("name").unwrap_or_default();
    let id = change::create_label(world, of, &by, name, call.text("color"), call.text("description"))?;
    Ok(Reply::created(rendered(world, call, id)?))
}

pub(super) fn edit(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository_to_change(world, Role::Write, "issues")?;
    let by = call.actor(world)?;
    let text = |key| call.text(key).map(str::to_owned);
    let patch = LabelPatch { name: text("new_name"), color: text("color"), description: text("description") };
    let id = change::edit_label(world, of, &by, call.param("name"), patch)?;
    Ok(Reply::ok(rendered(world, call, id)?))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository_to_change(world, Role::Write, "issues")?;
    let by = call.actor(world)?;
    change::delete_label(world, of, &by, call.param("name"))?;
    Ok(Reply::no_content())
}
