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
use corpus::{Example, NARROW, Part, SOURCES, WIDE};
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
            let whole = Example::read(source, row);
            let parts = whole.as_ref().map(Example::parts).unwrap_or_default();
            self.examples.extend(whole.into_iter().chain(parts));
        }
    }

    /// How many issues there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.examples.iter().filter(|example| example.part == Part::Whole).count()
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
    progress(&format!("reading {} issues", corpus.len()));
    let matrix = Matrix::read(examples);
    let projects = folds::projects(examples, |example| example.category.is_some());
    if projects < 2 {
        return Err(Trouble::TooFewProjects(projects));
    }
    let mut judge = |what: &str, is_judged: fn(&Example) -> bool| {
        let splits = folds::deal(examples, is_judged);
        progress(&format!("judging on {what} of projects kept back, in {} parts", splits.len()));
        judge::judge_all(&matrix, examples, &splits)
    };
    let judged = judge("issues", |example| example.category.is_some())?;
    let labelled_by_others = judge("others' labels", judge::is_labelled_by_others)?;
    let sharpness = judge::sharpness(&judged.iter());
    let others = card::Others {
        gtd: judge::debt_ranking(&labelled_by_others, &["gtd_github"], &NARROW),
        jira_mix: judge::debt_ranking(&labelled_by_others, &["tan_td_issues", "atd_jira", "li_small500"], &WIDE),
        tan: judge::debt_ranking(&labelled_by_others, &["tan_td_issues"], &WIDE),
        types: judge::issue_types(&labelled_by_others, "nlbse24_train"),
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
