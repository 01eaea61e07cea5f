//! State as the JSON that GitHub would answer with; the key sets follow its `OpenAPI` description and its official examples.

mod app;
mod issue;
mod project;
mod repository;
mod timeline;
mod user;

use base64::Engine as _;
use jiff::Timestamp;
use serde_json::{Map, Value};

pub(super) use app::{
    app, deliveries_item, delivery, hook_installation, installation, installation_repository, installation_stub,
};
pub(super) use issue::{comment, issue, issue_type, label, milestone, pull_request, reaction, review, review_comment};
pub(super) use project::project_item;
pub(super) use repository::{
    combined_status, commit, directory, file, organization, push_commit, push_repository, repository, status,
};
pub(super) use timeline::timeline_entry;
pub(super) use user::{collaborator, private_user, public_user, user};

/// A moment as GitHub writes it: whole seconds, UTC.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An opaque id of GraphQL's kind.
pub(super) fn node_id(kind: &str, id: u64) -> String {
    base64::engine::general_purpose::STANDARD_NO_PAD.encode(format!("{kind}:{id}"))
}

/// Adds the members of `more`, which must be an object.
fn merge(mut base: Value, more: Value) -> Value {
    if let (Value::Object(base), Value::Object(more)) = (&mut base, more) {
        base.extend(more);
    }
    base
}

/// An object of addresses below `base`.
fn urls(base: &str, table: &[(&str, &str)]) -> Map<String, Value> {
    table.iter().map(|(key, path)| ((*key).to_owned(), Value::from(format!("{base}{path}")))).collect()
}

/// A name as a segment of an address.
pub(super) fn segment(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            use std::fmt::Write as _;
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
