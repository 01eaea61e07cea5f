//! What a comment says, in every context that Markdown and people have for a slash.

mod contexts;
mod edits;
mod generated;
mod hostile;
mod meanings;
mod table;
mod without;
mod wording;

use super::{Found, Vocabulary, commands};

/// What a text says to the shipped vocabulary: one line for each command, as understood, or `!` with the error.
fn said(text: &str) -> Vec<String> {
    commands(text, &Vocabulary::default()).iter().map(shown).collect()
}

fn shown(found: &Found) -> String {
    match &found.outcome {
        Ok(command) => command.to_string(),
        Err(error) => format!("! {error}"),
    }
}
