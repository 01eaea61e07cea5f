//! A sprint's report for whoever asks, without writing anything.

use jiff::Timestamp;

use crate::allocation::Report;
use crate::backlog::Lane;
use crate::store::{BoardRow, StoreError};
use crate::tracker::{BoardView, Errand, SprintDates, TrackerError};

use super::super::Engine;
use super::super::repository::Trouble;
use super::{Desk, REMEMBERED, calendar, declared};

/// Which sprint somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhichSprint {
    /// The one that runs.
    Current,
    /// The one after it.
    Next,
    /// The one that people call this.
    Named(String),
}

/// A sprint's report with the board that it belongs to.
#[derive(Clone, Debug)]
pub struct Preview {
    /// What people call the board.
    pub board: String,
    /// The report.
    pub report: Report,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// No policy file that the bot has read declares it.
    #[error("no policy file declares the board {0}; the boards that are known: {1}")]
    NoBoard(String, String),
    /// It has no such sprint.
    #[error("the board {board} has no {sprint} sprint; it has: {known}")]
    NoSprint {
        /// What people call the board.
        board: String,
        /// What was asked for.
        sprint: String,
        /// The sprints that it has.
        known: String,
    },
    /// The tracker did not answer.
    #[error(transparent)]
    Tracker(#[from] TrackerError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Trouble> for PreviewError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Tracker(error) => Self::Tracker(error),
            Trouble::Store(error) => Self::Store(error),
        }
    }
}

impl Engine {
    /// The report on a sprint as it stands now. `name`: the board, or the repository whose policy file declares it.
    pub async fn preview(&self, name: &str, which: &WhichSprint, now: Timestamp) -> Result<Preview, PreviewError> {
        let row = self.board_called(name).await?;
        let no_board = || PreviewError::NoBoard(name.to_owned(), row.name.clone());
        let tracker = self.trackers.get(&row.subject.tracker).ok_or_else(no_board)?;
        let errand = Errand { subject: row.subject.clone(), lane: Lane::People, now };
        let governed = self.governed_as_known(&row.place).await?.ok_or_else(no_board)?;
        let board = declared(tracker.as_ref(), &governed, &row).ok_or_else(no_board)?;
        let view = tracker.board(&governed.repository, &errand, &board.sprints).await?;
        let desk = Desk {
            tracker: tracker.as_ref(),
            governed: &governed,
            errand: &errand,
            subject: &row.subject,
            name: &row.name,
            board,
            view: &view,
        };
        let today = calendar::day(now, board.time_zone.get());
        let dates = chosen(&view, which, today).ok_or_else(|| no_sprint(&row, &view, which))?;
        let known = self.store.sprints(&row.subject, REMEMBERED).await?;
        let report = self.look_at(&desk, dates, &known, today).await?.report;
        Ok(Preview { board: row.name, report })
    }

    async fn board_called(&self, name: &str) -> Result<BoardRow, PreviewError> {
        let boards = self.store.boards().await?;
        let names: Vec<String> = boards.iter().map(|board| board.name.clone()).collect();
        let found = boards.iter().find(|board| board.name.eq_ignore_ascii_case(name));
        if let Some(board) = found {
            return Ok(board.clone());
        }
        for board in boards {
            let home = self.store.repository(&board.place).await?;
            if home.is_some_and(|home| home.repository.name.eq_ignore_ascii_case(name)) {
                return Ok(board);
            }
        }
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        Err(PreviewError::NoBoard(name.to_owned(), names))
    }
}

pub(super) fn chosen<'a>(
    view: &'a BoardView,
    which: &WhichSprint,
    today: jiff::civil::Date,
) -> Option<&'a SprintDates> {
    let mut sprints = view.sprints.iter();
    match which {
        WhichSprint::Current => sprints.find(|sprint| sprint.start <= today && today <= sprint.end),
        WhichSprint::Next => sprints.find(|sprint| today < sprint.start),
        WhichSprint::Named(name) => sprints.rfind(|sprint| sprint.name.trim().eq_ignore_ascii_case(name.trim())),
    }
}

fn no_sprint(row: &BoardRow, view: &BoardView, which: &WhichSprint) -> PreviewError {
    let known: Vec<&str> = view.sprints.iter().map(|sprint| sprint.name.as_str()).collect();
    PreviewError::NoSprint {
        board: row.name.clone(),
        sprint: match which {
            WhichSprint::Current => "current".to_owned(),
            WhichSprint::Next => "next".to_owned(),
            WhichSprint::Named(name) => format!("`{name}`"),
        },
        known: if known.is_empty() { "none".to_owned() } else { known.join(", ") },
    }
}
