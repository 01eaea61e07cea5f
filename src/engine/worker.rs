//! The loop of the service: claims what is due, runs it beside other subjects, keeps its leases alive, and ends it.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::backlog::{Subject, SubjectKind};
use crate::store::{Claim, ClaimRequest, Disposition, Ending, Finished, Lease, StoreError};

use super::room::Room;
use super::{Engine, backoff, tally};

/// How long work in hand may take to end after the signal to stop; what is not done by then is given back.
const GRACE: Duration = Duration::from_secs(20);
/// The longest nap of an idle engine: what another process enqueued is found after it at the latest.
const LONGEST_NAP: Duration = Duration::from_secs(5);
/// The shortest one: what is due but cannot be claimed yet must not make the loop spin.
const SHORTEST_NAP: Duration = Duration::from_millis(50);
/// How long is waited for more room or more work, so that one claim takes all of it.
const GATHER: Duration = Duration::from_millis(1);

/// What is being worked on, and what has ended and is on its way into the store.
struct InHand {
    room: Arc<Room>,
    tasks: JoinSet<Result<(), StoreError>>,
    claims: HashMap<Id, (Claim, AbortHandle)>,
    /// How many there may be of both together: nothing more is claimed while a slow store has not taken their endings.
    limit: usize,
}

impl InHand {
    fn new(workers: usize) -> Self {
        let room = Room::new(workers);
        Self { room, tasks: JoinSet::new(), claims: HashMap::new(), limit: workers.saturating_mul(2) }
    }

    /// How many more can be claimed.
    fn free(&self) -> usize {
        self.room.free().min(self.limit.saturating_sub(self.tasks.len()))
    }
}

