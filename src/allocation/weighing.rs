//! What each item of a sprint weighs, and on which side.

use std::collections::{HashMap, HashSet};

use crate::backlog::{CloseReason, ItemState, Side};
use crate::policy::WeightBy;

use super::history::WeightUnit;
use super::number::Exact;
use super::report::{Bounds, Counting, Line, Totals};
use super::snapshot::{ItemKind, SprintItem, SprintSnapshot};

/// A sprint's items with their weights.
#[derive(Clone, Debug)]
pub(super) struct Weighing {
    pub(super) unit: WeightUnit,
    /// By points was agreed, and nothing has any.
    pub(super) fell_back_to_count: bool,
    /// What an item without an estimate weighs; none: items are counted.
    pub(super) median: Option<Exact>,
    /// The smallest and the largest estimate: what an item without one may turn out to weigh.
    pub(super) estimates: Option<Bounds>,
    /// In the snapshot's order.
    pub(super) lines: Vec<Line>,
}

impl Weighing {
    pub(super) fn of(snapshot: &SprintSnapshot, by: WeightBy) -> Self {
        let parents = parents_at_work(snapshot);
        let counting: Vec<Counting> = snapshot.items.iter().map(|item| counting(item, &parents)).collect();
        let at_work = |(_, counting): &(&SprintItem, &Counting)| is_work(**counting);
        let mut estimates: Vec<Exact> =
            snapshot.items.iter().zip(&counting).filter(at_work).filter_map(|(item, _)| item.points.clone()).collect();
        estimates.sort();
        let any_work = counting.iter().any(|counting| is_work(*counting));
        let by_points = by == WeightBy::Points && (!estimates.is_empty() || !any_work);
        let mut weighing = Self {
            unit: if by_points { WeightUnit::Points } else { WeightUnit::Items },
            fell_back_to_count: by == WeightBy::Points && !by_points,
            median: if by_points { median(&estimates) } else { None },
            estimates: match (estimates.first(), estimates.last()) {
                (Some(least), Some(most)) if by_points => Some(Bounds::new(least.clone(), most.clone())),
                _ => None,
            },
            lines: Vec::new(),
        };
        let lines = snapshot.items.iter().zip(counting).map(|(item, counting)| weighing.line(item, counting));
        weighing.lines = lines.collect();
        weighing
    }

    /// What an item weighs, or would weigh if it came into the sprint.
    pub(super) fn weight(&self, item: &SprintItem) -> Exact {
        match self.unit {
            WeightUnit::Items => Exact::one(),
            WeightUnit::Points => item.points.clone().or_else(|| self.median.clone()).unwrap_or_default(),
        }
    }

    /// An item with its weight; what it weighs is shared out between the sides only where it counts.
    pub(super) fn line(&self, item: &SprintItem, counting: Counting) -> Line {
        let weight = self.weight(item);
        let (technical, product) = match counting {
            Counting::Counted => parts(item, &weight),
            _ => (Exact::zero(), Exact::zero()),
        };
        Line {
            item: item.clone(),
            is_unestimated: self.unit == WeightUnit::Points && item.points.is_none() && is_work(counting),
            weight,
            technical,
            product,
            counting,
            is_added: false,
            is_carried_over: false,
        }
    }

    pub(super) fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for line in &self.lines {
            totals.technical = totals.technical + line.technical.clone();
            totals.product = totals.product + line.product.clone();
            match line.counting {
                Counting::Neutral => totals.neutral = totals.neutral + line.weight.clone(),
                Counting::Unknown => totals.unknown = totals.unknown + line.weight.clone(),
                // What is not technical of a neutral item stays neutral.
                Counting::Counted => totals.neutral = totals.neutral + line.weight.clone() - line.counted(),
                Counting::Cancelled | Counting::Parent | Counting::PullRequest => {}
            }
        }
        totals
    }
}

const fn is_work(counting: Counting) -> bool {
    matches!(counting, Counting::Counted | Counting::Neutral | Counting::Unknown)
}

/// How an item counts by itself and by its place in the sprint.
fn counting(item: &SprintItem, parents: &HashSet<&str>) -> Counting {
    match (item.kind, item.state, item.side) {
        (ItemKind::PullRequest, ..) => Counting::PullRequest,
        _ if is_cancelled(item) => Counting::Cancelled,
        _ if parents.contains(item.id.as_str()) => Counting::Parent,
        _ if item.share.is_some() => Counting::Counted,
        (_, _, Some(Side::Technical | Side::Product)) => Counting::Counted,
        (_, _, Some(Side::Neutral)) => Counting::Neutral,
        (_, _, None) => Counting::Unknown,
    }
}

pub(super) const fn is_cancelled(item: &SprintItem) -> bool {
    matches!(item.state, ItemState::Closed(Some(CloseReason::NotPlanned | CloseReason::Duplicate)))
}

/// The technical and the product part of a weight. A share that somebody gave goes before the side; the rest of a
/// neutral item stays neutral.
fn parts(item: &SprintItem, weight: &Exact) -> (Exact, Exact) {
    let share = match (&item.share, item.side) {
        (Some(share), _) => share.clone().clamp(Exact::zero(), Exact::one()),
        (None, Some(Side::Technical)) => Exact::one(),
        (None, _) => Exact::zero(),
    };
    let technical = weight.clone() * share;
    let rest = weight.clone() - technical.clone();
    let product = if item.side == Some(Side::Neutral) { Exact::zero() } else { rest };
    (technical, product)
}

/// The middle one, or the mean of the two in the middle.
fn median(sorted: &[Exact]) -> Option<Exact> {
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get(sorted.len().checked_sub(1)? / 2)?;
    Some((lower.clone() + upper.clone()).half())
}

/// Every item that is an ancestor of work in this sprint. Parents that go round in a circle are ancestors of nothing.
fn parents_at_work(snapshot: &SprintSnapshot) -> HashSet<&str> {
    let own = snapshot.items.iter().filter_map(|item| Some((item.id.as_str(), item.parent.as_deref()?)));
    let outside = snapshot.parents.iter().map(|(child, parent)| (child.as_str(), parent.as_str()));
    let parent_of: HashMap<&str, &str> = outside.chain(own).collect();
    let mut found = HashSet::new();
    let at_work = |item: &&SprintItem| item.kind != ItemKind::PullRequest && !is_cancelled(item);
    for item in snapshot.items.iter().filter(at_work) {
        let mut above = Vec::new();
        let mut seen = HashSet::from([item.id.as_str()]);
        let mut at = item.id.as_str();
        let mut is_circle = false;
        while let Some(parent) = parent_of.get(at) {
            if !seen.insert(parent) {
                is_circle = true;
                break;
            }
            above.push(*parent);
            at = parent;
        }
        if !is_circle {
            found.extend(above);
        }
    }
    found
}
