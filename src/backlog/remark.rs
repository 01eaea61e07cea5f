//! What somebody wrote where commands may stand.

use serde::{Deserialize, Serialize};

use super::Actor;

/// A comment or an item's own description, as it was written or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The tracker's id of the comment. None: the item's description.
    pub comment: Option<String>,
    /// Where people read it.
    pub url: Option<String>,
    /// Who wrote it first; whoever changes it is the event's actor. None: nobody knows.
    pub author: Option<Actor>,
    /// What it says now; hostile, and no longer than commands are looked for.
    pub text: String,
    /// What it said before it was changed. None: it is new.
    pub previous: Option<String>,
}

/// What people see of a command besides its effect, where they wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acknowledgement {
    /// It was seen and is being worked on.
    Taken,
    /// It is done.
    Done,
    /// Something went wrong; a note says what.
    Problem,
}
