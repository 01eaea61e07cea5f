//! The model's log-odds, with explicit signs and a policy's own keywords as evidence on top: one classifier.

use crate::backlog::{Categories, CategoryName};
use crate::policy::ClassificationPolicy;

use super::model::categories::{CATEGORIES, Scores, place, softmax};
use super::model::{Model, NoModel, Reading, embedded_hash};
use super::rules::{self, Rules};
use super::{Classification, Classifier, Evidence, Outcome, Text};

#[cfg(test)]
mod tests;

/// How far apart the model's log-odds may lie where an explicit sign speaks: it goes before the words.
const APART: f64 = 3.0;

/// What a category of the policy's own, which the model does not know, has before any sign was read.
const OWN_CATEGORY: f64 = 0.03;

/// The trained classifier of one policy, ready to be used: compile once per policy.
#[derive(Debug)]
pub struct Trained {
    model: Model<'static>,
    rules: Rules,
    /// The policy's categories, with their place in the model's order where it knows them.
    kinds: Vec<(CategoryName, Option<usize>)>,
    /// Which of the model's categories the policy has.
    kept: [bool; CATEGORIES.len()],
    version: String,
}

impl Trained {
    /// Compiles a policy's categories. `shipped` are those of the default policy: their keywords are not counted again,
    /// as the model was trained to know better; keywords that a policy adds are.
    ///
    /// # Errors
    /// When the embedded model is of another version than the program.
    pub fn new(
        categories: &Categories,
        shipped: &Categories,
        thresholds: ClassificationPolicy,
    ) -> Result<Self, NoModel> {
        let kinds: Vec<_> = categories.iter().map(|kind| (kind.name.clone(), place(kind.name.as_str()))).collect();
        let kept = CATEGORIES.map(|(name, _)| kinds.iter().any(|(kind, _)| kind.as_str() == name));
        Ok(Self {
            model: Model::embedded()?,
            rules: Rules::beside_model(categories, shipped, thresholds),
            kinds,
            kept,
            version: format!("model-{}", embedded_hash()),
        })
    }

    /// The model's log-odds in the policy's order, and the share of probability that the model gives to categories which
    /// the policy does not have.
    fn sums(&self, sums: &Scores) -> (Vec<f64>, f64) {
        let scores = softmax(sums);
        let kept: f64 =
            scores.iter().zip(self.kept).filter(|(_, kept)| *kept).map(|(score, _)| f64::from(*score)).sum();
        let whole: f64 = f64::from(sums.iter().copied().fold(f32::NEG_INFINITY, f32::max))
            - f64::from(scores.iter().copied().fold(0.0, f32::max)).ln();
        let of = |place: &Option<usize>| {
            place.and_then(|place| sums.get(place)).map_or(whole + OWN_CATEGORY.ln(), |sum| f64::from(*sum))
        };
        (self.kinds.iter().map(|(_, place)| of(place)).collect(), 1.0 - kept)
    }

    /// What the words say of the category in this place of the policy's order.
    fn evidence(&self, reading: &Reading<'_>, best: usize) -> Vec<Evidence> {
        let Some((name, Some(place))) = self.kinds.get(best) else { return Vec::new() };
        let said = reading.evidence(*place, &reading.sums);
        said.into_iter()
            .map(|said| Evidence {
                sign: rules::sign(&said.sign),
                place: said.place,
                category: name.clone(),
                weight: (f64::from(said.weight) * 100.0).round() / 100.0,
            })
            .collect()
    }
}

impl Classifier for Trained {
    fn version(&self) -> &str {
        &self.version
    }

    fn classify(&self, text: &Text<'_>) -> Classification {
        let reading = self.model.reading(text);
        let found = self.rules.signs(text);
        let tally = self.rules.tally(&found);
        let is_blind = !reading.knows_language;
        let known = if is_blind { self.model.prior() } else { reading.sums };
        let (mut sums, lost) = self.sums(&known);
        let nothing_spoke = is_blind && tally.is_empty();
        if tally.is_explicit() {
            give_way(&mut sums);
        }
        tally.add_to(&mut sums);
        let best = sums.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(place, _)| place);
        let words = best.filter(|_| !is_blind).map(|best| self.evidence(&reading, best)).unwrap_or_default();
        // A sign that outweighs the model's words also outweighs what they say of categories that the policy lacks.
        let lost = if tally.is_empty() { lost } else { 0.0 };
        let said = tally.conclude(&sums, lost, words);
        if nothing_spoke { Classification { outcome: Outcome::Abstain, side: None, ..said } } else { said }
    }
}

/// Brings the model's log-odds so near to one another that an explicit sign outweighs them.
fn give_way(sums: &mut [f64]) {
    let top = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for sum in sums {
        *sum = sum.max(top - APART);
    }
}
