//! `auto`, `17`, `ABC-17`: the item that carries the report.

use crate::policy::problem::{Mistake, quoted};
use crate::policy::read::{Term, term_schema};

/// Where a board's report is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportIssue {
    /// An item that the bot creates once and finds again.
    Auto,
    /// The item that people call this: `17` or `ABC-17`.
    Key(String),
}

impl Term for ReportIssue {
    const FORM: &'static str = "`auto`, an issue's number or its key";

    fn parse(text: &str) -> Result<Self, Mistake> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let (project, number) = text.rsplit_once('-').map_or((None, text), |(project, number)| (Some(project), number));
        let is_number = (1..=12).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && !number.starts_with('0');
        let is_project = project.is_none_or(|project| {
            (2..=50).contains(&project.len())
                && project.starts_with(|c: char| c.is_ascii_uppercase())
                && project.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        });
        if is_number && is_project {
            Ok(Self::Key(text.to_owned()))
        } else {
            Err(Mistake::new(
                format!("{} names no issue", quoted(text)),
                "write `auto`, a number (17) or a key (ABC-17)",
            ))
        }
    }
}

term_schema!(ReportIssue, "ReportIssue", {
    "anyOf": [
        { "const": "auto" },
        { "type": "integer", "minimum": 1 },
        { "type": "string", "pattern": "^([A-Z][A-Z0-9_]+-)?[1-9][0-9]*$" },
    ],
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_keys_are_told_from_everything_else() {
        assert_eq!(ReportIssue::parse("auto").unwrap(), ReportIssue::Auto);
        for text in ["17", "ABC-17", "A_1-2"] {
            assert_eq!(ReportIssue::parse(text).unwrap(), ReportIssue::Key(text.to_owned()));
        }
        for text in ["", "0", "#17", "-17", "abc-17", "ABC-", "ABC-0", "17.5", "Auto", "99999999999999"] {
            assert!(ReportIssue::parse(text).is_err(), "{text:?}");
        }
    }
}
