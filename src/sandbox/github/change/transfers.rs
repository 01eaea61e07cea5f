//! Issues that leave: for another repository, or for good.

use std::sync::Arc;

use serde_json::json;

use super::super::http::error::ApiError;
use super::super::render;
use super::super::state::{Account, Happening, Slot, World};
use super::{emit_issue, issue, note, repository};

/// Moves an issue. It gets a new id and number, keeps its comments, and loses labels and milestone that the other
/// repository does not have. Returns the new number.
pub(in super::super) fn transfer(
    world: &mut World,
    from: u64,
    number: u64,
    by: &Arc<Account>,
    to: u64,
) -> Result<u64, ApiError> {
    let mut moved = issue(world, from, number)?.clone();
    let label_names: Vec<String> = {
        let source = repository(world, from)?;
        moved.labels.iter().filter_map(|id| source.label(*id)).map(|label| label.name.clone()).collect()
    };
    moved.id = world.next_id();
    moved.milestone = None;
    let target = repository(world, to)?;
    target.last_number += 1;
    let new_number = target.last_number;
    moved.number = new_number;
    moved.labels = label_names.iter().filter_map(|name| target.label_named(name)).map(|label| label.id).collect();
    target.issues.insert(new_number, Slot::Here(Box::new(moved)));
    note(world, to, new_number, by, Happening::Transferred);

    let rendered = |world: &World, repository: u64, number: u64| {
        let of = world.repositories.get(&repository)?;
        Some((render::issue(world, of, of.issue(number)?), render::repository(world, of)))
    };
    let new = rendered(world, to, new_number);
    let old = rendered(world, from, number);
    if let Some((new_issue, new_repository)) = new {
        let changes = json!({"changes": {"new_issue": new_issue, "new_repository": new_repository}});
        emit_issue(world, from, number, by, "transferred", changes);
    }
    repository(world, from)?.issues.insert(number, Slot::Transferred { repository: to, number: new_number });
    if let Some((old_issue, old_repository)) = old {
        let changes = json!({"changes": {"old_issue": old_issue, "old_repository": old_repository}});
        emit_issue(world, to, new_number, by, "opened", changes);
    }
    Ok(new_number)
}

/// Deletes an issue.
pub(in super::super) fn delete_issue(
    world: &mut World,
    of: u64,
    number: u64,
    by: &Arc<Account>,
) -> Result<(), ApiError> {
    issue(world, of, number)?;
    emit_issue(world, of, number, by, "deleted", json!({}));
    repository(world, of)?.issues.insert(number, Slot::Deleted);
    Ok(())
}
