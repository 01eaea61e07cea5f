//! `hygiene`: what makes an item unfit to plan. A finding is off until its key is in the policy.

use crate::backlog::Side;
use crate::policy::read::{Switch, section};
use crate::policy::terms::{Alias, OnOff, Period, PeriodOrNever};

section! {
    /// Finds items that are not fit to plan. Each finding is off until its key is here.
    HygieneSection {
        may {
            /// Marks items without human activity.
            stale: Switch<StaleSection>,
            /// Asks what is missing where an item says too little.
            vague: Switch<VagueSection>,
            /// Asks why technical work matters.
            impact: Switch<ImpactSection>,
            /// Points at items that may say the same.
            duplicates: Switch<DuplicatesSection>,
        }
    }
}

section! {
    /// When an item counts as stale.
    StaleSection {
        may {
            /// After so long without human activity.
            #[schemars(extend("default" = "90d"))]
            after: Period,
            /// So long after it was marked it is closed.
            #[schemars(extend("default" = "never"))]
            close_after: PeriodOrNever,
            /// Items with one of these labels are never stale.
            #[schemars(length(max = 200))]
            exempt_labels: Vec<Alias>,
        }
    }
}

section! {
    /// Nothing to set yet: `{}`.
    VagueSection {}
}

section! {
    /// Which items must say why they matter.
    ImpactSection {
        may {
            /// The side whose items need an impact.
            #[schemars(extend("default" = "technical"))]
            required_for: Side,
        }
    }
}

section! {
    /// What becomes of duplicates.
    DuplicatesSection {
        may {
            /// Whether `/duplicate` closes the item, given by somebody who may manage; it is only labelled otherwise.
            #[schemars(extend("default" = "off"))]
            close: OnOff,
        }
    }
}

/// What is looked for in items; what is none or false is off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hygiene {
    /// Items without human activity.
    pub stale: Option<StalePolicy>,
    /// Items that say too little.
    pub vague: bool,
    /// Items that do not say why they matter.
    pub impact: Option<ImpactPolicy>,
    /// Items that may say the same.
    pub duplicates: bool,
    /// Whether an item that a person calls a duplicate is closed.
    pub close_duplicates: bool,
}

/// When an item counts as stale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StalePolicy {
    /// After so long without human activity.
    pub after: Period,
    /// So long after it was marked it is closed; none: never.
    pub close_after: Option<Period>,
    /// Items with one of these labels are never stale.
    pub exempt_labels: Vec<String>,
}

/// Which items must say why they matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImpactPolicy {
    /// The items of this side.
    pub required_for: Side,
}

impl HygieneSection {
    pub(super) fn check(this: Option<Self>) -> Hygiene {
        let Some(Self { stale, vague, impact, duplicates, given: _ }) = this else { return Hygiene::default() };
        let duplicates = duplicates.and_then(Switch::on);
        Hygiene {
            close_duplicates: duplicates.as_ref().is_some_and(|it| it.close == Some(OnOff(true))),
            stale: stale.and_then(Switch::on).map(|stale| StalePolicy {
                after: stale.after.unwrap_or(Period::of_days(90)),
                close_after: stale.close_after.and_then(|it| it.0),
                exempt_labels: stale.exempt_labels.into_iter().flatten().map(|label| label.0).collect(),
            }),
            vague: vague.and_then(Switch::on).is_some(),
            impact: impact
                .and_then(Switch::on)
                .map(|impact| ImpactPolicy { required_for: impact.required_for.unwrap_or(Side::Technical) }),
            duplicates: duplicates.is_some(),
        }
    }
}
