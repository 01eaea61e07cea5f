//! Who did something in a tracker.

use serde::{Deserialize, Serialize};

/// Whether an account belongs to a human being or to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A human being; only people decide.
    Person,
    /// Any program: another bot, an automation, or Plimsoll itself.
    Bot,
}

/// An account of a tracker, as its events name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The handle that the tracker shows, e.g. `octocat` or `plimsoll[bot]`.
    pub name: String,
    /// Person or program.
    pub kind: ActorKind,
}

impl Actor {
    /// A human being with this handle.
    #[must_use]
    pub fn person(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: ActorKind::Person }
    }

    /// A program with this handle.
    #[must_use]
    pub fn bot(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: ActorKind::Bot }
    }

    /// Whether this is the same account as `other`. Handles are compared without regard to case, as trackers do.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.name.eq_ignore_ascii_case(&other.name)
    }

    /// Whether this account may decide: a person who is not the bot's own account.
    #[must_use]
    pub fn decides(&self, me: &Self) -> bool {
        self.kind == ActorKind::Person && !self.is(me)
    }
}
