//! What to pull in or to move out so that the share is as agreed, and in which order.

use std::cmp::Reverse;
use std::collections::HashSet;

use jiff::civil::Date;

use crate::backlog::{ItemState, LabelKey, Side};
use crate::policy::Threshold;

use super::choice::{Direction, Load, choose};
use super::number::Exact;
use super::report::{Because, Bounds, Counting, Demand, Line, SuggestedAction, Suggestion, Totals, Verdict};
use super::snapshot::{ItemKind, SprintItem, SprintSnapshot};
use super::weighing::Weighing;

/// So many candidates are looked at.
const MOST_CANDIDATES: usize = 100;
/// A date within so many days is urgent, a later one only a reason.
const URGENT_DAYS: i32 = 90;

/// Open items without a sprint that a threshold demands.
pub(super) fn demanded(snapshot: &SprintSnapshot, thresholds: &[Threshold]) -> Vec<Demand> {
    let mut found: Vec<Demand> = candidates(snapshot)
        .into_iter()
        .filter_map(|item| {
            demanding(item, thresholds).map(|label| Demand { item: item.clone(), label: label.to_owned() })
        })
        .collect();
    found.sort_by_key(|demand| urgency(&demand.item, thresholds, snapshot.today));
    found
}

/// The label of the first threshold that demands an item.
fn demanding<'a>(item: &SprintItem, thresholds: &'a [Threshold]) -> Option<&'a str> {
    let demands = |threshold: &&Threshold| {
        let key = LabelKey::new(&threshold.label);
        let is_of_category = threshold.category.is_none() || threshold.category == item.category;
        is_of_category && item.labels.iter().any(|label| LabelKey::new(label) == key)
    };
    thresholds.iter().find(demands).map(|threshold| threshold.label.as_str())
}

/// What can come into the sprint: open, no pull request, not there yet, and not what others are parts of.
fn candidates(snapshot: &SprintSnapshot) -> Vec<&SprintItem> {
    let parents = snapshot.items.iter().chain(&snapshot.candidates).filter_map(|item| item.parent.as_deref());
    let mut taken: HashSet<&str> = parents.chain(snapshot.items.iter().map(|item| item.id.as_str())).collect();
    let mut free = Vec::new();
    for item in &snapshot.candidates {
        if item.kind != ItemKind::PullRequest && item.state == ItemState::Open && taken.insert(item.id.as_str()) {
            free.push(item);
        }
    }
    free
}

/// What to do about the share; nothing where it is as agreed, or where nothing would help.
pub(super) fn suggestions(
    snapshot: &SprintSnapshot,
    weighing: &Weighing,
    totals: &Totals,
    (bounds, verdict): (&Bounds, Verdict),
    thresholds: &[Threshold],
) -> Vec<Suggestion> {
    let (action, direction) = match verdict {
        Verdict::Below => (SuggestedAction::PullIn, Direction::In),
        Verdict::Above => (SuggestedAction::MoveOut, Direction::Out),
        Verdict::Within | Verdict::Empty => return Vec::new(),
    };
    let lines = match action {
        SuggestedAction::PullIn => to_pull_in(snapshot, weighing, thresholds),
        SuggestedAction::MoveOut => to_move_out(snapshot, weighing, thresholds),
    };
    let loads: Vec<Load> =
        lines.iter().map(|line| Load { technical: line.technical.clone(), counted: line.counted() }).collect();
    let sprint = Load { technical: totals.technical.clone(), counted: totals.counted() };
    let chosen: HashSet<usize> = choose(&sprint, &loads, bounds, direction).into_iter().collect();
    let chosen = lines.into_iter().enumerate().filter(|(index, _)| chosen.contains(index));
    let (mut technical, mut counted) = (totals.technical.clone(), totals.counted());
    chosen
        .map(|(_, line)| {
            technical = moved(action, &technical, &line.technical);
            counted = moved(action, &counted, &line.counted());
            Suggestion {
                action,
                technical: line.technical.clone(),
                weight: line.counted(),
                share_after: technical.over(&counted),
                because: reasons(&line.item, thresholds, snapshot.today),
                item: line.item,
            }
        })
        .collect()
}

fn moved(action: SuggestedAction, before: &Exact, weight: &Exact) -> Exact {
    match action {
        SuggestedAction::PullIn => before.clone() + weight.clone(),
        SuggestedAction::MoveOut => before.clone() - weight.clone(),
    }
}

