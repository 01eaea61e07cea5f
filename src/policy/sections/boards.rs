//! `boards`: where sprints live and what was agreed for them.
//!
//! A file with one board may write the board's keys at its top level.

use std::collections::HashSet;

use crate::backlog::Categories;
use crate::policy::problem::{Problems, quoted};
use crate::policy::read::{At, section};
use crate::policy::terms::{ReportIssue, Zone};

use super::agreement::{Agreement, AgreementSection};
use super::sprints::{SprintSource, SprintsSection};

/// The keys of a file that declare boards.
pub(in crate::policy) const BOARD_KEYS: [&str; 5] = ["boards", "sprints", "time_zone", "agreement", "report"];

section! {
    /// A board: where its sprints live, what was agreed for them, and where the report goes.
    BoardSection {
        must {
            /// Where the sprints live.
            sprints: At<SprintsSection>,
        }
        may {
            /// The time zone in which the board's dates are dates.
            time_zone: Zone,
            /// What the team agreed.
            agreement: At<AgreementSection>,
            /// Where the report goes.
            report: ReportSection,
        }
    }
}

section! {
    /// Where the report goes.
    ReportSection {
        may {
            /// `auto`: an issue that the bot creates and pins once; or the number or key of an issue.
            #[schemars(extend("default" = "auto"))]
            issue: ReportIssue,
        }
    }
}

/// A board with its agreement.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// Where its sprints live.
    pub sprints: SprintSource,
    /// In which its dates are dates.
    pub time_zone: Zone,
    /// What was agreed; none: sprints are only measured.
    pub agreement: Option<Agreement>,
    /// Where the report goes; none: nowhere.
    pub report: Option<ReportIssue>,
}

impl BoardSection {
    /// None: where its sprints live cannot be told.
    pub(super) fn check(self, categories: &Categories, problems: &mut Problems) -> Option<Board> {
        let sprints = self.sprints.value.check(self.sprints.at, problems);
        let agreement = self.agreement.map(|agreement| agreement.value.check(agreement.at, categories, problems));
        Some(Board {
            sprints: sprints?,
            time_zone: self.time_zone.unwrap_or(Zone::UTC),
            agreement,
            report: self.report.map(|report| report.issue.unwrap_or(ReportIssue::Auto)),
        })
    }

    /// Checks all boards of a file. Those that are declared twice are told.
    pub(super) fn check_all(boards: Vec<Self>, categories: &Categories, problems: &mut Problems) -> Vec<Board> {
        let mut seen = HashSet::new();
        let mut checked = Vec::new();
        for board in boards {
            let at = board.sprints.at;
            let Some(board) = board.check(categories, problems) else { continue };
            let name = board.sprints.to_string();
            if !seen.insert(name.to_lowercase()) {
                problems.add(
                    at,
                    format!("the board {} is declared twice", quoted(&name)),
                    "keep one of the two; a board has one agreement",
                );
            }
            checked.push(board);
        }
        checked
    }
}
