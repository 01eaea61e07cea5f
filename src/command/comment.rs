//! Finds the commands of a comment or body, and after an edit the new ones among them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::backlog::TrackerName;

use super::error::CommandError;
use super::glance::may_hold_commands;
use super::grammar::{Bounded, Line, Token, Utterance, bounded, read, split, utterance, with_plain_line_ends};
use super::list::Arguments;
use super::meaning::Command;
use super::right::Rule;
use super::strangers::is_strangers;
use super::vocabulary::{Entry, Vocabulary};

/// A command that a comment holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its line in the text, from 1.
    pub line: usize,
    /// The line as written, without white space around it.
    pub written: String,
    /// The command's canonical name. None: no command has this word.
    pub name: Option<String>,
    /// What follows the word, trimmed; the whole text where a command takes several lines.
    pub args: String,
    /// The command as understood, or why it was not.
    pub outcome: Result<Command, CommandError>,
    /// Who may give it. For a command that was not understood: who may give that command at all.
    pub rule: Option<Rule>,
    /// Which one it is of those in the text that mean the same, from 1.
    pub occurrence: u32,
}

/// So many new commands of one text are obeyed: each may cost several writes.
pub const MOST_OBEYED: usize = 20;

/// The longest spelling of a command in a key; longer ones are named by their digest.
const LONGEST_IN_KEY: usize = 120;

impl Found {
    /// One spelling for everything that means the same, short enough to be kept as a key.
    #[must_use]
    pub fn understood(&self) -> String {
        let (name, full) = match &self.outcome {
            Ok(command) => (command.to_string(), command.to_string()),
            Err(CommandError::Malformed { command, .. }) => {
                ("malformed".to_owned(), format!("malformed {command} {}", self.args))
            }
            Err(CommandError::Unknown { written, .. }) => ("unknown".to_owned(), format!("unknown {written}")),
            Err(CommandError::SwitchedOff { written }) => ("off".to_owned(), format!("off {written}")),
        };
        if full.len() <= LONGEST_IN_KEY && !full.contains('\n') {
            return full;
        }
        let digest = Sha256::digest(full.as_bytes());
        let hex: Vec<String> = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let word = name.split_whitespace().next().unwrap_or_default();
        format!("{word} sha256:{}", hex.concat())
    }

    /// Names this command among all that were ever given: what has been done under this key is not done again.
    #[must_use]
    pub fn key(&self, tracker: TrackerName, comment: impl Into<String>) -> CommandKey {
        CommandKey { tracker, comment: comment.into(), command: self.understood(), occurrence: self.occurrence }
    }
}

/// Names a command: where it stands, what it was understood as, and which occurrence of that it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CommandKey {
    /// The tracker.
    pub tracker: TrackerName,
    /// The tracker's id of the comment, or of the item for a command in its body.
    pub comment: String,
    /// The command as understood.
    pub command: String,
    /// Which of those in the comment, from 1.
    pub occurrence: u32,
}

impl fmt::Display for CommandKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}:{}", self.tracker, self.comment, self.occurrence, self.command)
    }
}

/// All commands that a text holds, in order. Time linear in the text, which is read up to 64 KiB; never panics.
#[must_use]
pub fn commands(text: &str, vocabulary: &Vocabulary) -> Vec<Found> {
    located(&bounded(text), vocabulary).into_iter().map(|(found, _)| found).collect()
}

/// A text without the commands in it and what they are given: what it says to people. Time linear in the text.
#[must_use]
pub fn without_commands<'t>(text: &'t str, vocabulary: &Vocabulary) -> Cow<'t, str> {
    if !may_hold_commands(text) {
        return Cow::Borrowed(text);
    }
    let plain = with_plain_line_ends(text);
    let found = located(&bounded(&plain), vocabulary);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(plain.len());
    let mut from = 0;
    for (_, range) in found {
        kept.push_str(plain.get(from..range.start).unwrap_or_default());
        from = range.end;
    }
    kept.push_str(plain.get(from..).unwrap_or_default());
    Cow::Owned(kept)
}

