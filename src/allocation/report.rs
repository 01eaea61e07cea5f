//! The report model: all that any renderer shows of a sprint, computed and unrounded.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::history::{SprintRecord, WeightUnit};
use super::number::{Exact, kept};
use super::snapshot::{BacklogFigures, Member, PlannedBy, Sprint, SprintItem};
use crate::backlog::{CategoryName, ItemState, Side};

/// A sprint's report.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What people call the board.
    pub board: String,
    /// How an item comes into a sprint there.
    pub planned_by: PlannedBy,
    /// The sprint.
    pub sprint: Sprint,
    /// Where in its life the sprint is.
    pub phase: Phase,
    /// The day of the report, in the board's time zone.
    pub today: Date,
    /// What the figures are figures of.
    pub unit: WeightUnit,
    /// The agreement weighs by points and nothing was estimated, so items are counted.
    pub fell_back_to_count: bool,
    /// What unestimated items count with; none: nothing is estimated, or items are counted.
    pub median: Option<Exact>,
    /// The sums.
    pub totals: Totals,
    /// technical ÷ (technical + product); none: nothing counts.
    pub share: Option<Exact>,
    /// The lowest and the highest share, however what is unknown turns out; none: nothing could count.
    pub interval: Option<Bounds>,
    /// The base share in the policy's words; none: no share was agreed.
    pub agreement: Option<String>,
    /// What was agreed for this sprint; none: nothing.
    pub target: Option<Target>,
    /// How the share compares; none: no share was agreed.
    pub verdict: Option<Verdict>,
    /// Technical weight to add (positive) or to take out (negative) until the share is as agreed; 0 within; none: no
    /// share was agreed, nothing counts, or no amount would do.
    pub points_to_target: Option<Exact>,
    /// What counts, by category, heaviest first; their weights add up to the counted weight.
    pub by_category: Vec<CategorySum>,
    /// Every item of the sprint, counted or not: technical ones first, heavier before lighter.
    pub lines: Vec<Line>,
    /// Items that a threshold demands and that are in no sprint.
    pub demanded: Vec<Demand>,
    /// What to do, best first.
    pub suggestions: Vec<Suggestion>,
    /// The share once all suggestions are followed; none without suggestions.
    pub share_after: Option<Exact>,
    /// How the sprint's membership changed since its start.
    pub changes: Changes,
    /// Ids of items that were in the sprint before this one and were not done there.
    pub carried_over: Vec<String>,
    /// Earlier sprints, oldest first.
    pub earlier: Vec<SprintRecord>,
    /// The agreement was another one before.
    pub agreement_changed: Option<AgreementChange>,
    /// The technical backlog as a whole.
    pub backlog: Option<BacklogFigures>,
}

/// Where in its life a sprint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Its first day is still to come.
    Planned,
    /// It runs, or its dates are not known.
    Running,
    /// Its last day is over: the report is final.
    Over,
}

/// A sprint's sums, in its unit. What counts is `technical + product`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Technical weight, parts of items included.
    pub technical: Exact,
    /// Product weight.
    pub product: Exact,
    /// Weight of neutral items: apart.
    pub neutral: Exact,
    /// Weight of items whose side nobody knows: apart.
    pub unknown: Exact,
}

impl Totals {
    /// The weight of which the share is a share.
    #[must_use]
    pub fn counted(&self) -> Exact {
        self.technical.clone() + self.product.clone()
    }
}

/// A lowest and a highest share; both belong to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// The lowest.
    #[serde(serialize_with = "kept")]
    pub min: Exact,
    /// The highest.
    #[serde(serialize_with = "kept")]
    pub max: Exact,
}

impl Bounds {
    /// From `min` to `max`.
    #[must_use]
    pub const fn new(min: Exact, max: Exact) -> Self {
        Self { min, max }
    }

    /// Whether a share lies within.
    #[must_use]
    pub fn contains(&self, share: &Exact) -> bool {
        self.min <= *share && *share <= self.max
    }
}

/// How a share compares with what was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Less than agreed.
    Below,
    /// As agreed.
    Within,
    /// More than agreed.
    Above,
    /// Nothing counts.
    Empty,
}

/// What was agreed for this sprint, and why it is that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The share that is in force, in the policy's words: `20%`, `20%..30%`.
    pub share: String,
    /// From where to where the share is as agreed: tolerance and raises included.
    pub bounds: Bounds,
    /// Which part of the agreement is in force.
    pub reason: TargetReason,
    /// What makes up for earlier sprints; none: nothing was raised.
    pub raised: Option<Raise>,
    /// Measures that an outcome asks for and that cannot be used.
    pub unusable_measures: Vec<UnusableMeasure>,
}

/// Which part of the agreement is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetReason {
    /// The base share.
    Base,
    /// The sprint is given to technical work.
    Dedicated,
    /// An outcome's condition holds.
    Outcome {
        /// The condition, in the policy's words.
        condition: String,
        /// The measure's value, as text.
        value: String,
        /// Of which day.
        date: Date,
    },
}

/// The share is meant over several sprints, and earlier ones had less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raise {
    /// Over so many sprints, this one included, as far as they are known.
    pub sprints: usize,
    /// The share over all of them, this one included.
    pub average: Exact,
    /// From where to where the share would be as agreed without the others.
    pub from: Bounds,
    /// It would have to be more than twice as much, and was left at twice.
    pub capped: bool,
}

