//! Commits and their statuses.

use super::super::change;
use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::http::paging::page;
use super::super::render;
use super::super::state::{Commit, Repository, Role, World};

/// Newest first; `path` keeps those that touched a file or folder, `since` those from then on.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    let since = call.moment("since");
    let wanted = of.commits.iter().rev().filter(|commit| {
        call.query("path").is_none_or(|path| commit.touches(path)) && since.is_none_or(|since| commit.at >= since)
    });
    Ok(page(world, call, wanted, |commit| render::commit(world, of, commit)))
}

fn found<'a>(of: &'a Repository, call: &Call) -> Result<&'a Commit, ApiError> {
    let reference = call.param("reference");
    of.commit(reference).ok_or_else(|| ApiError::new(422, format!("No commit found for SHA: {reference}")))
}

pub(super) fn show(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    Ok(Reply::ok(render::commit(world, of, found(of, call)?)))
}

/// Newest first.
pub(super) fn statuses(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    let sha = &found(of, call)?.sha;
    let all = of.statuses.iter().rev().filter(|one| one.sha == *sha);
    Ok(page(world, call, all, |one| render::status(world, of, one)))
}

pub(super) fn combined_status(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    Ok(Reply::ok(render::combined_status(world, of, &found(of, call)?.sha)))
}

pub(super) fn set_status(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let id = call.repository_to_change(world, Role::Write, "statuses")?;
    let by = call.actor(world)?;
    let details = (call.text("context"), call.text("description"), call.text("target_url"));
    let state = call.text("state").unwrap_or_default();
    let status = change::set_status(world, id, &by, call.param("sha"), state, details)?;
    let of = call.repository(world)?;
    Ok(Reply::created(render::status(world, of, &status)))
}
