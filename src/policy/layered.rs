//! Layers → policy: reads each file, lays them over one another, checks the whole.

use std::sync::LazyLock;

use super::checked::{ClassificationPolicy, Note, Origin, Policy, PolicyVersion};
use super::layer::{Layer, LayerName};
use super::node::{Node, Value};
use super::problem::{PolicyErrors, Problems, Span, meant, quoted};
use super::read::Read as _;
use super::sections::{Commands, Hygiene, PolicyFile};
use super::terms::FileVersion;
use super::{merge, yaml};
use crate::backlog::Categories;

/// The defaults as they are shipped.
const DEFAULTS: &str = include_str!("../../config/default-policy.yml");

static DEFAULT_NODE: LazyLock<Result<Node, PolicyErrors>> = LazyLock::new(|| read_file(LayerName::Defaults, DEFAULTS));

static DEFAULT_POLICY: LazyLock<Policy> = LazyLock::new(|| {
    read(&[]).map_or_else(
        |_| Policy {
            version: PolicyVersion(String::new()),
            mode: None,
            categories: Categories::default(),
            classification: ClassificationPolicy { apply_at: 1.0, suggest_at: 1.0, side_at: 1.0 },
            hygiene: Hygiene::default(),
            commands: Commands::default(),
            boards: Vec::new(),
        },
        |reading| reading.policy,
    )
});

/// A policy with what is worth knowing about how it came to be.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The policy.
    pub policy: Policy,
    /// What who wrote the file should know, in the order of the file.
    pub notes: Vec<Note>,
    /// The sections of the topmost file, with the names in them: `categories (infrastructure, operations)`.
    pub declares: Vec<String>,
    merged: Node,
}

impl Reading {
    /// Where each value of the policy comes from, in the policy's order.
    #[must_use]
    pub fn origins(&self) -> Vec<Origin> {
        let mut origins = Vec::new();
        collect_origins(&self.merged, String::new(), &mut origins);
        origins
    }
}

/// Lays files over the shipped defaults, in the order given, and checks the whole.
///
/// # Errors
/// All that is wrong, at most 50 problems; each names the layer, line and column.
pub fn read(layers: &[Layer<'_>]) -> Result<Reading, PolicyErrors> {
    read_over(DEFAULT_NODE.clone()?, layers)
}

/// The same over other defaults.
pub(super) fn read_over(defaults: Node, layers: &[Layer<'_>]) -> Result<Reading, PolicyErrors> {
    let mut problems = Problems::default();
    let nothing = Node::empty_map(Span::start(LayerName::Defaults));
    let mut merged = merge::lay(nothing, defaults, &mut problems);
    let mut declares = Vec::new();
    for layer in layers {
        let node = read_file(layer.name, layer.text)?;
        declares = declarations(&node);
        merged = merge::lay(merged, node, &mut problems);
    }
    let first_digits = merged.digest().iter().take(6).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let version = PolicyVersion(format!("{first_digits:012x}"));
    let Some(file) = PolicyFile::read(&merged, &mut problems) else { return Err(problems.into_errors()) };
    let policy = file.check(version, &mut problems);
    let notes = problems.take_notes();
    problems.or(Reading { policy, notes, declares, merged })
}

/// The policy of a repository whose file has this text, over the shipped defaults. An empty file is the defaults.
///
/// Takes any text: never panics, time and memory linear in its length (at most 64 KiB are read).
///
/// # Errors
/// All that is wrong with the file, at most 50 problems.
pub fn parse(text: &str) -> Result<Policy, PolicyErrors> {
    read(&[Layer { name: LayerName::Repository, text }]).map(|reading| reading.policy)
}

/// The policy of a repository whose owner has defaults for all its repositories: the owner's file, and over it the
/// repository's own, where there is one.
///
/// # Errors
/// All that is wrong with either file, or with the two together; at most 50 problems.
pub fn parse_over(organisation: &str, repository: Option<&str>) -> Result<Policy, PolicyErrors> {
    let organisation = Layer { name: LayerName::Organisation, text: organisation };
    let repository = repository.map(|text| Layer { name: LayerName::Repository, text });
    let layers: Vec<Layer<'_>> = std::iter::once(organisation).chain(repository).collect();
    read(&layers).map(|reading| reading.policy)
}

/// The policy of a repository without a file: the shipped defaults.
///
/// A test holds that the shipped file is in order; a build in which it is not would know no category and do nothing.
#[must_use]
pub fn defaults() -> Policy {
    DEFAULT_POLICY.clone()
}

/// One file's tree, with its `version` checked: nothing else is worth saying about a file of another version.
pub(super) fn read_file(layer: LayerName, text: &str) -> Result<Node, PolicyErrors> {
    let node = yaml::read(layer, text)?;
    let mut problems = Problems::default();
    match (&node.value, node.get("version")) {
        (Value::Null, _) => return Ok(Node::empty_map(node.at)),
        (Value::Map(_), Some(version)) => {
            FileVersion::read(version, &mut problems);
        }
        (Value::Map(entries), None) => {
            let keys = entries.iter().map(|entry| entry.key.as_str());
            let advice = match keys.clone().find(|key| meant(key, ["version"]).is_some()) {
                Some(key) => format!("write `version: 1` instead of {}", quoted(key)),
                None => "add `version: 1` as the first line".to_owned(),
            };
            problems.add(node.at, "`version` is missing", advice);
        }
        (Value::Scalar(_) | Value::List(_), _) => {
            problems.add(
                node.at,
                format!("{} stands here", node.kind()),
                "a policy is keys and values, first `version: 1`",
            );
        }
    }
    problems.or(node)
}

/// What a file says, by the names of its keys.
fn declarations(file: &Node) -> Vec<String> {
    let sections = file.entries().iter().filter(|entry| entry.key != "version");
    sections
        .map(|section| {
            let names: Vec<&str> = section.value.entries().iter().map(|entry| entry.key.as_str()).collect();
            if names.is_empty() { section.key.clone() } else { format!("{} ({})", section.key, names.join(", ")) }
        })
        .collect()
}

fn collect_origins(node: &Node, path: String, origins: &mut Vec<Origin>) {
    match &node.value {
        Value::Null => origins.push(Origin { path, value: String::new(), at: node.at }),
        Value::Scalar(text) => origins.push(Origin { path, value: text.clone(), at: node.at }),
        Value::List(items) => {
            for item in items {
                collect_origins(item, path.clone(), origins);
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                let below = if path.is_empty() { entry.key.clone() } else { format!("{path}.{}", entry.key) };
                collect_origins(&entry.value, below, origins);
            }
        }
    }
}
