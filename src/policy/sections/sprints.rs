//! `sprints`: where a board's sprints live.

use std::fmt;

use jiff::Span as Time;

use crate::policy::problem::{Problems, Span};
use crate::policy::read::{At, section};
use crate::policy::terms::{Alias, Date, FieldName, FirstNumber, MilestoneChoice, Period, Project, SprintPattern};

section! {
    /// Where sprints live: a GitHub project with an iteration field (`project`), a repository's milestones
    /// (`milestones`), or a cadence (`length` and `starts`) with a label or milestone for each sprint.
    #[schemars(extend("anyOf" = [
        { "required": ["project"] }, { "required": ["milestones"] }, { "required": ["length", "starts"] },
    ]))]
    SprintsSection {
        may {
            /// The project, as OWNER/NUMBER.
            project: At<Project>,
            /// The project's iteration field; by default `Iteration`, else its only one.
            iteration_field: FieldName,
            /// The project's field for points; by default `Estimate`, `Points`, `Story Points` or `Size`.
            points_field: FieldName,
            /// The repository's milestones with a due date: all (`true`), or those that are called like `Sprint *`.
            milestones: At<MilestoneChoice>,
            /// How long a sprint is.
            length: At<Period>,
            /// The first day of the first sprint.
            starts: At<Date>,
            /// The number of the first sprint.
            numbered_from: FirstNumber,
            /// The label of a sprint's items.
            label: At<SprintPattern>,
            /// The milestone of a sprint's items.
            milestone: At<SprintPattern>,
        }
    }
}

/// Where sprints live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SprintSource {
    /// The iterations of a GitHub project.
    GitHubProject {
        /// Which.
        project: Project,
        /// Its iteration field; none: `Iteration`, else its only one.
        iteration_field: Option<String>,
        /// Its field for points; none: the usual names are tried.
        points_field: Option<String>,
    },
    /// The milestones of the repository with this policy. A sprint begins the day after the one before was due; the
    /// first one by the cadence, where there is one.
    Milestones {
        /// Which of them.
        choice: MilestoneChoice,
        /// How long sprints are.
        cadence: Option<Cadence>,
    },
    /// A calendar; a sprint's items carry its label or milestone.
    Cadence {
        /// The calendar.
        cadence: Cadence,
        /// What marks a sprint's items.
        mark: SprintMark,
    },
}

/// What marks the items of a cadence's sprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SprintMark {
    /// A label of this name.
    Label(SprintPattern),
    /// A milestone of this name.
    Milestone(SprintPattern),
}

/// A calendar of sprints of equal length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cadence {
    /// How long a sprint is.
    pub length: Period,
    /// The first day of the first sprint, in the board's time zone.
    pub starts: jiff::civil::Date,
    /// The number of the first sprint.
    pub numbered_from: u32,
}

/// A sprint of a cadence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CadenceSprint {
    /// Its number.
    pub number: u32,
    /// Its first day.
    pub start: jiff::civil::Date,
    /// Its last day, which belongs to it.
    pub end: jiff::civil::Date,
}

impl Cadence {
    /// The sprint to which a day belongs; none before the first.
    #[must_use]
    pub fn on(&self, day: jiff::civil::Date) -> Option<CadenceSprint> {
        let days = (day - self.starts).get_days();
        let index = u32::try_from(days).ok()? / u32::from(self.length.days());
        self.numbered(self.numbered_from.checked_add(index)?)
    }

    /// The sprint with this number; none before the first, or beyond all calendars.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Option<CadenceSprint> {
        let length = i64::from(self.length.days());
        let offset = i64::from(number.checked_sub(self.numbered_from)?).checked_mul(length)?;
        let start = self.starts.checked_add(Time::new().try_days(offset).ok()?).ok()?;
        let end = start.checked_add(Time::new().try_days(length - 1).ok()?).ok()?;
        Some(CadenceSprint { number, start, end })
    }
}

/// What people call the board.
impl fmt::Display for SprintSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GitHubProject { project, iteration_field: Some(field), .. } => write!(f, "{project} ({field})"),
            Self::GitHubProject { project, .. } => project.fmt(f),
            Self::Milestones { choice, .. } => write!(f, "milestones {choice}"),
            Self::Cadence { mark: SprintMark::Label(pattern), .. } => write!(f, "label {pattern}"),
            Self::Cadence { mark: SprintMark::Milestone(pattern), .. } => write!(f, "milestone {pattern}"),
        }
    }
}

