//! The store in one `SQLite` file.
//!
//! One task writes ([`writer`]), a few connections read. `plimsoll serve` keeps a lock beside the file; short commands
//! of other processes write between its transactions.

mod board;
mod claim;
mod convert;
mod correction;
mod depth;
mod dirty;
#[cfg(test)]
mod faults;
mod file;
mod finish;
mod inbox;
mod item;
mod pace;
mod queue;
mod receive;
mod record;
mod redelivery;
mod repository;
mod sprint;
mod writer;

use std::path::Path;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::SqlitePool;

use self::convert::Doing as _;
use self::writer::Writer;
use super::{
    Arrival, BoardConflict, BoardRow, BoardState, Candidate, Claim, ClaimRequest, CorrectionRow, CorrectionsOf,
    DeclaredBoard, DeliveryRow, Ending, FailedDelivery, Finished, Lease, MeasureRow, PolicyRow, QueueDepth, Receipt,
    Record, RepositoryRow, Signal, SprintRow, Stay, Store, StoreError, WorkRow, WritePace,
};
use crate::allocation::{BacklogFigures, Measure};
use crate::backlog::{Place, Repository, Subject, TrackerName};
use crate::decide::ItemMemory;

pub use file::ServeLock;

/// A store in one `SQLite` file.
pub(super) struct SqliteStore {
    writer: Writer,
    readers: SqlitePool,
}

impl SqliteStore {
    /// Opens a file, which is created if it is not there.
    pub(super) async fn open(file: &Path) -> Result<Self, StoreError> {
        let connection = file::open(file).await?;
        let readers = file::readers(file).await?;
        Ok(Self { writer: Writer::start(connection, file::writing(file)), readers })
    }

    /// Opens a file that must be there and have the tables of this build.
    pub(super) async fn open_existing(file: &Path) -> Result<Self, StoreError> {
        let readers = file::existing(file).await?;
        let connection = file::connect(file).await?;
        Ok(Self { writer: Writer::start(connection, file::writing(file)), readers })
    }

