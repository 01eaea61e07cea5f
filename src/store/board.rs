//! What the store remembers of boards: who owns them, their sprints, who was in them, and the measures of outcomes.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::allocation::{Baseline, Measure, Member, SprintRecord};
use crate::backlog::{Place, Subject};
use crate::decide::ItemMemory;

/// A board as a policy file declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredBoard {
    /// Under which it is worked on.
    pub subject: Subject,
    /// What people call it, e.g. `acme/7`.
    pub name: String,
}

/// A board that another policy file declares already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardConflict {
    /// What people call the board.
    pub name: String,
    /// The repository whose file declares it; its id where its name is not known.
    pub repository: String,
}

/// A board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardRow {
    /// Under which it is worked on.
    pub subject: Subject,
    /// What people call it.
    pub name: String,
    /// The repository whose policy file declares it.
    pub place: Place,
    /// What changes as it is worked on.
    pub state: BoardState,
}

/// What changes of a board as it is worked on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoardState {
    /// The tracker's own id of it, as its events name it.
    pub tracker_id: Option<String>,
    /// The key of the item that carries its report.
    pub report: Option<String>,
    /// When the schedule looks at it next. None: at once.
    pub look_at: Option<Timestamp>,
}

/// A sprint of a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SprintRow {
    /// Its first day: with the board it names the sprint.
    pub start: Date,
    /// Its last day.
    pub last: Date,
    /// What people call it; hostile.
    pub name: String,
    /// Who was in it at its start. None: it has not started, or nobody looked.
    pub baseline: Option<Baseline>,
    /// The tracker's id of its comment.
    pub note: Option<String>,
    /// Its last report is written.
    pub ended: bool,
    /// How it stood when it was last looked at, or turned out.
    pub record: Option<SprintRecord>,
}

/// An item's time in a sprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The item: the text of its subject; the tracker's own id of a draft.
    pub item: String,
    /// When it was first seen there.
    pub came_at: Timestamp,
    /// When it was first seen no more.
    pub left_at: Option<Timestamp>,
    /// As it was when it was last seen there.
    pub member: Member,
}

/// An open technical item that is in no sprint.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The item.
    pub subject: Subject,
    /// The name of its repository.
    pub repository: String,
    /// What is remembered of it.
    pub memory: ItemMemory,
}

/// A measure with when it was set.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasureRow {
    /// The measure.
    pub measure: Measure,
    /// When it was set.
    pub set_at: Timestamp,
}
