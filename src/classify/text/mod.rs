//! What of an item's title and body may speak for a category.
//!
//! People's prose speaks. Code, logs, stack traces, quotes, links, images, tables and the instructions of templates do
//! not: they are left out, or reduced to the fact that they are there (a [`Trace`]). Markdown and Jira's wiki markup are
//! read by one line scanner; time is linear in the text's length, and only the beginning of a very long text is read.

mod blocks;
mod inline;
mod lines;
mod prefix;
mod words;

pub(crate) use prefix::{Prefix, read_title};
pub(crate) use words::{Piece, pieces};

/// How a passage stands in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A heading, or a line that looks like one: perhaps a field of a template.
    Heading,
    /// What stands before the colon in `Expected behaviour: it opens`: perhaps a field of a template.
    Key,
    /// What follows a key on its line.
    Value,
    /// A ticked box of a template.
    Ticked,
    /// Anything else.
    Prose,
}

/// A run of plain text in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Passage<'a> {
    /// The text as it stands.
    pub(crate) text: &'a str,
    /// How it stands there.
    pub(crate) role: Role,
    /// Whether it follows the passage before it in one flow, so that a phrase may span both.
    pub(crate) continues: bool,
}

/// What was left out of the body but says something by being there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    /// A stack trace, or an error as a program prints it.
    Exception,
    /// Lines of a log.
    Log,
    /// A picture.
    Image,
}

/// What of a body may speak.
#[derive(Debug, Default)]
pub(crate) struct Body<'a> {
    /// Plain text, in order.
    pub(crate) passages: Vec<Passage<'a>>,
    /// What was left out: the first of each kind, with its first line.
    pub(crate) traces: Vec<(Trace, &'a str)>,
}

/// How much of a body is scanned, in bytes: templates and logs in front of the prose included.
const SCANNED: usize = 64 * 1024;

/// How much prose is kept, in bytes: who has not said by then what it is about will not say it later.
const KEPT: usize = 12 * 1024;

/// Reads a body.
pub(crate) fn read_body(body: &str) -> Body<'_> {
    blocks::read(beginning(body, SCANNED), KEPT)
}

/// Calls `each` with the plain text of a single line, e.g. a title.
pub(crate) fn plain_line<'a>(line: &'a str, mut each: impl FnMut(&'a str)) {
    inline::scan(line, |found| {
        if let inline::Found::Plain(text) = found {
            each(text);
        }
    });
}

/// The first `bytes` of a text, or a little less where that would cut a character.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}
