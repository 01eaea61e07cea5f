//! Finds what no delivery told: deliveries that never arrived, and repositories that came, went or got another name.
//!
//! Known races, harmless:
//! - A crash after a delivery was asked for and before that is noted: it is asked for again, and the inbox takes it once.
//! - A repository that comes or goes while the installation is listed: its own event, or the next listing, tells it.

use std::collections::HashMap;

use crate::backlog::{Actor, Event, Fact, Lane, Place, Subject, SubjectKind, TrackerName};
use crate::store::{Claim, Disposition, Ending, RepositoryRow, Signal, StoreError};
use crate::tracker::{Coverage, Covered, Errand, Tracker, TrackerError};

use super::Engine;
use super::repository::Trouble;

/// So many deliveries are asked for in one run; the rest waits for the next turn.
const ASKED_AT_ONCE: usize = 100;

/// The id of a subject of which a tracker has only one.
const THE_ONLY_ONE: &str = "all";

impl Engine {
    pub(super) async fn handle_deliveries(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<Ending, StoreError> {
        let outcome = self.ask_for_lost_deliveries(tracker, claim).await;
        self.end(tracker, claim, outcome).await
    }

    async fn ask_for_lost_deliveries(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<Disposition, Trouble> {
        let errand = self.errand(claim);
        let failed = tracker.failed_deliveries(&errand).await?;
        let lost = self.store.to_ask_again(&claim.subject.tracker, failed, errand.now).await?;
        for one in lost.iter().take(ASKED_AT_ONCE) {
            let errand = self.errand(claim);
            tracker.deliver_again(&errand, one).await?;
            self.store.note_asked(&claim.subject.tracker, one, errand.now).await?;
        }
        if !lost.is_empty() {
            tracing::info!(lost = lost.len(), "asked for deliveries that never arrived");
        }
        Ok(if lost.len() > ASKED_AT_ONCE { Disposition::Released } else { Disposition::Done })
    }

    pub(super) async fn handle_installations(
        &self,
        tracker: &dyn Tracker,
        claim: &Claim,
    ) -> Result<Ending, StoreError> {
        let outcome = self.look_through_installations(tracker, claim).await;
        self.end(tracker, claim, outcome).await
    }

    /// Those that are gone are looked at too: what they covered is out of reach now.
    async fn look_through_installations(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<Disposition, Trouble> {
        let errand = self.errand(claim);
        let installations = tracker.installations(&errand).await?;
        let known = self.store.repositories(&claim.subject.tracker).await?;
        let mut ids: Vec<&str> = installations.iter().map(String::as_str).collect();
        ids.extend(known.iter().map(|row| row.repository.place.installation.as_str()));
        ids.sort_unstable();
        ids.dedup();
        let signals = ids.into_iter().map(|id| signal_of_installation(&claim.subject.tracker, id)).collect();
        self.store.enqueue_all(signals, errand.now).await?;
        Ok(Disposition::Done)
    }

    pub(super) async fn handle_installation(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<Ending, StoreError> {
        let outcome = self.look_through_installation(tracker, claim).await;
        self.end(tracker, claim, outcome).await
    }

    async fn look_through_installation(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<Disposition, Trouble> {
        let errand = self.errand(claim);
        let installation = &claim.place.installation;
        let known = self.store.repositories(&claim.subject.tracker).await?;
        let known: Vec<RepositoryRow> =
            known.into_iter().filter(|row| row.repository.place.installation == *installation).collect();
        let signals = match tracker.covered(installation, &errand).await {
            Ok(coverage) => differences(&coverage, known, tracker, &errand),
            Err(TrackerError::Missing { .. }) => {
                let nothing = Coverage { repositories: Vec::new(), is_complete: true };
                differences(&nothing, known, tracker, &errand)
            }
            Err(error @ TrackerError::Refused { .. }) => {
                tracing::info!(%error, "the installation is not looked through now; is it suspended?");
                Vec::new()
            }
            Err(error) => return Err(error.into()),
        };
        self.store.enqueue_all(signals, errand.now).await?;
        Ok(Disposition::Done)
    }
}

/// What is to be looked at, and what is to be swept.
fn differences(coverage: &Coverage, known: Vec<RepositoryRow>, tracker: &dyn Tracker, errand: &Errand) -> Vec<Signal> {
    let by = tracker.known_me().unwrap_or_else(|| Actor::bot("plimsoll"));
    let look = |place: Place, name: Option<String>, fact: Fact| Signal {
        subject: Subject {
            tracker: place.tracker.clone(),
            kind: SubjectKind::Repository,
            id: place.repository.clone(),
        },
        place,
        repository_name: name,
        lane: Lane::Sweeps,
        event: Some(Event { fact, by: by.clone(), at: errand.now }),
    };
    let mut gone: HashMap<Place, RepositoryRow> =
        known.into_iter().map(|row| (row.repository.place.clone(), row)).collect();
    let mut signals = Vec::new();
    for Covered { repository, is_archived } in &coverage.repositories {
        let row = gone.remove(&repository.place);
        let was_seen = row.as_ref().is_some_and(|row| row.swept_until.is_some());
        let has_its_name = row.is_some_and(|row| row.repository.name == repository.name);
        if !was_seen || !has_its_name {
            signals.push(look(repository.place.clone(), Some(repository.name.clone()), Fact::Touched));
        }
        // Nobody can change what is archived.
        if was_seen && !is_archived {
            signals.push(sweep_of(repository.place.clone(), repository.name.clone()));
        }
    }
    if coverage.is_complete {
        signals.extend(gone.into_keys().map(|place| look(place, None, Fact::AccessChanged)));
    } else {
        // What is known by deliveries counts, too.
        signals.extend(gone.into_values().map(|row| sweep_of(row.repository.place, row.repository.name)));
    }
    signals
}

fn sweep_of(place: Place, name: String) -> Signal {
    Signal {
        subject: Subject { tracker: place.tracker.clone(), kind: SubjectKind::Sweep, id: place.repository.clone() },
        place,
        repository_name: Some(name),
        lane: Lane::Sweeps,
        event: None,
    }
}

fn signal_of_installation(tracker: &TrackerName, id: &str) -> Signal {
    let named = if id.is_empty() { THE_ONLY_ONE } else { id };
    let subject = Subject { tracker: tracker.clone(), kind: SubjectKind::Installation, id: named.to_owned() };
    let place = Place { tracker: tracker.clone(), installation: id.to_owned(), repository: String::new() };
    Signal { subject, place, repository_name: None, lane: Lane::Sweeps, event: None }
}

/// Makes something dirty of which a tracker has only one.
pub(super) fn signal_of_tracker(tracker: &TrackerName, kind: SubjectKind, lane: Lane) -> Signal {
    let subject = Subject { tracker: tracker.clone(), kind, id: THE_ONLY_ONE.to_owned() };
    let place = Place { tracker: tracker.clone(), installation: String::new(), repository: String::new() };
    Signal { subject, place, repository_name: None, lane, event: None }
}
