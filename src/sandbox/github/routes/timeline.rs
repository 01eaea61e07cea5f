//! What happened to an issue, oldest first.

use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::http::paging::page;
use super::super::render;
use super::super::state::{Happening, TimelineEntry, World};

/// Everything, comments among it. Like GitHub's, it knows neither `since` nor another order.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    listed(world, call, |_| true)
}

/// Without comments.
pub(super) fn events(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    listed(world, call, |entry| !matches!(entry.what, Happening::Commented { .. }))
}

fn listed(world: &World, call: &Call, wanted: fn(&&TimelineEntry) -> bool) -> Result<Reply, ApiError> {
    let of = call.repository(world)?;
    let issue = call.issue(world, of)?;
    // Rendered before they are counted: an entry about a deleted comment is none.
    let entries = issue.timeline.iter().filter(wanted);
    let entries = entries.filter_map(|entry| render::timeline_entry(world, of, issue, entry));
    Ok(page(world, call, entries, |entry| entry))
}
