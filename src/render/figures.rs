//! Numbers as people read them: the only place where anything is rounded.

use crate::allocation::{Exact, WeightUnit};

/// A share in whole percent: `18 %`.
pub(super) fn percent(share: &Exact) -> String {
    format!("{} %", rounded(share, 100))
}

/// A share with a decimal: `17.9 %`. For a share that whole percents would show as the same as a bound that it misses.
pub(super) fn percent_beside(share: &Exact, bound: &Exact) -> String {
    if rounded(share, 100) != rounded(bound, 100) {
        return percent(share);
    }
    let tenths = if share < bound { rounded_down(share, 1000) } else { rounded_up(share, 1000) };
    format!("{} %", decimal(tenths, 10))
}

/// A share in percent for a chart, to one decimal: `17.9`.
pub(super) fn chart_percent(share: &Exact) -> String {
    decimal(rounded(share, 1000), 10)
}

/// The whole percents of a share, rounded.
pub(super) fn whole_percent(share: &Exact) -> i64 {
    rounded(share, 100)
}

/// An amount with its unit, to two decimals: `2.5 points`, `1 item`.
pub(super) fn amount(number: &Exact, unit: WeightUnit) -> String {
    let hundredths = rounded(number, 100);
    format!("{} {}", decimal(hundredths, 100), word(hundredths == 100, unit))
}

/// The same without its unit.
pub(super) fn number(number: &Exact) -> String {
    decimal(rounded(number, 100), 100)
}

/// An amount that is needed, never too little: points to the next tenth, items to the next whole one.
pub(super) fn amount_needed(number: &Exact, unit: WeightUnit) -> String {
    let tenths = match unit {
        WeightUnit::Points => rounded_up(number, 10),
        WeightUnit::Items => rounded_up(number, 1).saturating_mul(10),
    };
    format!("{} {}", decimal(tenths, 10), word(tenths == 10, unit))
}

/// `1 item`, `3 items`.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The policy's words for a share as people read them: `20%..30%` → `20 % to 30 %`.
pub(super) fn agreed(share: &str) -> String {
    share.replace("..", " to ").replace('%', " %")
}

fn word(is_one: bool, unit: WeightUnit) -> &'static str {
    match (unit, is_one) {
        (WeightUnit::Points, true) => "point",
        (WeightUnit::Points, false) => "points",
        (WeightUnit::Items, true) => "item",
        (WeightUnit::Items, false) => "items",
    }
}

fn rounded(number: &Exact, steps: u64) -> i64 {
    let half = Exact::ratio(1, i64::try_from(steps.saturating_mul(2)).unwrap_or(i64::MAX)).unwrap_or_default();
    rounded_down(&(number.clone() + half), steps)
}

fn rounded_down(number: &Exact, steps: u64) -> i64 {
    number.times(steps).unwrap_or(i64::MAX)
}

fn rounded_up(number: &Exact, steps: u64) -> i64 {
    -rounded_down(&(Exact::zero() - number.clone()), steps)
}

fn decimal(steps: i64, per_one: i64) -> String {
    let (whole, rest) = (steps / per_one, (steps % per_one).abs());
    let sign = if steps < 0 && whole == 0 { "-" } else { "" };
    if rest == 0 {
        return format!("{whole}");
    }
    let places = if per_one == 10 { 1 } else { 2 };
    let digits = format!("{rest:0places$}");
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(numerator: i64, denominator: i64) -> Exact {
        Exact::ratio(numerator, denominator).unwrap()
    }

    #[test]
    fn rounding_never_hides_on_which_side_of_a_bound_a_share_is() {
        assert_eq!(percent(&exact(1, 6)), "17 %");
        assert_eq!(percent_beside(&exact(1799, 10_000), &exact(18, 100)), "17.9 %");
        assert_eq!(percent_beside(&exact(3001, 10_000), &exact(30, 100)), "30.1 %");
        assert_eq!(percent_beside(&exact(1, 10), &exact(18, 100)), "10 %");
    }

    #[test]
    fn amounts_have_their_unit() {
        assert_eq!(amount(&exact(5, 2), WeightUnit::Points), "2.5 points");
        assert_eq!(amount(&exact(1, 1), WeightUnit::Items), "1 item");
        assert_eq!(amount_needed(&exact(21, 100), WeightUnit::Points), "0.3 points");
        assert_eq!(amount_needed(&exact(21, 100), WeightUnit::Items), "1 item");
        assert_eq!(number(&exact(-1, 4)), "-0.25");
        assert_eq!(agreed("20%..30%"), "20 % to 30 %");
    }
}