/// All commands, each with where it and its text stand, in bytes of what is read.
fn located(bounded: &Bounded<'_>, vocabulary: &Vocabulary) -> Vec<(Found, Range<usize>)> {
    let reading = read(bounded);
    let heard: Vec<(&Line<'_>, Heard<'_, '_>)> =
        reading.lines.iter().filter_map(|line| Some((line, hear(&line.text, vocabulary)?))).collect();
    let mut found = Vec::new();
    let mut occurrences: HashMap<String, u32> = HashMap::new();
    let mut stops = reading.stops.iter().copied().peekable();
    for (index, (line, heard_here)) in heard.iter().enumerate() {
        while stops.next_if(|stop| *stop <= line.range.start).is_some() {}
        let next_command = heard.get(index + 1).map_or(bounded.text.len(), |(next, _)| next.range.start);
        let until = stops.peek().map_or(next_command, |stop| next_command.min(*stop));
        let below = reading.below(&bounded.text, line.range.end..until);
        if let Some(mut command) = understand(heard_here, line, &below, vocabulary) {
            let count = occurrences.entry(command.understood()).or_default();
            *count += 1;
            command.occurrence = *count;
            let end = if matches!(command.outcome, Ok(Command::Impact { .. })) { until } else { line.range.end };
            found.push((command, line.range.start..end));
        }
    }
    found
}

/// The commands of a text that were not in the one before: none of those that meant the same, however often they stood there.
#[must_use]
pub fn new_commands(previous: Option<&str>, text: &str, vocabulary: &Vocabulary) -> Vec<Found> {
    let before: HashSet<(String, u32)> = commands(previous.unwrap_or_default(), vocabulary)
        .into_iter()
        .map(|found| (found.understood(), found.occurrence))
        .collect();
    let mut now = commands(text, vocabulary);
    now.retain(|found| !before.contains(&(found.understood(), found.occurrence)));
    now
}

/// What a line in the form of a command turns out to be.
enum Heard<'t, 'v> {
    /// Another bot's, or one that is switched off here: it ends a text of several lines, no more.
    NotOurs,
    /// One of ours.
    Ours { entry: &'v Entry, args: &'t str },
    /// Meant for us, as it seems, but nothing that we know.
    Problem(CommandError),
}

fn hear<'t, 'v>(line: &'t str, vocabulary: &'v Vocabulary) -> Option<Heard<'t, 'v>> {
    let Utterance { word, rest } = utterance(line)?;
    let word = match word {
        Token::Word(word) => word,
        Token::Punctuated(word) => {
            let is_ours =
                rest.is_empty() && vocabulary.is_bare() && vocabulary.entry(&word).is_some_and(|entry| entry.on);
            return is_ours.then(|| unknown(line.trim(), vec![word.as_str()], vocabulary));
        }
    };
    if vocabulary.is_prefix(&word) {
        return hear_after_prefix(rest, vocabulary);
    }
    if !vocabulary.is_bare() {
        return Some(Heard::NotOurs);
    }
    match vocabulary.entry(&word) {
        Some(entry) if entry.on => Some(Heard::Ours { entry, args: rest }),
        Some(_) => Some(Heard::NotOurs),
        None if is_strangers(&word) => Some(Heard::NotOurs),
        None => {
            let close = vocabulary.close_to(&word);
            (!close.is_empty()).then(|| unknown(&format!("/{word}"), close, vocabulary))
        }
    }
}

/// Who is addressed by name always answers.
fn hear_after_prefix<'t, 'v>(rest: &'t str, vocabulary: &'v Vocabulary) -> Option<Heard<'t, 'v>> {
    if rest.is_empty() {
        return vocabulary.help().map(|entry| Heard::Ours { entry, args: "" });
    }
    let command = rest.strip_prefix('/').unwrap_or(rest);
    let first = || rest.split_whitespace().next().unwrap_or_default();
    Some(match split(command) {
        Some((Token::Word(word), args)) => match vocabulary.entry(&word) {
            Some(entry) if entry.on => Heard::Ours { entry, args },
            Some(_) => Heard::Problem(CommandError::SwitchedOff { written: vocabulary.spelled_with_prefix(&word) }),
            None => unknown(&vocabulary.spelled_with_prefix(&word), vocabulary.close_to(&word), vocabulary),
        },
        Some((Token::Punctuated(word), _)) => {
            let meant = vocabulary.entry(&word).filter(|entry| entry.on).map(|_| vec![word.as_str()]);
            unknown(&vocabulary.spelled_with_prefix(first()), meant.unwrap_or_default(), vocabulary)
        }
        None => unknown(&vocabulary.spelled_with_prefix(first()), Vec::new(), vocabulary),
    })
}

fn unknown<'t, 'v>(written: &str, meant: Vec<&str>, vocabulary: &Vocabulary) -> Heard<'t, 'v> {
    Heard::Problem(CommandError::Unknown {
        written: written.to_owned(),
        did_you_mean: meant.into_iter().map(|word| vocabulary.spelled(word)).collect(),
        help: vocabulary.spelled_with_prefix("help"),
    })
}

fn understand(heard: &Heard<'_, '_>, line: &Line<'_>, below: &str, vocabulary: &Vocabulary) -> Option<Found> {
    let written = line.text.trim();
    let (entry, args) = match heard {
        Heard::NotOurs => return None,
        Heard::Problem(error) => {
            let args = written.split_once(char::is_whitespace).map_or("", |(_, args)| args.trim());
            return Some(Found {
                line: line.number,
                written: written.to_owned(),
                name: None,
                args: args.to_owned(),
                outcome: Err(error.clone()),
                rule: None,
                occurrence: 1,
            });
        }
        Heard::Ours { entry, args } => (entry, *args),
    };
    let read = entry.read(&Arguments { line: args, below, vocabulary });
    let args = match &read {
        Ok(Command::Impact { text }) => text.clone(),
        _ => args.to_owned(),
    };
    let outcome = read.map_err(|malformed| CommandError::Malformed {
        command: entry.name.clone(),
        written: written.to_owned(),
        expected: malformed.expected,
        example: vocabulary.spelled(&malformed.example),
    });
    let rule =
        outcome.as_ref().ok().and_then(|command| vocabulary.rule_for(command, &entry.name)).unwrap_or(&entry.rule);
    Some(Found {
        line: line.number,
        written: written.to_owned(),
        name: Some(entry.name.clone()),
        args,
        rule: Some(rule.clone()),
        outcome,
        occurrence: 1,
    })
}
