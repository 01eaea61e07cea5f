//! Policies with their classifiers, compiled once per text.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::backlog::TrackerName;
use crate::classify::{Classifier, Rules, Trained, WithoutCommands};
use crate::command::{Site, Vocabulary, public_sites};
use crate::decide::Mode;
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
        let categories = policy.categories.iter().map(|category| category.name.clone());
        let vocabulary = Vocabulary::new(&policy.commands.for_vocabulary(&policy.categories), categories, sites);
        let classifier = Box::new(WithoutCommands::new(classifier(&policy), vocabulary.clone()));
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

/// The compiled policies, by tracker and texts.
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

    /// The policy that a repository's own text makes over the one that its owner's repositories share, and over the
    /// defaults, for items of this tracker.
    pub(super) fn of(
        &self,
        tracker: &TrackerName,
        base: Option<&str>,
        own: Option<&str>,
    ) -> Result<Arc<Rulebook>, PolicyErrors> {
        let key = (tracker.clone(), key(base, own));
        if let Some(known) = self.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(known));
        }
        let policy = match (base, own) {
            (None, None) => return Ok(self.defaults()),
            (None, Some(own)) => policy::parse(own)?,
            (Some(base), own) => policy::parse_over(base, own)?,
        };
        let sites = self.sites.get(tracker).map_or_else(public_sites, |site| vec![site.clone()]);
        let rulebook = Arc::new(Rulebook::for_sites(policy, sites));
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if compiled.len() >= KEPT {
            compiled.clear();
        }
        compiled.insert(key, Arc::clone(&rulebook));
        Ok(rulebook)
    }

    /// What governs a repository by these texts, and whether the bot may write there: an organisation's file turns it on
    /// only where it says so.
    pub(super) fn in_force(
        &self,
        tracker: &TrackerName,
        base: Option<&str>,
        own: Option<&str>,
    ) -> (Arc<Rulebook>, Mode) {
        let Ok(rulebook) = self.of(tracker, base, own) else { return (self.defaults(), Mode::Observe) };
        let mode = if rulebook.policy.turns_on(own.is_some()) { Mode::Act } else { Mode::Observe };
        (rulebook, mode)
    }
}

/// Tells two pairs of texts apart, whatever is in them.
fn key(base: Option<&str>, own: Option<&str>) -> String {
    let [below, above] = [base, own].map(Option::unwrap_or_default);
    format!("{}:{}:{}{below}{above}", base.is_some(), own.is_some(), below.len())
}
