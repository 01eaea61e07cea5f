//! `acme/7`: a GitHub project, by its owner and number.

use std::fmt;

use crate::policy::problem::{Mistake, quoted};
use crate::policy::read::{Term, term_schema};

/// A GitHub Projects (v2) project.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Project {
    /// The organisation that owns it.
    pub owner: String,
    /// Its number there, from 1.
    pub number: u32,
}

impl Term for Project {
    const FORM: &'static str = "a project such as `acme/7`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        let read = text.split_once('/').and_then(|(owner, number)| {
            let is_owner = (1..=39).contains(&owner.len())
                && owner.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            let is_number = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
            let number = number.parse().ok()?;
            (is_owner && is_number).then(|| Self { owner: owner.to_owned(), number })
        });
        read.ok_or_else(|| {
            Mistake::new(
                format!("{} names no project", quoted(text)),
                "write OWNER/NUMBER, e.g. `acme/7` for github.com/orgs/acme/projects/7",
            )
        })
    }
}

impl fmt::Display for Project {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.number)
    }
}

term_schema!(Project, "Project", {
    "type": "string", "pattern": "^[A-Za-z0-9_-]{1,39}/[1-9][0-9]*$", "examples": ["acme/7"],
});
