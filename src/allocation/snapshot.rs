//! What a report may look at: a sprint as it stands, and what is remembered about it. Knows no tracker's shapes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::backlog::{CategoryName, ItemState, Side};
use crate::policy::{SprintMark, SprintSource};

use super::history::SprintRecord;
use super::number::{Exact, maybe_kept};

/// All that a sprint's report may look at.
#[derive(Clone, Debug)]
pub struct SprintSnapshot {
    /// What people call the board, e.g. `acme/7`.
    pub board: String,
    /// How an item comes into a sprint there.
    pub planned_by: PlannedBy,
    /// The sprint.
    pub sprint: Sprint,
    /// Everything that is in the sprint now, also what does not count (pull requests, what was cancelled).
    pub items: Vec<SprintItem>,
    /// Child → parent for items outside of the sprint, as far as known: an ancestor may be reached over them.
    pub parents: BTreeMap<String, String>,
    /// What was in the sprint at its start; none: it has not started, or nobody looked.
    pub baseline: Option<Baseline>,
    /// Earlier sprints of this board, oldest first; of one start date only the last counts.
    pub earlier: Vec<SprintRecord>,
    /// Open technical items without a sprint, best first or not: at most the first hundred are looked at.
    pub candidates: Vec<SprintItem>,
    /// Measures of the team's outcomes, of each name the newest value.
    pub measures: Vec<Measure>,
    /// The technical backlog as a whole, for the overview; none: not known.
    pub backlog: Option<BacklogFigures>,
    /// The present moment.
    pub now: Timestamp,
    /// The present day in the board's time zone.
    pub today: Date,
}

/// How an item comes into a sprint: what a person changes on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PlannedBy {
    /// It is put there on the board; more is not known.
    #[default]
    Board,
    /// By the value of this field of the board.
    Field(String),
    /// By the sprint's milestone.
    Milestone,
    /// By the sprint's label.
    Label,
}

impl PlannedBy {
    /// How it is where sprints live there. `field`: what the board calls the field whose values are sprints, where it has
    /// been read.
    #[must_use]
    pub fn on(source: &SprintSource, field: Option<&str>) -> Self {
        match source {
            SprintSource::GitHubProject { iteration_field, .. } => {
                field.or(iteration_field.as_deref()).map_or(Self::Board, |field| Self::Field(field.to_owned()))
            }
            SprintSource::Cadence { mark: SprintMark::Label(_), .. } => Self::Label,
            SprintSource::Milestones { .. } | SprintSource::Cadence { .. } => Self::Milestone,
        }
    }
}

/// A sprint: an iteration, a milestone, a stretch of a cadence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sprint {
    /// What people call it; hostile text.
    pub name: String,
    /// The first day, in the board's time zone.
    pub start: Option<Date>,
    /// The last day, which belongs to it.
    pub end: Option<Date>,
    /// Whether it is given to technical work, where somebody said so; none: the agreement's calendar decides.
    pub dedicated: Option<bool>,
}

impl Sprint {
    /// Whether its last day is over.
    #[must_use]
    pub fn is_over(&self, today: Date) -> bool {
        self.end.is_some_and(|end| end < today)
    }

    /// Whether its first day is still to come.
    #[must_use]
    pub fn is_to_come(&self, today: Date) -> bool {
        self.start.is_some_and(|start| today < start)
    }
}

/// What kind of thing stands in a sprint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// An issue.
    #[default]
    Issue,
    /// A note on the board that is no issue yet: counted, and named as such.
    Draft,
    /// Never counted.
    PullRequest,
}

/// An item of a sprint, or a candidate for one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SprintItem {
    /// The tracker's stable id: by it parents, baselines and histories refer to the item.
    pub id: String,
    /// What people call it where the report stands: `#17`, `acme/shop#17`, `ABC-17`; empty for a draft.
    pub reference: String,
    /// Where people read it.
    pub url: Option<String>,
    /// The title; hostile text.
    pub title: String,
    /// Issue, draft or pull request.
    pub kind: ItemKind,
    /// On which side it counts, where that is known.
    pub side: Option<Side>,
    /// What kind of work it is, where that is known.
    pub category: Option<CategoryName>,
    /// How side and category are known.
    pub certainty: Certainty,
    /// Why the bot thinks so: a sentence without a full stop (`looks like refactoring (81 % sure): …`); hostile text.
    pub evidence: String,
    /// Its story points; none: not estimated.
    pub points: Option<Exact>,
    /// Open, or closed with the reason.
    pub state: ItemState,
    /// The id of the item that it is a part of.
    pub parent: Option<String>,
    /// How much of it is technical, 0 to 1, where somebody said so.
    pub share: Option<Exact>,
    /// What happens if nothing is done, in a person's words; hostile text.
    pub impact: Option<String>,
    /// The date with consequences.
    pub due: Option<Date>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Reactions and linked feedback: how many people want it.
    pub reactions: u32,
    /// How many other items it blocks.
    pub blocks: u32,
    /// When it was opened.
    pub created_at: Option<Timestamp>,
    /// The text is too vague to plan with.
    pub is_vague: bool,
    /// When it came into the sprint after its start; none: it was there, or nobody knows. Goes before the baseline.
    pub added_at: Option<Timestamp>,
}

/// How an item's side and category are known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Certainty {
    /// A person decided.
    Person,
    /// The bot thinks so, with this probability from 0 to 1.
    Bot(f64),
    /// Nobody knows.
    #[default]
    Nobody,
}

/// What was in a sprint at its start. The store keeps it: trackers keep no history of iterations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// When it was read.
    pub taken_at: Timestamp,
    /// It was read after the first day: what changed before is not known.
    pub is_late: bool,
    /// The members.
    pub members: Vec<Member>,
}

/// An item that was in a sprint at some time, as it was when it was last seen there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Member {
    /// The item's id; a file may give a number.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    /// What people call it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// The title; hostile text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What it weighed; none: it did not count.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "maybe_kept")]
    pub weight: Option<Exact>,
    /// How much of that was technical.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "maybe_kept")]
    pub technical: Option<Exact>,
    /// It was done.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
}

/// A measure of the team's outcomes, e.g. set by `plimsoll measure BOARD NAME VALUE`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Its name, as the agreement's conditions call it: `deployments_per_week`.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// On which day it was that, in the board's time zone.
    pub date: Date,
    /// Where it comes from: `set by hand`, `github`, an endpoint's host.
    #[serde(default)]
    pub source: String,
}

/// The technical backlog as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BacklogFigures {
    /// Open technical items.
    pub open: usize,
    /// Half of them are at least so many days old.
    pub median_age_days: u32,
    /// The oldest has so many days.
    pub oldest_age_days: u32,
    /// Technical items that were opened in the last 30 days.
    pub opened: usize,
    /// Technical items that were closed in the last 30 days.
    pub closed: usize,
    /// Open ones that were never in a sprint.
    pub never_scheduled: usize,
}

fn text_or_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(serde_json::Number),
    }
    Ok(match Id::deserialize(deserializer)? {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    })
}
