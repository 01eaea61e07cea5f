//! A repository's own affairs: its policy file and its set of labels.
//!
//! Known race, accepted: two workers may read the policy file at the same time, and the older answer may be saved last; it
//! is believed until the next push or for some hours.

use std::sync::Arc;

use jiff::Timestamp;

use crate::backlog::{Fact, Place, Repository, TrackerName};
use crate::decide::Mode;
use crate::store::{Claim, Disposition, Ending, PolicyRow, PolicyStatus, RepositoryRow, StoreError};
use crate::tracker::{Errand, PolicyLookup, PolicyNotice, Tracker, TrackerError};

use super::{Engine, Rulebook};

/// A repository as the handlers need it: where it answers, and what governs it.
pub(super) struct Governed {
    pub(super) repository: Repository,
    pub(super) rulebook: Arc<Rulebook>,
    pub(super) mode: Mode,
    pub(super) active_since: Option<Timestamp>,
}

/// A call to the tracker or the store failed; the caller ends its claim with it.
pub(super) enum Trouble {
    Tracker(TrackerError),
    Store(StoreError),
}

impl From<TrackerError> for Trouble {
    fn from(error: TrackerError) -> Self {
        Self::Tracker(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Engine {
    pub(super) async fn handle_repository(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<Ending, StoreError> {
        match self.tend_repository(tracker, claim).await {
            Ok(()) => Ok(Ending { disposition: Disposition::Done, memory: None, records: Vec::new() }),
            Err(Trouble::Store(error)) => Err(error),
            Err(Trouble::Tracker(error)) => self.end_with(tracker, claim, error, Vec::new()).await,
        }
    }

    async fn tend_repository(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<(), Trouble> {
        let errand = self.errand(claim);
        let known = self.known(tracker, &claim.place, &errand).await?;
        if claim.events.iter().any(|event| event.fact == Fact::LabelsChanged) {
            tracker.forget_labels(&known.repository);
        }
        let touched = claim.events.iter().rev().find_map(|event| match &event.fact {
            Fact::PolicyTouched { commit } => Some(commit.clone()),
            _ => None,
        });
        if touched.is_some() || known.policy.is_none() {
            self.read_policy(tracker, &known, &errand, touched.flatten().as_deref()).await?;
        }
        Ok(())
    }

    pub(super) fn errand(&self, claim: &Claim) -> Errand {
        Errand { subject: claim.subject.clone(), lane: claim.lane, now: self.clock.now() }
    }

    /// The repository with the policy that governs it; looks the file up where nobody has for a while.
    pub(super) async fn governed(
        &self,
        tracker: &dyn Tracker,
        place: &Place,
        errand: &Errand,
    ) -> Result<Governed, Trouble> {
        let known = self.known(tracker, place, errand).await?;
        let fresh_after = errand.now.checked_sub(self.options.policy_believed_for).unwrap_or(Timestamp::MIN);
        let policy = match known.policy.clone() {
            Some(policy) if policy.checked_at >= fresh_after => policy,
            _ => self.read_policy(tracker, &known, errand, None).await?,
        };
        let rulebook = policy.good.as_deref().and_then(|text| self.policies.of(&place.tracker, text).ok());
        Ok(Governed {
            repository: known.repository,
            mode: if rulebook.is_some() { Mode::Act } else { Mode::Observe },
            rulebook: rulebook.unwrap_or_else(|| self.policies.defaults()),
            active_since: policy.active_since,
        })
    }

    async fn known(&self, tracker: &dyn Tracker, place: &Place, errand: &Errand) -> Result<RepositoryRow, Trouble> {
        if let Some(known) = self.store.repository(place).await? {
            return Ok(known);
        }
        let repository = self.locate(tracker, place, errand).await?;
        Ok(RepositoryRow { repository, policy: None })
    }

    /// Asks under which name the repository answers today, and keeps it.
    pub(super) async fn locate(
        &self,
        tracker: &dyn Tracker,
        place: &Place,
        errand: &Errand,
    ) -> Result<Repository, Trouble> {
        let repository = tracker.locate(place, errand).await?;
        self.store.save_repository(&repository, errand.now).await?;
        Ok(repository)
    }

    async fn read_policy(
        &self,
        tracker: &dyn Tracker,
        known: &RepositoryRow,
        errand: &Errand,
        commit: Option<&str>,
    ) -> Result<PolicyRow, Trouble> {
        let found = tracker.read_policy(&known.repository, errand).await?;
        let before = known.policy.as_ref();
        let place = &known.repository.place;
        let row = self.judge(&place.tracker, found, before, errand.now);
        if let Some(notice) = notice(&row, before)
            && let Err(later) = self.show(tracker, &known.repository, errand, commit, &notice).await
        {
            // In force at once all the same; without its revision it counts as not shown yet.
            self.store.save_policy(place, &PolicyRow { revision: None, ..row }).await?;
            return Err(later.into());
        }
        self.store.save_policy(place, &row).await?;
        Ok(row)
    }

    /// A missing file governs nothing; a broken first one neither; a broken later one leaves the last good one in force.
    fn judge(
        &self,
        tracker: &TrackerName,
        found: PolicyLookup,
        before: Option<&PolicyRow>,
        now: Timestamp,
    ) -> PolicyRow {
        let since = before.and_then(|row| row.active_since);
        let broken = |error: String, revision: String| PolicyRow {
            good: before.and_then(|row| row.good.clone()),
            status: PolicyStatus::Broken(error),
            revision: Some(revision),
            checked_at: now,
            active_since: since,
        };
        match found {
            PolicyLookup::Missing => PolicyRow {
                good: None,
                status: PolicyStatus::Missing,
                revision: None,
                checked_at: now,
                active_since: None,
            },
            PolicyLookup::TooLarge { size, limit, revision } => {
                broken(format!("the file has {size} bytes; at most {limit} are read"), revision)
            }
            PolicyLookup::Found(file) => match self.policies.of(tracker, &file.text) {
                Ok(_) => PolicyRow {
                    good: Some(file.text),
                    status: PolicyStatus::Good,
                    revision: Some(file.revision),
                    checked_at: now,
                    active_since: since.or(Some(now)),
                },
                Err(errors) => broken(errors.one_line(), file.revision),
            },
        }
    }

    /// Shows the notice. A bot that may not write statuses must not lose its policy over that: refusals are logged only.
    async fn show(
        &self,
        tracker: &dyn Tracker,
        repository: &Repository,
        errand: &Errand,
        commit: Option<&str>,
        notice: &PolicyNotice,
    ) -> Result<(), TrackerError> {
        match tracker.show_policy_notice(repository, errand, commit, notice).await {
            Err(
                error @ (TrackerError::Refused { .. } | TrackerError::Missing { .. } | TrackerError::Failed { .. }),
            ) => {
                tracing::warn!(%error, "the policy's state could not be shown on the commit");
                Ok(())
            }
            shown => shown,
        }
    }
}

/// What people should be told: of each new error once, and when it is mended.
fn notice(now: &PolicyRow, before: Option<&PolicyRow>) -> Option<PolicyNotice> {
    let same_file = before.is_some_and(|row| row.revision == now.revision && row.status == now.status);
    let was_broken = before.is_some_and(|row| matches!(row.status, PolicyStatus::Broken(_)));
    match &now.status {
        PolicyStatus::Broken(_) if same_file => None,
        PolicyStatus::Broken(error) => Some(PolicyNotice::Broken(error.clone())),
        PolicyStatus::Good if was_broken => Some(PolicyNotice::InForce),
        PolicyStatus::Good | PolicyStatus::Missing => None,
    }
}
