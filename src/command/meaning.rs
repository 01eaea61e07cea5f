//! A command as it was understood.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::backlog::CategoryName;

use super::value::{Points, Reference, Share};

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// The item is this kind of work: `/infra`, `/classify infrastructure`.
    SetCategory {
        /// Which.
        category: CategoryName,
    },
    /// The bot may decide the category again: `/classify auto`.
    GiveBack,
    /// Say how the item is classified and why.
    Why,
    /// The item is technical in part.
    Share {
        /// How much of it.
        share: Share,
    },
    /// The item's weight. None: it has none any more.
    Points {
        /// How many.
        points: Option<Points>,
    },
    /// What happens if nothing is done.
    Impact {
        /// In somebody's own words: not empty, may have several lines; hostile.
        text: String,
    },
    /// A date with consequences.
    Due {
        /// When.
        date: Date,
        /// What happens then; hostile.
        reason: Option<String>,
    },
    /// Open a technical-debt item linked with this one.
    Debt {
        /// Its title: one line, 1 to 256 characters; hostile.
        title: String,
    },
    /// Never call it stale. With a date: not before then.
    Keep {
        /// The last day of the exemption.
        until: Option<Date>,
    },
    /// Call it stale now.
    Stale,
    /// Another item stands for it.
    Duplicate {
        /// Which.
        of: Reference,
    },
    /// Post or refresh the sprint comment here.
    Report {
        /// Which sprint; the present one where none is named; hostile.
        sprint: Option<String>,
    },
    /// A summary of the technical backlog.
    Backlog,
    /// Say what can be said.
    Help {
        /// Of which command: its canonical name; of all where none is named.
        about: Option<String>,
    },
}

impl Command {
    /// Whether what it decided lives in the comment itself, so that deleting the comment, or taking it out, withdraws it.
    #[must_use]
    pub const fn lives_in_comment(&self) -> bool {
        matches!(self, Self::Impact { .. } | Self::Due { .. } | Self::Share { .. } | Self::Keep { .. })
    }

    /// Whether it asks and changes nothing: the answer is a comment.
    #[must_use]
    pub const fn is_question(&self) -> bool {
        matches!(self, Self::Why | Self::Help { .. } | Self::Backlog)
    }
}

/// One spelling for everything that means the same: commands are compared by it.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let optional = |f: &mut fmt::Formatter<'_>, name: &str, rest: Option<&dyn fmt::Display>| match rest {
            Some(rest) => write!(f, "{name} {rest}"),
            None => f.write_str(name),
        };
        match self {
            Self::SetCategory { category } => write!(f, "classify {category}"),
            Self::GiveBack => f.write_str("classify auto"),
            Self::Why => f.write_str("why"),
            Self::Share { share } => write!(f, "share {share}"),
            Self::Points { points: Some(points) } => write!(f, "points {points}"),
            Self::Points { points: None } => f.write_str("points clear"),
            Self::Impact { text } => write!(f, "impact {text}"),
            Self::Due { date, reason: None } => write!(f, "due {date}"),
            Self::Due { date, reason: Some(reason) } => write!(f, "due {date} {reason}"),
            Self::Debt { title } => write!(f, "debt {title}"),
            Self::Keep { until: None } => f.write_str("keep"),
            Self::Keep { until: Some(date) } => write!(f, "keep until {date}"),
            Self::Stale => f.write_str("stale"),
            Self::Duplicate { of } => write!(f, "duplicate {of}"),
            Self::Report { sprint } => optional(f, "report", sprint.as_ref().map(|sprint| sprint as &dyn fmt::Display)),
            Self::Backlog => f.write_str("backlog"),
            Self::Help { about } => optional(f, "help", about.as_ref().map(|about| about as &dyn fmt::Display)),
        }
    }
}
