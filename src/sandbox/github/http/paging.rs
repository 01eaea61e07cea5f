//! Pages of lists, with GitHub's `Link` header.

use serde_json::Value;

use super::super::state::World;
use super::call::{Call, Reply};

/// One page of a list that is already in order; only what is shown is rendered. `per_page` is 1 to 100 (30 unless told),
/// `page` counts from 1. Links name a repository by its id, as GitHub's do, whatever the request called it.
pub(in super::super) fn page<T>(
    world: &World,
    call: &Call,
    items: impl IntoIterator<Item = T>,
    render: impl Fn(T) -> Value,
) -> Reply {
    page_of(world, call, items, render, |shown, _| Value::Array(shown))
}

/// The same for lists that stand inside an object, which `wrap` makes of a page and the number of all items.
pub(in super::super) fn page_of<T>(
    world: &World,
    call: &Call,
    items: impl IntoIterator<Item = T>,
    render: impl Fn(T) -> Value,
    wrap: impl FnOnce(Vec<Value>, usize) -> Value,
) -> Reply {
    let items: Vec<T> = items.into_iter().collect();
    let count = items.len();
    let per_page = call.number("per_page").unwrap_or(30).clamp(1, 100);
    let page = call.number("page").unwrap_or(1).max(1);
    let last = count.div_ceil(per_page).max(1);
    let shown = items.into_iter().skip((page - 1).saturating_mul(per_page)).take(per_page);
    let shown: Vec<Value> = shown.map(render).collect();
    let mut reply = Reply::ok(wrap(shown, count));
    let path = call.lasting_path(world);
    let address = |number: usize| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in call.query.iter().filter(|(key, _)| key != "page") {
            query.append_pair(key, value);
        }
        query.append_pair("page", &number.to_string());
        format!("<{}{path}?{}>", world.url, query.finish())
    };
    let mut links = Vec::new();
    if page > 1 {
        links.push(format!("{}; rel=\"prev\"", address((page - 1).min(last))));
    }
    if page < last {
        links.push(format!("{}; rel=\"next\"", address(page + 1)));
        links.push(format!("{}; rel=\"last\"", address(last)));
    }
    if page > 1 {
        links.push(format!("{}; rel=\"first\"", address(1)));
    }
    if !links.is_empty() {
        reply.headers.push(("link", links.join(", ")));
    }
    reply
}
