//! What is wrong with a policy file: where, what, and what to do about it.

use std::fmt;

use super::checked::Note;
use super::layer::LayerName;
use crate::backlog::steers_display;

/// Problems beyond this many are counted, not told, and notes left out: a hostile file shall not make a book of them.
const MAX_TOLD: usize = 50;

/// How long a one-line message may be: what GitHub takes as a commit status's description.
const ONE_LINE: usize = 140;

/// A place in a file: where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Which file.
    pub layer: LayerName,
    /// Bytes before it. A byte order mark does not count.
    pub offset: usize,
    /// Bytes that it takes; 0 where only a point is known.
    pub length: usize,
    /// Its line, from 1.
    pub line: usize,
    /// Its first character in that line, from 1.
    pub column: usize,
}

impl Span {
    /// The very beginning of a file.
    #[must_use]
    pub const fn start(layer: LayerName) -> Self {
        Self { layer, offset: 0, length: 0, line: 1, column: 1 }
    }
}

/// What is wrong with a value and what to do, by one who does not know where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) what: String,
    pub(super) advice: String,
}

impl Mistake {
    pub(super) fn new(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what: what.into(), advice: advice.into() }
    }
}

/// Something that is wrong in a policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub at: Span,
    /// What is wrong, in a few words. Quotes from the file are shortened and free of control characters.
    pub what: String,
    /// What to do about it.
    pub advice: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.layer != LayerName::Repository {
            write!(f, "{}, ", self.at.layer)?;
        }
        write!(f, "line {}, column {}: {}: {}", self.at.line, self.at.column, self.what, self.advice)
    }
}

/// All that is wrong with a policy file, in the order of its lines; at least one problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyErrors {
    problems: Vec<Problem>,
    untold: usize,
}

impl PolicyErrors {
    /// The problems, in the order of the file's lines; at most 50.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many problems there are beyond [`problems`](Self::problems).
    #[must_use]
    pub const fn untold(&self) -> usize {
        self.untold
    }

    /// The first problem in at most 140 characters, with the number of the others: for a commit status.
    #[must_use]
    pub fn one_line(&self) -> String {
        let Some(first) = self.problems.first() else { return String::new() };
        let others = match self.problems.len() - 1 + self.untold {
            0 => String::new(),
            count => format!(" (and {count} more)"),
        };
        shortened(&first.to_string(), ONE_LINE - others.len()) + &others
    }
}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        if self.untold > 0 {
            write!(f, "\nand {} more", self.untold)?;
        }
        Ok(())
    }
}

impl std::error::Error for PolicyErrors {}

/// Collects problems while a file is read, so that all of them are told at once; and notes, which are no problems.
#[derive(Debug, Default)]
pub(super) struct Problems {
    told: Vec<Problem>,
    untold: usize,
    notes: Vec<Note>,
}

impl Problems {
    pub(super) fn add(&mut self, at: Span, what: impl Into<String>, advice: impl Into<String>) {
        if self.is_full() {
            self.untold += 1;
        } else {
            self.told.push(Problem { at, what: what.into(), advice: advice.into() });
        }
    }

    /// Adds what who wrote the file should know, and what is no mistake.
    pub(super) fn note(&mut self, at: Span, text: impl Into<String>) {
        if self.notes.len() < MAX_TOLD {
            self.notes.push(Note { at, text: text.into() });
        }
    }

    /// Takes the notes, in the order of the lines.
    pub(super) fn take_notes(&mut self) -> Vec<Note> {
        let mut notes = std::mem::take(&mut self.notes);
        notes.sort_by_key(|note| (note.at.layer, note.at.offset));
        notes
    }

    /// Whether further problems are only counted: then no time should be spent on wording them.
    pub(super) const fn is_full(&self) -> bool {
        self.told.len() >= MAX_TOLD
    }

    /// `value`, if nothing went wrong.
    pub(super) fn or<T>(self, value: T) -> Result<T, PolicyErrors> {
        if self.told.is_empty() { Ok(value) } else { Err(self.into_errors()) }
    }

    /// What went wrong, in the order of the lines.
    pub(super) fn into_errors(mut self) -> PolicyErrors {
        self.told.sort_by_key(|problem| (problem.at.layer, problem.at.offset));
        PolicyErrors { problems: self.told, untold: self.untold }
    }
}

/// The first `limit` characters of a text; what is cut off is shown by an ellipsis.
pub(super) fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

/// A text from the file as a message may show it: in backticks, short, control and direction characters replaced.
pub(super) fn quoted(text: &str) -> String {
    let tame = |c: char| if steers_display(c) || c == '`' { '\u{b7}' } else { c };
    format!("`{}`", shortened(text, 40).chars().map(tame).collect::<String>())
}

/// The candidate that was most likely meant by `typed`, if one is close.
pub(super) fn meant<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    meant_within((typed.chars().count() / 3).clamp(1, 3), typed, candidates)
}

/// The candidate that is at most so many slips of the finger from `typed`.
pub(super) fn meant_within<'a>(
    tolerance: usize,
    typed: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if typed.chars().count() > 60 {
        return None;
    }
    let typed = typed.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&typed, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= tolerance)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Advice for a word that is none of `known`: what was likely meant, else all that could have been.
pub(super) fn advice_for_unknown<'a>(typed: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match meant(typed, known.clone()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("use one of {}", listed(known)),
    }
}

/// Words as a list in backticks: `` `a`, `b`, `c` ``.
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_short_and_tame() {
        assert_eq!(quoted("a\u{1b}[31mb\u{202e}`"), "`a·[31mb··`");
        assert_eq!(quoted(&"x".repeat(1000)).chars().count(), 42);
    }

    #[test]
    fn a_near_word_is_meant_and_a_far_one_is_not() {
        assert_eq!(meant("lable", ["aliases", "label"]), Some("label"));
        assert_eq!(meant("Label", ["label"]), Some("label"));
        assert_eq!(meant("colour", ["label"]), None);
        assert_eq!(meant(&"label".repeat(1000), ["label"]), None);
    }
}
