//! The keyed work queue in the domain's words.

use jiff::{SignedDuration, Timestamp};

use crate::backlog::{Event, Lane, Place, Subject};
use crate::decide::ItemMemory;

use super::Record;

/// Names one claim: the fence that keeps a worker from ending what another has taken over. Random, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lease(pub i64);

/// How much of an installation's pace of writes is used up: one who starts anew goes on from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WritePace {
    /// When this was so, by the clock that the other two are told by.
    pub as_of: Timestamp,
    /// When nothing of the burst of writes will be used up any more.
    pub changes_full_at: Timestamp,
    /// The same for pieces of content.
    pub content_full_at: Timestamp,
}

/// A request for work.
#[derive(Clone, Copy, Debug)]
pub struct ClaimRequest {
    /// The fence of what is claimed now.
    pub lease: Lease,
    /// The present moment.
    pub now: Timestamp,
    /// How long the lease lasts.
    pub lease_for: SignedDuration,
    /// How many subjects at most.
    pub limit: u32,
}

/// A subject that is ours for the time of the lease.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Which.
    pub subject: Subject,
    /// Where it lives.
    pub place: Place,
    /// How urgent it is.
    pub lane: Lane,
    /// The fence.
    pub lease: Lease,
    /// How often it had been made dirty when it was claimed.
    pub revision: i64,
    /// Failures in a row so far.
    pub attempts: u32,
    /// Since when the tracker has said that it is not there; set by [`Disposition::LookAgain`].
    pub missing_since: Option<Timestamp>,
    /// What happened to it and has not been consumed, oldest first.
    pub events: Vec<Event>,
    /// The deliveries that brought these events, for the log.
    pub deliveries: Vec<String>,
    /// The newest signal among `events`: what is consumed when the claim ends.
    pub seen: i64,
}

/// How a claim ends.
#[derive(Clone, Debug)]
pub struct Ending {
    /// What becomes of the work.
    pub disposition: Disposition,
    /// What to remember of the item, if it was read.
    pub memory: Option<ItemMemory>,
    /// What was done and why.
    pub records: Vec<Record>,
}

/// What becomes of the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Everything is as it should be. Its events are consumed.
    Done,
    /// The tracker said "later": due again then, with its events; no failed attempt.
    Later {
        /// When.
        until: Timestamp,
        /// Why, for `plimsoll work`.
        why: String,
    },
    /// It was not there: look once more then.
    LookAgain {
        /// When.
        at: Timestamp,
    },
    /// It failed: due again then, or dead after this many failures in a row.
    Failed {
        /// What went wrong.
        error: String,
        /// When to try again.
        retry_at: Timestamp,
        /// How many failures in a row make it dead.
        max_attempts: u32,
    },
    /// It is called otherwise now: its work and events go there.
    Rekeyed {
        /// The new subject.
        to: Subject,
        /// Where that lives.
        place: Place,
    },
    /// Given back unfinished, e.g. at shutdown: due now, with its events.
    Released,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finished {
    /// Nothing more to do for this subject.
    Clean,
    /// Something arrived meanwhile, or it is to be tried again: it is still in the table.
    Pending,
    /// It is dead until somebody retries it or a new event arrives.
    Dead,
    /// Another worker has it: nothing was written.
    LeaseLost,
}

/// What state a row of the work table is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkState {
    /// Waits for its due time.
    Waiting,
    /// A worker has it.
    Leased,
    /// Failed too often.
    Dead,
}

/// How much is to be done, for whoever watches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueDepth {
    /// The lanes that hold anything, the most urgent first.
    pub lanes: Vec<LaneDepth>,
    /// How many installations rest now.
    pub resting: u64,
}

/// How much is to be done in a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneDepth {
    /// Which.
    pub lane: Lane,
    /// How many subjects are to be worked on later.
    pub waiting: u64,
    /// How many could be worked on now.
    pub due: u64,
    /// How many a worker has.
    pub leased: u64,
    /// How many failed too often.
    pub dead: u64,
    /// Since when the longest due has been due.
    pub due_since: Option<Timestamp>,
}

/// A row of the work table, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkRow {
    /// Which.
    pub subject: Subject,
    /// Where it lives.
    pub place: Place,
    /// How urgent it is.
    pub lane: Lane,
    /// Waiting, leased or dead.
    pub state: WorkState,
    /// When it is due.
    pub due_at: Timestamp,
    /// Failures in a row.
    pub attempts: u32,
    /// Why it waits or died.
    pub note: Option<String>,
}
