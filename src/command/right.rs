//! Who may give a command.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a person must be allowed to do in the tracker, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Read the item.
    Anyone,
    /// Have opened the item, or edit items.
    Author,
    /// Edit items (GitHub: triage and up).
    Edit,
    /// Manage the repository or project (GitHub: write and up).
    Manage,
}

impl Right {
    /// Who has it, as a sentence's subject.
    #[must_use]
    pub const fn holders(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Author => "the item's author and people who may edit items",
            Self::Edit => "people who may edit items",
            Self::Manage => "people who may write to the repository or manage the project",
        }
    }

    /// The name in the policy file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Author => "author",
            Self::Edit => "edit",
            Self::Manage => "manage",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the tracker lets a person do, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Nothing beyond reading and commenting.
    Read,
    /// Edit items (GitHub: triage).
    Edit,
    /// Manage the repository or project (GitHub: write, maintain, admin).
    Manage,
}

/// Whether a person with this access has a right on an item.
#[must_use]
pub fn may(right: Right, access: Access, is_author: bool) -> bool {
    match right {
        Right::Anyone => true,
        Right::Author => is_author || access >= Access::Edit,
        Right::Edit => access >= Access::Edit,
        Right::Manage => access >= Access::Manage,
    }
}

/// Who may give one command: those who have a right, and some by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Everybody with this right may.
    pub right: Right,
    /// So may these accounts, compared without regard to case.
    pub people: Vec<String>,
    /// So may members of these teams, compared without regard to case.
    pub teams: Vec<String>,
}

impl From<Right> for Rule {
    fn from(right: Right) -> Self {
        Self { right, people: Vec::new(), teams: Vec::new() }
    }
}

/// Who gives a command.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The account's name.
    pub name: &'a str,
    /// Whether they opened the item.
    pub is_author: bool,
    /// What the tracker lets them do; none when that could not be read.
    pub access: Option<Access>,
    /// The teams of the rule that they belong to, as far as the tracker tells.
    pub teams: &'a [String],
}

/// Whether somebody may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// They may.
    Admitted,
    /// They may not.
    Refused,
    /// Nobody knows: refused for now, to be asked again when the error was transient.
    Unreadable,
}

impl Rule {
    /// Whether this person may.
    #[must_use]
    pub fn admits(&self, caller: &Caller<'_>) -> Admission {
        let named = |names: &[String], name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        if named(&self.people, caller.name) || caller.teams.iter().any(|team| named(&self.teams, team)) {
            return Admission::Admitted;
        }
        let at_least = caller.access.unwrap_or(Access::Read);
        match (may(self.right, at_least, caller.is_author), caller.access) {
            (true, _) => Admission::Admitted,
            (false, Some(_)) => Admission::Refused,
            (false, None) => Admission::Unreadable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_grow_with_access_and_authorship() {
        use Access::{Edit, Manage, Read};
        let rows = [
            (Right::Anyone, [true, true, true], [true, true, true]),
            (Right::Author, [false, true, true], [true, true, true]),
            (Right::Edit, [false, true, true], [false, true, true]),
            (Right::Manage, [false, false, true], [false, false, true]),
        ];
        for (right, others, authors) in rows {
            for (index, access) in [Read, Edit, Manage].into_iter().enumerate() {
                assert_eq!(may(right, access, false), others[index], "{right} {access:?}");
                assert_eq!(may(right, access, true), authors[index], "{right} {access:?} author");
            }
        }
    }

    #[test]
    fn unknown_access_is_no_access_but_is_told_apart() {
        let teams = ["acme/platform".to_owned()];
        let stranger = Caller { name: "ann", is_author: false, access: None, teams: &[] };
        let edit = Rule::from(Right::Edit);
        assert_eq!(edit.admits(&stranger), Admission::Unreadable);
        assert_eq!(edit.admits(&Caller { access: Some(Access::Read), ..stranger }), Admission::Refused);
        assert_eq!(Rule::from(Right::Anyone).admits(&stranger), Admission::Admitted);
        assert_eq!(Rule::from(Right::Author).admits(&Caller { is_author: true, ..stranger }), Admission::Admitted);

        let named = Rule { people: vec!["Ann".to_owned()], teams: vec!["ACME/platform".to_owned()], ..edit };
        assert_eq!(named.admits(&stranger), Admission::Admitted);
        assert_eq!(named.admits(&Caller { name: "bob", ..stranger }), Admission::Unreadable);
        assert_eq!(named.admits(&Caller { name: "bob", teams: &teams, ..stranger }), Admission::Admitted);
    }
}
