//! Number fields that organisations give their issues.

use serde_json::{Value, json};

use super::super::change;
use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::render;
use super::super::state::{Role, World};

pub(super) fn of_organisation(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    world.known_account(call.param("login")).ok_or_else(ApiError::not_found)?;
    let field = |(id, name): (&u64, &String)| json!({"id": id, "name": name, "data_type": "number"});
    Ok(Reply::ok(world.issue_fields.iter().map(field).collect()))
}

/// The values that an issue has.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let issue = call.issue(world, call.repository(world)?)?;
    let value = |(id, value): (&u64, &f64)| {
        let name = world.issue_fields.get(id);
        json!({
            "issue_field_id": id, "issue_field_name": name, "node_id": render::node_id("IFN", *id),
            "data_type": "number", "value": value,
        })
    };
    Ok(Reply::ok(issue.fields.iter().map(value).collect()))
}

/// Sets the fields that the body names; the others stay.
pub(super) fn set(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository_to_change(world, Role::Write, "issues")?;
    let number = call.issue(world, call.repository(world)?)?.number;
    let invalid = || ApiError::field("Issue", "issue_field_values", "invalid");
    let given = call.body.get("issue_field_values").and_then(Value::as_array).ok_or_else(invalid)?;
    for one in given {
        let id = one.get("field_id").and_then(Value::as_u64).ok_or_else(invalid)?;
        let value = one.get("value").and_then(Value::as_f64).ok_or_else(invalid)?;
        change::set_field(world, of, number, id, Some(value))?;
    }
    Ok(Reply::ok(Value::Array(given.clone())))
}

pub(super) fn clear(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository_to_change(world, Role::Write, "issues")?;
    let number = call.issue(world, call.repository(world)?)?.number;
    change::set_field(world, of, number, call.id("field")?, None)?;
    Ok(Reply::no_content())
}
