//! Spellings that name a category outright: labels, issue types, title prefixes.

use std::collections::HashMap;

use crate::backlog::{Categories, Category, LabelKey};

/// An index of spellings.
#[derive(Debug)]
pub(super) struct Marks(HashMap<LabelKey, usize>);

impl Marks {
    /// Takes each category's spellings; where two claim one, the earlier in the policy has it.
    pub(super) fn new(categories: &Categories, spellings: impl Fn(&Category) -> Vec<&String>) -> Self {
        let mut index = HashMap::new();
        // A category's first spelling (its label) goes before any alias of another.
        let all: Vec<Vec<&String>> = categories.iter().map(spellings).collect();
        let firsts = all.iter().map(|list| list.get(..1).unwrap_or_default());
        let others = all.iter().map(|list| list.get(1..).unwrap_or_default());
        for (place, list) in firsts.enumerate().chain(others.enumerate()) {
            for spelling in list {
                let key = LabelKey::new(spelling);
                if !key.as_str().is_empty() {
                    index.entry(key).or_insert(place);
                }
            }
        }
        Self(index)
    }

    /// The place in the policy of the category that this spelling names.
    pub(super) fn of(&self, spelling: &str) -> Option<usize> {
        self.0.get(&LabelKey::new(spelling)).copied()
    }
}
