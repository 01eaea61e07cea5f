//! `boards`: where sprints live and what was agreed for them.
//!
//! A file with one board may write the board's keys at its top level.

use std::collections::HashSet;

use crate::backlog::{Categories, CategoryName};
use crate::policy::problem::{Problems, Span, advice_for_unknown, quoted};
use crate::policy::read::{At, section};
use crate::policy::terms::{
    AgreedShare, Alias, Condition, Date, FieldName, Project, ReportIssue, ShortText, SprintCount, WeightBy, Zone,
};

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
    /// A GitHub project with an iteration field.
    SprintsSection {
        must {
            /// The project, as OWNER/NUMBER.
            project: Project,
        }
        may {
            /// The project's iteration field; by default `Iteration`, else its only one.
            iteration_field: FieldName,
            /// The project's field for points; by default `Estimate`, `Points`, `Story Points` or `Size`.
            points_field: FieldName,
        }
    }
}

section! {
    /// What the team agreed. A dedicated sprint goes before everything else, then the first outcome whose condition
    /// holds, then the share.
    AgreementSection {
        may {
            /// The share of technical work in a sprint, fixed or as a range.
            share: At<AgreedShare>,
            /// By what items are weighed.
            #[schemars(extend("default" = "points"))]
            weight: WeightBy,
            /// The share is meant over so many sprints, this one included.
            average_over: At<SprintCount>,
            /// Sprints that are given to technical work.
            dedicated: DedicatedSection,
            /// Other shares while a measure of the team's outcomes meets a condition; the first that holds.
            #[schemars(length(max = 200))]
            outcomes: Vec<At<OutcomeSection>>,
            /// Items that must be planned within a sprint.
            #[schemars(length(max = 200))]
            thresholds: Vec<ThresholdSection>,
        }
    }
}

section! {
    /// Sprints that are given to technical work.
    DedicatedSection {
        must {
            /// How often.
            every: SprintCount,
            /// The first day of the first of them.
            counted_from: Date,
            /// The share of technical work in them.
            share: AgreedShare,
        }
    }
}

section! {
    /// Another share while a measure of the team's outcomes meets a condition.
    OutcomeSection {
        must {
            /// The condition.
            when: Condition,
            /// The share while it holds.
            share: AgreedShare,
        }
    }
}

section! {
    /// Items that must be planned within a sprint.
    ThresholdSection {
        must {
            /// Items with this label.
            label: Alias,
        }
        may {
            /// Only those of this category.
            category: At<ShortText>,
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

/// What a team agreed. Precedence: a dedicated sprint, else the first outcome that holds, else the share.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// The base share.
    pub share: Option<AgreedShare>,
    /// By what items are weighed.
    pub weight: WeightBy,
    /// Over how many sprints the base share is meant.
    pub average_over: Option<SprintCount>,
    /// Sprints given to technical work.
    pub dedicated: Option<DedicatedSprints>,
    /// Shares that depend on outcomes, first match first; never without a base share.
    pub outcomes: Vec<Outcome>,
    /// What must be planned within a sprint.
    pub thresholds: Vec<Threshold>,
}

/// Sprints given to technical work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DedicatedSprints {
    /// How often.
    pub every: SprintCount,
    /// The first day of the first of them, in the board's time zone.
    pub counted_from: jiff::civil::Date,
    /// The share in them.
    pub share: AgreedShare,
}

/// A share that holds while a condition does.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The condition.
    pub when: Condition,
    /// The share.
    pub share: AgreedShare,
}

/// What must be planned within a sprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// Items with this label.
    pub label: String,
    /// Only those of this category; none: of any.
    pub category: Option<CategoryName>,
}

impl BoardSection {
    pub(super) fn check(self, categories: &Categories, problems: &mut Problems) -> Board {
        let SprintsSection { project, iteration_field, points_field, given: _ } = self.sprints.value;
        Board {
            sprints: SprintSource::GitHubProject {
                project,
                iteration_field: iteration_field.map(|name| name.0),
                points_field: points_field.map(|name| name.0),
            },
            time_zone: self.time_zone.unwrap_or(Zone::UTC),
            agreement: self.agreement.map(|agreement| agreement.value.check(agreement.at, categories, problems)),
            report: self.report.map(|report| report.issue.unwrap_or(ReportIssue::Auto)),
        }
    }

    /// Tells boards that are declared twice.
    pub(super) fn check_unique(boards: &[Self], problems: &mut Problems) {
        let mut seen = HashSet::new();
        for board in boards {
            let sprints = &board.sprints;
            let name = (
                sprints.value.project.to_string().to_lowercase(),
                sprints.value.iteration_field.as_ref().map(|it| &it.0),
            );
            if !seen.insert(name) {
                problems.add(
                    sprints.at,
                    format!("the board {} is declared twice", quoted(&sprints.value.project.to_string())),
                    "keep one of the two; a board has one agreement",
                );
            }
        }
    }
}

impl AgreementSection {
    fn check(self, at: Span, categories: &Categories, problems: &mut Problems) -> Agreement {
        let needs_share = self.average_over.as_ref().map(|it| (it.at, "`average_over`"));
        let needs_share = needs_share.or(self.outcomes.iter().flatten().next().map(|it| (it.at, "an outcome")));
        if let Some((at, what)) = needs_share
            && !self.given.has("share")
        {
            problems.add(at, format!("{what} needs a base share"), "add e.g. `share: 20%` to the agreement");
        } else if !["share", "average_over", "dedicated", "outcomes", "thresholds"]
            .iter()
            .any(|key| self.given.has(key))
        {
            problems.add(at, "the agreement agrees nothing", "add e.g. `share: 20%`, or leave `agreement` out");
        }
        Agreement {
            share: self.share.map(|share| share.value),
            weight: self.weight.unwrap_or_default(),
            average_over: self.average_over.map(|count| count.value),
            dedicated: self.dedicated.map(|it| DedicatedSprints {
                every: it.every,
                counted_from: it.counted_from.0,
                share: it.share,
            }),
            outcomes: self
                .outcomes
                .into_iter()
                .flatten()
                .map(|outcome| Outcome { when: outcome.value.when, share: outcome.value.share })
                .collect(),
            thresholds: self
                .thresholds
                .into_iter()
                .flatten()
                .map(|threshold| threshold.check(categories, problems))
                .collect(),
        }
    }
}

impl ThresholdSection {
    fn check(self, categories: &Categories, problems: &mut Problems) -> Threshold {
        let category = self.category.and_then(|named| {
            let known = categories.iter().map(|category| &category.name).find(|name| name.as_str() == named.value.0);
            if known.is_none() {
                let names = categories.iter().map(|category| category.name.as_str());
                problems.add(
                    named.at,
                    format!("{} is no category", quoted(&named.value.0)),
                    advice_for_unknown(&named.value.0, names),
                );
            }
            known.cloned()
        });
        Threshold { label: self.label.0, category }
    }
}
