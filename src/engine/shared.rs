//! The policy that the repositories of one owner share: an organisation's defaults.
//!
//! It is the policy of one repository of that owner, and each of the others keeps the text that lies under its own beside
//! it: so what is in force stands in one row, and a change that fits one repository and not another breaks only that one.
//!
//! Known race, harmless: a repository that is first seen while the shared policy changes may begin with the old one; it is
//! told of the change, or finds it when its policy is next looked at.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::backlog::{Actor, Event, Fact, Lane, Place, Repository, Subject, SubjectKind};
use crate::store::{RepositoryRow, Signal, StoreError};
use crate::tracker::{Errand, Tracker, TrackerError};

use super::Engine;
use super::repository::{Look, Trouble};

/// So many absent homes are remembered.
const KEPT: usize = 2_000;

/// What lies under a repository's own policy.
pub(super) enum Base {
    /// This text, or nothing.
    Is(Option<String>),
    /// It cannot be read now: what lay there before.
    AsBefore,
}

/// Homes of shared policies that were looked for and are not there, with when they were looked for.
#[derive(Debug, Default)]
pub(super) struct Homeless(Mutex<HashMap<(String, String), Timestamp>>);

impl Homeless {
    fn is_known(&self, installation: &str, name: &str, after: Timestamp) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(installation.to_owned(), name.to_owned())).is_some_and(|at| *at >= after)
    }

    fn note(&self, installation: &str, name: String, at: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert((installation.to_owned(), name), at);
    }
}

impl Engine {
    /// The last good text of the policy that the repository shares with the others of its owner.
    pub(super) async fn base_of(
        &self,
        tracker: &dyn Tracker,
        repository: &Repository,
        errand: &Errand,
    ) -> Result<Base, Trouble> {
        let Some(home) = self.home_of(tracker, repository, errand).await? else { return Ok(Base::Is(None)) };
        match home.policy {
            Some(policy) if self.is_fresh(&policy, errand.now) => return Ok(Base::Is(policy.good)),
            _ => {}
        }
        match self.read_policy(tracker, &home, errand, Look::AtTracker { commit: None }).await {
            Ok(policy) => Ok(Base::Is(policy.good)),
            Err(Trouble::Tracker(TrackerError::Missing { .. })) => Ok(Base::Is(None)),
            Err(Trouble::Tracker(
                error @ (TrackerError::Refused { .. } | TrackerError::Renamed { .. } | TrackerError::Failed { .. }),
            )) => {
                tracing::warn!(%error, "the shared policy cannot be read; what was in force stays so");
                Ok(Base::AsBefore)
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// The repository that holds the shared policy; none where that is the repository itself, or there is none.
    async fn home_of(
        &self,
        tracker: &dyn Tracker,
        repository: &Repository,
        errand: &Errand,
    ) -> Result<Option<RepositoryRow>, Trouble> {
        let Some(name) = tracker.shared_policy_home(repository) else { return Ok(None) };
        if name.eq_ignore_ascii_case(&repository.name) {
            return Ok(None);
        }
        let Place { tracker: whose, installation, .. } = &repository.place;
        if let Some(known) = self.store.repository_named(whose, installation, &name).await? {
            return Ok(Some(known));
        }
        if self.homeless.is_known(installation, &name, self.fresh_after(errand.now)) {
            return Ok(None);
        }
        match tracker.find(&name, errand.lane, errand.now).await {
            Ok(found) if installation.is_empty() || found.place.installation == *installation => {
                self.store.save_repository(&found, errand.now).await?;
                Ok(Some(RepositoryRow { repository: found, policy: None, swept_until: None }))
            }
            Ok(_) | Err(TrackerError::Missing { .. } | TrackerError::Refused { .. } | TrackerError::Failed { .. }) => {
                self.homeless.note(installation, name, errand.now);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Makes all repositories dirty that share the policy of this one, if any do.
    pub(super) async fn tell_who_shares(
        &self,
        tracker: &dyn Tracker,
        home: &Repository,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let is_home_of = |repository: &Repository| {
            tracker.shared_policy_home(repository).is_some_and(|name| name.eq_ignore_ascii_case(&home.name))
        };
        if !is_home_of(home) {
            return Ok(());
        }
        let by = tracker.known_me().unwrap_or_else(|| Actor::bot("plimsoll"));
        let event = Event { fact: Fact::SharedPolicyChanged, by, at: now };
        let known = self.store.repositories(&home.place.tracker).await?;
        let others = known.into_iter().map(|row| row.repository).filter(|one| {
            one.place != home.place && one.place.installation == home.place.installation && is_home_of(one)
        });
        // Before the repositories' items: what is decided next is decided by the new policy.
        let signals = others.map(|one| Signal {
            subject: Subject {
                tracker: one.place.tracker.clone(),
                kind: SubjectKind::Repository,
                id: one.place.repository.clone(),
            },
            place: one.place,
            repository_name: None,
            lane: Lane::People,
            event: Some(event.clone()),
        });
        self.store.enqueue_all(signals.collect(), now).await
    }
}
