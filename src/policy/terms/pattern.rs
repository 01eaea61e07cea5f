//! `sprint-{number}`: how the labels or milestones of a cadence's sprints are called.

use std::fmt;

use jiff::civil::Date;

use super::text::bounded;
use crate::policy::problem::{Mistake, quoted};
use crate::policy::read::{Term, term_schema};

/// A name with a placeholder that tells one sprint from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SprintPattern(String);

impl SprintPattern {
    const PLACEHOLDERS: [&'static str; 2] = ["{number}", "{start}"];

    /// What the sprint with this number and first day is called.
    #[must_use]
    pub fn name(&self, number: u32, start: Date) -> String {
        self.0.replace("{number}", &number.to_string()).replace("{start}", &start.to_string())
    }
}

impl Term for SprintPattern {
    const FORM: &'static str = "a name such as `sprint-{number}`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        let name = bounded(text, 100)?;
        if Self::PLACEHOLDERS.iter().any(|placeholder| name.contains(placeholder)) {
            Ok(Self(name))
        } else {
            Err(Mistake::new(
                format!("{} is the same for every sprint", quoted(&name)),
                "put `{number}` or `{start}` (its first day) into it, e.g. `sprint-{number}`",
            ))
        }
    }
}

impl fmt::Display for SprintPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which of a repository's milestones are sprints: `true` for all with a due date, or a name with `*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MilestoneChoice(Option<String>);

impl MilestoneChoice {
    /// Whether a milestone with this title is a sprint; `*` stands for anything, letter case makes no difference.
    #[must_use]
    pub fn includes(&self, title: &str) -> bool {
        let Some(pattern) = &self.0 else { return true };
        let (pattern, title) = (pattern.to_lowercase(), title.trim().to_lowercase());
        let mut rest = title.as_str();
        let mut pieces = pattern.split('*');
        let Some(stripped) = pieces.next().and_then(|first| rest.strip_prefix(first)) else { return false };
        rest = stripped;
        let pieces: Vec<&str> = pieces.collect();
        let Some((last, between)) = pieces.split_last() else { return rest.is_empty() };
        for piece in between {
            let Some((_, after)) = rest.split_once(piece) else { return false };
            rest = after;
        }
        rest.ends_with(last)
    }
}

impl Term for MilestoneChoice {
    const FORM: &'static str = "`true`, or a name such as `Sprint *`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        match text {
            "true" => Ok(Self(None)),
            "false" | "off" => Err(Mistake::new(
                format!("{} chooses no milestone", quoted(text)),
                format!("write {}, or leave `milestones` out", Self::FORM),
            )),
            text => bounded(text, 100).map(|name| Self(Some(name))),
        }
    }
}

impl fmt::Display for MilestoneChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or("*"))
    }
}

/// The number of a cadence's first sprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) struct FirstNumber(pub(in crate::policy) u32);

impl Term for FirstNumber {
    const FORM: &'static str = "a number such as `1`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        let is_plain = (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_plain).map(Self).ok_or_else(|| {
            Mistake::new(format!("{} numbers no sprint", quoted(text)), "write the first sprint's number, e.g. `1`")
        })
    }
}

term_schema!(SprintPattern, "SprintPattern", {
    "type": "string", "maxLength": 100, "pattern": "\\{(number|start)\\}", "examples": ["sprint-{number}"],
});
term_schema!(MilestoneChoice, "MilestoneChoice", {
    "anyOf": [{ "const": true }, { "type": "string", "minLength": 1, "maxLength": 100, "examples": ["Sprint *"] }],
});
term_schema!(FirstNumber, "FirstNumber", { "type": "integer", "minimum": 0, "maximum": 999_999, "default": 1 });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_each_sprint() {
        let pattern = SprintPattern::parse("Sprint {number} ({start})").unwrap();
        assert_eq!(pattern.name(7, jiff::civil::date(2026, 1, 5)), "Sprint 7 (2026-01-05)");
        for text in ["", "sprint", "sprint {n}", "{number"] {
            assert!(SprintPattern::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_star_stands_for_anything() {
        let includes = |pattern: &str, title: &str| MilestoneChoice::parse(pattern).unwrap().includes(title);
        assert!(includes("true", "whatever"));
        assert!(includes("Sprint *", "sprint 12") && !includes("Sprint *", "Release 12"));
        assert!(includes("*sprint*", "The Sprint of May") && includes("a*b*c", "a-b-b-c") && !includes("a*b*c", "acb"));
        assert!(includes("v1", "V1") && !includes("v1", "v1.1"));
        assert!(!includes("ab*ba", "aba"));
    }
}
