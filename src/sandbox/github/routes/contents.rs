//! Files at the head of the default branch.

use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::render;
use super::super::state::World;

/// A file, or what stands in a folder. Only the default branch's head has content here; another `ref` is unknown.
pub(super) fn show(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    if let Some(reference) = call.query("ref") {
        let head = of.commits.last().map(|commit| commit.sha.as_str());
        let asked = of.commit(reference.trim_start_matches("refs/")).map(|commit| commit.sha.as_str());
        if asked.is_none() || asked != head {
            return Err(ApiError::new(404, format!("No commit found for the ref {reference}")));
        }
    }
    let path = call.param("path").trim_matches('/');
    if let Some(file) = of.files.get(path) {
        return Ok(Reply::ok(render::file(world, of, path, file)));
    }
    render::directory(world, of, path).map(Reply::ok).ok_or_else(ApiError::not_found)
}
