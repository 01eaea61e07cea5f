//! `deployments_per_week < 5`: when an outcome's share holds.

use std::fmt;

use crate::policy::problem::{Mistake, quoted};
use crate::policy::read::{Term, term_schema};

/// How a measure is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// Longer signs first: `<=` begins with `<`.
    const SIGNS: [(&'static str, Self); 4] =
        [("<=", Self::AtMost), (">=", Self::AtLeast), ("<", Self::Below), (">", Self::Above)];
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::SIGNS.iter().find(|(_, sign)| sign == self).map_or("", |(text, _)| text))
    }
}

/// Compares a measure of the team's outcomes with a number.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The measure's name, e.g. `deployments_per_week`.
    pub measure: String,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what; finite.
    pub bound: f64,
}

impl Condition {
    /// Whether a value of the measure meets the condition.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        match self.comparison {
            Comparison::Below => value < self.bound,
            Comparison::AtMost => value <= self.bound,
            Comparison::Above => value > self.bound,
            Comparison::AtLeast => value >= self.bound,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.measure, self.comparison, self.bound)
    }
}

impl Term for Condition {
    const FORM: &'static str = "a condition such as `deployments_per_week < 5`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        let parts = Comparison::SIGNS
            .iter()
            .find_map(|(sign, comparison)| text.split_once(sign).map(|(measure, bound)| (measure, *comparison, bound)));
        let read = parts.and_then(|(measure, comparison, bound)| {
            Some(Self { measure: measure_name(measure.trim())?, comparison, bound: decimal(bound.trim())? })
        });
        read.ok_or_else(|| {
            Mistake::new(
                format!("{} is no condition", quoted(text)),
                "write NAME < NUMBER, e.g. `deployments_per_week < 5` (also <=, >, >=)",
            )
        })
    }
}

fn measure_name(text: &str) -> Option<String> {
    let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
    let is_plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    (starts_well && is_plain && text.len() <= 50).then(|| text.to_owned())
}

fn decimal(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let number = text.parse::<f64>().ok()?;
    (is_plain && text.len() <= 20 && number.is_finite()).then_some(number)
}

term_schema!(Condition, "Condition", {
    "type": "string",
    "pattern": "^[a-z][a-z0-9_]* *(<|<=|>|>=) *-?[0-9.]+$",
    "examples": ["deployments_per_week < 5"],
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_belongs_to_at_most_and_not_to_below() {
        let at_most = Condition::parse("lead_time_days<=2.5").unwrap();
        assert!(at_most.holds(2.5) && !at_most.holds(2.6));
        let below = Condition::parse("lead_time_days < 2.5").unwrap();
        assert!(below.holds(2.4) && !below.holds(2.5));
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for text in ["", "<", "a < b", "5 < a", "a = 5", "a < inf", "a < nan", "a < 1e9", "Deploys < 5", "a << 5"] {
            assert!(Condition::parse(text).is_err(), "{text:?}");
        }
    }
}
