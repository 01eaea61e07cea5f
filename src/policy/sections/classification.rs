//! `classification`: how sure is sure enough.

use crate::policy::checked::ClassificationPolicy;
use crate::policy::problem::Problems;
use crate::policy::read::{At, section};
use crate::policy::terms::Probability;

section! {
    /// How sure the classifier must be, as probabilities from 0 to 1.
    Classification {
        may {
            /// From here on a category is applied as a label.
            apply_at: At<Probability>,
            /// From here on a category is suggested, quietly. At most `apply_at`.
            suggest_at: At<Probability>,
            /// From here on the side (technical, product, neutral) is reported, even when the category is not sure.
            side_at: Probability,
        }
    }
}

impl Classification {
    /// The thresholds; where a layer does not say, the bot does not dare: 1.0 is never reached by a guess.
    pub(super) fn check(this: Option<Self>, problems: &mut Problems) -> ClassificationPolicy {
        let Some(Self { apply_at, suggest_at, side_at, given: _ }) = this else {
            return ClassificationPolicy { apply_at: 1.0, suggest_at: 1.0, side_at: 1.0 };
        };
        if let (Some(apply), Some(suggest)) = (&apply_at, &suggest_at)
            && suggest.value > apply.value
        {
            let later = if suggest.at.layer >= apply.at.layer { suggest.at } else { apply.at };
            problems.add(
                later,
                format!("`suggest_at` ({}) is above `apply_at` ({})", suggest.value.0, apply.value.0),
                "what is applied must be surer than what is suggested",
            );
        }
        ClassificationPolicy {
            apply_at: apply_at.map_or(1.0, |it| it.value.0),
            suggest_at: suggest_at.map_or(1.0, |it| it.value.0),
            side_at: side_at.map_or(1.0, |it| it.0),
        }
    }
}
