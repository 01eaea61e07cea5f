//! Installing the App, and choosing its repositories.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::super::app::permissions;
use super::super::hooks::emit_installation;
use super::super::http::error::ApiError;
use super::super::render;
use super::super::state::{Account, Installation, Selection, World};

fn listed(world: &World, repositories: impl IntoIterator<Item = u64>) -> Vec<Value> {
    let found = repositories.into_iter().filter_map(|id| world.repositories.get(&id));
    found.map(render::installation_repository).collect()
}

fn covered(world: &World, installation: u64) -> Vec<u64> {
    let Some(one) = world.installations.get(&installation) else { return Vec::new() };
    world.repositories.values().filter(|it| one.covers(it.id, it.owner.id)).map(|it| it.id).collect()
}

/// Installs the App for an owner. `selection` none: for all repositories.
pub(in super::super) fn install(
    world: &mut World,
    owner: &Arc<Account>,
    by: &Account,
    selection: Option<BTreeSet<u64>>,
) -> u64 {
    let (id, created_at) = (world.next_id(), world.now());
    let selection = selection.map_or(Selection::All, Selection::Selected);
    let account = Arc::clone(owner);
    let new = Installation { id, account, selection, permissions: permissions(), created_at, suspended_at: None };
    world.installations.insert(id, new);
    let repositories = listed(world, covered(world, id));
    emit_installation(
        world,
        "installation",
        "created",
        id,
        by,
        json!({"repositories": repositories, "requester": null}),
    );
    id
}

/// Takes the App away from an owner; its tokens die.
pub(in super::super) fn uninstall(world: &mut World, installation: u64, by: &Account) {
    let repositories = listed(world, covered(world, installation));
    emit_installation(world, "installation", "deleted", installation, by, json!({"repositories": repositories}));
    world.installations.remove(&installation);
}

/// Suspends an installation, or lets it go on.
pub(in super::super) fn set_suspended(world: &mut World, installation: u64, by: &Account, on: bool) {
    let now = world.now();
    let Some(one) = world.installations.get_mut(&installation) else { return };
    one.suspended_at = on.then_some(now);
    emit_installation(world, "installation", if on { "suspend" } else { "unsuspend" }, installation, by, json!({}));
}

/// Gives an installation one repository more; where it covers all, that only tells the App of a new one.
pub(in super::super) fn add_to_installation(world: &mut World, installation: u64, by: &Account, repository: u64) {
    if let Some(one) = world.installations.get_mut(&installation)
        && let Selection::Selected(ids) = &mut one.selection
    {
        ids.insert(repository);
    }
    tell(world, installation, by, "added", &[repository], &[]);
}

/// Takes one repository from an installation, which from then on covers only selected ones.
pub(in super::super) fn remove_from_installation(
    world: &mut World,
    installation: u64,
    by: &Account,
    repository: u64,
) -> Result<(), ApiError> {
    let mut rest: BTreeSet<u64> = covered(world, installation).into_iter().collect();
    rest.remove(&repository);
    let one = world.installations.get_mut(&installation).ok_or_else(ApiError::not_found)?;
    one.selection = Selection::Selected(rest);
    tell(world, installation, by, "removed", &[], &[repository]);
    Ok(())
}

fn tell(world: &mut World, installation: u64, by: &Account, action: &'static str, added: &[u64], removed: &[u64]) {
    let Some(one) = world.installations.get(&installation) else { return };
    let body = json!({
        "repository_selection": one.selection_name(),
        "repositories_added": listed(world, added.iter().copied()),
        "repositories_removed": listed(world, removed.iter().copied()),
        "requester": null,
    });
    emit_installation(world, "installation_repositories", action, installation, by, body);
}
