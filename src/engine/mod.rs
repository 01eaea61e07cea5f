//! Claims subjects, runs them, and ends them: snapshot → decide → plan → apply → record.
//!
//! Known races, all harmless because a handler reads the present state and makes it right:
//! - Between reading an item and writing to it a person may change it; their event makes the subject dirty again.
//! - A crash between a write and its record: the next run finds the mark on the item, and the tracker's history says
//!   that it is the bot's own.
//! - A worker whose lease ran out may finish its last write while another starts: writes are idempotent, the end is fenced.

mod admission;
mod apply;
mod ask;
mod backoff;
mod board;
mod catch_up;
mod ending;
mod hear;
mod item;
mod pace;
mod policies;
mod repository;
mod room;
mod schedule;
mod shared;
mod sweep;
mod tally;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use tokio::sync::{Notify, OnceCell};

use crate::backlog::TrackerName;
use crate::clock::{Clock, Entropy};
use crate::store::{QueuePolicy, Store, StoreError};
use crate::tracker::Tracker;

pub use ask::Asked;
use backoff::Outages;
pub use board::{Preview, PreviewError, WhichSprint};
use policies::Policies;
pub use policies::Rulebook;
use shared::Homeless;
pub use tally::Tally;

/// How the engine works.
#[derive(Clone, Copy, Debug)]
pub struct EngineOptions {
    /// How many subjects are worked on at once.
    pub workers: usize,
    /// Leases and failures.
    pub queue: QueuePolicy,
    /// How long a policy file that was read is believed without looking again; pushes are noticed at once.
    pub policy_believed_for: SignedDuration,
    /// How long deliveries are remembered; a week at least.
    pub deliveries_kept_for: SignedDuration,
    /// How long records of what was done and why are kept.
    pub records_kept_for: SignedDuration,
    /// How often deliveries that never arrived are asked for again.
    pub redeliveries_every: SignedDuration,
    /// How often installations are looked through and repositories swept.
    pub sweeps_every: SignedDuration,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            workers: 16,
            queue: QueuePolicy::default(),
            policy_believed_for: SignedDuration::from_hours(6),
            deliveries_kept_for: SignedDuration::from_hours(30 * 24),
            records_kept_for: SignedDuration::from_hours(365 * 24),
            redeliveries_every: SignedDuration::from_mins(10),
            sweeps_every: SignedDuration::from_hours(1),
        }
    }
}

/// What the engine works with.
pub struct Engine {
    store: Arc<dyn Store>,
    trackers: BTreeMap<TrackerName, Arc<dyn Tracker>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    options: EngineOptions,
    policies: Policies,
    outages: Outages,
    homeless: Homeless,
    tally: Arc<Tally>,
    wake: Arc<Notify>,
    imposed: Option<Arc<Rulebook>>,
    /// Set once the pace of writes that was kept before was taken up.
    resumed: OnceCell<()>,
}

impl Engine {
    /// Puts an engine together.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        trackers: Vec<Arc<dyn Tracker>>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        options: EngineOptions,
    ) -> Self {
        let sites = trackers.iter().filter_map(|tracker| Some((tracker.name(), tracker.site()?))).collect();
        Self {
            store,
            trackers: trackers.into_iter().map(|tracker| (tracker.name(), tracker)).collect(),
            clock,
            entropy,
            options,
            policies: Policies::new(sites),
            outages: Outages::default(),
            homeless: Homeless::default(),
            tally: Arc::default(),
            wake: Arc::new(Notify::new()),
            imposed: None,
            resumed: OnceCell::new(),
        }
    }

    /// The same, but this policy governs every repository, whatever file it has: for one-off commands.
    #[must_use]
    pub fn under(self, rulebook: Arc<Rulebook>) -> Self {
        Self { imposed: Some(rulebook), ..self }
    }

    /// Notify this after new work was committed: an idle engine then looks at once.
    #[must_use]
    pub fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// What has been counted since the engine was put together.
    #[must_use]
    pub fn tally(&self) -> Arc<Tally> {
        Arc::clone(&self.tally)
    }

    /// Works off everything that is due now, one subject at a time, and returns how many runs that took. For tests, the
    /// demo and one-off commands; the service uses [`Engine::run`].
    pub async fn settle(&self) -> Result<usize, StoreError> {
        let mut runs = 0;
        loop {
            let claims = self.claim(1).await?;
            if claims.is_empty() {
                return Ok(runs);
            }
            for claim in claims {
                self.work_off(claim).await?;
                runs += 1;
            }
        }
    }
}
