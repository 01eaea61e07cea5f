//! `/graphql`, for the one question who last changed a text: `nodes(ids: $ids) { ... on Comment { id editor } }`.

use serde_json::{Value, json};

use super::super::http::auth::Caller;
use super::super::http::call::{Call, Reply};
use super::super::http::error::ApiError;
use super::super::render::node_id;
use super::super::state::{Account, AccountKind, Repository, World};

pub(super) fn answer(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    if matches!(call.caller, Caller::Anonymous) {
        return Err(ApiError::new(401, "This endpoint requires you to be authenticated."));
    }
    let ids = call.body.pointer("/variables/ids").and_then(Value::as_array).cloned().unwrap_or_default();
    let nodes: Vec<Value> = ids.iter().filter_map(Value::as_str).map(|id| text(world, id)).collect();
    Ok(Reply::ok(json!({"data": {"nodes": nodes}})))
}

fn text(world: &World, id: &str) -> Value {
    let issues = || world.repositories.values().flat_map(Repository::living_issues);
    let of_issues = issues().map(|issue| (node_id("I", issue.id), issue.editor.as_ref()));
    let of_comments =
        issues().flat_map(|issue| &issue.comments).map(|comment| (node_id("IC", comment.id), comment.editor.as_ref()));
    match of_issues.chain(of_comments).find(|(own, _)| own == id) {
        Some((id, editor)) => json!({"id": id, "editor": editor.map(|account| actor(account))}),
        None => Value::Null,
    }
}

fn actor(account: &Account) -> Value {
    let kind = if account.kind == AccountKind::Bot { "Bot" } else { "User" };
    json!({"__typename": kind, "login": account.login.trim_end_matches("[bot]")})
}
