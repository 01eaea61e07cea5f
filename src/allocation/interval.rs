//! From where to where the share may lie, however what is unknown turns out.
//!
//! Every item of unknown side may be technical or product, every unestimated one may weigh anything between the
//! sprint's smallest and largest estimate. The share is a quotient of two sums that are linear in each weight, so its
//! extremes lie where every weight is at an end: for the lowest share, what is less technical than the sprint is heavy
//! and everything else light. In order of their technical part, one of the cuts between "heavy" and "light" is right.

use crate::backlog::Side;

use super::number::Exact;
use super::report::{Bounds, Counting, Line};
use super::weighing::Weighing;

/// What an item may be in one of the two extremes.
struct Part {
    /// How much of it is technical, 0 to 1.
    technical: Exact,
    lightest: Exact,
    heaviest: Exact,
}

/// The lowest and the highest share; none where nothing could count.
pub(super) fn interval(weighing: &Weighing) -> Option<Bounds> {
    let lowest = extreme(parts(weighing, &Exact::zero()), false)?;
    let highest = extreme(parts(weighing, &Exact::one()), true)?;
    Some(Bounds::new(lowest, highest))
}

/// All that may count, items of unknown side with this technical part.
fn parts(weighing: &Weighing, unknown: &Exact) -> Vec<Part> {
    let part = |line: &Line| {
        let (lightest, heaviest) = match &weighing.estimates {
            Some(estimates) if line.is_unestimated => (estimates.min.clone(), estimates.max.clone()),
            _ => (line.weight.clone(), line.weight.clone()),
        };
        let share = line.item.share.as_ref().map(|share| share.clone().clamp(Exact::zero(), Exact::one()));
        let (technical, counts) = match (line.counting, line.item.side, share) {
            (Counting::Unknown, ..) => (unknown.clone(), Exact::one()),
            // Of a neutral item only the technical part counts.
            (Counting::Counted, Some(Side::Neutral), share) => (Exact::one(), share.unwrap_or_default()),
            (Counting::Counted, _, Some(share)) => (share, Exact::one()),
            (Counting::Counted, Some(Side::Technical), None) => (Exact::one(), Exact::one()),
            (Counting::Counted, _, None) => (Exact::zero(), Exact::one()),
            _ => return None,
        };
        Some(Part { technical, lightest: lightest * counts.clone(), heaviest: heaviest * counts })
    };
    weighing.lines.iter().filter_map(part).collect()
}

fn extreme(mut parts: Vec<Part>, highest: bool) -> Option<Exact> {
    parts.sort_by(|a, b| if highest { b.technical.cmp(&a.technical) } else { a.technical.cmp(&b.technical) });
    let mut technical: Exact = parts.iter().map(|part| part.technical.clone() * part.lightest.clone()).sum();
    let mut all: Exact = parts.iter().map(|part| part.lightest.clone()).sum();
    let mut found = technical.over(&all);
    for part in parts {
        let more = part.heaviest - part.lightest;
        technical = technical + part.technical * more.clone();
        all = all + more;
        let share = technical.over(&all);
        found = match (found, share) {
            (Some(found), Some(share)) if highest => Some(found.max(share)),
            (Some(found), Some(share)) => Some(found.min(share)),
            (found, share) => found.or(share),
        };
    }
    found
}
