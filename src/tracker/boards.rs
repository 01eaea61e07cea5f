//! The part of the port that knows where sprints live: boards, their sprints, what is in them, and where the report goes.

use async_trait::async_trait;
use jiff::civil::Date;

use crate::backlog::{Item, Place, Repository, Subject};
use crate::policy::SprintSource;

use super::{Errand, TrackerError};

/// A sprint as its board shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SprintDates {
    /// What people call it.
    pub name: String,
    /// Its first day, in the board's time zone. With the board it names the sprint: the tracker's own ids do not last.
    pub start: Date,
    /// Its last day.
    pub end: Date,
    /// How the tracker finds what is in it: a title, a milestone's number, a label.
    pub handle: String,
}

/// A board as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardView {
    /// The tracker's own id of it, as its events name it.
    pub id: Option<String>,
    /// What people call it.
    pub title: String,
    /// Where people see it.
    pub url: Option<String>,
    /// Completed, current and next sprints, by start; no two start on the same day.
    pub sprints: Vec<SprintDates>,
    /// The field whose values are sprints, as its board calls it. None: there are no fields.
    pub sprint_field: Option<String>,
    /// The field that holds points, as its board calls it. None: it has no such field.
    pub points_field: Option<String>,
}

/// Something that is planned for a sprint.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedItem {
    /// The item. None: a draft, which only the board knows.
    pub subject: Option<Subject>,
    /// Where it lives, e.g. `acme/shop`; empty for a draft.
    pub repository: String,
    /// The tracker's stable id of that; empty for a draft.
    pub repository_id: String,
    /// The item as it stands.
    pub item: Item,
    /// Its estimate in a field, where it has one.
    pub points: Option<f64>,
    /// What it is a part of, nearest first.
    pub ancestors: Vec<Subject>,
}

/// The item that carries a board's report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportItem {
    /// Its key in its repository, e.g. `17`.
    pub key: String,
    /// Where people read it.
    pub url: Option<String>,
}

/// A comment of the bot's own on the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportNote {
    /// The tracker's id of it.
    pub id: String,
    /// The key that it was written under.
    pub key: String,
    /// Its text without the marker.
    pub markdown: String,
}

/// What a tracker knows of boards.
///
/// As everywhere in the port, each call may answer [`TrackerError::Later`]. The repository is the one whose policy file
/// declares the board; the errand's subject is the board.
#[async_trait]
pub trait Boards: Send + Sync {
    /// The subject under which a board is worked on that the policy of this repository declares.
    fn board_subject(&self, place: &Place, source: &SprintSource) -> Subject;

    /// The tracker's own id of a board ([`BoardView::id`]) where a subject is named by that: all that an event knows.
    fn board_id<'a>(&self, subject: &'a Subject) -> Option<&'a str>;

    /// Where people read the report in the item with this key, or the comment of it with this id. None: that is not known.
    fn report_url(&self, repository: &Repository, key: &str, note: Option<&str>) -> Option<String>;

    /// The board with its sprints. Costs no more for a long backlog than for a short one.
    async fn board(
        &self,
        repository: &Repository,
        errand: &Errand,
        source: &SprintSource,
    ) -> Result<BoardView, TrackerError>;

    /// What is planned for a sprint, pull requests left out. Where the tracker can, it reads only this sprint.
    async fn planned(
        &self,
        repository: &Repository,
        errand: &Errand,
        source: &SprintSource,
        board: &BoardView,
        sprint: &SprintDates,
    ) -> Result<Vec<PlannedItem>, TrackerError>;

    /// The item that the bot once opened for the report under this key, if it is there.
    async fn find_report(
        &self,
        repository: &Repository,
        errand: &Errand,
        key: &str,
    ) -> Result<Option<ReportItem>, TrackerError>;

    /// Opens the report's item, and pins it where that is possible. To be called only where none was found.
    async fn open_report(
        &self,
        repository: &Repository,
        errand: &Errand,
        key: &str,
        title: &str,
        markdown: &str,
    ) -> Result<ReportItem, TrackerError>;

    /// Writes the body of the report's item, where it says something else.
    async fn write_report(
        &self,
        repository: &Repository,
        errand: &Errand,
        report: &ReportItem,
        key: &str,
        markdown: &str,
    ) -> Result<(), TrackerError>;

    /// Writes the comment with this key on the report's item: edits the one that is there (`known`, or found by its
    /// marker), else creates it. Writes nothing where the text is the same. Returns its id.
    async fn upsert_report_note(
        &self,
        repository: &Repository,
        errand: &Errand,
        report: &ReportItem,
        key: &str,
        known: Option<&str>,
        markdown: &str,
    ) -> Result<String, TrackerError>;

    /// The bot's own comments on the report's item, oldest first.
    async fn report_notes(
        &self,
        repository: &Repository,
        errand: &Errand,
        report: &ReportItem,
    ) -> Result<Vec<ReportNote>, TrackerError>;
}
