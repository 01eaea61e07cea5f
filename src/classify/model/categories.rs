//! The categories that the model knows, and their sides.

use crate::backlog::Side;

/// How many categories the model knows.
pub(crate) const K: usize = 14;

/// One number a category.
pub(crate) type Scores = [f32; K];

/// The categories that the model knows, in its own order: the default policy's.
pub(crate) const CATEGORIES: [(&str, Side); K] = [
    ("technical-debt", Side::Technical),
    ("refactoring", Side::Technical),
    ("infrastructure", Side::Technical),
    ("platform-upgrade", Side::Technical),
    ("performance", Side::Technical),
    ("security", Side::Technical),
    ("developer-experience", Side::Technical),
    ("test-coverage", Side::Technical),
    ("engineering-improvement", Side::Technical),
    ("feature", Side::Product),
    ("bug", Side::Product),
    ("spike", Side::Neutral),
    ("documentation", Side::Neutral),
    ("question", Side::Neutral),
];

/// The place of a category in the model's order.
pub(crate) fn place(name: &str) -> Option<usize> {
    CATEGORIES.iter().position(|(known, _)| *known == name)
}

/// Sums → probabilities.
pub(crate) fn softmax(sums: &Scores) -> Scores {
    let top = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers = sums.map(|sum| (sum - top).exp());
    let total: f32 = powers.iter().sum();
    powers.map(|power| power / total)
}