impl SprintsSection {
    /// None: it says no place, or two; that was told.
    pub(super) fn check(self, at: Span, problems: &mut Problems) -> Option<SprintSource> {
        let kinds = ["project", "milestones", "label", "milestone"];
        let mut named = kinds.iter().filter_map(|key| self.given.at(key).map(|at| (*key, at)));
        let (first, second) = (named.next(), named.next());
        if let (Some((one, _)), Some((other, at))) = (first, second) {
            problems.add(
                at,
                format!("`{other}` stands beside `{one}`"),
                "keep one of the two; a board's sprints live in one place",
            );
            return None;
        }
        self.check_fields(first.map(|(key, _)| key), problems);
        let cadence = self.cadence(first.map(|(key, _)| key), problems);
        match first.map(|(key, _)| key) {
            Some("project") => Some(SprintSource::GitHubProject {
                project: self.project?.value,
                iteration_field: self.iteration_field.map(|name| name.0),
                points_field: self.points_field.map(|name| name.0),
            }),
            Some("milestones") => Some(SprintSource::Milestones { choice: self.milestones?.value, cadence }),
            Some("label") => {
                self.check_label(problems);
                Some(SprintSource::Cadence { cadence: cadence?, mark: SprintMark::Label(self.label?.value) })
            }
            Some(_) => {
                Some(SprintSource::Cadence { cadence: cadence?, mark: SprintMark::Milestone(self.milestone?.value) })
            }
            None => {
                let (what, advice) = if self.given.has("length") || self.given.has("starts") {
                    (
                        "the sprints' items have no mark",
                        "add e.g. `label: sprint-{number}` or `milestone: Sprint {number}`",
                    )
                } else {
                    (
                        "where the sprints live is missing",
                        "add `project: OWNER/NUMBER`, `milestones: true`, or a cadence: `length: 14d, starts: 2026-01-05, label: sprint-{number}`",
                    )
                };
                problems.add(at, what, advice);
                None
            }
        }
    }

    /// Keys that mean nothing for this kind of sprints.
    fn check_fields(&self, kind: Option<&str>, problems: &mut Problems) {
        let wrong: &[&str] = match kind {
            Some("project") => &["length", "starts", "numbered_from"],
            Some(_) => &["iteration_field", "points_field"],
            None => &[],
        };
        for key in wrong {
            if let Some(at) = self.given.at(key) {
                let what = if kind == Some("project") {
                    "a project has its own calendar"
                } else {
                    "only a project has fields"
                };
                problems.add(at, format!("`{key}` does nothing here: {what}"), "leave it out");
            }
        }
    }

    fn cadence(&self, kind: Option<&str>, problems: &mut Problems) -> Option<Cadence> {
        let needed = matches!(kind, Some("label" | "milestone"));
        let missing =
            |key: &str| !self.given.has(key) && (needed || self.given.has("length") || self.given.has("starts"));
        for (key, advice) in
            [("length", "`length: 14d`"), ("starts", "`starts: 2026-01-05`, the first day of a sprint")]
        {
            if missing(key) && kind != Some("project") {
                let at = self.label.as_ref().map(|it| it.at);
                let at = at.or(self.milestone.as_ref().map(|it| it.at)).or(self.length.as_ref().map(|it| it.at));
                if let Some(at) = at.or(self.starts.as_ref().map(|it| it.at)) {
                    problems.add(at, format!("the cadence lacks `{key}`"), format!("add {advice}"));
                }
            }
        }
        Some(Cadence {
            length: self.length.as_ref()?.value,
            starts: self.starts.as_ref()?.value.0,
            numbered_from: self.numbered_from.map_or(1, |number| number.0),
        })
    }

    /// A label's name must be one.
    fn check_label(&self, problems: &mut Problems) {
        use crate::policy::read::Term as _;
        if let Some(label) = &self.label
            && let Err(mistake) = Alias::parse(&label.value.to_string())
        {
            problems.add(label.at, mistake.what, mistake.advice);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_day_from_the_first_on_belongs_to_one_sprint() {
        let cadence = Cadence { length: Period::of_days(14), starts: date(2026, 1, 5), numbered_from: 40 };
        let sprint = |day| cadence.on(day).map(|sprint| (sprint.number, sprint.start, sprint.end));
        assert_eq!(sprint(date(2026, 1, 4)), None);
        assert_eq!(sprint(date(2026, 1, 5)), Some((40, date(2026, 1, 5), date(2026, 1, 18))));
        assert_eq!(sprint(date(2026, 1, 18)), Some((40, date(2026, 1, 5), date(2026, 1, 18))));
        assert_eq!(sprint(date(2026, 3, 30)), Some((46, date(2026, 3, 30), date(2026, 4, 12))));
        assert_eq!(cadence.numbered(u32::MAX), None);
    }
}
