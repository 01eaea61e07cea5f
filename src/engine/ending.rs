//! What a tracker's answer means for the claim at hand.

use jiff::Timestamp;

use crate::store::{Claim, Disposition, Ending, Record, StoreError};
use crate::tracker::{Later, Missing, PauseScope, TrackerError};

use super::{Engine, backoff};

impl Engine {
    /// Ends a claim whose call to the tracker did not do what was asked; the records are what was done before.
    pub(super) async fn end_with(
        &self,
        claim: &Claim,
        error: TrackerError,
        records: Vec<Record>,
    ) -> Result<Ending, StoreError> {
        let disposition = match error {
            TrackerError::Later { later, doing } => self.wait(claim, &doing, later).await?,
            TrackerError::Missing { what: Missing::Item | Missing::Repository, doing } => self.missing(claim, &doing),
            TrackerError::Moved { to, place, .. } => Disposition::Rekeyed { to, place },
            error @ (TrackerError::Missing { what: Missing::Below, .. }
            | TrackerError::Renamed { .. }
            | TrackerError::Refused { .. }
            | TrackerError::Failed { .. }) => return Ok(Ending { records, ..self.failed(claim, error.to_string()) }),
        };
        Ok(Ending { disposition, memory: None, records })
    }

    async fn wait(&self, claim: &Claim, doing: &str, later: Later) -> Result<Disposition, StoreError> {
        let now = self.clock.now();
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

    /// What is gone gets one delayed second look: a tracker may answer 404 for what it has only just created, or while
    /// access is being changed.
    fn missing(&self, claim: &Claim, doing: &str) -> Disposition {
        if claim.missing_since.is_some() {
            tracing::info!(doing, "still not there: nothing more to do");
            return Disposition::Done;
        }
        Disposition::LookAgain { at: backoff::look_again_at(self.clock.now()) }
    }
}
