//! The port to a tracker: what the engine may ask of GitHub, Jira or any other, in the domain's words.
//!
//! The engine never sees a tracker's shapes. Marks are labels on GitHub and labels, components or fields on Jira; notes
//! are comments that the bot finds again and edits in place.

pub mod github;

mod boards;
mod connection;
mod error;
mod listing;
mod traffic;
mod webhooks;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::backlog::{Acknowledgement, Actor, CloseReason, Event, Item, Lane, Place, Repository, Subject, TrackerName};
use crate::command::{Access, Points, Site};
use crate::policy::SprintSource;
use crate::store::{FailedDelivery, WritePace};

pub use boards::{BoardView, Boards, PlannedItem, ReportItem, ReportNote, SprintDates};
pub use connection::Connection;
pub use error::{Later, Missing, PauseScope, TrackerError};
pub use listing::{Bookmark, ItemPage, Listing};
pub use traffic::{CallCounter, CallKind, CallResult, Quota, Traffic};
pub use webhooks::{Incoming, Refusal, Webhooks};

/// How a category is marked on an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The label to use where none of the spellings exists yet.
    pub label: String,
    /// Other spellings, adopted when the repository already has one of them, in order of preference.
    pub aliases: Vec<String>,
    /// Six hexadecimal digits, for creating it.
    pub colour: String,
    /// For creating it; at most 100 characters.
    pub description: String,
}

/// An item to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewItem {
    /// Names it among all that the bot opens: what has been opened under this key is not opened again.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Its description, in Markdown.
    pub body: String,
    /// How its category is marked.
    pub mark: Option<Mark>,
    /// When it was asked for: one that was opened earlier cannot be it.
    pub since: Timestamp,
}

/// A policy file as found in the tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// Its text.
    pub text: String,
    /// The tracker's id of this content (a blob's hash).
    pub revision: String,
}

/// What was found where the policy file is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyLookup {
    /// There is no such file.
    Missing,
    /// There is one, and it is too large to be read: it counts as broken.
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The largest that is read, in bytes.
        limit: u64,
        /// The tracker's id of this content.
        revision: String,
    },
    /// Here it is.
    Found(PolicyFile),
}

/// The policy files that concern a repository, as far as one call told them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policies {
    /// Its own. None: not told, it is to be read by itself.
    pub own: Option<PolicyLookup>,
    /// That of [`Tracker::shared_policy_home`]. None: not told, it is to be read by itself.
    pub shared: Option<PolicyLookup>,
}

/// What people should see about a policy file, on the commit that brought it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyNotice {
    /// It is in force.
    InForce,
    /// It has an error: one line, with line and column; what is in force instead.
    Broken(String),
}

/// A repository that an installation covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// Which, under its name of today.
    pub repository: Repository,
    /// Whether nobody can change anything in it.
    pub is_archived: bool,
}

/// What an installation covers, as far as the tracker can tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// These at least.
    pub repositories: Vec<Covered>,
    /// Whether these are all. If not, what is known by deliveries counts, too.
    pub is_complete: bool,
}

/// On whose behalf and how urgently a call is made; limits are shared by installation, people go first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// What is being worked on: a reserved place in the queue of writes belongs to it.
    pub subject: Subject,
    /// How urgent it is.
    pub lane: Lane,
    /// The present moment.
    pub now: Timestamp,
}

/// A tracker.
///
/// Every call may answer [`TrackerError::Later`]; none sleeps on a limit. Reads may be retried by the adapter, writes
/// never: the engine decides again from the state as it then is.
#[async_trait]
pub trait Tracker: Boards + Send + Sync {
    /// The name under which subjects, deliveries and settings refer to it.
    fn name(&self) -> TrackerName;

    /// The bot's own account in this tracker.
    async fn me(&self) -> Result<Actor, TrackerError>;

    /// The bot's own account, if [`Tracker::me`] has been answered before; asks nothing.
    fn known_me(&self) -> Option<Actor>;

    /// Where people open its items, and how these are named; full addresses in commands are read by it.
    fn site(&self) -> Option<Site>;

    /// What was asked since the process began, and what may still be asked now; asks nothing.
    fn traffic(&self, now: Timestamp) -> Traffic;

    /// Reads an item. None: the subject is no backlog item (a pull request).
    ///
    /// `expected_id` is the item's own id where it is known: another one under the same address means that the name now
    /// belongs to another repository.
    async fn read_item(
        &self,
        repository: &Repository,
        errand: &Errand,
        expected_id: Option<&str>,
    ) -> Result<Option<Item>, TrackerError>;

    /// How long so many writes take at least, one after the other, at the pace that is kept to in this lane.
    fn time_to_write(&self, lane: Lane, writes: u64) -> SignedDuration;

    /// How much of the pace of writes is used up, for each installation where something was written since this was last asked.
    fn take_paces(&self) -> Vec<(String, WritePace)>;

    /// Goes on at the pace that another process kept; what was written by this one counts more.
    fn resume_pace(&self, installation: &str, pace: WritePace);

    /// Lists a page of the repository's items, the longest unchanged first; the first page, or the one from a bookmark on.
    async fn list_items(
        &self,
        repository: &Repository,
        errand: &Errand,
        listing: &Listing,
        from: Option<&Bookmark>,
    ) -> Result<ItemPage, TrackerError>;

    /// Who put and removed labels on the item ([`crate::backlog::Fact::Labelled`] and `Unlabelled`), oldest first; at least the newest changes where there are very many.
    async fn label_history(&self, repository: &Repository, errand: &Errand) -> Result<Vec<Event>, TrackerError>;

