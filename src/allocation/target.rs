//! What was agreed for this sprint. A dedicated sprint goes before everything; else the first outcome whose condition
//! holds; else the base share, which may be raised to make up for earlier sprints.

use jiff::civil::Date;

use crate::policy::{AgreedShare, Agreement, DedicatedSprints, Outcome, Percent};

use super::history::{SprintRecord, WeightUnit};
use super::number::Exact;
use super::report::{Bounds, Raise, Target, TargetReason, Totals, UnusableMeasure};
use super::snapshot::{Measure, Sprint, SprintSnapshot};

/// So many days a sprint has that nobody knows anything of.
const USUAL_LENGTH: i64 = 14;

/// What was agreed for this sprint; none where no share was.
pub(super) fn target(
    snapshot: &SprintSnapshot,
    agreement: &Agreement,
    unit: WeightUnit,
    totals: &Totals,
) -> Option<Target> {
    if let Some(dedicated) = agreement.dedicated.as_ref().filter(|dedicated| is_dedicated(snapshot, dedicated)) {
        return Some(Target {
            share: dedicated.share.to_string(),
            bounds: bounds(dedicated.share, agreement.tolerance),
            reason: TargetReason::Dedicated,
            raised: None,
            unusable_measures: Vec::new(),
        });
    }
    let mut unusable = Vec::new();
    for outcome in &agreement.outcomes {
        match judge(outcome, agreement, snapshot) {
            Judged::Holds(measure) => {
                return Some(Target {
                    share: outcome.share.to_string(),
                    bounds: bounds(outcome.share, agreement.tolerance),
                    reason: TargetReason::Outcome {
                        condition: outcome.when.to_string(),
                        value: measure.value.to_string(),
                        date: measure.date,
                    },
                    raised: None,
                    unusable_measures: unusable,
                });
            }
            Judged::HoldsNot => {}
            Judged::Unusable(measure) if unusable.contains(&measure) => {}
            Judged::Unusable(measure) => unusable.push(measure),
        }
    }
    let share = agreement.share?;
    let mut target = Target {
        share: share.to_string(),
        bounds: bounds(share, agreement.tolerance),
        reason: TargetReason::Base,
        raised: None,
        unusable_measures: unusable,
    };
    raise(&mut target, share, snapshot, agreement, unit, totals);
    Some(target)
}

/// From where to where a share is as agreed: the ends of a range belong to it, a fixed one has a tolerance.
fn bounds(share: AgreedShare, tolerance: Percent) -> Bounds {
    match share {
        AgreedShare::Range(from, to) => Bounds::new(exact(from), exact(to)),
        AgreedShare::Fixed(share) => around(&exact(share), tolerance),
    }
}

fn around(share: &Exact, tolerance: Percent) -> Bounds {
    let tolerance = exact(tolerance);
    Bounds::new((share.clone() - tolerance.clone()).max(Exact::zero()), (share.clone() + tolerance).min(Exact::one()))
}

fn exact(percent: Percent) -> Exact {
    Exact::ratio(percent.basis_points().into(), 10_000).unwrap_or_default()
}

/// Whether this sprint is one of those that are given to technical work.
fn is_dedicated(snapshot: &SprintSnapshot, dedicated: &DedicatedSprints) -> bool {
    if let Some(said) = snapshot.sprint.dedicated {
        return said;
    }
    let Some(since) = sprints_since(dedicated.counted_from, snapshot) else { return false };
    since % usize::from(dedicated.every.get()) == 0
}

