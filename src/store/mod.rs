//! The port to the store: inbox, keyed work queue, schedules, and the memory of items and repositories.
//!
//! The contract is Kubernetes' work queue made durable. A delivery makes a *subject* dirty; a subject is worked on by one
//! worker at a time; what arrives meanwhile makes it dirty again. Every implementation passes the same conformance suite.
//!
//! Races that are known and harmless:
//! - A worker whose lease has run out may still write to the tracker while the next one starts: actions are idempotent,
//!   and its `finish` is fenced by the lease and changes nothing.
//! - A delivery that commits between a claim and the handler's read of the tracker is worked off twice; the second run
//!   finds nothing to do.

mod board;
mod error;
mod inbox;
mod memory;
mod open;
mod sqlite;
mod work;

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::allocation::{BacklogFigures, Measure};
use crate::backlog::{Place, Repository, Subject, TrackerName};
use crate::decide::ItemMemory;

pub use board::{BoardConflict, BoardRow, BoardState, Candidate, DeclaredBoard, MeasureRow, SprintRow, Stay};
pub use error::StoreError;
pub use inbox::{Arrival, DeliveryRow, FailedDelivery, Intake, Receipt, Signal};
pub use memory::{CorrectionRow, CorrectionsOf, PolicyRow, PolicyStatus, Record, RepositoryRow};
pub use open::{lock_for_serving, open, open_existing};
pub use sqlite::ServeLock;
pub use work::{
    Claim, ClaimRequest, Disposition, Ending, Finished, LaneDepth, Lease, QueueDepth, WorkRow, WorkState, WritePace,
};

/// A store. Every method that writes is one transaction: when it answers, it is on disk. Claiming, renewing and ending work
/// are an exception: they outlive the process, and are on disk with the next transaction of another kind; a machine that
/// stops before has the work to do again.
#[async_trait]
pub trait Store: Send + Sync {
    // Inbox

    /// Takes a delivery and the work that it makes, in one transaction shared with concurrent ones (group commit). One
    /// seen before changes nothing.
    async fn receive(&self, arrival: Arrival) -> Result<Receipt, StoreError>;

    /// The newest deliveries, newest first.
    async fn deliveries(&self, limit: u32) -> Result<Vec<DeliveryRow>, StoreError>;

