//! What a sprint's report says, and in which order: the verdict, a picture, the technical work, what to do, what makes
//! the figure unsure, how it was counted. Written for a product owner who has two minutes.

mod changes;
mod counted;
mod overview;
mod picture;
mod technical;
mod todo;
mod unsure;
mod verdict;

pub use overview::overview;

use super::document::{Block, Document, Inline, Piece};
use crate::allocation::{Line, Report, SprintItem};

/// The longest title and the longest impact that are shown, in characters.
const LONGEST_TITLE: usize = 120;

/// How much of each list is shown; a comment that is too long is made again with less room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Rows of a table with everything.
    rows: usize,
    /// Entries of a list.
    entries: usize,
    /// Items that are named in a sentence.
    names: usize,
    /// Characters of an impact.
    impact: usize,
}

impl Room {
    /// From the most to the least.
    pub const ALL: [Self; 5] = [
        Self { rows: 1000, entries: 30, names: 12, impact: 240 },
        Self { rows: 250, entries: 20, names: 12, impact: 240 },
        Self { rows: 120, entries: 15, names: 10, impact: 160 },
        Self { rows: 40, entries: 10, names: 8, impact: 120 },
        Self { rows: 0, entries: 5, names: 3, impact: 80 },
    ];
}

/// By what a board's sprint comment is known among a bot's notes: the sprint's first day, else its name.
#[must_use]
pub fn note_key(report: &Report) -> String {
    let sprint = report.sprint.start.map_or_else(|| report.sprint.name.clone(), |start| start.to_string());
    format!("sprint:{}:{sprint}", report.board)
}

/// All that a report says.
#[must_use]
pub fn page(report: &Report, room: Room) -> Document {
    let mut blocks = vec![heading(report)];
    blocks.extend(verdict::blocks(report));
    blocks.extend(changes::at_the_end(report, room));
    blocks.extend(picture::blocks(report));
    blocks.extend(technical::blocks(report, room));
    blocks.extend(todo::blocks(report, room));
    blocks.extend(unsure::blocks(report, room));
    blocks.extend(counted::blocks(report, room));
    Document { blocks }
}

fn heading(report: &Report) -> Block {
    let name = Piece::Foreign(report.sprint.name.clone(), 60);
    let dates = match (report.sprint.start, report.sprint.end) {
        (Some(start), Some(end)) if start.first_of_month() == end.first_of_month() => {
            format!(", {} to {}", start.day(), day(end))
        }
        (Some(start), Some(end)) => format!(", {} to {}", day(start), day(end)),
        _ => String::new(),
    };
    Block::Heading(Inline::ours("Technical work in ").and(name).say(dates))
}

fn day(date: jiff::civil::Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// `#17 Title`, linked.
fn named(item: &SprintItem) -> Inline {
    let reference = Piece::Reference(item.reference.clone(), item.url.clone());
    let line = if item.reference.is_empty() { Inline::ours("Draft:") } else { Inline(vec![reference]) };
    let title = if item.title.trim().is_empty() {
        Piece::Ours("(no title)".to_owned())
    } else {
        Piece::Foreign(item.title.clone(), LONGEST_TITLE)
    };
    line.say(" ").and(title)
}

/// `#17, #18 and 3 more`.
fn listed<'a>(items: impl ExactSizeIterator<Item = &'a SprintItem>, room: Room) -> Inline {
    let all = items.len();
    let mut line = Inline::default();
    for (index, item) in items.take(room.names).enumerate() {
        if index > 0 {
            line = line.say(", ");
        }
        line = if item.reference.is_empty() {
            line.and(Piece::Foreign(item.title.clone(), 40))
        } else {
            line.and(Piece::Reference(item.reference.clone(), item.url.clone()))
        };
    }
    if all > room.names { line.say(format!(" and {} more", all - room.names)) } else { line }
}

/// The category's name, else its side.
fn kind(item: &SprintItem) -> String {
    match (&item.category, item.side) {
        (Some(category), _) => category.to_string(),
        (None, Some(side)) => format!("{side}, kind not known"),
        (None, None) => "not known".to_owned(),
    }
}

fn items<'a>(lines: &[&'a Line]) -> std::vec::IntoIter<&'a SprintItem> {
    lines.iter().map(|line| &line.item).collect::<Vec<_>>().into_iter()
}
