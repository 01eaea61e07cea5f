//! Signs → sums → probabilities → a classification with its evidence.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::backlog::Side;
use crate::classify::{Classification, Evidence, Outcome, Where};

use super::signs::{Found, Sign};
use super::{Reach, Rules, built_in};

/// How much a category's own mark weighs.
const TYPE: f64 = 7.0;
const LABEL: f64 = 6.0;
const PREFIX: f64 = 5.0;
/// What it weighs at the parent: its parts may be work of another kind.
const PARENT: f64 = 2.0;

/// What is left of a mark that gives way to another of the same kind.
const GIVING_WAY: f64 = 0.3;

/// The most that a category can get from keywords in the body,
const BODY_CAP: f64 = 3.0;
/// and from a template's fields: a template speaks of what its writer chose, not of what they wrote.
const FIELD_CAP: f64 = 2.0;

/// How many signs are shown.
const SHOWN: usize = 12;

/// The longest sign shown, in characters.
const LONGEST_SIGN: usize = 80;

/// What a sign adds to a category's sum.
struct Vote<'a> {
    category: usize,
    weight: f64,
    found: &'a Found<'a>,
}

/// The votes on an item.
pub(in crate::classify) struct Tally<'a> {
    rules: &'a Rules,
    votes: Vec<Vote<'a>>,
}

