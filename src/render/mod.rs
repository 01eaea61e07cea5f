//! Reports and notes as people and programs read them: Markdown, plain text, JSON, SVG. Pure.
//!
//! `page` says what a report says, as a [`Document`]: a small tree in which our own words and foreign text are told
//! apart. Each form has one renderer that makes foreign text harmless in its own way.

mod document;
mod figures;
mod harmless;
mod json;
mod markdown;
mod page;
mod state;
mod svg;
mod text;

#[cfg(test)]
mod tests;

pub use document::{Block, Document, Inline, Piece};
pub use json::json;
pub use markdown::{LONGEST_COMMENT, markdown};
pub use page::{Room, note_key, overview, page};
pub use state::{read_state, state};
pub use svg::{svg, trend_svg};
pub use text::text;

use crate::allocation::Report;

/// The sprint comment in Markdown: at most [`LONGEST_COMMENT`] characters, with the state from which a lost history is
/// rebuilt in its last line.
#[must_use]
pub fn sprint_comment(report: &Report) -> String {
    let state = state(&report.record());
    let mut shown = String::new();
    for room in Room::ALL {
        shown = format!("{}\n{state}\n", markdown(&page(report, room)));
        if shown.chars().count() <= LONGEST_COMMENT {
            break;
        }
    }
    shown
}

/// The living overview that stands in the report's issue.
#[must_use]
pub fn overview_body(report: &Report) -> String {
    markdown(&overview(report))
}

/// The report as plain text, for a terminal or a mail.
#[must_use]
pub fn plain_text(report: &Report) -> String {
    text(&page(report, Room::ALL[0]))
}
