//! The fields of an issue in JSON, tolerantly: what is missing or null is empty, labels and types come in two shapes.

use jiff::Timestamp;
use serde_json::Value;

use super::json_lines::not_json;
use crate::backlog::Parent;

/// An issue as any of the known exports writes it; unknown fields are passed over.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    title: Value,
    body: Value,
    labels: Value,
    #[serde(rename = "type", alias = "issueType")]
    type_name: Value,
    pub(super) parent: Value,
    #[serde(alias = "createdAt")]
    created_at: Value,
    #[serde(alias = "updatedAt")]
    updated_at: Value,
    state: Value,
    #[serde(alias = "stateReason")]
    state_reason: Value,
    #[serde(alias = "author")]
    user: Value,
    html_url: Value,
    url: Value,
    pub(super) id: Value,
    pub(super) number: Value,
    pull_request: Value,
    #[serde(rename = "isPullRequest")]
    is_pull_request: Value,
    /// What only a sprint's report reads: see `planning`.
    pub(super) sprint: Value,
    pub(super) milestone: Value,
    pub(super) points: Value,
    pub(super) category: Value,
    pub(super) share: Value,
    pub(super) impact: Value,
    pub(super) due: Value,
    pub(super) reactions: Value,
    pub(super) blocks: Value,
    pub(super) added_at: Value,
}

impl Fields {
    /// Reads one JSON object.
    ///
    /// # Errors
    /// Says what is wrong, without repeating any of it.
    pub(super) fn parse(json: &str) -> Result<Self, String> {
        if !json.trim_start().starts_with('{') {
            // An array of values would otherwise pass for an object of fields.
            serde_json::from_str::<serde::de::IgnoredAny>(json).map_err(|error| not_json(&error))?;
            return Err("this is JSON but no object: write {\"id\": …, \"title\": …, \"body\": …}".to_owned());
        }
        serde_json::from_str(json).map_err(|error| {
            if error.is_data() {
                format!("a field stands there twice (column {})", error.column())
            } else {
                not_json(&error)
            }
        })
    }

    pub(super) fn title(&mut self) -> Result<String, String> {
        text("title", std::mem::take(&mut self.title)).map(Option::unwrap_or_default)
    }

    pub(super) fn body(&mut self) -> Result<String, String> {
        text("body", std::mem::take(&mut self.body)).map(Option::unwrap_or_default)
    }

    /// The labels' names, given as texts or as objects with a name.
    pub(super) fn labels(&mut self) -> Result<Vec<String>, String> {
        match std::mem::take(&mut self.labels) {
            Value::Null => Ok(Vec::new()),
            Value::Array(labels) => labels.into_iter().filter_map(|label| name("labels", label).transpose()).collect(),
            // `gh` writes connections like this.
            Value::Object(mut labels) if labels.contains_key("nodes") => {
                self.labels = labels.remove("nodes").unwrap_or_default();
                self.labels()
            }
            other => Err(expected("labels", &other, "a list")),
        }
    }

    /// The issue type's name, given as a text or as an object with a name.
    pub(super) fn type_name(&mut self) -> Result<Option<String>, String> {
        name("type", std::mem::take(&mut self.type_name)).map(|name| name.filter(|name| !name.is_empty()))
    }

    /// The item that this one is a part of: an object with its `labels` and its `type`.
    pub(super) fn parent(&self) -> Result<Option<Parent>, String> {
        match &self.parent {
            // A number or a key only says which one it is.
            Value::Null | Value::String(_) | Value::Number(_) => Ok(None),
            Value::Object(parent) => {
                let part = |key: &str| parent.get(key).cloned().unwrap_or_default();
                let mut fields = Self { labels: part("labels"), type_name: part("type"), ..Self::default() };
                Ok(Some(Parent { labels: fields.labels()?, type_name: fields.type_name()? }))
            }
            other => Err(expected("parent", other, "an object")),
        }
    }

    pub(super) fn created_at(&self) -> Result<Option<Timestamp>, String> {
        time("created_at", &self.created_at)
    }

    pub(super) fn updated_at(&self) -> Result<Option<Timestamp>, String> {
        time("updated_at", &self.updated_at)
    }

    pub(super) fn state(&mut self) -> Result<Option<String>, String> {
        text("state", std::mem::take(&mut self.state)).map(|state| state.map(|state| state.to_ascii_lowercase()))
    }

    pub(super) fn state_reason(&mut self) -> Result<Option<String>, String> {
        text("state_reason", std::mem::take(&mut self.state_reason))
            .map(|reason| reason.map(|reason| reason.to_ascii_lowercase()))
    }

    /// The author's handle, and whether it is a program.
    pub(super) fn author(&self) -> Option<(&str, bool)> {
        if let Some(login) = self.user.as_str() {
            return Some((login, login.ends_with("[bot]")));
        }
        let login = self.user.get("login")?.as_str()?;
        let is_bot = self.user.get("is_bot").and_then(Value::as_bool).unwrap_or_default()
            || self.user.get("type").and_then(Value::as_str) == Some("Bot")
            || login.ends_with("[bot]");
        Some((login, is_bot))
    }

    /// Where people read it.
    pub(super) fn url(&self) -> Option<&str> {
        self.html_url.as_str().or_else(|| self.url.as_str())
    }

    pub(super) fn is_pull_request(&self) -> bool {
        !self.pull_request.is_null() || self.is_pull_request == Value::Bool(true)
    }
}

pub(super) fn text(field: &str, value: Value) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        other => Err(expected(field, &other, "a text")),
    }
}

fn name(field: &str, value: Value) -> Result<Option<String>, String> {
    match value {
        Value::Object(mut object) => match object.remove("name") {
            Some(name) => text(field, name),
            None => Err(format!("`{field}` holds an object without a name")),
        },
        other => text(field, other),
    }
}

pub(super) fn time(field: &str, value: &Value) -> Result<Option<Timestamp>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => {
            text.parse().map(Some).map_err(|_| format!("`{field}` is no time: write e.g. 2026-11-21T10:00:00Z"))
        }
        other => Err(expected(field, other, "a time")),
    }
}

pub(super) fn expected(field: &str, value: &Value, wanted: &str) -> String {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("`{field}` holds {found}, expected {wanted}")
}
