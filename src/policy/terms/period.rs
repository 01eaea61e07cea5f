//! `90d`, `2w`: a length of time in whole days.

use std::fmt;

use crate::policy::problem::{Mistake, quoted};
use crate::policy::read::{Term, term_schema};

/// A number of days, from 1 to 3650.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(u16);

impl Period {
    const LONGEST: u16 = 3650;

    /// So many days; the nearest that is allowed where that is none.
    pub(in crate::policy) const fn of_days(days: u16) -> Self {
        match days {
            0 => Self(1),
            1..=Self::LONGEST => Self(days),
            _ => Self(Self::LONGEST),
        }
    }

    /// The number of days.
    #[must_use]
    pub const fn days(self) -> u16 {
        self.0
    }
}

impl Term for Period {
    const FORM: &'static str = "a number of days or weeks such as `90d` or `12w`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        let in_days = [("d", 1), ("w", 7)].into_iter().find_map(|(unit, days)| {
            let number = text.strip_suffix(unit)?;
            let is_plain = (1..=4).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
            if is_plain { number.parse::<u16>().ok()?.checked_mul(days) } else { None }
        });
        match in_days {
            Some(days @ 1..=Self::LONGEST) => Ok(Self(days)),
            Some(_) => Err(Mistake::new(
                format!("{} is too short or too long", quoted(text)),
                format!("write 1 to {} days", Self::LONGEST),
            )),
            None => Err(Mistake::new(
                format!("{} is no length of time", quoted(text)),
                "write days or weeks, e.g. `90d` or `12w`",
            )),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d", self.0)
    }
}

/// A length of time, or `never`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) struct PeriodOrNever(pub(in crate::policy) Option<Period>);

impl Term for PeriodOrNever {
    const FORM: &'static str = "a number of days such as `30d`, or `never`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        if text == "never" {
            return Ok(Self(None));
        }
        Period::parse(text)
            .map(|period| Self(Some(period)))
            .map_err(|mistake| Mistake::new(mistake.what, format!("{}, or `never`", mistake.advice)))
    }
}

term_schema!(Period, "Period", { "type": "string", "pattern": "^[0-9]{1,4}[dw]$", "examples": ["90d", "12w"] });
term_schema!(PeriodOrNever, "PeriodOrNever", { "anyOf": [
    { "const": "never" },
    { "type": "string", "pattern": "^[0-9]{1,4}[dw]$", "examples": ["30d"] },
] });

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn weeks_are_seven_days() {
        assert_eq!(Period::parse("2w").unwrap(), Period::parse("14d").unwrap());
        assert_eq!(PeriodOrNever::parse("never").unwrap(), PeriodOrNever(None));
    }

    #[test]
    fn what_is_no_length_of_time_is_refused() {
        for text in
            ["", "d", "90", "0d", "0w", "90 d", "-1d", "1.5d", "90m", "9999w", "99999d", "3651d", "1d1d", "never"]
        {
            assert!(Period::parse(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_period_is_read_back_from_its_text(days in 1u16..=3650) {
            prop_assert_eq!(Period::parse(&Period(days).to_string()).unwrap().days(), days);
        }

        #[test]
        fn any_text_is_answered(text in "[0-9dw]{0,8}|\\PC{0,8}") {
            if let Ok(period) = Period::parse(&text) {
                prop_assert!((1..=3650).contains(&period.days()));
            }
        }
    }
}
