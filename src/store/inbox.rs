//! What comes in: deliveries and the signals they give.

use jiff::Timestamp;

use crate::backlog::{Event, Lane, Place, Repository, Subject, TrackerName};

/// One verified webhook request. Its body is not kept: what it means is.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// From which tracker.
    pub tracker: TrackerName,
    /// The tracker's id of the delivery: the same again on a redelivery.
    pub delivery: String,
    /// The name of the event, e.g. `issues`.
    pub event: String,
    /// What happened, e.g. `opened`.
    pub action: Option<String>,
    /// Who caused it, where the body says.
    pub sender: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// What it means.
    pub intake: Intake,
}

/// What a delivery means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intake {
    /// Nothing to do, and why; recorded all the same.
    Ignored(String),
    /// It makes these subjects dirty.
    Work(Vec<Signal>),
}

/// Makes a subject dirty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Which.
    pub subject: Subject,
    /// Where it lives, with the name of its repository where that is known.
    pub place: Place,
    /// The repository's name today, where the event tells it: the store keeps it.
    pub repository_name: Option<String>,
    /// How urgent it is; the most urgent of several counts.
    pub lane: Lane,
    /// The edge that the subject's handler must see, if there is one.
    pub event: Option<Event>,
}

impl Signal {
    /// The repository that this signal names, if it does.
    #[must_use]
    pub fn repository(&self) -> Option<Repository> {
        self.repository_name.clone().map(|name| Repository { place: self.place.clone(), name })
    }
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It is new and on disk.
    New,
    /// It was here before; nothing changed.
    Duplicate,
}

/// A delivery that the tracker could not hand over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedDelivery {
    /// The tracker's id of it: the same again on a redelivery.
    pub delivery: String,
    /// The tracker's id of the newest attempt, which failed.
    pub attempt: String,
}

/// A delivery as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// From which tracker.
    pub tracker: TrackerName,
    /// The tracker's id of it.
    pub delivery: String,
    /// The event's name.
    pub event: String,
    /// What happened.
    pub action: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// Why it was ignored; none when it made work.
    pub ignored: Option<String>,
    /// The subjects that it made dirty.
    pub subjects: Vec<Subject>,
}