impl<'a> Tally<'a> {
    /// Counts.
    pub(super) fn of(rules: &'a Rules, found: &'a [Found<'a>]) -> Self {
        let mut votes = votes(rules, found);
        give_way(rules, &mut votes);
        for category in 0..rules.kinds.len() {
            cap(&mut votes, category, Where::Body, BODY_CAP);
            cap(&mut votes, category, Where::Field, FIELD_CAP);
        }
        Self { rules, votes }
    }

    /// Whether nothing spoke.
    pub(in crate::classify) fn is_empty(&self) -> bool {
        self.votes.iter().all(|vote| vote.weight == 0.0)
    }

    /// Whether an explicit sign of the item itself spoke: an issue type, a label, a prefix.
    pub(in crate::classify) fn is_explicit(&self) -> bool {
        self.votes.iter().any(|vote| is_mark(vote) && vote.found.place != Where::Parent && vote.weight > 0.0)
    }

    /// Adds the votes to what was known before, in the policy's order.
    pub(in crate::classify) fn add_to(&self, sums: &mut [f64]) {
        for vote in &self.votes {
            if let Some(sum) = sums.get_mut(vote.category) {
                *sum += vote.weight;
            }
        }
    }

    /// Concludes from the final sums. `lost` is the share of probability that lies outside the policy's categories: what
    /// is told is measured against it too. `more` is evidence beside the votes.
    pub(in crate::classify) fn conclude(self, sums: &[f64], lost: f64, more: Vec<Evidence>) -> Classification {
        let rules = self.rules;
        let scores = softmax(sums);
        let best = best(&scores);
        let kind = best.and_then(|index| rules.kinds.get(index));
        let confidence = best.and_then(|index| scores.get(index)).copied().unwrap_or_default();
        let outcome = outcome(rules, confidence * (1.0 - lost));
        // What is applied has its category's side, however the probability is spread over the others.
        let applied_side = kind.filter(|_| outcome == Outcome::Apply).map(|kind| kind.side);
        Classification {
            best: kind.map(|kind| kind.name.clone()),
            confidence,
            outcome,
            side: applied_side.or_else(|| side(rules, &scores, 1.0 - lost)),
            scores: rules.kinds.iter().map(|kind| kind.name.clone()).zip(scores).collect(),
            evidence: evidence(rules, self.votes, more),
        }
    }
}

fn votes<'a>(rules: &Rules, found: &'a [Found<'a>]) -> Vec<Vote<'a>> {
    let mut votes = Vec::with_capacity(found.len() * 2);
    for found in found {
        let mut vote = |category: usize, weight: f64| {
            votes.push(Vote { category, weight: weight * found.factor, found });
        };
        let mut named = |signs: &[(&str, f64)]| {
            for (name, weight) in signs {
                if let Some(category) = rules.kinds.iter().position(|kind| kind.name.as_str() == *name) {
                    vote(category, *weight);
                }
            }
        };
        match found.sign {
            Sign::Keyword(id) => {
                for (category, weight) in
                    rules.phrases.get(id).map(|phrase| phrase.keywords.as_slice()).unwrap_or_default()
                {
                    vote(*category, *weight);
                }
            }
            Sign::Field(_) | Sign::Trace(_) | Sign::Asks if rules.reach == Reach::BesideModel => {}
            Sign::Field(id) => {
                let field = rules.phrases.get(id).and_then(|phrase| phrase.field.as_ref());
                for (category, weight) in field.map(|field| field.signs.as_slice()).unwrap_or_default() {
                    vote(*category, *weight);
                }
            }
            Sign::Mark(category) => vote(category, mark_weight(found.place)),
            Sign::Trace(trace) => named(built_in::traces(trace)),
            Sign::Asks => named(built_in::ASKS),
        }
    }
    votes
}

const fn mark_weight(place: Where) -> f64 {
    match place {
        Where::Type => TYPE,
        Where::Label => LABEL,
        Where::Parent => PARENT,
        _ => PREFIX,
    }
}

/// Lets a category's second mark of a kind count nothing, and one that another goes before count less.
fn give_way(rules: &Rules, votes: &mut [Vote<'_>]) {
    let marks: Vec<(Where, usize)> =
        votes.iter().filter(|vote| is_mark(vote)).map(|vote| (vote.found.place, vote.category)).collect();
    let name = |category: usize| rules.kinds.get(category).map_or("", |kind| kind.name.as_str());
    let mut seen = Vec::new();
    for vote in votes.iter_mut().filter(|vote| is_mark(vote)) {
        let this = (vote.found.place, vote.category);
        if seen.contains(&this) {
            vote.weight = 0.0;
            continue;
        }
        seen.push(this);
        let weaker = marks.iter().filter(|other| other.0 == this.0 && other.1 != this.1).any(|(_, other)| {
            let (other, this) = (name(*other), name(this.1));
            built_in::GOES_BEFORE.contains(&(other, this))
                || built_in::GIVES_WAY.contains(&this) && !built_in::GIVES_WAY.contains(&other)
        });
        if weaker {
            vote.weight *= GIVING_WAY;
        }
    }
}

fn is_mark(vote: &Vote<'_>) -> bool {
    matches!(vote.found.sign, Sign::Mark(_))
}

/// Scales a category's votes from one place so that their sum comes close to `most`, but not over it.
fn cap(votes: &mut [Vote<'_>], category: usize, place: Where, most: f64) {
    let here = |vote: &Vote<'_>| vote.category == category && vote.found.place == place && vote.weight > 0.0;
    let sum: f64 = votes.iter().filter(|vote| here(vote)).map(|vote| vote.weight).sum();
    if sum > 0.0 {
        let scale = most * (sum / most).tanh() / sum;
        for vote in votes.iter_mut().filter(|vote| here(vote)) {
            vote.weight *= scale;
        }
    }
}

fn softmax(sums: &[f64]) -> Vec<f64> {
    let top = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = sums.iter().map(|sum| (sum - top).exp()).collect();
    let total: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / total).collect()
}

/// The first of the highest.
fn best(scores: &[f64]) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (index, score) in scores.iter().enumerate() {
        if best.is_none_or(|(_, most)| *score > most) {
            best = Some((index, *score));
        }
    }
    best.map(|(index, _)| index)
}

fn outcome(rules: &Rules, confidence: f64) -> Outcome {
    if rules.kinds.is_empty() {
        Outcome::Abstain
    } else if confidence >= rules.thresholds.apply_at {
        Outcome::Apply
    } else if confidence >= rules.thresholds.suggest_at {
        Outcome::Suggest
    } else {
        Outcome::Abstain
    }
}

fn side(rules: &Rules, scores: &[f64], kept: f64) -> Option<Side> {
    let share = |side: Side| -> f64 {
        rules.kinds.iter().zip(scores).filter(|(kind, _)| kind.side == side).map(|(_, score)| score).sum()
    };
    let (side, share) = Side::ALL.map(|side| (side, share(side))).into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    (!rules.kinds.is_empty() && share * kept >= rules.thresholds.side_at).then_some(side)
}

/// The strongest signs, as a person can read them.
fn evidence(rules: &Rules, votes: Vec<Vote<'_>>, more: Vec<Evidence>) -> Vec<Evidence> {
    let told = one_each(votes).into_iter().filter(|vote| vote.weight.abs() >= 0.05).filter_map(|vote| {
        Some(Evidence {
            sign: sign(vote.found.text),
            place: vote.found.place,
            category: rules.kinds.get(vote.category)?.name.clone(),
            weight: (vote.weight * 100.0).round() / 100.0,
        })
    });
    let mut evidence: Vec<Evidence> = told.chain(more).collect();
    evidence.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    evidence.truncate(SHOWN);
    evidence
}

/// What two keywords found in the same words is one sign to a reader.
fn one_each(votes: Vec<Vote<'_>>) -> Vec<Vote<'_>> {
    let mut kept: HashMap<(usize, Where, String), Vote<'_>> = HashMap::with_capacity(votes.len());
    let mut order = Vec::with_capacity(votes.len());
    for vote in votes {
        let key = (vote.category, vote.found.place, vote.found.text.to_lowercase());
        match kept.entry(key) {
            Entry::Occupied(mut same) => same.get_mut().weight += vote.weight,
            Entry::Vacant(new) => {
                order.push(new.key().clone());
                new.insert(vote);
            }
        }
    }
    order.iter().filter_map(|key| kept.remove(key)).collect()
}

/// On one line, not too long.
pub(in crate::classify) fn sign(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(LONGEST_SIGN));
    for (count, word) in text.split_whitespace().enumerate() {
        if count > 0 {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > LONGEST_SIGN * 4 {
            break;
        }
    }
    if line.chars().count() > LONGEST_SIGN {
        line = line.chars().take(LONGEST_SIGN - 1).chain(['…']).collect();
    }
    line
}
