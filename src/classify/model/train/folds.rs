//! Which examples are kept back together: whole projects, never single issues.

use std::collections::{BTreeMap, BTreeSet};

use super::corpus::{Example, MIXED};

/// How many parts the projects are dealt into.
pub(super) const FOLDS: usize = 10;

/// Of issues whose repository is not told, how many parts: no two in a part need be of one repository.
const MIXED_PARTS: u32 = 4;

/// What is kept back, and what is trained on meanwhile.
pub(super) struct Split {
    /// Kept back: places in the list of examples.
    pub(super) held: Vec<usize>,
    /// Trained on: nothing of the projects that are kept back, and no issue that reads like one of them.
    pub(super) trained: Vec<usize>,
}

/// Deals the projects of the examples that are to be judged into parts of about the same size.
pub(super) fn deal(examples: &[Example], is_judged: impl Fn(&Example) -> bool) -> Vec<Split> {
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    for example in examples.iter().filter(|example| is_judged(example)) {
        *sizes.entry(group(example)).or_default() += 1;
    }
    let mut largest: Vec<(String, usize)> = sizes.into_iter().collect();
    largest.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut parts = vec![(0, BTreeSet::new()); FOLDS.min(largest.len())];
    for (group, size) in largest {
        if let Some(part) = parts.iter_mut().min_by_key(|(load, _)| *load) {
            part.0 += size;
            part.1.insert(group);
        }
    }
    parts
        .into_iter()
        .map(|(_, groups)| split(examples, |example| is_judged(example) && groups.contains(&group(example))))
        .collect()
}

/// How many projects the chosen examples are of.
pub(super) fn projects(examples: &[Example], is_chosen: impl Fn(&Example) -> bool) -> usize {
    examples.iter().filter(|example| is_chosen(example)).map(group).collect::<BTreeSet<_>>().len()
}

/// Keeps back what is chosen.
pub(super) fn split(examples: &[Example], is_held: impl Fn(&Example) -> bool) -> Split {
    let held: Vec<usize> = places(examples, &is_held);
    let kept_back = || held.iter().filter_map(|place| examples.get(*place));
    let projects: BTreeSet<&str> =
        kept_back().map(|example| example.project.as_str()).filter(|name| *name != MIXED).collect();
    let gists: BTreeSet<&str> = kept_back().map(|example| example.gist.as_str()).collect();
    let is_free = |example: &Example| {
        example.says.is_some()
            && !is_held(example)
            && !projects.contains(example.project.as_str())
            && !gists.contains(example.gist.as_str())
    };
    let trained = places(examples, is_free);
    Split { held, trained }
}

fn places(examples: &[Example], is_chosen: impl Fn(&Example) -> bool) -> Vec<usize> {
    (0..).zip(examples).filter(|(_, example)| is_chosen(example)).map(|(place, _)| place).collect()
}

fn group(example: &Example) -> String {
    if example.project != MIXED {
        return example.project.clone();
    }
    let sum = example.gist.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    format!("{MIXED} {}", sum % MIXED_PARTS)
}