    /// Forgets deliveries received before this moment that are worked off, and nothing older than which waits: a redelivery of
    /// one would count as new. In portions. Returns how many.
    async fn prune_deliveries(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// Those of them that did not arrive after all and are to be asked for (again): not asked for since that attempt, and
    /// the longer ago the oftener it was in vain (ten minutes, doubling).
    async fn to_ask_again(
        &self,
        tracker: &TrackerName,
        failed: Vec<FailedDelivery>,
        now: Timestamp,
    ) -> Result<Vec<FailedDelivery>, StoreError>;

    /// Notes that a delivery was asked for again.
    async fn note_asked(
        &self,
        tracker: &TrackerName,
        failed: &FailedDelivery,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    // Work

    /// Makes a subject dirty without a delivery.
    async fn enqueue(&self, signal: Signal, due_at: Timestamp) -> Result<(), StoreError> {
        self.enqueue_all(vec![signal], due_at).await
    }

    /// The same for several at once.
    async fn enqueue_all(&self, signals: Vec<Signal>, due_at: Timestamp) -> Result<(), StoreError>;

    /// Leases due subjects: lanes in order, repositories in turn, the longest due first; none of a paused installation.
    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claim>, StoreError>;

    /// Leases one subject, if it is due, nobody has it and its installation does not rest; whatever else is due.
    async fn claim_subject(&self, subject: &Subject, request: ClaimRequest) -> Result<Option<Claim>, StoreError>;

    /// Extends leases. Returns the lost ones: their workers must stop. A worker that holds the same subject under another
    /// lease may go on.
    async fn renew(&self, leases: &[(Subject, Lease)], until: Timestamp) -> Result<Vec<(Subject, Lease)>, StoreError>;

    /// Ends a claim: one transaction for the queue, the memory and the records. Does nothing at all when the lease is lost.
    async fn finish(&self, claim: &Claim, ending: Ending, now: Timestamp) -> Result<Finished, StoreError>;

    /// When the next subject becomes due, for a worker that has nothing to do. None: there is no work.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Lets an installation rest until then; never shortens a longer rest.
    async fn pause(
        &self,
        tracker: &TrackerName,
        installation: &str,
        until: Timestamp,
        why: &str,
    ) -> Result<(), StoreError>;

    /// Notes how much of an installation's pace of writes is used up, in place of what was noted before.
    async fn save_pace(&self, tracker: &TrackerName, installation: &str, pace: WritePace) -> Result<(), StoreError>;

    /// What was noted of the pace of each installation of a tracker.
    async fn paces(&self, tracker: &TrackerName) -> Result<Vec<(String, WritePace)>, StoreError>;

    /// What is to be done: every row of the work table, dead ones first, then by due time.
    async fn work(&self, limit: u32) -> Result<Vec<WorkRow>, StoreError>;

    /// What is to be done for one subject; none when everything is.
    async fn work_on(&self, subject: &Subject) -> Result<Option<WorkRow>, StoreError>;

    /// How much is to be done, by lane.
    async fn queue_depth(&self, now: Timestamp) -> Result<QueueDepth, StoreError>;

    /// Gives a subject (a dead one too) another try now. False: there is no such work.
    async fn retry(&self, subject: &Subject, now: Timestamp) -> Result<bool, StoreError>;

    /// Gives everything that is dead another try now. Returns how much that was.
    async fn retry_dead(&self, now: Timestamp) -> Result<u64, StoreError>;

    /// Gives back everything that is leased: what a process that died had in hand. Only for one that knows that nobody
    /// else works on this store. Returns how much that was.
    async fn take_back_leases(&self) -> Result<u64, StoreError>;

    // Schedules

    /// Takes a tick of a schedule: whoever is first enqueues the signals, in the same transaction. False: somebody was.
    async fn tick(&self, schedule: &str, at: Timestamp, signals: Vec<Signal>) -> Result<bool, StoreError>;

    /// Forgets ticks from before this moment, and deliveries that were asked for again before it. Returns how many.
    async fn prune_ticks(&self, before: Timestamp) -> Result<u64, StoreError>;

    // Memory

    /// What is known of a repository; none until its name is.
    async fn repository(&self, place: &Place) -> Result<Option<RepositoryRow>, StoreError>;

    /// Notes the name under which a repository answers today.
    async fn save_repository(&self, repository: &Repository, now: Timestamp) -> Result<(), StoreError>;

    /// The repository of an installation that goes by this name, in any case.
    async fn repository_named(
        &self,
        tracker: &TrackerName,
        installation: &str,
        name: &str,
    ) -> Result<Option<RepositoryRow>, StoreError>;

    /// Every repository of a tracker whose name is known.
    async fn repositories(&self, tracker: &TrackerName) -> Result<Vec<RepositoryRow>, StoreError>;

    /// Notes that a repository is seen for the first time: what changes from now on is caught up. One that was known under
    /// another installation goes on where it was, with what is to be done there. Does nothing for one that is known.
    async fn begin_sweeps(&self, place: &Place, now: Timestamp) -> Result<(), StoreError>;

    /// Notes up to when changes of a repository's items were looked at; a repository that is out of reach stays so.
    async fn save_swept(&self, place: &Place, until: Timestamp) -> Result<(), StoreError>;

    /// Forgets a repository that is out of reach: its name, its policy, the boards that this declares, how far it was swept,
    /// and what was to be done there and is in nobody's hand. What is remembered of its items and sprints stays.
    async fn lose_repository(&self, place: &Place) -> Result<(), StoreError>;

    /// Notes what was found of a repository's policy file.
    async fn save_policy(&self, place: &Place, policy: &PolicyRow) -> Result<(), StoreError>;

    /// What is remembered of an item.
    async fn item(&self, subject: &Subject) -> Result<Option<ItemMemory>, StoreError>;

    /// What is remembered of the newest items, newest first.
    async fn items(&self, limit: u32) -> Result<Vec<(Subject, ItemMemory)>, StoreError>;

    /// What is remembered of the newest items of one repository, newest first.
    async fn items_in(&self, place: &Place, limit: u32) -> Result<Vec<ItemMemory>, StoreError>;

    /// Where people's words stand against the bot's, the newest first.
    async fn corrections(&self, limit: u32) -> Result<Vec<CorrectionRow>, StoreError>;

    /// How often people correct the bot, by repository in order of the names; only where it put a category by itself.
    async fn correction_counts(&self) -> Result<Vec<CorrectionsOf>, StoreError>;

    /// What was done and why, newest first; of one subject or of all.
    async fn records(&self, subject: Option<&Subject>, limit: u32) -> Result<Vec<Record>, StoreError>;

    /// Forgets records from before this moment, in portions. Returns how many.
    async fn prune_records(&self, before: Timestamp) -> Result<u64, StoreError>;

    // Boards

    /// Notes which boards the policy file of a repository declares: these and no others. A board belongs to the file that
    /// declared it first; those that another one declares are told and stay there.
    async fn declare_boards(&self, place: &Place, boards: &[DeclaredBoard]) -> Result<Vec<BoardConflict>, StoreError>;

    /// All boards that a policy file declares.
    async fn boards(&self) -> Result<Vec<BoardRow>, StoreError>;

    /// A board, while a policy file declares it.
    async fn board(&self, subject: &Subject) -> Result<Option<BoardRow>, StoreError>;

    /// The boards that the tracker's events call this.
    async fn boards_called(&self, tracker: &TrackerName, id: &str) -> Result<Vec<BoardRow>, StoreError>;

    /// The boards that an item concerns: those in one of whose unfinished sprints it is, and those that the tracker's events
    /// call this.
    async fn boards_of(&self, item: &Subject, id: &str) -> Result<Vec<BoardRow>, StoreError>;

    /// Notes what has changed of a board.
    async fn save_board(&self, subject: &Subject, state: &BoardState) -> Result<(), StoreError>;

    /// The newest sprints of a board, oldest first.
    async fn sprints(&self, board: &Subject, limit: u32) -> Result<Vec<SprintRow>, StoreError>;

    /// Writes a sprint as it is now, and the stays that began, ended or changed.
    async fn save_sprint(&self, board: &Subject, sprint: &SprintRow, stays: &[Stay]) -> Result<(), StoreError>;

    /// Who is and was in a sprint, in the order in which they came.
    async fn stays(&self, board: &Subject, start: Date) -> Result<Vec<Stay>, StoreError>;

    /// The best open technical items without an unfinished sprint, of the board's own repository and of all that ever
    /// had something in its sprints: those with a due date, then those with an impact, then the oldest. `planned` are
    /// items that are in a sprint although no stay of theirs is noted yet.
    async fn candidates(&self, board: &Subject, planned: &[String], limit: u32) -> Result<Vec<Candidate>, StoreError>;

    /// The technical backlog of the same repositories. What is closed counts from when it was last seen.
    async fn technical_backlog(
        &self,
        board: &Subject,
        planned: &[String],
        now: Timestamp,
    ) -> Result<BacklogFigures, StoreError>;

    /// Notes a measure of a board's outcomes; earlier ones stay as history. False: there is no such board.
    async fn set_measure(&self, board: &Subject, measure: &Measure, now: Timestamp) -> Result<bool, StoreError>;

    /// The measures of a board's outcomes with their history, newest first.
    async fn measures(&self, board: &Subject) -> Result<Vec<MeasureRow>, StoreError>;

    /// Whether the store answers and takes deliveries: after a transaction that could not be written, only once one was.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Finishes what was asked for and lets go of the database. Whoever asks later hears [`StoreError::Closed`].
    async fn close(&self);
}

/// How the queue treats failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuePolicy {
    /// How long a claim is leased before another worker may take it.
    pub lease: SignedDuration,
    /// How many failures in a row make a subject dead.
    pub max_attempts: u32,
}

impl Default for QueuePolicy {
    fn default() -> Self {
        Self { lease: SignedDuration::from_secs(60), max_attempts: 16 }
    }
}
