//! The store in one `SQLite` file.
//!
//! One thread writes ([`writer`]), a few connections read. `plimsoll serve` keeps a lock beside the file; short commands
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
mod reader;
mod receive;
mod record;
mod redelivery;
mod repository;
mod sprint;
mod statement;
mod writer;

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Connection;

use self::file::Opening;
use self::reader::Readers;
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

/// Does what may wait for the disk or another process where nobody else waits for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Closed)?
}

/// A store in one `SQLite` file.
pub(super) struct SqliteStore {
    writer: Writer,
    readers: Readers,
}

impl SqliteStore {
    /// Opens a file, which is created if it is not there.
    pub(super) async fn open(file: &Path) -> Result<Self, StoreError> {
        let file = file.to_owned();
        blocking(move || {
            let connection = file::open(&file)?;
            Self::start(file, connection)
        })
        .await
    }

    /// Opens a file that must be there and have the tables of this build.
    pub(super) async fn open_existing(file: &Path) -> Result<Self, StoreError> {
        let file = file.to_owned();
        blocking(move || {
            file::check_existing(&file)?;
            let connection = Opening::of(&file).connect()?;
            Self::start(file, connection)
        })
        .await
    }

    fn start(file: PathBuf, connection: Connection) -> Result<Self, StoreError> {
        let writer = Writer::start(connection, Opening::of(&file))?;
        Ok(Self { writer, readers: Readers::open(file)? })
    }

    /// Prunes portion by portion, so that deliveries need not wait long for it; returns how many went.
    async fn in_portions(
        &self,
        some: fn(&Connection, Timestamp) -> Result<u64, StoreError>,
        before: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut pruned = 0;
        loop {
            let portion = self.writer.write(move |db| some(db, before)).await?;
            pruned += portion;
            // One that is not full may have left out a row whose time is ahead: a clock was wrong.
            if portion == 0 {
                return Ok(pruned);
            }
        }
    }