impl Engine {
    /// Works until `stop` is cancelled; then takes nothing new, and finishes or gives back what it has.
    ///
    /// # Errors
    /// [`StoreError::Closed`] when the store ended before: nothing can be done any more.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) -> Result<(), StoreError> {
        self.introduce().await;
        let mut in_hand = InHand::new(self.options.workers);
        let room = Arc::clone(&in_hand.room);
        let mut heartbeat = tokio::time::interval(heartbeat_every(self.options.queue.lease));
        heartbeat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !stop.is_cancelled() {
            let mut nap = pin!(tokio::time::sleep(self.take_up(&mut in_hand).await?));
            loop {
                tokio::select! {
                    () = stop.cancelled() => break,
                    _ = heartbeat.tick() => self.keep_leases(&in_hand).await,
                    Some(ended) = in_hand.tasks.join_next_with_id() => {
                        let was_full = in_hand.tasks.len().saturating_add(1) >= in_hand.limit;
                        self.put_down(&mut in_hand, ended).await;
                        if was_full {
                            break;
                        }
                    }
                    () = room.made() => break,
                    () = self.wake.notified() => break,
                    () = &mut nap => break,
                }
            }
            tokio::time::sleep(GATHER).await;
        }
        self.wind_down(in_hand).await;
        Ok(())
    }

    /// Asks each tracker who the bot is there: credentials that do not work show at once, and not with the first webhook.
    async fn introduce(&self) {
        for (name, tracker) in &self.trackers {
            match tracker.me().await {
                Ok(me) => tracing::info!(tracker = %name, bot = me.name, "connected"),
                Err(error) => {
                    tracing::error!(tracker = %name, %error, "not connected yet; it is tried again with the first work");
                }
            }
        }
    }

    /// Puts down what has ended, claims as much as there is room for, and starts it. Returns how long to nap when nothing
    /// else happens.
    async fn take_up(self: &Arc<Self>, in_hand: &mut InHand) -> Result<Duration, StoreError> {
        while let Some(ended) = in_hand.tasks.try_join_next_with_id() {
            self.put_down(in_hand, ended).await;
        }
        let free = in_hand.free();
        if free == 0 {
            return Ok(LONGEST_NAP);
        }
        let claims = match self.claim(free).await {
            Ok(claims) => claims,
            Err(StoreError::Closed) => return Err(StoreError::Closed),
            Err(error) => {
                tracing::error!(%error, "claiming work failed; trying again soon");
                return Ok(LONGEST_NAP);
            }
        };
        let all_are_busy = claims.len() >= free;
        for claim in claims {
            let (engine, seat) = (Arc::clone(self), in_hand.room.take());
            let running = claim.clone();
            let handle = in_hand.tasks.spawn(async move { engine.work_off_in(running, seat).await });
            in_hand.claims.insert(handle.id(), (claim, handle));
        }
        if all_are_busy { Ok(LONGEST_NAP) } else { Ok(self.nap().await) }
    }

    async fn nap(&self) -> Duration {
        match self.store.next_due().await {
            Ok(Some(due)) => {
                let wait = due.duration_since(self.clock.now());
                Duration::try_from(wait).unwrap_or(SHORTEST_NAP).clamp(SHORTEST_NAP, LONGEST_NAP)
            }
            Ok(None) | Err(_) => LONGEST_NAP,
        }
    }

    /// Extends the leases of what is in hand; whatever has lost its lease is stopped, since another worker has it now.
    ///
    /// A task that has ended and is not put down yet holds nothing any more, and its subject may be in hand a second time.
    async fn keep_leases(&self, in_hand: &InHand) {
        let running = || in_hand.claims.values().filter(|(_, task)| !task.is_finished());
        let leases: Vec<(Subject, Lease)> = running().map(|(claim, _)| (claim.subject.clone(), claim.lease)).collect();
        if leases.is_empty() {
            return;
        }
        let until = self.clock.now().checked_add(self.options.queue.lease).unwrap_or(jiff::Timestamp::MAX);
        match self.store.renew(&leases, until).await {
            Ok(lost) => {
                let has_lost = |claim: &Claim| {
                    lost.iter().any(|(subject, lease)| *subject == claim.subject && *lease == claim.lease)
                };
                for (claim, task) in running().filter(|(claim, _)| has_lost(claim)) {
                    span_of(claim)
                        .in_scope(|| tracing::warn!("the lease was lost; another worker has the subject now"));
                    task.abort();
                }
            }
            Err(error) => tracing::error!(%error, "renewing leases failed; trying again at the next heartbeat"),
        }
    }

    async fn put_down(&self, in_hand: &mut InHand, ended: Result<(Id, Result<(), StoreError>), JoinError>) {
        match ended {
            Ok((id, Ok(()))) => {
                in_hand.claims.remove(&id);
            }
            Ok((id, Err(error))) => {
                let Some((claim, _)) = in_hand.claims.remove(&id) else { return };
                self.tally.ran(claim.subject.kind, "store_failed");
                span_of(&claim).in_scope(|| {
                    tracing::error!(%error, "the store failed; the lease will run out and the subject be taken up again");
                });
            }
            Err(error) => {
                // It cannot tell any more whether it left something that is due.
                self.wake.notify_one();
                if let Some((claim, _)) = in_hand.claims.remove(&error.id())
                    && error.is_panic()
                {
                    self.give_up(&claim, &error).instrument(span_of(&claim)).await;
                }
            }
        }
    }

    /// A handler that panicked is a failed attempt like any other.
    async fn give_up(&self, claim: &Claim, error: &JoinError) {
        self.tally.ran(claim.subject.kind, "panicked");
        tracing::error!(%error, "the handler panicked; this is a defect, please report it");
        let ending = self.failed(claim, "the handler panicked; see the log".to_owned());
        if let Err(error) = self.store.finish(claim, ending, self.clock.now()).await {
            tracing::error!(%error, "ending a panicked subject failed");
        }
    }

    async fn wind_down(&self, mut in_hand: InHand) {
        let all_done = async {
            while let Some(ended) = in_hand.tasks.join_next_with_id().await {
                self.put_down(&mut in_hand, ended).await;
            }
        };
        if tokio::time::timeout(GRACE, all_done).await.is_ok() {
            return;
        }
        in_hand.tasks.shutdown().await;
        for (claim, _) in in_hand.claims.values() {
            let ending = Ending { disposition: Disposition::Released, memory: None, records: Vec::new() };
            if let Err(error) = self.store.finish(claim, ending, self.clock.now()).await {
                span_of(claim)
                    .in_scope(|| tracing::error!(%error, "giving a subject back failed; its lease will run out"));
            }
        }
    }

    pub(super) async fn claim(&self, limit: usize) -> Result<Vec<Claim>, StoreError> {
        self.resume_pace().await?;
        let request = ClaimRequest {
            lease: Lease(i64::from_ne_bytes(self.entropy.next().to_ne_bytes())),
            now: self.clock.now(),
            lease_for: self.options.queue.lease,
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
        };
        self.store.claim(request).await
    }

    /// Runs one claimed subject and ends the claim.
    pub(super) async fn work_off(&self, claim: Claim) -> Result<(), StoreError> {
        Box::pin(self.work_off_in(claim, ())).await
    }

    /// The same; the seat is given up when only the ending is left.
    async fn work_off_in(&self, claim: Claim, seat: impl Send) -> Result<(), StoreError> {
        let span = span_of(&claim);
        async {
            let ending = self.handle(&claim).await?;
            drop(seat);
            let now = self.clock.now();
            if let Disposition::Failed { error, .. } = &ending.disposition {
                tracing::warn!(attempts = claim.attempts + 1, error, "failed");
            }
            let disposition = ending.disposition.clone();
            let finished = self.store.finish(&claim, ending, now).await?;
            self.tally.ran(claim.subject.kind, tally::outcome(&disposition, finished));
            // A moved subject is due under its new name.
            if finished == Finished::Pending || matches!(disposition, Disposition::Rekeyed { .. }) {
                self.wake.notify_one();
            }
            match finished {
                Finished::Clean => tracing::debug!("done"),
                Finished::Pending => tracing::debug!("not done yet"),
                Finished::Dead => {
                    tracing::error!("failed too often: it waits for a new event or `plimsoll work retry`");
                }
                Finished::LeaseLost => tracing::warn!("the lease was lost; nothing was recorded"),
            }
            Ok(())
        }
        .instrument(span)
        .await
    }

    async fn handle(&self, claim: &Claim) -> Result<Ending, StoreError> {
        let Some(tracker) = self.trackers.get(&claim.subject.tracker) else {
            let message =
                format!("no tracker named {} is configured; configure it or ignore this", claim.subject.tracker);
            return Ok(self.failed(claim, message));
        };
        let tracker = tracker.as_ref();
        let ending = match claim.subject.kind {
            SubjectKind::Item => self.handle_item(tracker, claim).await,
            SubjectKind::Repository => self.handle_repository(tracker, claim).await,
            SubjectKind::Board => self.handle_board(tracker, claim).await,
            SubjectKind::Sweep => self.handle_sweep(tracker, claim).await,
            SubjectKind::Installation => self.handle_installation(tracker, claim).await,
            SubjectKind::Installations => self.handle_installations(tracker, claim).await,
            SubjectKind::Deliveries => self.handle_deliveries(tracker, claim).await,
        };
        self.keep_pace(tracker).await?;
        ending
    }

    pub(super) fn failed(&self, claim: &Claim, error: String) -> Ending {
        let retry_at = backoff::retry_at(self.clock.now(), claim.attempts + 1, self.entropy.fraction());
        Ending {
            disposition: Disposition::Failed { error, retry_at, max_attempts: self.options.queue.max_attempts },
            memory: None,
            records: Vec::new(),
        }
    }
}

/// What every line that is logged about a claim carries. A run that no delivery asked for has none to name; of several
/// the newest is named.
fn span_of(claim: &Claim) -> tracing::Span {
    tracing::error_span!(
        "run",
        subject = %claim.subject,
        installation = claim.place.installation,
        delivery = claim.deliveries.last().map_or("none", String::as_str),
    )
}

fn heartbeat_every(lease: SignedDuration) -> Duration {
    Duration::try_from(lease / 3).unwrap_or(Duration::from_secs(20)).max(Duration::from_millis(100))
}

#[cfg(test)]
mod tests {
    use super::InHand;

    #[tokio::test]
    async fn nothing_more_is_claimed_while_the_store_has_not_taken_what_ended() {
        let mut in_hand = InHand::new(2);
        assert_eq!(in_hand.free(), 2);
        // Each has given up its seat.
        let ending = |in_hand: &mut InHand| in_hand.tasks.spawn(std::future::pending());
        for free in [2, 2, 1, 0, 0] {
            ending(&mut in_hand);
            assert_eq!(in_hand.free(), free, "with {} in the set", in_hand.tasks.len());
        }
        in_hand.tasks.shutdown().await;
        assert_eq!(in_hand.free(), 2);
    }
}
