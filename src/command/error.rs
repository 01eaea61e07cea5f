//! What went wrong with a command, as data, and the words in which a person is told.
//!
//! Whatever a person wrote is quoted in code form: no answer can mention anybody or give a command.

use std::fmt;

use super::quote::quoted;
use super::right::{Admission, Rule};

/// Why a command does nothing. `Display` is the sentence for its writer, in Markdown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// No command has this word, but one is close, or the bot was addressed by its prefix.
    Unknown {
        /// What was written: the word with its slash, and the prefix where there was one.
        written: String,
        /// What may have been meant, as it is written here; the likeliest first.
        did_you_mean: Vec<String>,
        /// How the list of commands is asked for here.
        help: String,
    },
    /// The command is known, its arguments are not understood.
    Malformed {
        /// The command's canonical name.
        command: String,
        /// The whole line as written, in one line.
        written: String,
        /// What belongs there: a phrase that continues "expected …".
        expected: String,
        /// An example that works here.
        example: String,
    },
    /// The command is switched off here; only said when the bot was addressed by its prefix.
    SwitchedOff {
        /// What was written.
        written: String,
    },
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { written, did_you_mean, help } => {
                write!(f, "{} is no command here. ", quoted(written))?;
                if did_you_mean.is_empty() {
                    return write!(f, "{} lists all commands.", quoted(help));
                }
                let meant: Vec<String> = did_you_mean.iter().map(|command| quoted(command)).collect();
                write!(f, "Did you mean {}?", meant.join(" or "))
            }
            Self::Malformed { written, expected, example, .. } => {
                write!(f, "{}: expected {expected}. Example: {}", quoted(written), quoted(example))
            }
            Self::SwitchedOff { written } => write!(f, "{} is switched off here.", quoted(written)),
        }
    }
}

/// One reply names this many problems.
const MOST_NAMED: usize = 10;

/// One reply for all that went wrong in a comment; none when nothing did.
#[must_use]
pub fn reply<'a>(problems: impl IntoIterator<Item = &'a CommandError>) -> Option<String> {
    let sentences: Vec<String> = problems.into_iter().map(ToString::to_string).collect();
    joined(&sentences)
}

/// The same for sentences that are made already, such as refusals.
#[must_use]
pub fn joined(sentences: &[String]) -> Option<String> {
    match sentences {
        [] => None,
        [only] => Some(only.clone()),
        several => {
            let mut lines: Vec<String> =
                several.iter().take(MOST_NAMED).map(|sentence| format!("- {sentence}")).collect();
            if several.len() > MOST_NAMED {
                lines.push(format!("- … and {} more.", several.len() - MOST_NAMED));
            }
            Some(lines.join("\n"))
        }
    }
}

/// The sentence for somebody who may not give a command; none when they may.
#[must_use]
pub fn refusal(written: &str, rule: &Rule, admission: Admission) -> Option<String> {
    let holders = rule.right.holders();
    let named = match (rule.people.is_empty(), rule.teams.is_empty()) {
        (true, true) => "",
        (false, true) => ", and people named in the policy",
        (true, false) => ", and teams named in the policy",
        (false, false) => ", and people and teams named in the policy",
    };
    match admission {
        Admission::Admitted => None,
        Admission::Refused => Some(format!("{} is for {holders}{named}.", quoted(written))),
        Admission::Unreadable => Some(format!(
            "{} is for {holders}{named}, and your rights could not be read just now: nothing was done.",
            quoted(written)
        )),
    }
}
