//! Teams of organisations.

use serde_json::json;

use super::super::http::auth::Caller;
use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::state::World;

/// Whether somebody belongs to a team; 404 otherwise, and from outside the organisation.
pub(super) fn membership(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let organisation = call.param("login").to_lowercase();
    if let Caller::Installation(id) = &call.caller {
        let installation = world.installations.get(id).ok_or_else(ApiError::not_found)?;
        if !installation.account.login.eq_ignore_ascii_case(&organisation) {
            return Err(ApiError::not_found());
        }
        if !installation.permissions.contains_key("members") {
            return Err(ApiError::new(403, "Resource not accessible by integration"));
        }
    }
    let team = format!("{organisation}/{}", call.param("team").to_lowercase());
    let member = call.param("member");
    if !world.teams.contains(&(team, member.to_lowercase())) {
        return Err(ApiError::not_found());
    }
    Ok(Reply::ok(json!({"url": format!("{}{}", world.url, call.path), "role": "member", "state": "active"})))
}
