//! GitHub's accounts as actors.

use serde::Deserialize;

use crate::backlog::{Actor, ActorKind};

/// An account as payloads and answers carry it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Account {
    pub(super) login: String,
    /// `User`, `Bot`, `Organization`, `Mannequin` …
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

impl Account {
    /// Only an account of type `User` is a person; whatever is not known to be one is a program, because only people
    /// decide.
    pub(super) fn actor(&self) -> Actor {
        let is_person = self.kind.as_deref() == Some("User") && !self.login.ends_with("[bot]");
        let kind = if is_person { ActorKind::Person } else { ActorKind::Bot };
        Actor { name: self.login.clone(), kind }
    }
}

/// The actor of an account that may be missing (deleted, or not told).
pub(super) fn actor_or_unknown(account: Option<&Account>) -> Actor {
    account.map_or_else(|| Actor::bot("unknown"), Account::actor)
}

#[cfg(test)]
mod tests {
    use super::{Account, actor_or_unknown};
    use crate::backlog::Actor;

    #[test]
    fn only_a_user_is_a_person() {
        let account = |login: &str, kind: Option<&str>| Account { login: login.into(), kind: kind.map(Into::into) };
        assert_eq!(account("octocat", Some("User")).actor(), Actor::person("octocat"));
        assert_eq!(account("octocat", None).actor(), Actor::bot("octocat"));
        assert_eq!(account("renovate[bot]", Some("User")).actor(), Actor::bot("renovate[bot]"));
        assert_eq!(account("acme", Some("Organization")).actor(), Actor::bot("acme"));
        assert_eq!(actor_or_unknown(None), Actor::bot("unknown"));
    }
}
