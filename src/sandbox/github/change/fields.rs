//! Values of issue fields. They send no webhook here.

use super::super::http::error::ApiError;
use super::super::state::World;

/// Sets a number, or takes it away; one that is not there is 404.
pub(in super::super) fn set_field(
    world: &mut World,
    of: u64,
    number: u64,
    field: u64,
    value: Option<f64>,
) -> Result<(), ApiError> {
    if !world.issue_fields.contains_key(&field) {
        return Err(ApiError::not_found());
    }
    let now = world.now();
    let issue = super::issue(world, of, number)?;
    let before = match value {
        Some(value) => issue.fields.insert(field, value).or(Some(value)),
        None => issue.fields.remove(&field),
    };
    issue.updated_at = now;
    before.map(|_| ()).ok_or_else(ApiError::not_found)
}
