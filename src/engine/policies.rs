//! Policies with their classifiers, compiled once per text.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::backlog::TrackerName;
use crate::classify::{Classifier, Rules, Trained};
use crate::command::{Site, Vocabulary, public_sites};
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
    /// Compiles a policy, for the public sites of trackers.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self::for_sites(policy, public_sites())
    }

    /// Compiles a policy. `sites` are where items that commands refer to may live.
    #[must_use]
    pub fn for_sites(policy: Policy, sites: Vec<Site>) -> Self {
        let classifier = classifier(&policy);
        let categories = policy.categories.iter().map(|category| category.name.clone());
        let vocabulary = Vocabulary::new(&policy.commands.for_vocabulary(&policy.categories), categories, sites);
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

/// The compiled policies, by tracker and text.
pub(super) struct Policies {
    defaults: Arc<Rulebook>,
    sites: BTreeMap<TrackerName, Site>,
    compiled: Mutex<HashMap<(TrackerName, String), Arc<Rulebook>>>,
}

impl Policies {
    /// Starts with the shipped defaults. `sites`: where people open each tracker's items.
    pub(super) fn new(sites: BTreeMap<TrackerName, Site>) -> Self {
        Self { defaults: Arc::new(Rulebook::new(policy::defaults())), sites, compiled: Mutex::default() }
    }

    /// The shipped defaults.
    pub(super) fn defaults(&self) -> Arc<Rulebook> {
        Arc::clone(&self.defaults)
    }

    /// The policy that this text makes over the defaults, for items of this tracker.
    pub(super) fn of(&self, tracker: &TrackerName, text: &str) -> Result<Arc<Rulebook>, PolicyErrors> {
        let key = (tracker.clone(), text.to_owned());
        if let Some(known) = self.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(known));
        }
        let sites = self.sites.get(tracker).map_or_else(public_sites, |site| vec![site.clone()]);
        let rulebook = Arc::new(Rulebook::for_sites(policy::parse(text)?, sites));
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if compiled.len() >= KEPT {
            compiled.clear();
        }
        compiled.insert(key, Arc::clone(&rulebook));
        Ok(rulebook)
    }
}
