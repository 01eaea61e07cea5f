//! Lays one file over another, key by key.
//!
//! - A group of keys is merged; a single value or a list replaces what was there.
//! - In a category, `aliases`, `prefixes`, `types` and `keywords` add to what was there, and `remove` takes from it.
//! - `off` in a category's place switches it off.
//! - Boards belong to the one file that declares them: what lies over that file does not get them.

use std::collections::HashMap;

use crate::backlog::LabelKey;

use super::node::{Entry, Node, Value};
use super::problem::{Problems, meant, quoted};
use super::read::{Read as _, says_off};
use super::sections::{BOARD_KEYS, Removal, Removed};

/// Lays a whole file over the files below it.
pub(super) fn lay(base: Node, over: Node, problems: &mut Problems) -> Node {
    let mut base = base;
    if let Value::Map(entries) = &mut base.value {
        entries.retain(|entry| !BOARD_KEYS.contains(&entry.key.as_str()));
    }
    lay_group(base, over, problems, |key, base, over, problems| match key {
        "categories" => lay_categories(base.unwrap_or(Node::empty_map(over.at)), over, problems),
        _ => lay_plain(base, over, problems),
    })
}

fn lay_categories(base: Node, over: Node, problems: &mut Problems) -> Node {
    let inherited: Vec<String> = base.entries().iter().map(|entry| entry.key.clone()).collect();
    lay_group(base, over, problems, |name, base, over, problems| {
        if says_off(&over) && base.is_none() {
            let advice = match meant(name, inherited.iter().map(String::as_str)) {
                Some(candidate) => format!("did you mean `{candidate}`?"),
                None => "remove this line".to_owned(),
            };
            problems.add(over.at, format!("there is no category {} to switch off", quoted(name)), advice);
            return over;
        }
        lay_category(base.unwrap_or(Node::empty_map(over.at)), over, problems)
    })
}

fn lay_plain(base: Option<Node>, over: Node, problems: &mut Problems) -> Node {
    match base {
        Some(base) if matches!((&base.value, &over.value), (Value::Map(_), Value::Map(_) | Value::Null)) => {
            lay_group(base, over, problems, |_, base, over, problems| lay_plain(base, over, problems))
        }
        _ => over,
    }
}

/// Merges two groups; `child` merges what stands under a key. A key keeps its first place in the order.
fn lay_group(
    base: Node,
    over: Node,
    problems: &mut Problems,
    child: impl Fn(&str, Option<Node>, Node, &mut Problems) -> Node,
) -> Node {
    let (base_entries, over_entries) = match (base.value, over.value) {
        (Value::Map(below), Value::Map(above)) => (below, above),
        (Value::Map(below), Value::Null) => (below, Vec::new()),
        (_, value) => return Node { at: over.at, value },
    };
    let mut slots: Vec<Option<Entry>> = base_entries.into_iter().map(Some).collect();
    let index: HashMap<String, usize> =
        slots.iter().flatten().enumerate().map(|(index, entry)| (entry.key.clone(), index)).collect();
    for Entry { key, key_at, value } in over_entries {
        let mut slot = index.get(&key).and_then(|index| slots.get_mut(*index));
        let below = slot.as_mut().and_then(|slot| slot.take()).map(|entry| entry.value);
        let merged = Entry { value: child(&key, below, value, problems), key, key_at };
        match slot {
            Some(slot) => *slot = Some(merged),
            None => slots.push(Some(merged)),
        }
    }
    Node { at: over.at, value: Value::Map(slots.into_iter().flatten().collect()) }
}

fn lay_category(mut base: Node, mut over: Node, problems: &mut Problems) -> Node {
    if let Value::Map(entries) = &mut over.value
        && let Some(position) = entries.iter().position(|entry| entry.key == "remove")
        && let Some(removal) = Removal::read(&entries.remove(position).value, problems)
    {
        remove(&mut base, removal, problems);
    }
    lay_group(base, over, problems, |key, base, over, problems| match (key, base) {
        ("aliases" | "prefixes" | "types" | "keywords", Some(base)) => append(base, over),
        (_, base) => lay_plain(base, over, problems),
    })
}

fn append(base: Node, over: Node) -> Node {
    match (base.value, over.value) {
        (Value::List(mut below), Value::List(above)) => {
            below.extend(above);
            Node { at: over.at, value: Value::List(below) }
        }
        (below, Value::Null) => Node { at: base.at, value: below },
        (_, value) => Node { at: over.at, value },
    }
}

/// Takes entries from the lists of a category that lies below.
fn remove(category: &mut Node, removal: Removal, problems: &mut Problems) {
    let Value::Map(entries) = &mut category.value else { return };
    let lists = [
        ("aliases", removal.aliases),
        ("prefixes", removal.prefixes),
        ("types", removal.types),
        ("keywords", removal.keywords),
    ];
    for (key, removed) in lists {
        let Some(removed) = removed else { continue };
        let mut nothing = Vec::new();
        let items = match entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.value.value) {
            Some(Value::List(items)) => items,
            _ => &mut nothing,
        };
        match removed {
            Removed::All => items.clear(),
            Removed::These(texts) => {
                for text in texts {
                    let before = items.len();
                    let key_of = comparison(key);
                    let wanted = key_of(&text.value.0);
                    items.retain(|item| text_of(item).is_none_or(|text| key_of(text) != wanted));
                    if items.len() == before {
                        let hint = meant(&text.value.0, items.iter().filter_map(text_of))
                            .map_or_else(String::new, |candidate| format!("; did you mean `{candidate}`?"));
                        problems
                            .note(text.at, format!("{} is not among the inherited {key}{hint}", quoted(&text.value.0)));
                    }
                }
            }
        }
    }
}

/// How entries of a list are told to be the same: labels by their key, everything else without regard to case.
fn comparison(list: &str) -> fn(&str) -> String {
    match list {
        "aliases" => |text| LabelKey::new(text).as_str().to_owned(),
        _ => |text| text.trim().to_lowercase(),
    }
}

/// The text of a list's item: itself, or its `text` where it has keys.
fn text_of(item: &Node) -> Option<&str> {
    match &item.value {
        Value::Scalar(text) => Some(text),
        Value::Map(_) => match item.get("text").map(|node| &node.value) {
            Some(Value::Scalar(text)) => Some(text),
            _ => None,
        },
        Value::Null | Value::List(_) => None,
    }
}
