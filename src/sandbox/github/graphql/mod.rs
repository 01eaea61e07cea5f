//! GraphQL at `/graphql`: documents are parsed and executed field by field over the same state and changes as everything
//! else, so that an answer holds what was selected and nothing more.
//!
//! What the bot asks for is known; any other field is refused as GitHub refuses one that its schema does not have.

mod execute;
mod git;
mod mutate;
mod nodes;
mod resolve;

use serde_json::{Value, json};

use super::http::call::{Call, Reply};
use super::http::error::ApiError;
use super::state::World;

use execute::execute;

/// Where it is.
pub(super) const PATH: &str = "/graphql";

/// An error within an answer.
#[derive(Debug)]
pub(super) struct GraphQlError {
    kind: Option<&'static str>,
    code: Option<&'static str>,
    message: String,
}

impl GraphQlError {
    fn not_found(what: &str) -> Self {
        let message = format!("Could not resolve to a {what}.");
        Self { kind: Some("NOT_FOUND"), code: None, message }
    }

    fn forbidden() -> Self {
        Self { kind: Some("FORBIDDEN"), code: None, message: "Resource not accessible by integration".to_owned() }
    }

    fn invalid(code: &'static str, message: String) -> Self {
        Self { kind: None, code: Some(code), message }
    }

    /// Whether it only concerns the field where it happened. What the schema does not have spoils the whole document.
    const fn is_local(&self) -> bool {
        self.kind.is_some()
    }

    fn json(&self, path: &[Value]) -> Value {
        let mut error = serde_json::Map::from_iter([("message".to_owned(), self.message.clone().into())]);
        error.extend(self.kind.map(|kind| ("type".to_owned(), kind.into())));
        error.extend((!path.is_empty()).then(|| ("path".to_owned(), path.into())));
        error.extend(self.code.map(|code| ("extensions".to_owned(), json!({"code": code}))));
        Value::Object(error)
    }
}

/// Answers a document: 200 whatever went wrong in it, as GitHub does.
pub(super) fn answer(world: &mut World, call: &Call) -> Result<Reply, ApiError> {
    if matches!(call.caller, super::http::auth::Caller::Anonymous) {
        return Err(ApiError::new(401, "This endpoint requires you to be authenticated."));
    }
    let document = call.text("query").ok_or_else(|| ApiError::new(400, "A query attribute must be specified"))?;
    let nothing = json!({});
    let variables = call.body.get("variables").unwrap_or(&nothing);
    let executed = execute(world, &call.caller, document, variables);
    let mut reply = Reply::ok(executed.answer);
    reply.operation = Some(executed.operation);
    Ok(reply)
}
