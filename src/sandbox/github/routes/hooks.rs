//! The App's own log of deliveries, and asking for one again.

use serde_json::{Value, json};

use super::super::hooks;
use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::render;
use super::super::state::World;
use super::app::as_app;

/// Newest first, paged by `cursor`: the id of the first delivery of the page, as `Link` tells it. `status` keeps
/// `success` (below 400) or `failure`.
pub(super) fn list(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    as_app(call)?;
    let per_page = call.number("per_page").unwrap_or(30).clamp(1, 100);
    let cursor: u64 = match call.query("cursor") {
        None => u64::MAX,
        Some(cursor) => cursor.parse().map_err(|_| ApiError::new(422, "The cursor is invalid"))?,
    };
    let wanted = |status: u16| match call.query("status") {
        Some("success") => status < 400,
        Some("failure") => status >= 400,
        _ => true,
    };
    let mut all: Vec<_> = world.sent.iter().collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.id));
    let mut from_cursor = all
        .into_iter()
        .filter(|one| one.id <= cursor && one.answer.as_ref().is_some_and(|answer| wanted(answer.status)));
    let shown: Vec<Value> = from_cursor.by_ref().take(per_page).map(render::deliveries_item).collect();
    let mut reply = Reply::ok(Value::Array(shown));
    if let Some(next) = from_cursor.next() {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in call.query.iter().filter(|(key, _)| key != "cursor") {
            query.append_pair(key, value);
        }
        query.append_pair("cursor", &next.id.to_string());
        reply.headers.push(("link", format!("<{}{}?{}>; rel=\"next\"", world.url, call.path, query.finish())));
    }
    Ok(reply)
}

pub(super) fn show(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    as_app(call)?;
    let id = call.id("id")?;
    let one = world.sent.iter().find(|one| one.id == id).ok_or_else(ApiError::not_found)?;
    Ok(Reply::ok(render::delivery(world, one)))
}

pub(super) fn attempt(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    as_app(call)?;
    if hooks::redeliver(world, call.id("id")?) { Ok(Reply::new(202, json!({}))) } else { Err(ApiError::not_found()) }
}
