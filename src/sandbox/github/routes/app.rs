//! What the App asks about itself: who it is, where it is installed, tokens.

use jiff::SignedDuration;
use serde_json::json;

use super::super::http::auth::Caller;
use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::http::paging::{page, page_of};
use super::super::render;
use super::super::state::{Installation, Token, TokenHolder, World};

/// These addresses want the token that the App signs itself.
pub(super) fn as_app(call: &Call) -> Result<(), ApiError> {
    match call.caller {
        Caller::App => Ok(()),
        Caller::Anonymous | Caller::Installation(_) | Caller::Account(_) => {
            Err(ApiError::new(401, "A JSON web token could not be decoded"))
        }
    }
}

pub(super) fn show(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    as_app(call)?;
    Ok(Reply::ok(render::app(world)))
}

pub(super) fn installations(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    as_app(call)?;
    Ok(page(world, call, world.installations.values(), |one| render::installation(world, one)))
}

fn found<'a>(world: &'a World, call: &Call) -> Result<&'a Installation, ApiError> {
    as_app(call)?;
    world.installations.get(&call.id("id")?).ok_or_else(ApiError::not_found)
}

pub(super) fn installation(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    Ok(Reply::ok(render::installation(world, found(world, call)?)))
}

pub(super) fn installation_of_owner(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    as_app(call)?;
    let login = call.param("login");
    let one = world.installations.values().find(|one| one.account.login.eq_ignore_ascii_case(login));
    Ok(Reply::ok(render::installation(world, one.ok_or_else(ApiError::not_found)?)))
}

pub(super) fn installation_of_repository(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    as_app(call)?;
    let name = format!("{}/{}", call.param("owner"), call.param("repo"));
    let id = match call.params.get("repository_id") {
        Some(id) => id.parse().ok(),
        None => world.repository_named(&name).map(|one| one.id),
    };
    let one = id.and_then(|id| world.installation_of(id)).ok_or_else(ApiError::not_found)?;
    Ok(Reply::ok(render::installation(world, one)))
}

/// A token for an hour.
pub(super) fn access_token(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let one = found(world, call)?;
    if one.suspended_at.is_some() {
        return Err(ApiError::new(403, "This installation has been suspended"));
    }
    let (id, permissions, selection) = (one.id, one.permissions.clone(), one.selection_name());
    let now = world.auth_clock.now();
    let expires_at = now.saturating_add(SignedDuration::from_hours(1)).unwrap_or(now);
    let token = world.new_token("ghs_", TokenHolder::Installation(id), Some(expires_at));
    let expires_at = render::time(expires_at);
    Ok(Reply::created(json!({
        "token": token, "expires_at": expires_at, "permissions": permissions, "repository_selection": selection,
    })))
}

/// The repositories that an installation's token sees.
pub(super) fn repositories(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let Caller::Installation(id) = call.caller else {
        return Err(ApiError::new(403, "You must authenticate with an installation access token"));
    };
    let one = world.installations.get(&id).ok_or_else(ApiError::not_found)?;
    let seen = world.repositories.values().filter(|it| one.covers(it.id, it.owner.id));
    let selection = one.selection_name();
    Ok(page_of(
        world,
        call,
        seen,
        |it| render::repository(world, it),
        |shown, count| json!({"total_count": count, "repository_selection": selection, "repositories": shown}),
    ))
}

impl World {
    /// Makes a token; its letters come from chance, so that a stale one is never guessed.
    pub(in super::super) fn new_token(
        &mut self,
        prefix: &str,
        holder: TokenHolder,
        expires_at: Option<jiff::Timestamp>,
    ) -> String {
        let token = format!("{prefix}{:016x}{:016x}", self.entropy.next(), self.entropy.next());
        self.tokens.insert(token.clone(), Token { holder, expires_at });
        token
    }
}
