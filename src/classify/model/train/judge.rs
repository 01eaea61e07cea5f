//! How good the model is on projects that it was not trained on.

use crate::backlog::Side;
use crate::classify::Text;
use crate::classify::metrics::{self, Answer, Confusion};
use crate::classify::model::Model;
use crate::classify::model::categories::{CATEGORIES, K, Scores, softmax};

use super::Trouble;
use super::corpus::{self, Example, GITHUB, GITHUB_ENRICHED, JIRA, JIRA_ENRICHED, Part, Sense};
use super::folds::Split;
use super::learner::{self, Learned};
use super::matrix::Matrix;

/// An issue of a project that was kept back, and what the model that had not seen it says.
pub(super) struct Judged<'a> {
    pub(super) example: &'a Example,
    /// The part that it was kept back with.
    pub(super) fold: usize,
    /// Log-odds before they are sharpened.
    pub(super) sums: Scores,
    /// What of them was known before anything was read.
    pub(super) bias: Scores,
}

/// The sets of others that the model is judged by.
const JUDGED_BY: [&str; 5] = ["gtd_github", "tan_td_issues", "atd_jira", "li_small500", "nlbse24_train"];

/// Whether the model is judged by others' label on an example.
pub(super) fn is_labelled_by_others(example: &Example) -> bool {
    JUDGED_BY.contains(&example.set)
}

/// Whether probabilities are calibrated by an example: drawn at random, and whole.
fn is_natural(example: &Example) -> bool {
    example.natural && example.category.is_some() && example.part == Part::Whole
}

/// How much rare categories are expected: 0 as seldom as they come, 1 as often as in the enriched part of the truth. A
/// little more pays: what is common there is still rarer than what is common.
const ENRICHED: f32 = 1.2;

/// How far what is known before reading is believed: backlogs differ in it more than in what words mean.
const PRIOR: f32 = 0.8;

/// The bias that the model is used with: of both trackers alike.
pub(super) fn bias(learned: &Learned) -> Scores {
    let mut out = [0.0; K];
    for (pool, share) in
        [(JIRA, 1.0 - ENRICHED), (GITHUB, 1.0 - ENRICHED), (JIRA_ENRICHED, ENRICHED), (GITHUB_ENRICHED, ENRICHED)]
    {
        for (out, bias) in out.iter_mut().zip(learned.bias(pool)) {
            *out += PRIOR * bias * share / 2.0;
        }
    }
    out
}

/// Judges every part, several at a time; the answers are the same however many that are.
pub(super) fn judge_all<'a>(
    matrix: &Matrix,
    examples: &'a [Example],
    splits: &[Split],
) -> Result<Vec<Judged<'a>>, Trouble> {
    let at_once = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let parts: Vec<(usize, &Split)> =
        splits.iter().enumerate().filter(|(_, split)| !split.trained.is_empty()).collect();
    let mut judged = Vec::new();
    for some in parts.chunks(at_once) {
        let answers: Vec<_> = std::thread::scope(|scope| {
            let started: Vec<_> =
                some.iter().map(|(fold, split)| scope.spawn(|| judge(matrix, examples, split, *fold))).collect();
            started.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
        });
        for answer in answers {
            judged.extend(answer.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
    }
    Ok(judged)
}

/// Trains on what a split leaves and reads what it keeps back, by the same path as the finished model.
fn judge<'a>(matrix: &Matrix, examples: &'a [Example], split: &Split, fold: usize) -> Result<Vec<Judged<'a>>, Trouble> {
    let learned = learner::learn(matrix, examples, &split.trained);
    let bytes = learned.write(&bias(&learned), 1.0);
    let model = Model::read(&bytes)?;
    let held = split.held.iter().filter_map(|place| examples.get(*place));
    Ok(held.map(|example| Judged { example, fold, sums: sums(&model, example), bias: model.prior() }).collect())
}

fn sums(model: &Model<'_>, example: &Example) -> Scores {
    model.reading(&Text { title: &example.title, body: &example.body, ..Text::default() }).sums
}

/// The probabilities, after sharpening.
pub(super) fn probabilities(sums: &Scores, sharpness: f32) -> Scores {
    softmax(&sums.map(|sum| sum * sharpness))
}

/// The sharpness that makes the truth likeliest.
pub(super) fn sharpness<'a>(judged: &(impl Iterator<Item = &'a Judged<'a>> + Clone)) -> f32 {
    let loss = |sharpness: f32| -> f64 {
        let likelihood = judged.clone().filter(|judged| is_natural(judged.example)).filter_map(|judged| {
            let place = judged.example.category?;
            probabilities(&judged.sums, sharpness).get(place).copied()
        });
        likelihood.map(|p| -f64::from(p.max(1e-9).ln())).sum()
    };
    let tried = (60u8..=150).step_by(5).map(|percent| f32::from(percent) / 100.0);
    let best = tried.map(|sharpness| (loss(sharpness), sharpness)).min_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or(1.0, |(_, sharpness)| sharpness)
}

/// What was said of an issue, after calibration on the other parts.
pub(super) struct Verdict<'a> {
    pub(super) example: &'a Example,
    pub(super) scores: Scores,
}

