//! `20%`, `20%..30%`: the share of technical work that was agreed.

use std::fmt;

use super::Percent;
use crate::policy::problem::{Mistake, quoted};
use crate::policy::read::{Term, term_schema};

/// A fixed share or a range whose ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreedShare {
    /// This share.
    Fixed(Percent),
    /// Anything from the first to the second, which is larger.
    Range(Percent, Percent),
}

impl Term for AgreedShare {
    const FORM: &'static str = "a share such as `20%` or `20%..30%`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        let unreadable = || {
            Mistake::new(format!("{} is no share", quoted(text)), "write it like `20%`, or as a range like `20%..30%`")
        };
        let Some((from, to)) = text.split_once("..") else {
            return Percent::parse(text).map(Self::Fixed).map_err(|_| unreadable());
        };
        let from = Percent::parse(from.trim_end()).map_err(|_| unreadable())?;
        let to = Percent::parse(to.trim_start()).map_err(|_| unreadable())?;
        if from < to {
            Ok(Self::Range(from, to))
        } else {
            Err(Mistake::new(
                format!("the range {} does not go upwards", quoted(text)),
                "write the smaller share first, or a single one like `20%`",
            ))
        }
    }
}

impl fmt::Display for AgreedShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(share) => share.fmt(f),
            Self::Range(from, to) => write!(f, "{from}..{to}"),
        }
    }
}

term_schema!(AgreedShare, "AgreedShare", {
    "type": "string",
    "pattern": "^[0-9]{1,3}(\\.[0-9]{1,2})? *%( *\\.\\. *[0-9]{1,3}(\\.[0-9]{1,2})? *%)?$",
    "examples": ["20%", "20%..30%"],
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_share_is_refused() {
        for text in ["", "..", "20", "0.2", "20..30", "20-30%", "20%-30%", "20%..", "30%..20%", "20%..20%", "20%...30%"]
        {
            assert!(AgreedShare::parse(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_range_is_read_back_from_its_text(a in 0u16..=100, b in 0u16..=100, gap in " {0,2}") {
            let text = format!("{a}%{gap}..{gap}{b}%");
            match AgreedShare::parse(&text) {
                Ok(share) => prop_assert_eq!(share.to_string(), format!("{a}%..{b}%")),
                Err(_) => prop_assert!(a >= b),
            }
        }

        #[test]
        fn any_text_is_answered(text in "[0-9%. ]{0,12}|\\PC{0,12}") {
            if let Ok(AgreedShare::Range(from, to)) = AgreedShare::parse(&text) {
                prop_assert!(from < to);
            }
        }
    }
}
