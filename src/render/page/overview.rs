//! The living overview: the trend, and the technical backlog as a whole.

use super::super::document::{Block, Document, Inline};
use super::super::figures::{agreed, counted};
use super::picture;
use crate::allocation::{BacklogFigures, Report};

/// What stands in the body of the report's issue, above the comments on each sprint.
#[must_use]
pub fn overview(report: &Report) -> Document {
    let mut blocks = vec![Block::Heading(Inline::ours("Technical work: what was agreed and what is done"))];
    let share = report.agreement.as_deref().map_or_else(
        || "No share of technical work is agreed for this board.".to_owned(),
        |share| format!("Agreed: {} of each sprint is technical work.", agreed(share)),
    );
    blocks.push(Block::Paragraph(Inline::ours(format!(
        "{share} Each sprint has a comment below; it follows the sprint."
    ))));
    blocks.extend(picture::trend(report));
    blocks.extend(report.backlog.as_ref().map(|backlog| Block::List(figures(backlog))));
    Document { blocks }
}

fn figures(backlog: &BacklogFigures) -> Vec<Inline> {
    if backlog.open == 0 {
        return vec![Inline::ours("The technical backlog is empty.")];
    }
    let trend = match backlog.opened.cmp(&backlog.closed) {
        std::cmp::Ordering::Greater => "it grows",
        std::cmp::Ordering::Less => "it shrinks",
        std::cmp::Ordering::Equal => "it stays as it is",
    };
    let days = |days: u32| counted(days as usize, "day");
    vec![
        Inline::ours(format!("The technical backlog has {}.", counted(backlog.open, "open item"))),
        Inline::ours(format!("In the last 30 days {} came and {} went: {trend}.", backlog.opened, backlog.closed)),
        Inline::ours(format!(
            "Half of them are at least {} old, the oldest {}.",
            days(backlog.median_age_days),
            days(backlog.oldest_age_days)
        )),
        Inline::ours(format!(
            "{} never in a sprint.",
            if backlog.never_scheduled == 1 { "1 was".to_owned() } else { format!("{} were", backlog.never_scheduled) }
        )),
    ]
}
