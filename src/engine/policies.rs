//! Policies with their classifiers, compiled once per text.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::classify::{Classifier, Rules, Trained};
use crate::command::{Vocabulary, public_sites};
use crate::decide::Mode;
use crate::policy::{self, Policy, PolicyErrors, PolicyMode};

/// How many compiled policies are kept; hundreds of repositories usually share a handful of texts.
const KEPT: usize = 256;

/// A policy with the classifier that its categories make.
pub struct Rulebook {
    /// The policy.
    pub policy: Policy,
    /// Classifies by it.
    pub classifier: Box<dyn Classifier>,
    /// The words that people may command it with.
    pub vocabulary: Vocabulary,
}

impl Rulebook {
    /// Compiles a policy.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        let classifier = classifier(&policy);
        let categories = policy.categories.iter().map(|category| category.name.clone());
        let vocabulary =
            Vocabulary::new(&policy.commands.for_vocabulary(&policy.categories), categories, public_sites());
        Self { policy, classifier, vocabulary }
    }
}

/// The trained model with the policy's own rules beside it. The rules alone where the embedded model does not fit the
/// program, which a test keeps from being released.
fn classifier(policy: &Policy) -> Box<dyn Classifier> {
    let shipped = policy::defaults().categories;
    match Trained::new(&policy.categories, &shipped, policy.classification) {
        Ok(trained) => Box::new(trained),
        Err(error) => {
            tracing::error!(%error, "the embedded model does not fit; rules alone classify");
            Box::new(Rules::new(&policy.categories, policy.classification))
        }
    }
}

/// The compiled policies, by their texts.
pub(super) struct Policies {
    defaults: Arc<Rulebook>,
    compiled: Mutex<HashMap<String, Arc<Rulebook>>>,
}

impl Policies {
    /// Starts with the shipped defaults.
    pub(super) fn new() -> Self {
        Self { defaults: Arc::new(Rulebook::new(policy::defaults())), compiled: Mutex::default() }
    }

    /// The shipped defaults.
    pub(super) fn defaults(&self) -> Arc<Rulebook> {
        Arc::clone(&self.defaults)
    }

    /// The policy that a repository's own text makes over the one that its owner's repositories share, and over the
    /// defaults.
    pub(super) fn of(&self, base: Option<&str>, own: Option<&str>) -> Result<Arc<Rulebook>, PolicyErrors> {
        let text = key(base, own);
        if let Some(known) = self.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(&text) {
            return Ok(Arc::clone(known));
        }
        let policy = match (base, own) {
            (None, None) => return Ok(self.defaults()),
            (None, Some(own)) => policy::parse(own)?,
            (Some(base), own) => policy::parse_over(base, own)?,
        };
        let rulebook = Arc::new(Rulebook::new(policy));
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if compiled.len() >= KEPT {
            compiled.clear();
        }
        compiled.insert(text, Arc::clone(&rulebook));
        Ok(rulebook)
    }

    /// What governs a repository by these texts, and whether the bot may write there: an organisation's file turns it on
    /// only where it says so.
    pub(super) fn in_force(&self, base: Option<&str>, own: Option<&str>) -> (Arc<Rulebook>, Mode) {
        let Ok(rulebook) = self.of(base, own) else { return (self.defaults(), Mode::Observe) };
        let mode = match rulebook.policy.mode {
            Some(PolicyMode::Act) => Mode::Act,
            None if own.is_some() => Mode::Act,
            Some(PolicyMode::Observe) | None => Mode::Observe,
        };
        (rulebook, mode)
    }
}

/// Tells two pairs of texts apart, whatever is in them.
fn key(base: Option<&str>, own: Option<&str>) -> String {
    let [below, above] = [base, own].map(Option::unwrap_or_default);
    format!("{}:{}:{}{below}{above}", base.is_some(), own.is_some(), below.len())
}
