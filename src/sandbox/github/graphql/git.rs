//! What a revision such as `HEAD:docs/README.md` names: a file or a folder at the head of the default branch.

use serde_json::{Value, json};

use super::super::render;
use super::super::state::{Repository, World};
use super::nodes::{Found, Node};

/// Git's modes of a file and of a folder, as GraphQL tells them; links and submodules cannot be made here.
const FILE: u32 = 0o100_644;
const FOLDER: u32 = 0o040_000;

/// Other revisions than these name nothing here.
pub(super) fn object(world: &World, of: &Repository, expression: &str) -> Found {
    let Some((revision, path)) = expression.split_once(':') else { return Found::Nothing };
    if of.commits.is_empty() || (revision != "HEAD" && revision != of.default_branch) {
        return Found::Nothing;
    }
    if let Some(file) = of.files.get(path) {
        let members = json!({
            "oid": file.sha, "byteSize": file.text.len(), "isBinary": false, "isTruncated": false, "text": file.text,
        });
        return Found::One(Node::Plain { kind: "Blob", members });
    }
    let Some(Value::Array(entries)) = render::directory(world, of, path) else { return Found::Nothing };
    let entries: Vec<Value> = entries.iter().map(entry).collect();
    Found::One(Node::Plain { kind: "Tree", members: json!({ "entries": entries }) })
}

fn entry(listed: &Value) -> Value {
    let (kind, mode) = if listed["type"] == "dir" { ("tree", FOLDER) } else { ("blob", FILE) };
    json!({ "name": listed["name"], "type": kind, "mode": mode })
}
