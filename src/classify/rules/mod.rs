//! The rules: weighted signs, summed per category, turned into probabilities.
//!
//! A sign is a keyword of the policy, a category's own mark (label, issue type, title prefix), a field of an issue
//! template, or the trace of a machine. Weights are log-odds.
//!
//! The shipped weights were fitted to labelled issues and rounded. Fitted without 19 whole projects, they were right on
//! these (1,331 issues) 84 times in 100 where they applied a category (57 of 100), and 71 times in 100 with the best
//! category of every issue; then they were fitted again with all.

mod built_in;
mod lexicon;
mod marks;
mod signs;
mod tally;
#[cfg(test)]
pub(super) mod tests;

use crate::backlog::{Categories, Category, CategoryName, Keyword, Side};
use crate::policy::ClassificationPolicy;

use super::text::Prefix;
use super::{Classification, Classifier, Text};
use lexicon::{Builder, Lexicon};
use marks::{Marks, Named};
use signs::Found;
pub(super) use tally::{Tally, sign};

/// What a phrase says.
#[derive(Debug, Default)]
struct Phrase {
    /// As a keyword: for which categories, by their place in the policy, and how strongly.
    keywords: Vec<(usize, f64)>,
    /// As a field of a template.
    field: Option<Field>,
}

#[derive(Debug)]
struct Field {
    signs: Vec<(usize, f64)>,
    named_only: bool,
    mutes: bool,
}

#[derive(Debug)]
struct Kind {
    name: CategoryName,
    side: Side,
    prior: f64,
}

/// The rules of one policy, ready to be used: compile once per policy.
#[derive(Debug)]
pub struct Rules {
    kinds: Vec<Kind>,
    phrases: Vec<Phrase>,
    lexicon: Lexicon,
    labels: Marks,
    types: Marks,
    prefixes: Marks,
    thresholds: ClassificationPolicy,
    reach: Reach,
}

/// How much the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// All.
    Alone,
    /// Not what a model says better: templates' fields, traces of machines, titles that ask.
    BesideModel,
}

impl Rules {
    /// Compiles a policy's categories.
    #[must_use]
    pub fn new(categories: &Categories, thresholds: ClassificationPolicy) -> Self {
        Self::compile(categories, categories, thresholds, Reach::Alone, |_, _| true)
    }

    /// The rules that a model does not replace: explicit signs, and the keywords that are not among the `shipped` ones,
    /// which the model was trained to know better. Templates' fields and traces are the model's too.
    pub(super) fn beside_model(
        categories: &Categories,
        shipped: &Categories,
        thresholds: ClassificationPolicy,
    ) -> Self {
        let is_own = |category: &Category, keyword: &Keyword| {
            shipped.get(&category.name).is_none_or(|known| !known.keywords.contains(keyword))
        };
        let mut rules = Self::compile(categories, shipped, thresholds, Reach::BesideModel, is_own);
        if rules.phrases.iter().all(|phrase| phrase.keywords.is_empty()) {
            rules.phrases.clear();
        }
        rules
    }

    /// Collects the signs in an item.
    pub(super) fn signs<'a>(&'a self, text: &Text<'a>) -> Vec<Found<'a>> {
        signs::collect(self, text)
    }

    /// Counts them.
    pub(super) fn tally<'a>(&'a self, found: &'a [Found<'a>]) -> Tally<'a> {
        Tally::of(self, found)
    }

    fn compile(
        categories: &Categories,
        shipped: &Categories,
        thresholds: ClassificationPolicy,
        reach: Reach,
        speaks: impl Fn(&Category, &Keyword) -> bool,
    ) -> Self {
        let mut lexicon = Builder::default();
        let mut phrases = Vec::new();
        for (index, category) in categories.iter().enumerate() {
            let usable = |keyword: &&Keyword| keyword.weight.is_finite() && speaks(category, keyword);
            for keyword in category.keywords.iter().filter(usable) {
                if let Some(phrase) = phrase(&mut lexicon, &mut phrases, &keyword.text) {
                    phrase.keywords.push((index, keyword.weight));
                }
            }
        }
        let place = |name: &str| categories.iter().position(|category| category.name.as_str() == name);
        for field in built_in::FIELDS {
            let signs = field.signs.iter().filter_map(|(name, weight)| Some((place(name)?, *weight))).collect();
            let named_only = field.reach == built_in::Reach::Named;
            if let Some(phrase) = phrase(&mut lexicon, &mut phrases, field.name) {
                phrase.field = Some(Field { signs, named_only, mutes: field.mutes });
            }
        }
        let kinds = categories.iter().map(|category| Kind {
            name: category.name.clone(),
            side: category.side,
            prior: built_in::prior(category.name.as_str()),
        });
        Self {
            kinds: kinds.collect(),
            phrases,
            lexicon: lexicon.build(),
            labels: Marks::new(categories, shipped, |category| {
                std::iter::once(&category.label).chain(&category.aliases).collect()
            }),
            types: Marks::new(categories, shipped, |category| category.types.iter().collect()),
            prefixes: Marks::new(categories, shipped, |category| category.prefixes.iter().collect()),
            thresholds,
            reach,
        }
    }

    /// The category that a title's prefix names: as a whole, by its first part (`feat(api)`), or by its last word
    /// (`DevTools Bug`).
    fn prefix(&self, prefix: &Prefix<'_>) -> Option<Named> {
        let last = || prefix.full.rsplit(' ').next().filter(|_| prefix.sign.starts_with('['));
        self.prefixes.of(prefix.full).or_else(|| self.prefixes.of(prefix.kind?)).or_else(|| self.prefixes.of(last()?))
    }
}

/// The phrase with this text, new or known.
fn phrase<'a>(lexicon: &mut Builder, phrases: &'a mut Vec<Phrase>, text: &str) -> Option<&'a mut Phrase> {
    let id = lexicon.add(text)?;
    phrases.resize_with(lexicon.len(), Phrase::default);
    phrases.get_mut(id)
}

impl Classifier for Rules {
    fn version(&self) -> &'static str {
        "rules-1"
    }

    fn classify(&self, text: &Text<'_>) -> Classification {
        let found = signs::collect(self, text);
        let mut sums: Vec<f64> = self.kinds.iter().map(|kind| kind.prior).collect();
        let tally = Tally::of(self, &found);
        tally.add_to(&mut sums);
        tally.conclude(&sums, 0.0, Vec::new())
    }
}
