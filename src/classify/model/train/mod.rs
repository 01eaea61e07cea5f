//! Labelled issues → the model and its card. Deterministic: the same files give the same bytes.

mod card;
mod corpus;
mod folds;
mod groups;
mod judge;
mod lbfgs;
mod learner;
mod matrix;

use serde_json::Value;

use super::{NoModel, hash_of};
use corpus::{Example, SOURCES};
use matrix::Matrix;

/// Why no model could be built.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The data has no issues in Plimsoll's categories from enough projects.
    #[error(
        "the data has issues of {0} projects in Plimsoll's categories, 2 are needed: put annotated.jsonl into the directory"
    )]
    TooFewProjects(usize),
    /// A model that was just written cannot be read.
    #[error(transparent)]
    Model(#[from] NoModel),
}

/// A model with the description of how it was made and how good it is.
#[derive(Debug)]
pub struct Built {
    /// The model's file.
    pub model: Vec<u8>,
    /// MODEL.md.
    pub card: String,
}

/// The sets that training reads, each from `NAME.jsonl`; those that are not there are done without.
#[must_use]
pub fn sets() -> Vec<&'static str> {
    SOURCES.iter().map(|source| source.name).collect()
}

/// Labelled issues.
#[derive(Default)]
pub struct Corpus {
    examples: Vec<Example>,
}

impl Corpus {
    /// Adds an issue of a set; what carries no usable label is passed over.
    pub fn add(&mut self, set: &str, row: &Value) {
        if let Some(source) = SOURCES.iter().find(|source| source.name == set) {
            self.examples.extend(Example::read(source, row));
        }
    }

    /// How many issues there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.examples.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.examples.is_empty()
    }
}

/// Judges the method on projects kept back, then trains on all. `progress` is told what is being done.
///
/// # Errors
/// When the data does not suffice.
pub fn build(corpus: &Corpus, mut progress: impl FnMut(&str)) -> Result<Built, Trouble> {
    let examples = &corpus.examples;
    progress(&format!("reading {} issues", examples.len()));
    let matrix = Matrix::read(examples);
    let splits = folds::deal(examples, |example| example.category.is_some());
    if splits.len() < 2 {
        return Err(Trouble::TooFewProjects(splits.len()));
    }
    let mut judged = Vec::new();
    for (fold, split) in splits.iter().enumerate() {
        progress(&format!("judging on projects kept back, part {} of {}", fold + 1, splits.len()));
        judged.extend(judge::judge(&matrix, examples, split, fold)?);
    }
    let sharpness = judge::sharpness(&judged.iter().filter(|judged| judged.example.natural));
    progress("judging on the label sets of others");
    let others = card::Others {
        gtd: judge::debt_ranking(&matrix, examples, &["gtd_github"])?,
        jira_mix: judge::debt_ranking(&matrix, examples, &["tan_td_issues", "atd_jira", "li_small500"])?,
        tan: judge::debt_ranking(&matrix, examples, &["tan_td_issues"])?,
        types: judge::issue_types(&matrix, examples, "nlbse24_train")?,
    };
    progress("training on all");
    let all: Vec<usize> =
        (0..).zip(examples).filter(|(_, example)| example.says.is_some()).map(|(row, _)| row).collect();
    let learned = learner::learn(&matrix, examples, &all);
    let model = learned.write(&judge::bias(&learned), sharpness);
    let facts = card::Facts { hash: hash_of(&model), bytes: model.len(), features: learned.len(), sharpness };
    let card = card::write(examples, &judge::calibrated(&judged), &others, &facts);
    Ok(Built { model, card })
}
