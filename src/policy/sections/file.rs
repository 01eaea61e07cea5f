//! The file as a whole.

use super::agreement::AgreementSection;
use super::boards::{BoardSection, ReportSection};
use super::categories::{self, CategorySection};
use super::classification::Classification;
use super::commands::CommandsSection;
use super::hygiene::HygieneSection;
use super::sprints::SprintsSection;
use crate::policy::checked::{Policy, PolicyVersion};
use crate::policy::problem::Problems;
use crate::policy::read::{At, Given, Named, Switch, section};
use crate::policy::terms::{FileVersion, PolicyMode, Zone};

section! {
    /// What Plimsoll does in a repository or project, and what the team agreed. Everything but `version` may be left
    /// out; what is left out stays as in the defaults.
    #[schemars(title = "Plimsoll policy")]
    PolicyFile {
        must {
            /// The form of this file.
            version: FileVersion,
        }
        may {
            /// What the bot does: `act`, or `observe` (it decides and records, and writes nothing). Left out, it acts
            /// where the repository has a file of its own; an organisation's file that says `act` turns it on in every
            /// repository, and each may still say `observe`.
            mode: PolicyMode,
            /// The kinds of work. A category can be changed, added, or switched off with `off`.
            categories: Named<Switch<CategorySection>>,
            /// How sure the classifier must be.
            classification: Classification,
            /// Findings that make an item unfit to plan. Read and checked; takes effect in a later version.
            hygiene: HygieneSection,
            /// The slash commands.
            commands: CommandsSection,
            /// The boards, each in exactly one file. Read and checked; takes effect in a later version.
            #[schemars(length(max = 200))]
            boards: Vec<BoardSection>,
            /// Where the sprints of this file's only board live.
            sprints: At<SprintsSection>,
            /// The time zone of this file's only board.
            time_zone: Zone,
            /// What was agreed for this file's only board.
            agreement: At<AgreementSection>,
            /// Where the report of this file's only board goes.
            report: ReportSection,
        }
    }
}

impl PolicyFile {
    /// Checks what can only be seen when all keys are read.
    pub(in crate::policy) fn check(mut self, version: PolicyVersion, problems: &mut Problems) -> Policy {
        self.note_what_is_not_in_force(problems);
        let boards = self.take_boards(problems);
        let categories = categories::check(self.categories, problems);
        Policy {
            version,
            mode: self.mode,
            classification: Classification::check(self.classification, problems),
            hygiene: HygieneSection::check(self.hygiene),
            commands: CommandsSection::check(self.commands, &categories, problems),
            boards: BoardSection::check_all(boards, &categories, problems),
            categories,
        }
    }

    /// The boards, from the list or from the top level.
    fn take_boards(&mut self, problems: &mut Problems) -> Vec<BoardSection> {
        let first_at_top = ["sprints", "time_zone", "agreement", "report"]
            .into_iter()
            .find_map(|key| self.given.at(key).map(|at| (at, key)));
        if let Some(boards) = self.boards.take() {
            if let Some((at, key)) = first_at_top {
                problems.add(
                    at,
                    format!("`{key}` stands beside `boards`"),
                    "move it into the board it belongs to; at the top level it is for a file with one board",
                );
            }
            return boards;
        }
        let Some((at, key)) = first_at_top else { return Vec::new() };
        let Some(sprints) = self.sprints.take() else {
            if !self.given.has("sprints") {
                problems.add(
                    at,
                    format!("`{key}` stands without `sprints`"),
                    "add `sprints:` with `project: OWNER/NUMBER` or `milestones: true`",
                );
            }
            return Vec::new();
        };
        vec![BoardSection {
            sprints,
            time_zone: self.time_zone.take(),
            agreement: self.agreement.take(),
            report: self.report.take(),
            given: Given::default(),
        }]
    }

    /// What is read and checked and does nothing yet is said: nobody shall wait for it in vain.
    fn note_what_is_not_in_force(&self, problems: &mut Problems) {
        for key in ["hygiene", "boards", "sprints", "time_zone", "agreement", "report"] {
            if let Some(at) = self.given.at(key) {
                problems.note(at, format!("{key}: read and checked, takes effect in a later version"));
            }
        }
    }
}
