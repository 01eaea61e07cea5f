//! `0.75`: how sure is sure enough.

use crate::policy::problem::{Mistake, quoted};
use crate::policy::read::{Term, term_schema};

/// A number from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(in crate::policy) struct Probability(pub(in crate::policy) f64);

impl Term for Probability {
    const FORM: &'static str = "a number from 0 to 1 such as `0.75`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        let number = text.strip_suffix('%').unwrap_or(text).parse::<f64>().ok().filter(|number| number.is_finite());
        match number {
            Some(number) if (0.0..=1.0).contains(&number) && !text.ends_with('%') => Ok(Self(number)),
            Some(number) if number > 1.0 && number <= 100.0 => Err(Mistake::new(
                format!("{} is not between 0 and 1", quoted(text)),
                format!("did you mean `{}`?", number / 100.0),
            )),
            _ => Err(Mistake::new(format!("{} is no number from 0 to 1", quoted(text)), "write e.g. `0.75`")),
        }
    }
}

term_schema!(Probability, "Probability", { "type": "number", "minimum": 0, "maximum": 1 });
