//! A repository's own affairs: whether it can be reached, its policy and its set of labels.
//!
//! Known race, accepted: two workers may read the policy file at the same time, and the older answer may be saved last; it
//! is believed until the next push or for some hours.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::backlog::{Fact, Place, Repository, TrackerName};
use crate::decide::Mode;
use crate::policy::{Board, SprintSource};
use crate::store::{
    BoardConflict, Claim, DeclaredBoard, Disposition, Ending, PolicyRow, PolicyStatus, RepositoryRow, StoreError,
};
use crate::tracker::{Errand, PolicyFile, PolicyLookup, PolicyNotice, Tracker, TrackerError};

use super::shared::Base;
use super::{Engine, Rulebook, backoff};

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

/// Where a repository's own policy is looked at.
#[derive(Clone, Copy)]
pub(super) enum Look<'a> {
    /// At the tracker; `commit` is the one that changed it, where known.
    AtTracker { commit: Option<&'a str> },
    /// At the last good text: only what lies under it has changed.
    AtWhatIsKept,
}

/// Where a repository is the bot's to work in.
enum Reach {
    /// Where it was.
    Here,
    /// Under another installation.
    Elsewhere,
    /// Nowhere.
    Nowhere,
}

impl<'a> Look<'a> {
    const fn commit(self) -> Option<&'a str> {
        match self {
            Self::AtTracker { commit } => commit,
            Self::AtWhatIsKept => None,
        }
    }
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
        let outcome = self.tend_repository(tracker, claim).await;
        self.end(tracker, claim, outcome).await
    }

    async fn tend_repository(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<Disposition, Trouble> {
        let errand = self.errand(claim);
        let happened = |fact: &Fact| claim.events.iter().any(|event| event.fact == *fact);
        if happened(&Fact::AccessChanged) {
            match self.reach(tracker, &claim.place, &errand).await? {
                Reach::Here => {}
                // What is forgotten does not come back, and a tracker may not find for a moment what was just renamed.
                Reach::Nowhere if claim.missing_since.is_none() => {
                    return Ok(Disposition::LookAgain { at: backoff::look_again_at(errand.now) });
                }
                reach @ (Reach::Elsewhere | Reach::Nowhere) => {
                    let moved = matches!(reach, Reach::Elsewhere);
                    tracing::info!(repository = claim.place.repository, moved, "the repository is let go here");
                    self.let_go(tracker, &claim.place, &errand).await?;
                    return Ok(Disposition::Done);
                }
            }
        }
        let known = self.known(tracker, &claim.place, &errand).await?;
        if happened(&Fact::LabelsChanged) {
            tracker.forget_labels(&known.repository);
        }
        let touched = claim.events.iter().rev().find_map(|event| match &event.fact {
            Fact::PolicyTouched { commit } => Some(commit.clone()),
            _ => None,
        });
        let is_broken = known.policy.as_ref().is_none_or(|policy| matches!(policy.status, PolicyStatus::Broken(_)));
        let shared = happened(&Fact::SharedPolicyChanged);
        if touched.is_some() || known.policy.is_none() || (shared && is_broken) {
            let look = Look::AtTracker { commit: touched.as_ref().and_then(|commit| commit.as_deref()) };
            self.read_policy(tracker, &known, &errand, look).await?;
        } else if shared {
            self.read_policy(tracker, &known, &errand, Look::AtWhatIsKept).await?;
        } else {
            self.store.begin_sweeps(&claim.place, errand.now).await?;
        }
        Ok(Disposition::Done)
    }

    /// Where the repository is the bot's to work in now; notes its name of today there.
    async fn reach(&self, tracker: &dyn Tracker, place: &Place, errand: &Errand) -> Result<Reach, Trouble> {
        let Some(repository) = tracker.reach(place, errand).await? else { return Ok(Reach::Nowhere) };
        self.store.save_repository(&repository, errand.now).await?;
        if repository.place == *place {
            return Ok(Reach::Here);
        }
        // What is known goes along before it is forgotten here.
        self.store.begin_sweeps(&repository.place, errand.now).await?;
        Ok(Reach::Elsewhere)
    }

    /// Forgets a repository that is not the bot's to work in any more.
    async fn let_go(&self, tracker: &dyn Tracker, place: &Place, errand: &Errand) -> Result<(), Trouble> {
        let known = self.store.repository(place).await?;
        self.store.lose_repository(place).await?;
        if let Some(known) = known {
            self.tell_who_shares(tracker, &known.repository, errand.now).await?;
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
        if let Some(rulebook) = self.imposed.clone() {
            return Ok(Governed { repository: known.repository, rulebook, mode: Mode::Act, active_since: None });
        }
        let policy = match known.policy.clone() {
            Some(policy) if self.is_fresh(&policy, errand.now) => policy,
            _ => self.read_policy(tracker, &known, errand, Look::AtTracker { commit: None }).await?,
        };
        let mut governed = self.govern(known.repository, &policy);
        if governed.mode == Mode::Act {
            // What acts without a known beginning has just begun.
            governed.active_since = governed.active_since.or(Some(errand.now));
        }
        Ok(governed)
    }

    /// The repository as the store knows it, without asking the tracker or noting anything. None: it is not known.
    pub(super) async fn governed_as_known(&self, place: &Place) -> Result<Option<Governed>, StoreError> {
        let Some(known) = self.store.repository(place).await? else { return Ok(None) };
        Ok(known.policy.map(|policy| self.govern(known.repository, &policy)))
    }

    fn govern(&self, repository: Repository, policy: &PolicyRow) -> Governed {
        let tracker = &repository.place.tracker;
        let (rulebook, mode) = self.policies.in_force(tracker, policy.base.as_deref(), policy.good.as_deref());
        let active_since = policy.active_since.filter(|_| mode == Mode::Act);
        Governed { repository, rulebook, mode, active_since }
    }

    /// Whether a policy that was read is believed without looking again.
    pub(super) fn is_fresh(&self, policy: &PolicyRow, now: Timestamp) -> bool {
        policy.checked_at >= self.fresh_after(now)
    }

    pub(super) fn fresh_after(&self, now: Timestamp) -> Timestamp {
        now.checked_sub(self.options.policy_believed_for).unwrap_or(Timestamp::MIN)
    }

    pub(super) async fn known(
        &self,
        tracker: &dyn Tracker,
        place: &Place,
        errand: &Errand,
    ) -> Result<RepositoryRow, Trouble> {
        if let Some(known) = self.store.repository(place).await? {
            return Ok(known);
        }
        let repository = self.locate(tracker, place, errand).await?;
        Ok(RepositoryRow { repository, policy: None, swept_until: None })
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

    /// Looks at the repository's policy and notes what is in force now. Boxed: what lies under it is another repository's
    /// policy.
    pub(super) fn read_policy<'a>(
        &'a self,
        tracker: &'a dyn Tracker,
        known: &'a RepositoryRow,
        errand: &'a Errand,
        look: Look<'a>,
    ) -> BoxFuture<'a, Result<PolicyRow, Trouble>> {
        Box::pin(async move {
            let repository = &known.repository;
            let base = self.base_of(tracker, repository, errand).await?;
            let found = match (look, &known.policy) {
                (Look::AtWhatIsKept, Some(policy)) => what_is_kept(policy),
                _ => tracker.read_policy(repository, errand).await?,
            };
            let before = self.at_first_sight(known, errand.now).await?;
            let row = self.judge(&repository.place.tracker, found, base, before.as_ref(), errand.now);
            let mut row = match self.declare_boards(tracker, &repository.place, &repository.name, &row).await? {
                None => row,
                Some(error) => PolicyRow {
                    good: before.as_ref().and_then(|row| row.good.clone()),
                    status: PolicyStatus::Broken(error),
                    active_since: before.as_ref().and_then(|row| row.active_since),
                    ..row
                },
            };
            if let (Look::AtWhatIsKept, Some(before)) = (look, &before) {
                row.checked_at = before.checked_at;
            }
            if let Some(notice) = notice(&row, before.as_ref())
                && let Err(not_yet) = self.show(tracker, repository, errand, look.commit(), &notice).await
            {
                // In force at once all the same; without its revision it counts as not shown yet.
                self.store.save_policy(&repository.place, &PolicyRow { revision: None, ..row }).await?;
                return Err(not_yet.into());
            }
            self.store.save_policy(&repository.place, &row).await?;
            self.tell_who_shares(tracker, repository, errand.now).await?;
            Ok(row)
        })
    }

    /// The policy that was in force; of a repository that is seen for the first time, what it brings along from another
    /// installation.
    async fn at_first_sight(&self, known: &RepositoryRow, now: Timestamp) -> Result<Option<PolicyRow>, StoreError> {
        if known.swept_until.is_some() {
            return Ok(known.policy.clone());
        }
        let place = &known.repository.place;
        self.store.begin_sweeps(place, now).await?;
        Ok(self.store.repository(place).await?.and_then(|row| row.policy))
    }

    /// Notes the boards of a file that is in force now; those that are new are looked at. What is wrong with the file where
    /// another one declares one of its boards: each has one agreement.
    async fn declare_boards(
        &self,
        tracker: &dyn Tracker,
        place: &Place,
        repository: &str,
        row: &PolicyRow,
    ) -> Result<Option<String>, StoreError> {
        let boards = match &row.status {
            PolicyStatus::Broken(_) => return Ok(None),
            PolicyStatus::Missing => Vec::new(),
            PolicyStatus::Good => {
                let rulebook =
                    row.good.as_deref().and_then(|text| self.policies.of(&place.tracker, None, Some(text)).ok());
                let of = |board: &Board| DeclaredBoard {
                    subject: tracker.board_subject(place, &board.sprints),
                    name: match &board.sprints {
                        source @ SprintSource::GitHubProject { .. } => source.to_string(),
                        source => format!("{repository} ({source})"),
                    },
                };
                rulebook.map(|rulebook| rulebook.policy.boards.iter().map(of).collect()).unwrap_or_default()
            }
        };
        let conflicts = self.store.declare_boards(place, &boards).await?;
        self.look_at_new_boards(place).await?;
        let told = |conflict: &BoardConflict| {
            let BoardConflict { name, repository: other } = conflict;
            format!("the board {name} is declared in {other} and in {repository}: keep it in one of the two")
        };
        Ok(conflicts.first().map(told))
    }

    /// A missing file governs nothing; a broken first one neither; a broken later one leaves the last good one in force,
    /// with what lay under it.
    fn judge(
        &self,
        tracker: &TrackerName,
        found: PolicyLookup,
        base: Base,
        before: Option<&PolicyRow>,
        now: Timestamp,
    ) -> PolicyRow {
        let base_before = before.and_then(|row| row.base.clone());
        let base = match base {
            Base::Is(base) if self.policies.of(tracker, base.as_deref(), None).is_ok() => base,
            Base::Is(_) | Base::AsBefore => base_before.clone(),
        };
        let broken = |error: String, revision: String, base: Option<String>| {
            let good = before.and_then(|row| row.good.clone());
            let base = if good.is_some() { base_before.clone() } else { base };
            (PolicyStatus::Broken(error), Some(revision), good, base)
        };
        let (status, revision, good, base) = match found {
            PolicyLookup::Missing => (PolicyStatus::Missing, None, None, base),
            PolicyLookup::TooLarge { size, limit, revision } => {
                broken(format!("the file has {size} bytes; at most {limit} are read"), revision, base)
            }
            PolicyLookup::Found(file) => match self.policies.of(tracker, base.as_deref(), Some(&file.text)) {
                Ok(_) => (PolicyStatus::Good, Some(file.revision), Some(file.text), base),
                Err(errors) => broken(errors.one_line(), file.revision, base),
            },
        };
        let (_, mode) = self.policies.in_force(tracker, base.as_deref(), good.as_deref());
        let since = before.and_then(|row| row.active_since).or(Some(now));
        PolicyRow { good, base, status, revision, checked_at: now, active_since: since.filter(|_| mode == Mode::Act) }
    }

    /// Shows the notice. A bot that may not write statuses must not lose its policy over that: refusals are logged only.
    /// What merely failed is shown with the next try.
    async fn show(
        &self,
        tracker: &dyn Tracker,
        repository: &Repository,
        errand: &Errand,
        commit: Option<&str>,
        notice: &PolicyNotice,
    ) -> Result<(), TrackerError> {
        match tracker.show_policy_notice(repository, errand, commit, notice).await {
            Err(error @ (TrackerError::Refused { .. } | TrackerError::Missing { .. })) => {
                tracing::warn!(%error, "the policy's state could not be shown on the commit");
                Ok(())
            }
            shown => shown,
        }
    }
}

fn what_is_kept(policy: &PolicyRow) -> PolicyLookup {
    match &policy.good {
        Some(text) => PolicyLookup::Found(PolicyFile {
            text: text.clone(),
            revision: policy.revision.clone().unwrap_or_default(),
        }),
        None => PolicyLookup::Missing,
    }
}

/// What people should be told: of each new error once, and when it is mended. A file without a revision is one whose state
/// could not be shown yet.
fn notice(now: &PolicyRow, before: Option<&PolicyRow>) -> Option<PolicyNotice> {
    let same_file = before.is_some_and(|row| row.revision == now.revision && row.status == now.status);
    let is_awaited = |row: &PolicyRow| match row.status {
        PolicyStatus::Broken(_) => true,
        PolicyStatus::Good => row.revision.is_none(),
        PolicyStatus::Missing => false,
    };
    match &now.status {
        PolicyStatus::Broken(_) if same_file => None,
        PolicyStatus::Broken(error) => Some(PolicyNotice::Broken(error.clone())),
        PolicyStatus::Good if before.is_some_and(is_awaited) => Some(PolicyNotice::InForce),
        PolicyStatus::Good | PolicyStatus::Missing => None,
    }
}
