//! What a tracker's answer means for the claim at hand.

use jiff::Timestamp;

use crate::store::{Claim, Disposition, Ending, Record, StoreError};
use crate::tracker::{Later, Missing, PauseScope, Tracker, TrackerError};

use super::repository::Trouble;
use super::{Engine, backoff};

impl Engine {
    /// Ends the claim of a subject of which nothing is remembered or recorded.
    pub(super) async fn end(
        &self,
        tracker: &dyn Tracker,
        claim: &Claim,
        outcome: Result<Disposition, Trouble>,
    ) -> Result<Ending, StoreError> {
        match outcome {
            Ok(disposition) => Ok(Ending { disposition, memory: None, records: Vec::new() }),
            Err(Trouble::Store(error)) => Err(error),
            Err(Trouble::Tracker(error)) => self.end_with(tracker, claim, error, Vec::new()).await,
        }
    }

    /// Ends a claim whose call to the tracker did not do what was asked; the records are what was done before.
    pub(super) async fn end_with(
        &self,
        tracker: &dyn Tracker,
        claim: &Claim,
        error: TrackerError,
        records: Vec<Record>,
    ) -> Result<Ending, StoreError> {
        if !matches!(error, TrackerError::Renamed { .. }) {
            return self.end_here(tracker, claim, error, records).await;
        }
        match self.learn_new_name(tracker, claim).await {
            Ok(true) => Ok(Ending { disposition: Disposition::Released, memory: None, records }),
            Ok(false) => self.end_here(tracker, claim, error, records).await,
            Err(Trouble::Tracker(error)) => self.end_here(tracker, claim, error, records).await,
            Err(Trouble::Store(error)) => Err(error),
        }
    }

    /// Asks under which name the repository answers today. Whether that is another one than was tried.
    async fn learn_new_name(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<bool, Trouble> {
        let before = self.store.repository(&claim.place).await?.map(|known| known.repository.name);
        let now = self.locate(tracker, &claim.place, &self.errand(claim)).await?;
        Ok(before.as_ref() != Some(&now.name))
    }

    async fn end_here(
        &self,
        tracker: &dyn Tracker,
        claim: &Claim,
        error: TrackerError,
        records: Vec<Record>,
    ) -> Result<Ending, StoreError> {
        let disposition = match error {
            TrackerError::Later { later, doing } => self.wait(claim, &doing, later).await?,
            TrackerError::Missing { what: Missing::Item, .. } if claim.missing_since.is_none() => {
                Disposition::LookAgain { at: backoff::look_again_at(self.clock.now()) }
            }
            error @ TrackerError::Missing { what: Missing::Item, .. } => {
                return self.still_missing(tracker, claim, &error, records).await;
            }
            TrackerError::Moved { to, place, .. } => Disposition::Rekeyed { to, place },
            // Access to a repository comes back more often than a deleted item: that is a failure that people see.
            error @ (TrackerError::Missing { what: Missing::Below | Missing::Repository, .. }
            | TrackerError::Renamed { .. }
            | TrackerError::Unauthorised { .. }
            | TrackerError::Refused { .. }
            | TrackerError::Failed { .. }) => return Ok(Ending { records, ..self.failed(claim, error.to_string()) }),
        };
        Ok(Ending { disposition, memory: None, records })
    }

    async fn wait(&self, claim: &Claim, doing: &str, later: Later) -> Result<Disposition, StoreError> {
        let now = self.clock.now();
        // A time that is past by this machine's clock, which may be ahead of the tracker's, is none: work would go round.
        let later = Later { until: later.until.filter(|until| *until > now), ..later };
        let until = match later.scope {
            PauseScope::Subject => later.until.unwrap_or_else(|| backoff::come_back_at(now, self.entropy.fraction())),
            PauseScope::Installation => self.rest(claim, &later, now).await?,
        };
        tracing::info!(%until, why = later.why, "later");
        Ok(Disposition::Later { until, why: format!("{doing}: {}", later.why) })
    }

    async fn rest(&self, claim: &Claim, later: &Later, now: Timestamp) -> Result<Timestamp, StoreError> {
        let until = later.until.unwrap_or_else(|| self.outages.rest_until(&claim.place, now, self.entropy.fraction()));
        self.store.pause(&claim.place.tracker, &claim.place.installation, until, &later.why).await?;
        Ok(until)
    }

    /// An item that is still not there at the second look is gone, unless the whole repository is out of reach: then it
    /// is access that is missing, which may come back.
    async fn still_missing(
        &self,
        tracker: &dyn Tracker,
        claim: &Claim,
        error: &TrackerError,
        records: Vec<Record>,
    ) -> Result<Ending, StoreError> {
        match self.locate(tracker, &claim.place, &self.errand(claim)).await {
            Ok(_) => {
                tracing::info!(%error, "still not there: nothing more to do");
                Ok(Ending { disposition: Disposition::Done, memory: None, records })
            }
            Err(Trouble::Tracker(out_of_reach)) => {
                Ok(Ending { records, ..self.failed(claim, out_of_reach.to_string()) })
            }
            Err(Trouble::Store(error)) => Err(error),
        }
    }
}
