//! Repositories that change hands.

use std::sync::Arc;

use serde_json::json;

use super::super::hooks::{Event, emit};
use super::super::http::error::ApiError;
use super::super::state::{Account, Selection, World};
use super::repository;

/// Gives a repository to another owner. It keeps its id, and its former name leads to it; the former owner's installation
/// covers it no more.
pub(in super::super) fn transfer_repository(
    world: &mut World,
    of: u64,
    by: &Arc<Account>,
    to: &Arc<Account>,
) -> Result<(), ApiError> {
    let name = format!("{}/{}", to.login, repository(world, of)?.name);
    if world.repository_named(&name).is_some() {
        return Err(ApiError::field("Repository", "name", "already_exists"));
    }
    for installation in world.installations.values_mut() {
        if let Selection::Selected(ids) = &mut installation.selection {
            ids.remove(&of);
        }
    }
    let it = repository(world, of)?;
    let former = it.full_name().to_lowercase();
    let from = std::mem::replace(&mut it.owner, Arc::clone(to));
    world.former_names.remove(&name.to_lowercase());
    world.former_names.insert(former, of);
    let body = json!({"changes": {"owner": {"from": {"user": {"login": from.login, "id": from.id}}}}});
    emit(world, Event { name: "repository", action: Some("transferred"), repository: of, by, body });
    Ok(())
}