/// How many sprints lie between the one that begins on this day and the present one; none: it is before, or nobody
/// can say. Sprints are counted where they are all known, because not all are of one length; else days are, and of a
/// sprint without dates today is one.
fn sprints_since(first: Date, snapshot: &SprintSnapshot) -> Option<usize> {
    let earlier_length = || snapshot.earlier.iter().rev().find_map(|record| length(&record.sprint));
    let length = length(&snapshot.sprint).or_else(earlier_length).unwrap_or(USUAL_LENGTH);
    let Some(start) = snapshot.sprint.start else {
        return usize::try_from(days(first, snapshot.today).div_euclid(length)).ok();
    };
    if start < first {
        return None;
    }
    let mut known: Vec<(Date, Option<Date>)> =
        snapshot.earlier.iter().filter_map(|record| Some((record.sprint.start?, record.sprint.end))).collect();
    known.push((start, snapshot.sprint.end));
    known.retain(|(start, _)| *start >= first);
    known.sort_unstable();
    known.dedup_by_key(|(start, _)| *start);
    let follows = |pair: &[(Date, Option<Date>)]| match pair {
        [(start, Some(end)), (next, _)] => days(*end, *next) <= days(*start, *end),
        _ => false,
    };
    if known.first().is_some_and(|(start, _)| *start == first) && known.windows(2).all(follows) {
        return known.len().checked_sub(1);
    }
    usize::try_from((days(first, start) + length / 2) / length).ok()
}

fn length(sprint: &Sprint) -> Option<i64> {
    Some(days(sprint.start?, sprint.end?) + 1).filter(|days| *days > 0)
}

fn days(from: Date, to: Date) -> i64 {
    (to - from).get_days().into()
}

enum Judged<'a> {
    Holds(&'a Measure),
    HoldsNot,
    Unusable(UnusableMeasure),
}

fn judge<'a>(outcome: &Outcome, agreement: &Agreement, snapshot: &'a SprintSnapshot) -> Judged<'a> {
    let known = snapshot.measures.iter().filter(|measure| measure.name == outcome.when.measure);
    let newest = known.filter(|measure| measure.date <= snapshot.today).max_by_key(|measure| measure.date);
    let fresh =
        newest.filter(|measure| days(measure.date, snapshot.today) <= agreement.measures_valid_for.days().into());
    match fresh {
        Some(measure) if outcome.when.holds(measure.value) => Judged::Holds(measure),
        Some(_) => Judged::HoldsNot,
        None => Judged::Unusable(UnusableMeasure {
            name: outcome.when.measure.clone(),
            last: newest.map(|measure| measure.date),
        }),
    }
}

/// Raises the target by what the last ordinary sprints had too little of: up to where the share over all of them is as
/// agreed, at most to twice, never lower.
fn raise(
    target: &mut Target,
    share: AgreedShare,
    snapshot: &SprintSnapshot,
    agreement: &Agreement,
    unit: WeightUnit,
    totals: &Totals,
) {
    let Some(over) = agreement.average_over else { return };
    let others = usize::from(over.get()).saturating_sub(1);
    let ordinary = |record: &&SprintRecord| !record.dedicated && record.weight == unit && record.counted.is_positive();
    let earlier: Vec<&SprintRecord> = snapshot.earlier.iter().rev().filter(ordinary).take(others).collect();
    let technical: Exact = earlier.iter().map(|record| &record.technical).sum();
    let counted: Exact = earlier.iter().map(|record| &record.counted).sum();
    let here = totals.counted();
    let all = counted.clone() + here.clone();
    let Some(average) = (technical.clone() + totals.technical.clone()).over(&all) else { return };
    // The raised share, and whether it would have to be more.
    let raised = |percent: Percent| {
        let agreed = exact(percent);
        let wanted = (agreed.clone() * all.clone() - technical.clone()).over(&here).unwrap_or_default();
        let most = (agreed.clone() + agreed.clone()).min(Exact::one());
        let capped = wanted > most;
        (wanted.clamp(agreed, most), capped)
    };
    let (bounds, capped) = match share {
        AgreedShare::Fixed(share) => {
            let (share, capped) = raised(share);
            (around(&share, agreement.tolerance), capped)
        }
        AgreedShare::Range(from, to) => {
            let (from, capped) = raised(from);
            (Bounds::new(from, raised(to).0), capped)
        }
    };
    if bounds != target.bounds {
        let from = std::mem::replace(&mut target.bounds, bounds);
        target.raised = Some(Raise { sprints: earlier.len() + 1, average, from, capped });
    }
}
