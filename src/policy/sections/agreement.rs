//! `agreement`: what a team agreed for a board.

use crate::backlog::{Categories, CategoryName};
use crate::policy::problem::{Problems, Span, advice_for_unknown, quoted};
use crate::policy::read::{At, section};
use crate::policy::terms::{AgreedShare, Alias, Condition, Date, Percent, Period, ShortText, SprintCount, WeightBy};

/// How far a fixed share may be missed, in percentage points.
const TOLERANCE: Percent = Percent::of(2);
/// For so many days a measure's value holds.
const MEASURES_VALID_FOR: Period = Period::of_days(30);

section! {
    /// What the team agreed. A dedicated sprint goes before everything else, then the first outcome whose condition
    /// holds, then the share.
    AgreementSection {
        may {
            /// The share of technical work in a sprint, fixed or as a range.
            share: At<AgreedShare>,
            /// How far a fixed share may be missed either way, in percentage points.
            #[schemars(extend("default" = "2%"))]
            tolerance: Percent,
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
            /// A measure's value holds for so long; after that it is named, and the base share is in force.
            #[schemars(extend("default" = "30d"))]
            measures_valid_for: Period,
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

/// What a team agreed. Precedence: a dedicated sprint, else the first outcome that holds, else the share.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// The base share.
    pub share: Option<AgreedShare>,
    /// How far a fixed share may be missed either way, in percentage points.
    pub tolerance: Percent,
    /// By what items are weighed.
    pub weight: WeightBy,
    /// Over how many sprints the base share is meant.
    pub average_over: Option<SprintCount>,
    /// Sprints given to technical work.
    pub dedicated: Option<DedicatedSprints>,
    /// Shares that depend on outcomes, first match first; never without a base share.
    pub outcomes: Vec<Outcome>,
    /// For so long a measure's value holds.
    pub measures_valid_for: Period,
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

impl AgreementSection {
    pub(super) fn check(self, at: Span, categories: &Categories, problems: &mut Problems) -> Agreement {
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
            tolerance: self.tolerance.unwrap_or(TOLERANCE),
            weight: self.weight.unwrap_or_default(),
            measures_valid_for: self.measures_valid_for.unwrap_or(MEASURES_VALID_FOR),
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
