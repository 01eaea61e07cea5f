//! Pages of lists, with GitHub's `Link` header.

use serde_json::Value;

use super::call::{Call, Reply};

/// One page of a list that is already in order. `per_page` is 1 to 100 (30 unless told), `page` counts from 1.
pub(in super::super) fn page(url: &str, call: &Call, items: Vec<Value>) -> Reply {
    page_of(url, call, items, Value::Array)
}

/// The same for lists that stand inside an object.
pub(in super::super) fn page_of(
    url: &str,
    call: &Call,
    items: Vec<Value>,
    wrap: impl FnOnce(Vec<Value>) -> Value,
) -> Reply {
    let per_page = call.number("per_page").unwrap_or(30).clamp(1, 100);
    let page = call.number("page").unwrap_or(1).max(1);
    let last = items.len().div_ceil(per_page).max(1);
    let shown: Vec<Value> = items.into_iter().skip((page - 1).saturating_mul(per_page)).take(per_page).collect();
    let mut reply = Reply::ok(wrap(shown));
    let address = |number: usize| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in call.query.iter().filter(|(key, _)| key != "page") {
            query.append_pair(key, value);
        }
        query.append_pair("page", &number.to_string());
        format!("<{url}{}?{}>", call.path, query.finish())
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