    /// The labels that exist in the repository; cached.
    async fn labels(&self, repository: &Repository, errand: &Errand) -> Result<Vec<String>, TrackerError>;

    /// Forgets what [`Tracker::labels`] has cached for this repository.
    fn forget_labels(&self, repository: &Repository);

    /// Marks the item: with a spelling that the repository already has, else by creating the label once. Returns the
    /// label that was put. Marking twice is harmless.
    async fn mark(&self, repository: &Repository, errand: &Errand, mark: &Mark) -> Result<String, TrackerError>;

    /// Takes one label from the item; gone already is fine.
    async fn unmark(&self, repository: &Repository, errand: &Errand, label: &str) -> Result<(), TrackerError>;

    /// Writes the bot's note with this key on the item: creates it once, finds it again, edits it in place, and writes
    /// nothing when the text is the same.
    async fn upsert_note(
        &self,
        repository: &Repository,
        errand: &Errand,
        key: &str,
        markdown: &str,
    ) -> Result<(), TrackerError>;

    /// Takes the bot's note with this key away. Whether it was there.
    async fn remove_note(&self, repository: &Repository, errand: &Errand, key: &str) -> Result<bool, TrackerError>;

    /// Shows on a comment (None: on the item's description) how far its commands are. Each of the three appears once.
    async fn acknowledge(
        &self,
        repository: &Repository,
        errand: &Errand,
        comment: Option<&str>,
        how: Acknowledgement,
    ) -> Result<(), TrackerError>;

    /// Takes back what [`Tracker::acknowledge`] showed; where it is not shown nothing is done.
    async fn unacknowledge(
        &self,
        repository: &Repository,
        errand: &Errand,
        comment: Option<&str>,
        how: Acknowledgement,
    ) -> Result<(), TrackerError>;

    /// The description and the comments of the item whose commands the bot has carried out, as
    /// [`crate::backlog::Fact::Said`] by whoever changed them last, oldest first.
    async fn answered_remarks(&self, repository: &Repository, errand: &Errand) -> Result<Vec<Event>, TrackerError>;

    /// What a person may do in the repository; cached for minutes.
    async fn rights(&self, repository: &Repository, errand: &Errand, person: &str) -> Result<Access, TrackerError>;

    /// Whether a person belongs to a team; cached for minutes. The team is named as the policy names it.
    async fn belongs_to(
        &self,
        repository: &Repository,
        errand: &Errand,
        person: &str,
        team: &str,
    ) -> Result<bool, TrackerError>;

    /// Closes the item; closed already is fine.
    async fn close_item(
        &self,
        repository: &Repository,
        errand: &Errand,
        reason: CloseReason,
    ) -> Result<(), TrackerError>;

    /// Writes the item's weight (None: none any more) into the fields from which these boards read it. False: somebody who
    /// reads it finds it in no field, so a label must hold it.
    async fn write_points(
        &self,
        repository: &Repository,
        errand: &Errand,
        boards: &[SprintSource],
        points: Option<Points>,
    ) -> Result<bool, TrackerError>;

    /// Opens an item beside the errand's own, unless it was opened before. Returns what people call it.
    async fn create_item(
        &self,
        repository: &Repository,
        errand: &Errand,
        new: &NewItem,
    ) -> Result<String, TrackerError>;

    /// The repository's policy file at its default branch.
    async fn read_policy(&self, repository: &Repository, errand: &Errand) -> Result<PolicyLookup, TrackerError>;

    /// The repository's policy file and its owner's shared one, where the tracker tells both in one call; what it does not
    /// tell so is [`Tracker::read_policy`]'s to read. A shared one that may not be seen is missing.
    async fn read_policies(&self, _repository: &Repository, _errand: &Errand) -> Result<Policies, TrackerError> {
        Ok(Policies::default())
    }

    /// Shows people whether their policy file is in force, where they see it. `commit` is the one that brought it, where
    /// known.
    async fn show_policy_notice(
        &self,
        repository: &Repository,
        errand: &Errand,
        commit: Option<&str>,
        notice: &PolicyNotice,
    ) -> Result<(), TrackerError>;

    /// The repository that people call so, e.g. `acme/shop`, under its name today and with the place that the bot has there.
    async fn find(&self, name: &str, lane: Lane, now: Timestamp) -> Result<Repository, TrackerError>;

    /// What the repository is called in which the owner of this one keeps the policy that all its repositories share; it
    /// may be this one itself. None: the tracker knows no such thing.
    fn shared_policy_home(&self, repository: &Repository) -> Option<String>;

    /// The ids of the installations of the bot. Where a tracker has none, there is one with an empty id.
    async fn installations(&self, errand: &Errand) -> Result<Vec<String>, TrackerError>;

    /// The repositories that an installation covers; [`Missing::Repository`] where it is gone.
    async fn covered(&self, installation: &str, errand: &Errand) -> Result<Coverage, TrackerError>;

    /// The deliveries of the last three days whose every attempt failed, oldest first. None where the tracker keeps no log.
    async fn failed_deliveries(&self, errand: &Errand) -> Result<Vec<FailedDelivery>, TrackerError>;

    /// Asks for a delivery again; one that the tracker no longer has is fine.
    async fn deliver_again(&self, errand: &Errand, failed: &FailedDelivery) -> Result<(), TrackerError>;

    /// The repository with this id under its name of today and with the place that the bot has there today, which may be
    /// another one. None: it is the bot's to work in no more.
    async fn reach(&self, place: &Place, errand: &Errand) -> Result<Option<Repository>, TrackerError>;

    /// The name under which the repository with this id answers today.
    async fn locate(&self, place: &Place, errand: &Errand) -> Result<Repository, TrackerError>;
}
