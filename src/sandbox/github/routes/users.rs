//! Accounts, and what is left of the caller's hour.

use serde_json::json;

use super::super::http::auth::Caller;
use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::http::limits::budget;
use super::super::render;
use super::super::state::World;

pub(super) fn me(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    match &call.caller {
        Caller::Account(account) => Ok(Reply::ok(render::private_user(world, account))),
        Caller::Anonymous => Err(ApiError::new(401, "Requires authentication")),
        Caller::App | Caller::Installation(_) => Err(ApiError::new(403, "Resource not accessible by integration")),
    }
}

pub(super) fn show(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let account = world.known_account(call.param("login")).ok_or_else(ApiError::not_found)?;
    Ok(Reply::ok(render::public_user(world, &account)))
}

#[expect(clippy::unnecessary_wraps, reason = "handlers have one form")]
pub(super) fn rate_limit(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let core = budget(world, &call.caller).json();
    let other = |limit: u64| json!({"limit": limit, "used": 0, "remaining": limit, "reset": core.get("reset")});
    let resources = json!({"core": core, "search": other(30), "graphql": other(5_000)});
    Ok(Reply::ok(json!({"resources": resources, "rate": core})))
}
