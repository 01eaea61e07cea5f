//! What a tracker's refusal means for the work at hand: each error carries its decision.

use jiff::Timestamp;

use crate::backlog::{Place, Subject};

/// Whom a "later" concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseScope {
    /// Only this subject: one answer went wrong.
    Subject,
    /// The whole installation: its limit is used up, or the tracker is out of order.
    Installation,
}

/// The tracker said "later": no failed attempt, nothing sleeps on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// When to come back. None: the tracker named no time; the engine backs off.
    pub until: Option<Timestamp>,
    /// Whom it concerns.
    pub scope: PauseScope,
    /// What it said, for the log and `plimsoll work`; no secrets, no payload.
    pub why: String,
}

/// What was not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The item itself (404 or 410): the subject ends after a second look.
    Item,
    /// The repository or the access to it.
    Repository,
    /// Something below the item, e.g. a label: ends nothing.
    Below,
}

/// Why a call to a tracker did not do what was asked, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrackerError {
    /// Come back later.
    #[error("{}: told to come back later ({})", .doing, .later.why)]
    Later {
        /// What was being done, to what.
        doing: String,
        /// When, for whom and why.
        later: Later,
    },
    /// It is not there.
    #[error("{doing}: not found ({what:?})")]
    Missing {
        /// What was being done, to what.
        doing: String,
        /// What is missing.
        what: Missing,
    },
    /// The item lives elsewhere now: the subject is re-keyed.
    #[error("{doing}: moved to {to}")]
    Moved {
        /// What was being done, to what.
        doing: String,
        /// Its subject there.
        to: Subject,
        /// Where that is.
        place: Place,
    },
    /// The repository answers under another name now; look it up and try again.
    #[error("{doing}: the repository has another name now")]
    Renamed {
        /// What was being done, to what.
        doing: String,
    },
    /// The bot's credentials are not accepted: a token that has just expired, or a person has to act. It says nothing about
    /// what was asked.
    #[error("{doing}: refused ({message}); {hint}")]
    Unauthorised {
        /// What was being done, to what.
        doing: String,
        /// What the tracker said.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// The bot lacks a permission: a person has to act.
    #[error("{doing}: refused ({message}); {hint}")]
    Refused {
        /// What was being done, to what.
        doing: String,
        /// What the tracker said.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// Anything else that went wrong: a failed attempt.
    #[error("{doing}: {message}")]
    Failed {
        /// What was being done, to what.
        doing: String,
        /// What went wrong.
        message: String,
    },
}