/// A measure that cannot be used: it is missing, or too old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusableMeasure {
    /// Its name.
    pub name: String,
    /// The day of the last value; none: there is none.
    pub last: Option<Date>,
}

/// What counts of a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategorySum {
    /// The category; none: only the side is known.
    pub category: Option<CategoryName>,
    /// Its side.
    pub side: Side,
    /// How many items.
    pub items: usize,
    /// Their counted weight.
    pub weight: Exact,
    /// How much of that is technical.
    pub technical: Exact,
}

/// An item of the sprint and how it was counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The item.
    pub item: SprintItem,
    /// Its weight in the sprint's unit: points, the median, or 1.
    pub weight: Exact,
    /// The technical part of the weight; zero where it does not count.
    pub technical: Exact,
    /// The product part of the weight; zero where it does not count.
    pub product: Exact,
    /// How it counts.
    pub counting: Counting,
    /// It has no estimate, and that matters for its weight.
    pub is_unestimated: bool,
    /// It came after the start.
    pub is_added: bool,
    /// It was in the sprint before and was not done there.
    pub is_carried_over: bool,
}

/// How an item counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// On its side, or in parts on both.
    Counted,
    /// Neutral: apart.
    Neutral,
    /// Of unknown side: only in the interval.
    Unknown,
    /// Not: it will not be done.
    Cancelled,
    /// Not: parts of it are in this sprint and count instead.
    Parent,
    /// Not: a pull request.
    PullRequest,
}

/// An item that a threshold demands and that is in no sprint.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    /// The item.
    pub item: SprintItem,
    /// The label that demands it, in the policy's spelling.
    pub label: String,
}

/// Something to do about the share.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// Which way.
    pub action: SuggestedAction,
    /// The item.
    pub item: SprintItem,
    /// The technical weight that moves with it.
    pub technical: Exact,
    /// All the weight that moves with it.
    pub weight: Exact,
    /// The share once this one and all before it are followed; none: nothing would count then.
    pub share_after: Option<Exact>,
    /// Why this one, most important first.
    pub because: Vec<Because>,
}

/// Which way a suggested item goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuggestedAction {
    /// Into the sprint.
    PullIn,
    /// Out of the sprint.
    MoveOut,
}

/// Why an item is suggested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Because {
    /// A threshold demands it, by this label.
    Demanded(String),
    /// It is due.
    Due(Date),
    /// This label speaks of a high severity.
    Severe(String),
    /// Somebody wrote what happens if nothing is done.
    Impact,
    /// So many people want it.
    Wanted(u32),
    /// It blocks so many items.
    Blocks(u32),
    /// It waits since then.
    Waiting(Timestamp),
}

/// How a sprint's membership changed since its start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The baseline was read late: what changed before is not known.
    pub baseline_is_late: bool,
    /// Who was in it at the start; none: not known.
    pub committed: Option<Vec<Member>>,
    /// Ids of those that came after the start.
    pub added: Vec<String>,
    /// Those that went.
    pub removed: Vec<Member>,
    /// Ids of those that are done.
    pub delivered: Vec<String>,
    /// Ids of those that are not.
    pub unfinished: Vec<String>,
}

/// The agreement was another one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementChange {
    /// What was agreed until then, in the policy's words.
    pub before: String,
    /// The last sprint under it.
    pub until: String,
    /// What is agreed since.
    pub since: String,
}

impl Report {
    /// What is kept of the sprint.
    #[must_use]
    pub fn record(&self) -> SprintRecord {
        SprintRecord {
            sprint: self.sprint.clone(),
            dedicated: self.target.as_ref().is_some_and(|target| target.reason == TargetReason::Dedicated),
            weight: self.unit,
            technical: self.totals.technical.clone(),
            counted: self.totals.counted(),
            agreement: self.agreement.clone(),
            agreed: self.target.as_ref().map(|target| target.bounds.clone()),
            verdict: self.verdict,
            members: self.lines.iter().filter(|line| line.is_work()).map(Line::member).collect(),
            committed: self.changes.committed.clone(),
            seen_late: self.changes.baseline_is_late,
        }
    }
}

impl Line {
    /// Whether it is work of this sprint: no pull request, and neither cancelled nor stood for by its parts.
    #[must_use]
    pub const fn is_work(&self) -> bool {
        matches!(self.counting, Counting::Counted | Counting::Neutral | Counting::Unknown)
    }

    /// Whether it was done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.is_work() && self.item.state != ItemState::Open
    }

    /// The counted weight: technical and product.
    #[must_use]
    pub fn counted(&self) -> Exact {
        self.technical.clone() + self.product.clone()
    }

    /// What is remembered of it.
    #[must_use]
    pub fn member(&self) -> Member {
        let counts = self.counting == Counting::Counted;
        Member {
            id: self.item.id.clone(),
            reference: self.item.reference.clone(),
            title: self.item.title.clone(),
            weight: counts.then(|| self.counted()),
            technical: counts.then(|| self.technical.clone()),
            done: self.is_done(),
        }
    }
}
