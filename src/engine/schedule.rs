//! What happens by the clock: sprints start and end, old payloads are emptied once a day.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::store::StoreError;

use super::Engine;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How often the schedules are looked at; each tick is taken once, whoever looks.
const LOOK_EVERY: Duration = Duration::from_mins(5);

impl Engine {
    /// Looks after the schedules until `stop` is cancelled.
    pub async fn keep_schedules(self: Arc<Self>, stop: CancellationToken) {
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

    /// Does what the clock says is to be done now and has not been done by anybody.
    pub async fn run_schedules(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.look_at_boards_in_time(now).await?;
        if self.store.tick("prune payloads", day_of(now), Vec::new()).await? {
            let before = now.checked_sub(self.options.payloads_kept_for).unwrap_or(Timestamp::MIN);
            let emptied = self.store.prune_payloads(before).await?;
            tracing::info!(emptied, "emptied old payloads");
        }
        Ok(())
    }
}

/// The start of the day (UTC) that this moment belongs to.
fn day_of(now: Timestamp) -> Timestamp {
    let seconds = now.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(DAY.as_secs())).unwrap_or(now)
}
