//! Repositories, and what people may do in them.

use serde_json::json;

use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::render;
use super::super::state::World;

pub(super) fn show(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let repository = call.repository(world)?;
    Ok(Reply::ok(render::repository(world, repository)))
}

/// A person's role; `permission` has the four old names only.
pub(super) fn permission(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let repository = call.repository(world)?;
    let login = call.param("login");
    let account = world.known_account(login).ok_or_else(|| ApiError::new(404, format!("{login} is not a user")))?;
    let role = repository.role_of(&account);
    let user = render::collaborator(world, &account, role);
    Ok(Reply::ok(json!({"permission": role.legacy_name(), "role_name": role.name(), "user": user})))
}
