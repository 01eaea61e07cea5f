//! Slash commands: what people tell the bot in an item's body and comments. Pure: text in, commands out.
//!
//! [`Vocabulary`] holds the words that a repository understands: the list of commands, the policy's categories, and
//! what the team changed. [`commands`] finds what a text says, [`new_commands`] what an edit added. What is carried out,
//! for whom and with which reaction, is the engine's business; [`Found::key`] tells it what was done before.
//!
//! Known and accepted: an edit is compared with the text before it as both are understood *now*; when the policy changed
//! in between, a command that only the old policy knew counts as never given, and runs if the edit kept it.

mod comment;
mod error;
mod glance;
mod grammar;
mod help;
mod list;
mod meaning;
mod page;
mod policy;
mod quote;
mod right;
mod strangers;
mod suggest;
#[cfg(test)]
mod tests;
mod value;
mod vocabulary;

pub use comment::{CommandKey, Found, MOST_OBEYED, commands, new_commands, without_commands};
pub use error::{CommandError, joined, refusal, reply};
pub use glance::{may_hold_commands, worth_keeping};
pub use help::help;
pub use meaning::Command;
pub use page::page;
pub use policy::{ALL_CATEGORIES, CommandPolicy, public_sites};
pub use quote::quoted;
pub use right::{Access, Admission, Caller, Right, Rule, may};
pub use value::{Naming, Points, Reference, Share, Site};
pub use vocabulary::{Vocabulary, VocabularyProblem};
