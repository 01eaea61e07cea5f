//! What happens by the clock: sprints start and end, lost deliveries are asked for again, repositories are swept, what is
//! old is pruned.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::backlog::{Lane, SubjectKind, TrackerName};
use crate::store::{Signal, StoreError};

use super::Engine;
use super::catch_up::signal_of_tracker;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Nothing looks back further than this for a tick or a request for redelivery.
const TICKS_KEPT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So long a delivery is remembered at least, whatever the settings say: GitHub sends one again for three days
/// after it was first sent, and one that is forgotten would count as new.
const DELIVERIES_KNOWN_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How often the schedules are looked at; each tick is taken once, whoever looks.
const LOOK_EVERY: Duration = Duration::from_mins(5);

impl Engine {
    /// Catches up with what was missed, then looks after the schedules until `stop` is cancelled.
    pub async fn keep_schedules(self: Arc<Self>, stop: CancellationToken) {
        if let Err(error) = self.catch_up().await {
            tracing::error!(%error, "catching up could not begin; it is tried again by its schedule");
        }
        while !stop.is_cancelled() {
            if let Err(error) = self.run_schedules().await {
                tracing::error!(%error, "a schedule failed; it is looked at again in five minutes");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Makes everything dirty that finds what was missed: to be called when the service starts.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        let signals = self.trackers.keys().flat_map(|tracker| [lost_deliveries(tracker), everywhere(tracker)]);
        self.store.enqueue_all(signals.collect(), self.clock.now()).await?;
        self.wake.notify_one();
        Ok(())
    }

    /// Does what the clock says is to be done now and has not been done by anybody.
    pub async fn run_schedules(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.look_at_boards_in_time(now).await?;
        let signals = |of: fn(&TrackerName) -> Signal| self.trackers.keys().map(of).collect();
        let tick = start_of(now, self.options.redeliveries_every);
        let asks = self.store.tick("ask for lost deliveries", tick, signals(lost_deliveries)).await?;
        let tick = start_of(now, self.options.sweeps_every);
        let sweeps = self.store.tick("sweep", tick, signals(everywhere)).await?;
        if asks || sweeps {
            self.wake.notify_one();
        }
        if self.store.tick("prune", start_of(now, DAY), Vec::new()).await? {
            self.prune(now).await?;
        }
        Ok(())
    }

    async fn prune(&self, now: Timestamp) -> Result<(), StoreError> {
        let ago = |period| now.checked_sub(period).unwrap_or(Timestamp::MIN);
        let known_for = self.options.deliveries_kept_for.max(DELIVERIES_KNOWN_FOR);
        let deliveries = self.store.prune_deliveries(ago(known_for)).await?;
        let records = self.store.prune_records(ago(self.options.records_kept_for)).await?;
        let ticks = self.store.prune_ticks(ago(TICKS_KEPT_FOR)).await?;
        tracing::info!(deliveries, records, ticks, "pruned what is old");
        Ok(())
    }
}

/// Before the sweeps: what it brings says more.
fn lost_deliveries(tracker: &TrackerName) -> Signal {
    signal_of_tracker(tracker, SubjectKind::Deliveries, Lane::Events)
}

fn everywhere(tracker: &TrackerName) -> Signal {
    signal_of_tracker(tracker, SubjectKind::Installations, Lane::Sweeps)
}

/// The start of the period (counted from 1970, UTC) that this moment belongs to.
fn start_of(now: Timestamp, period: SignedDuration) -> Timestamp {
    let seconds = now.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(period.as_secs().max(1))).unwrap_or(now)
}
