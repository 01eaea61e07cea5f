//! Spellings that name a category outright: labels, issue types, title prefixes.

use std::collections::{HashMap, HashSet};

use crate::backlog::{Categories, Category, LabelKey};

/// An index of spellings.
#[derive(Debug)]
pub(super) struct Marks(HashMap<LabelKey, Named>);

/// What a spelling names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The category's place in the policy.
    pub(super) category: usize,
    /// Whether the policy brought the spelling: the team's own word goes before a shipped one.
    pub(super) is_own: bool,
}

impl Marks {
    /// Takes each category's spellings; where two claim one, the earlier in the policy has it. `shipped` are those of the
    /// default policy.
    pub(super) fn new(
        categories: &Categories,
        shipped: &Categories,
        spellings: impl Fn(&Category) -> Vec<&String>,
    ) -> Self {
        let known: HashSet<LabelKey> =
            shipped.iter().flat_map(&spellings).map(|spelling| LabelKey::new(spelling)).collect();
        let mut index = HashMap::new();
        // A category's first spelling (its label) goes before any alias of another.
        let all: Vec<Vec<&String>> = categories.iter().map(&spellings).collect();
        let firsts = all.iter().map(|list| list.get(..1).unwrap_or_default());
        let others = all.iter().map(|list| list.get(1..).unwrap_or_default());
        for (place, list) in firsts.enumerate().chain(others.enumerate()) {
            for spelling in list {
                let key = LabelKey::new(spelling);
                if !key.as_str().is_empty() {
                    let is_own = !known.contains(&key);
                    index.entry(key).or_insert(Named { category: place, is_own });
                }
            }
        }
        Self(index)
    }

    /// The category that this spelling names.
    pub(super) fn of(&self, spelling: &str) -> Option<Named> {
        self.0.get(&LabelKey::new(spelling)).copied()
    }
}
