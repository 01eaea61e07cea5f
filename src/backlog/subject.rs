//! What can be dirty and is worked on by one worker at a time, and where it lives.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a tracker as its adapter registers it, e.g. `github`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TrackerName(Cow<'static, str>);

impl TrackerName {
    /// A name known at compile time.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for TrackerName {
    fn from(name: String) -> Self {
        Self(Cow::Owned(name))
    }
}

impl fmt::Display for TrackerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of thing a subject is; each kind has one handler in the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A backlog item with its comments.
    Item,
    /// A repository or project as such: its policy, its labels, whether it can be reached.
    Repository,
    /// A board with its sprints and their report.
    Board,
    /// A repository's sweep: its items that changed since they were last looked at.
    Sweep,
    /// An installation: which repositories it covers.
    Installation,
    /// A tracker's list of installations.
    Installations,
    /// A tracker's log of deliveries: those that never arrived.
    Deliveries,
}

impl SubjectKind {
    /// Every kind.
    const ALL: [Self; 7] = [
        Self::Item,
        Self::Repository,
        Self::Board,
        Self::Sweep,
        Self::Installation,
        Self::Installations,
        Self::Deliveries,
    ];

    /// The name in a subject's text form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Repository => "repository",
            Self::Board => "board",
            Self::Sweep => "sweep",
            Self::Installation => "installation",
            Self::Installations => "installations",
            Self::Deliveries => "deliveries",
        }
    }
}

/// Names a subject by the tracker's stable ids, so that a rename changes nothing. Text form: `github:item:1296269/17`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// Whose it is.
    pub tracker: TrackerName,
    /// What it is.
    pub kind: SubjectKind,
    /// The adapter's own id: only the adapter reads it.
    pub id: String,
}

/// Why a text names no subject.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` names no subject: expected TRACKER:KIND:ID, e.g. github:item:1296269/17 (`plimsoll work` lists them)")]
pub struct InvalidSubject(String);

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.tracker, self.kind.name(), self.id)
    }
}

impl FromStr for Subject {
    type Err = InvalidSubject;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidSubject(text.chars().take(80).collect());
        let mut parts = text.splitn(3, ':');
        let (Some(tracker), Some(kind), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(invalid());
        };
        let Some(kind) = SubjectKind::ALL.into_iter().find(|known| known.name() == kind) else { return Err(invalid()) };
        if tracker.is_empty() || id.is_empty() {
            return Err(invalid());
        }
        Ok(Self { tracker: tracker.to_owned().into(), kind, id: id.to_owned() })
    }
}

/// Where a subject lives, by stable ids: whose limits it shares and with whom it takes turns.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The tracker.
    pub tracker: TrackerName,
    /// The installation (GitHub) or site (Jira): limits and pauses belong to it. Empty where there is only one.
    pub installation: String,
    /// The repository (GitHub) or project (Jira): repositories take turns.
    pub repository: String,
}

/// A repository or project as the store knows it: stable ids, and the name under which the tracker answers today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Stable ids.
    pub place: Place,
    /// The name today, e.g. `acme/shop`; what the tracker's addresses are built from.
    pub name: String,
}

/// Which work goes first. A lower lane is always served before a higher one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Somebody waits for an answer.
    People = 0,
    /// Something happened.
    Events = 1,
    /// The bot looks by itself.
    Sweeps = 2,
}

impl Lane {
    /// The number that the store keeps.
    #[must_use]
    pub const fn rank(self) -> i64 {
        self as i64
    }

    /// The name, as the logs and metrics show it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Events => "events",
            Self::Sweeps => "sweeps",
        }
    }

    /// The lane with this number; an unknown one is the last.
    #[must_use]
    pub const fn from_rank(rank: i64) -> Self {
        match rank {
            0 => Self::People,
            1 => Self::Events,
            _ => Self::Sweeps,
        }
    }
}
