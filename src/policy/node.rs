//! A YAML file as a tree in which every value knows where it stands.

use sha2::{Digest as _, Sha256};

use super::problem::Span;

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) at: Span,
    pub(super) value: Value,
}

/// What a value is. What a scalar means is decided by what reads it: `404` can be a number or a label.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Nothing stands there, or `null`.
    Null,
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_at: Span,
    pub(super) value: Node,
}

impl Node {
    pub(super) const fn empty_map(at: Span) -> Self {
        Self { at, value: Value::Map(Vec::new()) }
    }

    /// The entries, where this is a map; where nothing stands that is an empty map too.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Null | Value::Scalar(_) | Value::List(_) => &[],
        }
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// What kind of value this is, for messages.
    pub(super) const fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Scalar(_) => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a group of keys",
        }
    }

    /// SHA-256 of the content: the same for the same values, whatever their places, the order of keys, comments and
    /// the spelling of numbers.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        match &self.value {
            Value::Null => hasher.update(b"n"),
            Value::Scalar(text) => {
                hasher.update(b"s");
                match text.parse::<f64>() {
                    Ok(number) if number.is_finite() => hasher.update(number.to_string()),
                    _ => hasher.update(text),
                }
            }
            Value::List(items) => {
                hasher.update(b"l");
                for item in items {
                    hasher.update(item.digest());
                }
            }
            Value::Map(entries) => {
                hasher.update(b"m");
                let mut sorted: Vec<&Entry> = entries.iter().collect();
                sorted.sort_by(|a, b| a.key.cmp(&b.key));
                for entry in sorted {
                    hasher.update(Sha256::digest(&entry.key));
                    hasher.update(entry.value.digest());
                }
            }
        }
        hasher.finalize().into()
    }
}
