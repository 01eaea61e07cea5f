//! `20%`: a part of a whole, exactly.

use std::fmt;

use crate::policy::problem::{Mistake, quoted};
use crate::policy::read::{Term, term_schema};

/// A percentage from 0 to 100 with at most two decimals, kept exactly as hundredths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u16);

impl Percent {
    /// So many whole percent; 100 where that is more.
    pub(in crate::policy) const fn of(percent: u16) -> Self {
        if percent > 100 { Self(10_000) } else { Self(percent * 100) }
    }

    /// Hundredths of a percent, from 0 to 10,000.
    #[must_use]
    pub const fn basis_points(self) -> u16 {
        self.0
    }

    /// What stands before the percent sign.
    fn number(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
        let is_digits = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !is_digits(whole, 3) || !decimals.is_none_or(|part| is_digits(part, 2)) {
            return None;
        }
        let hundredths = match decimals {
            None => 0,
            Some(part) if part.len() == 1 => part.parse::<u16>().ok()? * 10,
            Some(part) => part.parse::<u16>().ok()?,
        };
        let points = whole.parse::<u16>().ok()?.checked_mul(100)?.checked_add(hundredths)?;
        (points <= 10_000).then_some(Self(points))
    }
}

impl Term for Percent {
    const FORM: &'static str = "a percentage such as `20%`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        text.strip_suffix('%').map(str::trim_end).and_then(Self::number).ok_or_else(|| {
            Mistake::new(
                format!("{} is no percentage", quoted(text)),
                "write a number from 0 to 100 and `%`, e.g. `20%`",
            )
        })
    }
}

term_schema!(Percent, "Percent", {
    "type": "string", "pattern": "^[0-9]{1,3}(\\.[0-9]{1,2})? *%$", "examples": ["2%"],
});

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, hundredths) = (self.0 / 100, self.0 % 100);
        match (hundredths, hundredths % 10) {
            (0, _) => write!(f, "{whole}%"),
            (_, 0) => write!(f, "{whole}.{}%", hundredths / 10),
            _ => write!(f, "{whole}.{hundredths:02}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_percentage_is_refused() {
        for text in ["", "%", "20", "0.2", "-5%", "101%", "100.01%", "20.%", ".5%", "20.123%", "٢٠%", "1e1%", "20%%"]
        {
            assert!(Percent::parse(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_percentage_is_read_back_from_its_text(points in 0u16..=10_000) {
            prop_assert_eq!(Percent::parse(&Percent(points).to_string()).unwrap(), Percent(points));
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,12}") {
            if let Ok(percent) = Percent::parse(&text) {
                prop_assert!(percent.basis_points() <= 10_000);
            }
        }
    }
}