/// Technical items without a sprint, most urgent first.
fn to_pull_in(snapshot: &SprintSnapshot, weighing: &Weighing, thresholds: &[Threshold]) -> Vec<Line> {
    let technical = |item: &&SprintItem| item.side == Some(Side::Technical) || item.share.is_some();
    let mut items: Vec<&SprintItem> = candidates(snapshot).into_iter().filter(technical).collect();
    items.sort_by_key(|item| urgency(item, thresholds, snapshot.today));
    items.truncate(MOST_CANDIDATES);
    let lines = items.into_iter().map(|item| weighing.line(item, Counting::Counted));
    lines.filter(|line| line.technical.is_positive()).collect()
}

/// Technical items of the sprint that are still to be done, least urgent first; never what a threshold demands.
fn to_move_out(snapshot: &SprintSnapshot, weighing: &Weighing, thresholds: &[Threshold]) -> Vec<Line> {
    let movable = |line: &&Line| {
        line.technical.is_positive()
            && line.item.state == ItemState::Open
            && demanding(&line.item, thresholds).is_none()
    };
    let mut lines: Vec<Line> = weighing.lines.iter().filter(movable).cloned().collect();
    lines.sort_by_key(|line| Reverse(urgency(&line.item, thresholds, snapshot.today)));
    lines.truncate(MOST_CANDIDATES);
    lines
}

/// Smaller is more urgent: demanded, due soon, severe, due at all, with its impact written down, wanted, old (in
/// months), blocking; the id at last, so that the order never depends on anything else.
fn urgency(item: &SprintItem, thresholds: &[Threshold], today: Date) -> impl Ord + use<> {
    let due_soon = item.due.filter(|due| (*due - today).get_days() <= URGENT_DAYS);
    let severity = severity(item).map_or(u8::MAX, |(rank, _)| rank);
    let month = item.created_at.map_or(i64::MAX, |at| at.as_second() / (30 * 24 * 3600));
    (
        (demanding(item, thresholds).is_none(), due_soon.is_none(), due_soon, severity, item.due.is_none(), item.due),
        (item.impact.is_none(), Reverse(item.reactions), month, Reverse(item.blocks)),
        (item.created_at, item.id.clone()),
    )
}

fn reasons(item: &SprintItem, thresholds: &[Threshold], today: Date) -> Vec<Because> {
    let mut because = Vec::new();
    because.extend(demanding(item, thresholds).map(|label| Because::Demanded(label.to_owned())));
    because.extend(item.due.map(Because::Due));
    because.extend(severity(item).map(|(_, label)| Because::Severe(label.to_owned())));
    because.extend(item.impact.is_some().then_some(Because::Impact));
    because.extend((item.reactions > 0).then_some(Because::Wanted(item.reactions)));
    because.extend((item.blocks > 0).then_some(Because::Blocks(item.blocks)));
    let days_old = |date: Date| (today - date).get_days();
    let opened = item.created_at.filter(|at| days_old(at.to_zoned(jiff::tz::TimeZone::UTC).date()) >= URGENT_DAYS);
    because.extend(opened.map(Because::Waiting));
    because
}

/// How severe a label says an item is, 0 the most, with the label. Common spellings: `severity: high`, `P1`, `sev-2`,
/// `priority/critical`, `blocker`, `urgent`.
fn severity(item: &SprintItem) -> Option<(u8, &str)> {
    let rank = |label: &str| {
        let key = LabelKey::new(label);
        let words: Vec<&str> = key.as_str().split('-').collect();
        let about = words.iter().any(|word| matches!(*word, "severity" | "sev" | "priority" | "prio" | "risk"));
        let ranks = words.iter().filter_map(|word| match *word {
            "critical" | "blocker" | "urgent" | "p0" | "sev0" | "sev1" => Some(0),
            "highest" | "0" if about => Some(0),
            "p1" | "sev2" => Some(1),
            "high" | "major" | "1" if about => Some(1),
            "medium" | "moderate" | "2" if about => Some(2),
            "p2" => Some(2),
            _ => None,
        });
        ranks.min()
    };
    let ranked = item.labels.iter().filter_map(|label| Some((rank(label)?, label.as_str())));
    ranked.min_by_key(|(rank, _)| *rank)
}
