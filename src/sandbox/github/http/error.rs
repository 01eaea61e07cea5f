//! GitHub's error bodies.

use serde_json::{Value, json};

/// A refusal as GitHub words it.
#[derive(Clone, Debug)]
pub(in super::super) struct ApiError {
    pub(in super::super) status: u16,
    pub(in super::super) message: String,
    pub(in super::super) errors: Vec<Value>,
    /// Where the thing is now, for answers that point elsewhere.
    pub(in super::super) location: Option<String>,
}

const DOCUMENTATION: &str = "https://docs.github.com/rest";

impl ApiError {
    pub(in super::super) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), errors: Vec::new(), location: None }
    }

    pub(in super::super) fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    pub(in super::super) fn bad_credentials() -> Self {
        Self::new(401, "Bad credentials")
    }

    /// The request reads well and cannot be done.
    pub(in super::super) fn validation(error: Value) -> Self {
        Self { errors: vec![error], ..Self::new(422, "Validation Failed") }
    }

    /// A field is wrong in one of GitHub's ways: `missing_field`, `invalid`, `already_exists` …
    pub(in super::super) fn field(resource: &str, field: &str, code: &str) -> Self {
        Self::validation(json!({"resource": resource, "code": code, "field": field}))
    }

    /// A field is wrong in a way that needs words.
    pub(in super::super) fn custom(resource: &str, field: &str, message: &str) -> Self {
        Self::validation(json!({"resource": resource, "code": "custom", "field": field, "message": message}))
    }

    /// The thing stands elsewhere.
    pub(in super::super) fn moved(status: u16, location: String) -> Self {
        Self { location: Some(location), ..Self::new(status, "Moved Permanently") }
    }

    pub(in super::super) fn body(&self) -> Value {
        let mut body = json!({"message": self.message});
        if let Value::Object(members) = &mut body {
            if let Some(location) = &self.location {
                members.insert("url".to_owned(), Value::from(location.clone()));
            }
            if !self.errors.is_empty() {
                members.insert("errors".to_owned(), Value::from(self.errors.clone()));
            }
            members.insert("documentation_url".to_owned(), Value::from(DOCUMENTATION));
            members.insert("status".to_owned(), Value::from(self.status.to_string()));
        }
        body
    }
}
