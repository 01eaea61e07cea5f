//! Who acts, and what they may do in a repository.

/// What kind of account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum AccountKind {
    User,
    Bot,
    Organization,
}

impl AccountKind {
    /// The `type` in GitHub's answers.
    pub(in super::super) const fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Bot => "Bot",
            Self::Organization => "Organization",
        }
    }
}

/// An account.
#[derive(Clone, Debug)]
pub(in super::super) struct Account {
    pub(in super::super) id: u64,
    pub(in super::super) login: String,
    pub(in super::super) kind: AccountKind,
}

/// A person's role in a repository, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Role {
    None,
    Read,
    Triage,
    Write,
    Maintain,
    Admin,
}

impl Role {
    pub(in super::super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "none" => Self::None,
            "read" | "pull" => Self::Read,
            "triage" => Self::Triage,
            "write" | "push" => Self::Write,
            "maintain" => Self::Maintain,
            "admin" => Self::Admin,
            _ => return None,
        })
    }

    /// The `role_name` in GitHub's answers.
    pub(in super::super) const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }

    /// The `permission` in GitHub's answers, which knows only the four old names.
    pub(in super::super) const fn legacy_name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read | Self::Triage => "read",
            Self::Write | Self::Maintain => "write",
            Self::Admin => "admin",
        }
    }
}