    /// Keeps a second `serve` off the file.
    pub(super) fn lock(file: &Path) -> Result<ServeLock, StoreError> {
        file::lock(file)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn receive(&self, arrival: Arrival) -> Result<Receipt, StoreError> {
        self.writer.receive(arrival).await
    }

    async fn deliveries(&self, limit: u32) -> Result<Vec<DeliveryRow>, StoreError> {
        inbox::deliveries(&self.readers, limit).await
    }

    async fn prune_payloads(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut pruned = 0;
        loop {
            let some = self.writer.write(move |db| Box::pin(inbox::prune_some(db, before))).await?;
            pruned += some;
            if some < inbox::PRUNED_AT_ONCE {
                return Ok(pruned);
            }
        }
    }

    async fn prune_deliveries(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut pruned = 0;
        loop {
            let some = self.writer.write(move |db| Box::pin(inbox::forget_some(db, before))).await?;
            pruned += some;
            if some < inbox::PRUNED_AT_ONCE {
                return Ok(pruned);
            }
        }
    }

    async fn to_ask_again(
        &self,
        tracker: &TrackerName,
        failed: Vec<FailedDelivery>,
        now: Timestamp,
    ) -> Result<Vec<FailedDelivery>, StoreError> {
        redelivery::to_ask_again(&self.readers, tracker, failed, now).await
    }

    async fn note_asked(
        &self,
        tracker: &TrackerName,
        failed: &FailedDelivery,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (tracker, failed) = (tracker.clone(), failed.clone());
        self.writer.write(move |db| Box::pin(async move { redelivery::note(db, &tracker, &failed, now).await })).await
    }

    async fn enqueue_all(&self, signals: Vec<Signal>, due_at: Timestamp) -> Result<(), StoreError> {
        self.writer.write(move |db| Box::pin(async move { dirty::enqueue(db, &signals, due_at).await })).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claim>, StoreError> {
        if request.limit == 0 || !claim::anything_due(&self.readers, request.now).await? {
            return Ok(Vec::new());
        }
        self.writer.write(move |db| Box::pin(claim::claim(db, request))).await
    }

    async fn claim_subject(&self, subject: &Subject, request: ClaimRequest) -> Result<Option<Claim>, StoreError> {
        let subject = subject.clone();
        self.writer.write(move |db| Box::pin(async move { claim::claim_subject(db, &subject, request).await })).await
    }

    async fn renew(&self, leases: &[(Subject, Lease)], until: Timestamp) -> Result<Vec<(Subject, Lease)>, StoreError> {
        let leases = leases.to_vec();
        self.writer.write(move |db| Box::pin(async move { claim::renew(db, &leases, until).await })).await
    }

    async fn finish(&self, claim: &Claim, ending: Ending, now: Timestamp) -> Result<Finished, StoreError> {
        let claim = claim.clone();
        self.writer.write(move |db| Box::pin(async move { finish::finish(db, &claim, &ending, now).await })).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        claim::next_due(&self.readers).await
    }

    async fn pause(
        &self,
        tracker: &TrackerName,
        installation: &str,
        until: Timestamp,
        why: &str,
    ) -> Result<(), StoreError> {
        let (tracker, installation, why) = (tracker.clone(), installation.to_owned(), why.to_owned());
        self.writer
            .write(move |db| Box::pin(async move { queue::pause(db, &tracker, &installation, until, &why).await }))
            .await
    }

    async fn save_pace(&self, tracker: &TrackerName, installation: &str, pace: WritePace) -> Result<(), StoreError> {
        let (tracker, installation) = (tracker.clone(), installation.to_owned());
        self.writer.write(move |db| Box::pin(async move { pace::save(db, &tracker, &installation, pace).await })).await
    }

    async fn paces(&self, tracker: &TrackerName) -> Result<Vec<(String, WritePace)>, StoreError> {
        pace::all(&self.readers, tracker).await
    }

    async fn work(&self, limit: u32) -> Result<Vec<WorkRow>, StoreError> {
        queue::work(&self.readers, limit).await
    }

    async fn work_on(&self, subject: &Subject) -> Result<Option<WorkRow>, StoreError> {
        queue::work_on(&self.readers, subject).await
    }

    async fn queue_depth(&self, now: Timestamp) -> Result<QueueDepth, StoreError> {
        depth::queue_depth(&self.readers, now).await
    }

    async fn retry(&self, subject: &Subject, now: Timestamp) -> Result<bool, StoreError> {
        let subject = subject.clone();
        self.writer.write(move |db| Box::pin(async move { queue::retry(db, &subject, now).await })).await
    }

    async fn retry_dead(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.writer.write(move |db| Box::pin(queue::retry_dead(db, now))).await
    }

    async fn take_back_leases(&self) -> Result<u64, StoreError> {
        self.writer.write(|db| Box::pin(queue::take_back_leases(db))).await
    }

    async fn tick(&self, schedule: &str, at: Timestamp, signals: Vec<Signal>) -> Result<bool, StoreError> {
        let schedule = schedule.to_owned();
        self.writer.write(move |db| Box::pin(async move { queue::tick(db, &schedule, at, &signals).await })).await
    }

    async fn prune_ticks(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.writer.write(move |db| Box::pin(queue::prune_ticks(db, before))).await
    }

    async fn repository(&self, place: &Place) -> Result<Option<RepositoryRow>, StoreError> {
        repository::load(&self.readers, place).await
    }

    async fn save_repository(&self, repository: &Repository, _now: Timestamp) -> Result<(), StoreError> {
        let repository = repository.clone();
        self.writer.write(move |db| Box::pin(async move { repository::save(db, &repository).await })).await
    }

    async fn repository_named(
        &self,
        tracker: &TrackerName,
        installation: &str,
        name: &str,
    ) -> Result<Option<RepositoryRow>, StoreError> {
        repository::named(&self.readers, tracker, installation, name).await
    }

    async fn repositories(&self, tracker: &TrackerName) -> Result<Vec<RepositoryRow>, StoreError> {
        repository::all(&self.readers, tracker).await
    }

    async fn begin_sweeps(&self, place: &Place, now: Timestamp) -> Result<(), StoreError> {
        let place = place.clone();
        self.writer.write(move |db| Box::pin(async move { repository::begin_sweeps(db, &place, now).await })).await
    }

    async fn save_swept(&self, place: &Place, until: Timestamp) -> Result<(), StoreError> {
        let place = place.clone();
        self.writer.write(move |db| Box::pin(async move { repository::save_swept(db, &place, until).await })).await
    }

    async fn lose_repository(&self, place: &Place) -> Result<(), StoreError> {
        let place = place.clone();
        self.writer.write(move |db| Box::pin(async move { repository::lose(db, &place).await })).await
    }

    async fn save_policy(&self, place: &Place, policy: &PolicyRow) -> Result<(), StoreError> {
        let (place, policy) = (place.clone(), policy.clone());
        self.writer.write(move |db| Box::pin(async move { repository::save_policy(db, &place, &policy).await })).await
    }

    async fn item(&self, subject: &Subject) -> Result<Option<ItemMemory>, StoreError> {
        item::load(&self.readers, subject).await
    }

    async fn items(&self, limit: u32) -> Result<Vec<(Subject, ItemMemory)>, StoreError> {
        item::newest(&self.readers, limit).await
    }

    async fn items_in(&self, place: &Place, limit: u32) -> Result<Vec<ItemMemory>, StoreError> {
        item::newest_in(&self.readers, place, limit).await
    }

    async fn corrections(&self, limit: u32) -> Result<Vec<CorrectionRow>, StoreError> {
        correction::newest(&self.readers, limit).await
    }

    async fn correction_counts(&self) -> Result<Vec<CorrectionsOf>, StoreError> {
        correction::counts(&self.readers).await
    }

    async fn records(&self, subject: Option<&Subject>, limit: u32) -> Result<Vec<Record>, StoreError> {
        record::newest(&self.readers, subject, limit).await
    }

    async fn prune_records(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut pruned = 0;
        loop {
            let some = self.writer.write(move |db| Box::pin(record::prune_some(db, before))).await?;
            pruned += some;
            if some < inbox::PRUNED_AT_ONCE {
                return Ok(pruned);
            }
        }
    }

    async fn declare_boards(&self, place: &Place, boards: &[DeclaredBoard]) -> Result<Vec<BoardConflict>, StoreError> {
        let (place, boards) = (place.clone(), boards.to_vec());
        self.writer.write(move |db| Box::pin(async move { board::declare(db, &place, &boards).await })).await
    }

    async fn boards(&self) -> Result<Vec<BoardRow>, StoreError> {
        board::all(&self.readers).await
    }

    async fn board(&self, subject: &Subject) -> Result<Option<BoardRow>, StoreError> {
        board::load(&self.readers, subject).await
    }

    async fn boards_called(&self, tracker: &TrackerName, id: &str) -> Result<Vec<BoardRow>, StoreError> {
        board::called(&self.readers, tracker, id).await
    }

    async fn boards_with(&self, item: &Subject) -> Result<Vec<BoardRow>, StoreError> {
        board::with_item(&self.readers, item).await
    }

    async fn save_board(&self, subject: &Subject, state: &BoardState) -> Result<(), StoreError> {
        let (subject, state) = (subject.clone(), state.clone());
        self.writer.write(move |db| Box::pin(async move { board::note(db, &subject, &state).await })).await
    }

    async fn sprints(&self, board: &Subject, limit: u32) -> Result<Vec<SprintRow>, StoreError> {
        sprint::of_board(&self.readers, board, limit).await
    }

    async fn save_sprint(&self, board: &Subject, sprint: &SprintRow, stays: &[Stay]) -> Result<(), StoreError> {
        let (board, sprint, stays) = (board.clone(), sprint.clone(), stays.to_vec());
        self.writer.write(move |db| Box::pin(async move { sprint::save(db, &board, &sprint, &stays).await })).await
    }

    async fn stays(&self, board: &Subject, start: Date) -> Result<Vec<Stay>, StoreError> {
        sprint::stays(&self.readers, board, start).await
    }

    async fn candidates(&self, board: &Subject, limit: u32) -> Result<Vec<Candidate>, StoreError> {
        sprint::candidates(&self.readers, board, limit).await
    }

    async fn technical_backlog(
        &self,
        board: &Subject,
        planned: &[String],
        now: Timestamp,
    ) -> Result<BacklogFigures, StoreError> {
        sprint::backlog(&self.readers, board, planned, now).await
    }

    async fn set_measure(&self, board: &Subject, measure: &Measure, now: Timestamp) -> Result<bool, StoreError> {
        let (board, measure) = (board.clone(), measure.clone());
        self.writer.write(move |db| Box::pin(async move { board::set_measure(db, &board, &measure, now).await })).await
    }

    async fn measures(&self, board: &Subject) -> Result<Vec<MeasureRow>, StoreError> {
        board::measures(&self.readers, board).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.writer.check().await?;
        sqlx::query("SELECT 1").execute(&self.readers).await.doing("asking the database for a sign of life")?;
        Ok(())
    }

    async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}
