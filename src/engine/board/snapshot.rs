//! From what the tracker plans and what the store remembers to the items of a report.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use crate::allocation::{Certainty, Exact, ItemKind, SprintItem, impact_section};
use crate::backlog::{Item, Repository};
use crate::classify::{Evidence, Text};
use crate::decide::{self, ItemMemory};
use crate::store::Candidate;
use crate::tracker::PlannedItem;

use super::super::Rulebook;

/// So many signs are named with an item.
const SIGNS: usize = 3;

/// Something planned, with what is remembered of it.
pub(super) struct Planned {
    pub(super) read: PlannedItem,
    pub(super) memory: Option<ItemMemory>,
}

/// Child → parent for everything above what is planned.
pub(super) fn parents(planned: &[Planned]) -> BTreeMap<String, String> {
    let mut parents = BTreeMap::new();
    for one in planned.iter().map(|one| &one.read) {
        let chain: Vec<String> = one.subject.iter().chain(&one.ancestors).map(ToString::to_string).collect();
        for (child, parent) in chain.iter().zip(chain.iter().skip(1)) {
            parents.insert(child.clone(), parent.clone());
        }
    }
    let here: HashSet<String> = planned.iter().filter_map(|one| Some(one.read.subject.as_ref()?.to_string())).collect();
    parents.retain(|child, _| !here.contains(child));
    parents
}

/// The id under which the report knows something planned.
pub(super) fn id(one: &PlannedItem) -> String {
    one.subject.as_ref().map_or_else(|| one.item.id.clone(), ToString::to_string)
}

/// Something planned as the report sees it. What nobody remembers is classified as it stands.
pub(super) fn planned_item(
    Planned { read: one, memory }: &Planned,
    rulebook: &Rulebook,
    home: &Repository,
    added_at: Option<Timestamp>,
) -> SprintItem {
    let known = memory.as_ref().map_or_else(|| classified(&one.item, rulebook), decide::sprint_item);
    SprintItem {
        id: id(one),
        reference: reference(&one.item, &one.repository, home),
        url: one.item.url.clone(),
        title: one.item.title.clone(),
        kind: if one.subject.is_none() { ItemKind::Draft } else { ItemKind::Issue },
        points: one.points.and_then(Exact::from_decimal).or_else(|| decide::points_by_label(&one.item.labels)),
        state: one.item.state,
        parent: one.ancestors.first().map(ToString::to_string),
        impact: known.impact.clone().or_else(|| impact_section(&one.item.body)),
        labels: one.item.labels.clone(),
        reactions: one.item.reactions,
        created_at: one.item.created_at,
        added_at,
        ..known
    }
}

/// An item that could be pulled in.
pub(super) fn candidate(one: &Candidate, home: &Repository) -> SprintItem {
    let item = &one.memory.item;
    SprintItem {
        id: one.subject.to_string(),
        reference: reference(item, &one.repository, home),
        url: item.url.clone(),
        title: item.title.clone(),
        points: decide::points_by_label(&item.labels),
        state: item.state,
        labels: item.labels.clone(),
        created_at: item.created_at,
        ..decide::sprint_item(&one.memory)
    }
}

/// Short where the report stands in the same repository.
pub(super) fn reference(item: &Item, repository: &str, home: &Repository) -> String {
    if repository.is_empty() || repository.eq_ignore_ascii_case(&home.name) {
        item.key.clone()
    } else {
        format!("{repository}{}", item.key)
    }
}

fn classified(item: &Item, rulebook: &Rulebook) -> SprintItem {
    let says = rulebook.classifier.classify(&Text::from(item));
    let category = says.category().cloned();
    let side = says.side.or_else(|| category.as_ref().and_then(|it| rulebook.policy.categories.side(it)));
    let certainty = if side.is_some() { Certainty::Bot(says.confidence) } else { Certainty::Nobody };
    SprintItem { side, category, certainty, evidence: signs(&says.evidence), ..SprintItem::default() }
}

fn signs(evidence: &[Evidence]) -> String {
    let names: Vec<&str> =
        evidence.iter().filter(|sign| sign.weight > 0.0).take(SIGNS).map(|sign| sign.sign.as_str()).collect();
    names.join(", ")
}
