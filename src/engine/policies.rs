//! Policies with their classifiers, compiled once per text.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::classify::{Classifier, Rules, Trained};
use crate::command::{Vocabulary, public_sites};
use crate::policy::{self, Policy, PolicyErrors};

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

/// The compiled policies, by text.
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

    /// The policy that this text makes over the defaults.
    pub(super) fn of(&self, text: &str) -> Result<Arc<Rulebook>, PolicyErrors> {
        if let Some(known) = self.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(text) {
            return Ok(Arc::clone(known));
        }
        let rulebook = Arc::new(Rulebook::new(policy::parse(text)?));
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if compiled.len() >= KEPT {
            compiled.clear();
        }
        compiled.insert(text.to_owned(), Arc::clone(&rulebook));
        Ok(rulebook)
    }
}
