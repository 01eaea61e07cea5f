//! How good classifications are: precision, recall, F1, coverage, calibration, confusion, ranking.

use std::collections::BTreeMap;

/// One judged answer: how sure, and whether it was right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// The probability that was given to it, 0 to 1.
    pub sure: f64,
    /// Whether it was right.
    pub right: bool,
}

/// The share of right answers; of none, 0.
#[must_use]
pub fn accuracy(answers: &[Answer]) -> f64 {
    share(answers.iter().filter(|answer| answer.right).count(), answers.len())
}

/// How sure the answers are on average; of none, 0.
#[must_use]
pub fn mean_sure(answers: &[Answer]) -> f64 {
    answers.iter().map(|answer| answer.sure).sum::<f64>() / real(answers.len()).max(1.0)
}

/// The answers that are at least this sure.
#[must_use]
pub fn at_least(answers: &[Answer], sure: f64) -> Vec<Answer> {
    answers.iter().filter(|answer| answer.sure >= sure).copied().collect()
}

/// The surest share of the answers.
#[must_use]
pub fn surest(answers: &[Answer], part: f64) -> Vec<Answer> {
    let mut sorted = answers.to_vec();
    sorted.sort_by(|a, b| b.sure.total_cmp(&a.sure));
    let (mut kept, mut count) = (Vec::new(), 0);
    for answer in sorted {
        count += 1;
        if share(count, answers.len()) > part {
            break;
        }
        kept.push(answer);
    }
    kept
}

/// The expected calibration error over ten bins of equal width.
#[must_use]
pub fn calibration_error(answers: &[Answer]) -> f64 {
    let bins = calibration(answers);
    bins.iter().map(|bin| share(bin.count, answers.len()) * (bin.sure - bin.right).abs()).sum()
}

/// Answers that were about equally sure.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Bin {
    /// How many there are.
    pub count: usize,
    /// How sure they were on average.
    pub sure: f64,
    /// The share of them that was right.
    pub right: f64,
}

/// Ten bins of equal width; empty ones are left out.
#[must_use]
pub fn calibration(answers: &[Answer]) -> Vec<Bin> {
    let edge = |bin: u8| f64::from(bin) / 10.0;
    (0..10u8)
        .filter_map(|bin| {
            let within = |answer: &&Answer| answer.sure >= edge(bin) && (answer.sure < edge(bin + 1) || bin == 9);
            let inside: Vec<Answer> = answers.iter().filter(within).copied().collect();
            let sure: f64 = inside.iter().map(|answer| answer.sure).sum();
            let bin = Bin { count: inside.len(), sure: sure / real(inside.len()), right: accuracy(&inside) };
            (!inside.is_empty()).then_some(bin)
        })
        .collect()
}

/// How well a score puts the positives above the negatives: 1 always, 0.5 by chance (area under the ROC curve).
#[must_use]
pub fn ranking(scored: &[(f64, bool)]) -> f64 {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let positives = sorted.iter().filter(|(_, positive)| *positive).count();
    let negatives = sorted.len() - positives;
    let (mut below, mut wins) = (0usize, 0f64);
    for tied in sorted.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let above = tied.iter().filter(|(_, positive)| *positive).count();
        let level = tied.len() - above;
        wins += real(above) * (real(below) + real(level) / 2.0);
        below += level;
    }
    if positives == 0 || negatives == 0 { 0.5 } else { wins / (real(positives) * real(negatives)) }
}

/// How one class fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct ClassScore {
    /// How many items are of it.
    pub support: usize,
    /// How many were said to be of it.
    pub said: usize,
    /// Of those said, the share that is.
    pub precision: f64,
    /// Of those that are, the share that was said.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
}

/// What is, and what was said, counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Confusion {
    cells: BTreeMap<(String, String), usize>,
}

impl Confusion {
    /// Counts one item.
    pub fn add(&mut self, is: &str, said: &str) {
        *self.cells.entry((is.to_owned(), said.to_owned())).or_default() += 1;
    }

    /// How often items of one class were said to be of another.
    #[must_use]
    pub fn count(&self, is: &str, said: &str) -> usize {
        self.cells.get(&(is.to_owned(), said.to_owned())).copied().unwrap_or_default()
    }

    /// How one class fares.
    #[must_use]
    pub fn class(&self, name: &str) -> ClassScore {
        let support = self.cells.iter().filter(|((is, _), _)| is == name).map(|(_, count)| count).sum();
        let said = self.cells.iter().filter(|((_, said), _)| said == name).map(|(_, count)| count).sum();
        let hits = self.count(name, name);
        let (precision, recall) = (share(hits, said), share(hits, support));
        let f1 = share(2 * hits, said + support);
        ClassScore { support, said, precision, recall, f1 }
    }

    /// The mean F1 of the classes that any item is of.
    #[must_use]
    pub fn macro_f1(&self) -> f64 {
        let mut classes: Vec<&String> = self.cells.keys().map(|(is, _)| is).collect();
        classes.dedup();
        let sum: f64 = classes.iter().map(|class| self.class(class).f1).sum();
        sum / real(classes.len()).max(1.0)
    }
}

/// A part of a whole; 0 of nothing.
#[must_use]
pub fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { real(part) / real(whole) }
}

#[expect(clippy::cast_precision_loss, reason = "counts of items")]
const fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::{Answer, Confusion, accuracy, calibration_error, ranking, surest};

    fn answers(list: &[(f64, bool)]) -> Vec<Answer> {
        list.iter().map(|(sure, right)| Answer { sure: *sure, right: *right }).collect()
    }

    fn is(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
    }

    #[test]
    fn the_surest_half_is_judged_alone() {
        let all = answers(&[(0.2, false), (0.9, true), (0.8, true), (0.3, false)]);
        is(accuracy(&all), 0.5);
        is(accuracy(&surest(&all, 0.5)), 1.0);
        assert_eq!(surest(&all, 0.5).len(), 2);
    }

    #[test]
    fn who_says_80_percent_and_is_right_in_half_errs_by_30() {
        is(calibration_error(&answers(&[(0.8, true), (0.8, false)])), 0.3);
        is(calibration_error(&answers(&[(1.0, true), (0.0, false)])), 0.0);
    }

    #[test]
    fn ranking_counts_ties_half() {
        is(ranking(&[(0.1, false), (0.9, true)]), 1.0);
        is(ranking(&[(0.5, false), (0.5, true)]), 0.5);
        is(ranking(&[(0.9, false), (0.1, true), (0.95, true)]), 0.5);
    }

    #[test]
    fn a_confusion_table_gives_precision_and_recall() {
        let mut table = Confusion::default();
        for (what, said) in [("bug", "bug"), ("bug", "feature"), ("feature", "feature"), ("feature", "feature")] {
            table.add(what, said);
        }
        let bug = table.class("bug");
        assert_eq!((bug.support, bug.said), (2, 1));
        is(bug.precision, 1.0);
        is(bug.recall, 0.5);
        is(table.class("feature").precision, 2.0 / 3.0);
        is(table.macro_f1(), f64::midpoint(2.0 / 3.0, 0.8));
    }
}