    /// Keeps a second `serve` off the file.
    pub(super) fn lock(file: &Path) -> Result<ServeLock, StoreError> {
        file::lock(file)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn receive(&self, arrival: Arrival) -> Result<Receipt, StoreError> {
        self.writer.write(move |db| receive::receive(db, &arrival)).await
    }

    async fn deliveries(&self, limit: u32) -> Result<Vec<DeliveryRow>, StoreError> {
        self.readers.read(move |db| inbox::deliveries(db, limit)).await
    }

    async fn prune_deliveries(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.in_portions(inbox::forget_some, before).await
    }

    async fn to_ask_again(
        &self,
        tracker: &TrackerName,
        failed: Vec<FailedDelivery>,
        now: Timestamp,
    ) -> Result<Vec<FailedDelivery>, StoreError> {
        let tracker = tracker.clone();
        self.readers.read(move |db| redelivery::to_ask_again(db, &tracker, failed, now)).await
    }

    async fn note_asked(
        &self,
        tracker: &TrackerName,
        failed: &FailedDelivery,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (tracker, failed) = (tracker.clone(), failed.clone());
        self.writer.write(move |db| redelivery::note(db, &tracker, &failed, now)).await
    }

    async fn enqueue_all(&self, signals: Vec<Signal>, due_at: Timestamp) -> Result<(), StoreError> {
        self.writer.write(move |db| dirty::enqueue(db, &signals, due_at)).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claim>, StoreError> {
        if request.limit == 0 || !self.readers.glance(|db| claim::anything_due(db, request.now)).await? {
            return Ok(Vec::new());
        }
        self.writer.note(move |db| claim::claim(db, request)).await
    }

    async fn claim_subject(&self, subject: &Subject, request: ClaimRequest) -> Result<Option<Claim>, StoreError> {
        let subject = subject.clone();
        self.writer.note(move |db| claim::claim_subject(db, &subject, request)).await
    }

    async fn renew(&self, leases: &[(Subject, Lease)], until: Timestamp) -> Result<Vec<(Subject, Lease)>, StoreError> {
        let leases = leases.to_vec();
        self.writer.note(move |db| claim::renew(db, &leases, until)).await
    }

    async fn finish(&self, claim: &Claim, ending: Ending, now: Timestamp) -> Result<Finished, StoreError> {
        let claim = claim.clone();
        self.writer.note(move |db| finish::finish(db, &claim, &ending, now)).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.readers.glance(claim::next_due).await
    }

    async fn pause(
        &self,
        tracker: &TrackerName,
        installation: &str,
        until: Timestamp,
        why: &str,
    ) -> Result<(), StoreError> {
        let (tracker, installation, why) = (tracker.clone(), installation.to_owned(), why.to_owned());
        self.writer.write(move |db| queue::pause(db, &tracker, &installation, until, &why)).await
    }

    async fn save_pace(&self, tracker: &TrackerName, installation: &str, pace: WritePace) -> Result<(), StoreError> {
        let (tracker, installation) = (tracker.clone(), installation.to_owned());
        self.writer.write(move |db| pace::save(db, &tracker, &installation, pace)).await
    }

    async fn paces(&self, tracker: &TrackerName) -> Result<Vec<(String, WritePace)>, StoreError> {
        let tracker = tracker.clone();
        self.readers.read(move |db| pace::all(db, &tracker)).await
    }

    async fn work(&self, limit: u32) -> Result<Vec<WorkRow>, StoreError> {
        self.readers.read(move |db| queue::work(db, limit)).await
    }

    async fn work_on(&self, subject: &Subject) -> Result<Option<WorkRow>, StoreError> {
        self.readers.glance(|db| queue::work_on(db, subject)).await
    }

    async fn queue_depth(&self, now: Timestamp) -> Result<QueueDepth, StoreError> {
        self.readers.read(move |db| depth::queue_depth(db, now)).await
    }

    async fn retry(&self, subject: &Subject, now: Timestamp) -> Result<bool, StoreError> {
        let subject = subject.clone();
        self.writer.write(move |db| queue::retry(db, &subject, now)).await
    }

    async fn retry_dead(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.writer.write(move |db| queue::retry_dead(db, now)).await
    }

    async fn take_back_leases(&self) -> Result<u64, StoreError> {
        self.writer.write(queue::take_back_leases).await
    }

    async fn tick(&self, schedule: &str, at: Timestamp, signals: Vec<Signal>) -> Result<bool, StoreError> {
        let schedule = schedule.to_owned();
        self.writer.write(move |db| queue::tick(db, &schedule, at, &signals)).await
    }

    async fn prune_ticks(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.writer.write(move |db| queue::prune_ticks(db, before)).await
    }

    async fn repository(&self, place: &Place) -> Result<Option<RepositoryRow>, StoreError> {
        self.readers.glance(|db| repository::load(db, place)).await
    }

    async fn save_repository(&self, repository: &Repository, _now: Timestamp) -> Result<(), StoreError> {
        let repository = repository.clone();
        self.writer.write(move |db| repository::save(db, &repository)).await
    }

    async fn repository_named(
        &self,
        tracker: &TrackerName,
        installation: &str,
        name: &str,
    ) -> Result<Option<RepositoryRow>, StoreError> {
        let (tracker, installation, name) = (tracker.clone(), installation.to_owned(), name.to_owned());
        self.readers.read(move |db| repository::named(db, &tracker, &installation, &name)).await
    }

    async fn repositories(&self, tracker: &TrackerName) -> Result<Vec<RepositoryRow>, StoreError> {
        let tracker = tracker.clone();
        self.readers.read(move |db| repository::all(db, &tracker)).await
    }

    async fn begin_sweeps(&self, place: &Place, now: Timestamp) -> Result<(), StoreError> {
        let place = place.clone();
        self.writer.write(move |db| repository::begin_sweeps(db, &place, now)).await
    }

    async fn save_swept(&self, place: &Place, until: Timestamp) -> Result<(), StoreError> {
        let place = place.clone();
        self.writer.write(move |db| repository::save_swept(db, &place, until)).await
    }

    async fn lose_repository(&self, place: &Place) -> Result<(), StoreError> {
        let place = place.clone();
        self.writer.write(move |db| repository::lose(db, &place)).await
    }

    async fn save_policy(&self, place: &Place, policy: &PolicyRow) -> Result<(), StoreError> {
        let (place, policy) = (place.clone(), policy.clone());
        self.writer.write(move |db| repository::save_policy(db, &place, &policy)).await
    }

    async fn item(&self, subject: &Subject) -> Result<Option<ItemMemory>, StoreError> {
        self.readers.glance(|db| item::load(db, subject)).await
    }

    async fn items(&self, limit: u32) -> Result<Vec<(Subject, ItemMemory)>, StoreError> {
        self.readers.read(move |db| item::newest(db, limit)).await
    }

    async fn items_in(&self, place: &Place, limit: u32) -> Result<Vec<ItemMemory>, StoreError> {
        let place = place.clone();
        self.readers.read(move |db| item::newest_in(db, &place, limit)).await
    }

    async fn corrections(&self, limit: u32) -> Result<Vec<CorrectionRow>, StoreError> {
        self.readers.read(move |db| correction::newest(db, limit)).await
    }

    async fn correction_counts(&self) -> Result<Vec<CorrectionsOf>, StoreError> {
        self.readers.read(correction::counts).await
    }

    async fn records(&self, subject: Option<&Subject>, limit: u32) -> Result<Vec<Record>, StoreError> {
        let subject = subject.cloned();
        self.readers.read(move |db| record::newest(db, subject.as_ref(), limit)).await
    }

    async fn prune_records(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.in_portions(record::prune_some, before).await
    }

    async fn declare_boards(&self, place: &Place, boards: &[DeclaredBoard]) -> Result<Vec<BoardConflict>, StoreError> {
        let (place, boards) = (place.clone(), boards.to_vec());
        self.writer.write(move |db| board::declare(db, &place, &boards)).await
    }

    async fn boards(&self) -> Result<Vec<BoardRow>, StoreError> {
        self.readers.read(board::all).await
    }

    async fn board(&self, subject: &Subject) -> Result<Option<BoardRow>, StoreError> {
        self.readers.glance(|db| board::load(db, subject)).await
    }

    async fn boards_called(&self, tracker: &TrackerName, id: &str) -> Result<Vec<BoardRow>, StoreError> {
        self.readers.glance(|db| board::called(db, tracker, id)).await
    }

    async fn boards_of(&self, item: &Subject, id: &str) -> Result<Vec<BoardRow>, StoreError> {
        self.readers.glance(|db| board::of_item(db, item, id)).await
    }

    async fn save_board(&self, subject: &Subject, state: &BoardState) -> Result<(), StoreError> {
        let (subject, state) = (subject.clone(), state.clone());
        self.writer.write(move |db| board::note(db, &subject, &state)).await
    }

    async fn sprints(&self, board: &Subject, limit: u32) -> Result<Vec<SprintRow>, StoreError> {
        let board = board.clone();
        self.readers.read(move |db| sprint::of_board(db, &board, limit)).await
    }

    async fn save_sprint(&self, board: &Subject, sprint: &SprintRow, stays: &[Stay]) -> Result<(), StoreError> {
        let (board, sprint, stays) = (board.clone(), sprint.clone(), stays.to_vec());
        self.writer.write(move |db| sprint::save(db, &board, &sprint, &stays)).await
    }

    async fn stays(&self, board: &Subject, start: Date) -> Result<Vec<Stay>, StoreError> {
        let board = board.clone();
        self.readers.read(move |db| sprint::stays(db, &board, start)).await
    }

    async fn candidates(&self, board: &Subject, planned: &[String], limit: u32) -> Result<Vec<Candidate>, StoreError> {
        let (board, planned) = (board.clone(), planned.to_vec());
        self.readers.read(move |db| sprint::candidates(db, &board, &planned, limit)).await
    }

    async fn technical_backlog(
        &self,
        board: &Subject,
        planned: &[String],
        now: Timestamp,
    ) -> Result<BacklogFigures, StoreError> {
        let (board, planned) = (board.clone(), planned.to_vec());
        self.readers.read(move |db| sprint::backlog(db, &board, &planned, now)).await
    }

    async fn set_measure(&self, board: &Subject, measure: &Measure, now: Timestamp) -> Result<bool, StoreError> {
        let (board, measure) = (board.clone(), measure.clone());
        self.writer.write(move |db| board::set_measure(db, &board, &measure, now)).await
    }

    async fn measures(&self, board: &Subject) -> Result<Vec<MeasureRow>, StoreError> {
        let board = board.clone();
        self.readers.read(move |db| board::measures(db, &board)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.writer.check().await?;
        let sign =
            |db: &Connection| statement::value::<i64>(db, "SELECT 1", [], "asking the database for a sign of life");
        self.readers.read(sign).await.map(drop)
    }

    async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}