/// Calibrates each part on the others.
pub(super) fn calibrated<'a>(judged: &'a [Judged<'a>]) -> Vec<Verdict<'a>> {
    let last = judged.iter().map(|judged| judged.fold).max().unwrap_or_default();
    let others = |fold: usize| judged.iter().filter(move |judged| judged.fold != fold);
    let sharp: Vec<f32> = (0..=last).map(|fold| sharpness(&others(fold))).collect();
    let verdict = |judged: &'a Judged<'a>| {
        let sharpness = sharp.get(judged.fold).copied().unwrap_or(1.0);
        Verdict { example: judged.example, scores: probabilities(&judged.sums, sharpness) }
    };
    judged.iter().filter(|judged| judged.example.category.is_some()).map(verdict).collect()
}

/// The figures of a selection of verdicts.
pub(super) struct Figures {
    pub(super) count: usize,
    /// Over categories, with the three that are counted as one.
    pub(super) confusion: Confusion,
    /// The best category of all fourteen.
    pub(super) categories: Vec<Answer>,
    pub(super) sides: Vec<Answer>,
    /// The share where technical or not was said right.
    pub(super) technical: f64,
}

impl Figures {
    pub(super) fn of(verdicts: &[&Verdict<'_>]) -> Self {
        let mut figures = Self {
            count: verdicts.len(),
            confusion: Confusion::default(),
            categories: vec![],
            sides: vec![],
            technical: 0.0,
        };
        let mut technical = 0;
        for verdict in verdicts {
            let Some((is, is_side)) = verdict.example.category.and_then(|place| CATEGORIES.get(place)) else {
                continue;
            };
            let (place, sure) = best(&verdict.scores);
            let said = CATEGORIES.get(place).map_or("", |(name, _)| *name);
            figures.categories.push(Answer { sure, right: said == *is });
            figures.confusion.add(merged(is), merged_best(&verdict.scores));
            let sides = Side::ALL.map(|side| (side, side_score(&verdict.scores, side)));
            let side = sides.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
            figures.sides.extend(side.map(|(side, sure)| Answer { sure, right: side == *is_side }));
            let said_technical = side_score(&verdict.scores, Side::Technical) > 0.5;
            technical += usize::from(said_technical == (*is_side == Side::Technical));
        }
        figures.technical = metrics::share(technical, figures.count);
        figures
    }
}

/// The place of the best category, and how sure it is.
fn best(scores: &Scores) -> (usize, f64) {
    let best = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or((0, 0.0), |(place, score)| (place, f64::from(*score)))
}

/// Technical debt, refactoring and engineering improvements are hard to tell apart, also for people: judged as one.
pub(super) const AS_ONE: &str = "technical-debt + refactoring + engineering-improvement";

pub(super) fn merged(name: &'static str) -> &'static str {
    if matches!(name, "technical-debt" | "refactoring" | "engineering-improvement") { AS_ONE } else { name }
}

fn merged_best(scores: &Scores) -> &'static str {
    let mut sums: Vec<(&'static str, f32)> = Vec::new();
    for ((name, _), score) in CATEGORIES.iter().zip(scores) {
        match sums.iter_mut().find(|(known, _)| *known == merged(name)) {
            Some((_, sum)) => *sum += score,
            None => sums.push((merged(name), *score)),
        }
    }
    sums.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or("", |(name, _)| name)
}

/// The probability of a side.
pub(super) fn side_score(scores: &Scores, side: Side) -> f64 {
    CATEGORIES.iter().zip(scores).filter(|((_, of), _)| *of == side).map(|(_, score)| f64::from(*score)).sum()
}

/// How well others' debt is put above what they do not call so.
#[derive(Clone, Copy)]
pub(super) struct Ranking {
    /// By the probability of the technical side.
    pub(super) side: f64,
    /// By how likely others call such an item debt rather than not.
    pub(super) debt: f64,
}

/// Ranks what sets of others call debt, in their sense of the word; none where the data has no such set.
pub(super) fn debt_ranking(judged: &[Judged<'_>], sets: &[&str], sense: &Sense) -> Option<Ranking> {
    let of_sets = judged.iter().filter(|judged| sets.contains(&judged.example.set));
    let labelled: Vec<(&Judged<'_>, bool)> =
        of_sets.filter_map(|judged| Some((judged, judged.example.debt?))).collect();
    let by = |score: &dyn Fn(&Judged<'_>) -> f64| {
        metrics::ranking(&labelled.iter().map(|(judged, debt)| (score(judged), *debt)).collect::<Vec<_>>())
    };
    (!labelled.is_empty()).then(|| Ranking {
        side: by(&|judged| side_score(&softmax(&judged.sums), Side::Technical)),
        debt: by(&|judged| {
            let scores = softmax(&judged.without_bias());
            likelihood(&sense.debt, &scores) / likelihood(&sense.other, &scores)
        }),
    })
}

/// How likely a label is that others put, where it is known how likely they put it on an item of each category.
fn likelihood(of_label: &Scores, scores: &Scores) -> f64 {
    f64::from(of_label.iter().zip(scores).map(|(likely, score)| likely * score).sum::<f32>())
}

impl Judged<'_> {
    /// The log-odds without what was known before anything was read: sets of others have as much of each label as their
    /// makers wanted.
    fn without_bias(&self) -> Scores {
        let mut sums = self.sums;
        for (sum, bias) in sums.iter_mut().zip(self.bias) {
            *sum -= bias;
        }
        sums
    }
}

/// Macro-F1 of others' bug, feature and question.
pub(super) fn issue_types(judged: &[Judged<'_>], set: &str) -> Option<f64> {
    const LABELS: [&str; 3] = ["bug", "feature", "question"];
    let mut confusion = Confusion::default();
    for judged in judged.iter().filter(|judged| judged.example.set == set) {
        if !LABELS.contains(&judged.example.class.as_str()) {
            continue;
        }
        let scores = softmax(&judged.without_bias());
        let likely = |label: &str| corpus::meaning(label).map_or(0.0, |of_label| likelihood(&of_label, &scores));
        let said = LABELS.into_iter().max_by(|a, b| likely(a).total_cmp(&likely(b)));
        confusion.add(&judged.example.class, said.unwrap_or_default());
    }
    (confusion != Confusion::default()).then(|| confusion.macro_f1())
}
