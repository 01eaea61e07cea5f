//! `2026-01-05`: a date in the board's time zone.

use crate::policy::problem::{Mistake, quoted};
use crate::policy::read::{Term, term_schema};

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) struct Date(pub(in crate::policy) jiff::civil::Date);

impl Term for Date {
    const FORM: &'static str = "a date such as `2026-01-05`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        let has_form = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(i, byte)| if i == 4 || i == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        match text.parse() {
            Ok(date) if has_form => Ok(Self(date)),
            _ => Err(Mistake::new(
                format!("{} is no date", quoted(text)),
                "write year, month and day, e.g. `2026-01-05`",
            )),
        }
    }
}

term_schema!(Date, "Date", {
    "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "examples": ["2026-01-05"],
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_day_that_exists_in_one_form_is_a_date() {
        assert_eq!(Date::parse("2028-02-29").unwrap().0, jiff::civil::date(2028, 2, 29));
        for text in ["2026-02-29", "2026-13-01", "20260105", "2026-1-5", "05.01.2026", "2026-01-05T00:00", ""] {
            assert!(Date::parse(text).is_err(), "{text:?}");
        }
    }
}
