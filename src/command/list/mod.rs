//! The list of all commands: one file each, and what stands with a command is all that help, documentation and errors say
//! of it. Commands that set a category are made from the policy's categories: see [`category`].

mod arguments;
mod backlog;
pub(super) mod category;
mod classify;
mod debt;
mod due;
mod duplicate;
mod help;
mod impact;
mod keep;
mod points;
mod report;
mod share;
mod stale;
mod why;

pub(super) use arguments::Arguments;

use super::meaning::Command;
use super::right::Right;

/// A command with all that is to be said of it. Texts name commands without the slash: a repository may want the prefix.
#[derive(Debug)]
pub(super) struct Spec {
    /// Its name: what it is called in answers, in the policy and in `plimsoll commands`.
    pub name: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
    /// The forms in which it is written.
    pub usage: &'static [&'static str],
    /// What it does: a phrase that continues "this command …".
    pub does: &'static str,
    /// More to know, in whole sentences; may be empty.
    pub details: &'static str,
    /// Who may where the policy says nothing else.
    pub right: Right,
    /// Examples that work.
    pub examples: &'static [&'static str],
    /// Reads its arguments.
    pub parse: fn(&Arguments<'_>) -> Result<Command, Malformed>,
}

/// Why arguments were not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    /// What belongs there: a phrase that continues "expected …".
    pub expected: String,
    /// An example that works, without the slash.
    pub example: String,
}

impl Malformed {
    fn new(expected: impl Into<String>, example: impl Into<String>) -> Self {
        Self { expected: expected.into(), example: example.into() }
    }
}

/// All commands except those that set a category, in the order in which help names them.
pub(super) const ALL: [&Spec; 13] = [
    &classify::SPEC,
    &why::SPEC,
    &share::SPEC,
    &points::SPEC,
    &impact::SPEC,
    &due::SPEC,
    &debt::SPEC,
    &keep::SPEC,
    &stale::SPEC,
    &duplicate::SPEC,
    &report::SPEC,
    &backlog::SPEC,
    &help::SPEC,
];

/// The name of the command that the prefix alone stands for.
pub(super) const HELP: &str = help::SPEC.name;
