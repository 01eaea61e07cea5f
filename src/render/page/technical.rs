//! What a threshold demands and the sprint lacks; then the technical work of the sprint and why it matters.

use super::super::document::{Block, Inline, Piece};
use super::super::figures::{amount, counted, number};
use super::{Room, kind, named};
use crate::allocation::{Line, Phase, Report};

pub(super) fn blocks(report: &Report, room: Room) -> Vec<Block> {
    let mut blocks = demanded(report, room);
    blocks.extend(technical(report, room));
    blocks
}

fn demanded(report: &Report, room: Room) -> Vec<Block> {
    if report.demanded.is_empty() {
        return Vec::new();
    }
    let many = report.demanded.len();
    let first = if many == 1 {
        "1 item must be planned within a sprint, by the agreement, and is in none:".to_owned()
    } else {
        format!("{} must be planned within a sprint, by the agreement, and are in none:", counted(many, "item"))
    };
    let entry = |demand: &crate::allocation::Demand| {
        named(&demand.item).say(", labelled ").and(Piece::Code(demand.label.replace('`', "'")))
    };
    let mut list: Vec<Inline> = report.demanded.iter().take(room.entries).map(entry).collect();
    if many > room.entries {
        list.push(Inline::ours(format!("and {} more", many - room.entries)));
    }
    vec![Block::Paragraph(Inline::strong(first)), Block::List(list)]
}

fn technical(report: &Report, room: Room) -> Vec<Block> {
    let lines: Vec<&Line> = report.lines.iter().filter(|line| line.technical.is_positive()).collect();
    if lines.is_empty() {
        return Vec::new();
    }
    // When it is over nobody is asked any more.
    let is_asked = |line: &&&Line| line.item.impact.is_none() && report.phase != Phase::Over;
    let silent = lines.iter().filter(is_asked).count();
    let mut first = Inline::strong("The technical work in it");
    if silent > 0 {
        let items = if silent == 1 { "1 item".to_owned() } else { format!("{silent} items") };
        first = first
            .say(format!(": for {items} nobody has said why it matters. A comment "))
            .and(Piece::Code("/impact …".to_owned()))
            .say(" on the item says it here.");
    } else {
        first = first.say(":");
    }
    let rows = lines.iter().take(room.entries).map(|line| row(line, report, room)).collect();
    let mut blocks =
        vec![Block::Paragraph(first), Block::Table { head: vec!["Item", "Weight", "Kind", "Why it matters"], rows }];
    if let Some(rest) = lines.get(room.entries..).filter(|rest| !rest.is_empty()) {
        let weight = rest.iter().map(|line| &line.technical).sum();
        blocks.push(Block::Paragraph(Inline::ours(format!(
            "and {} more with {} of technical work",
            counted(rest.len(), "item"),
            amount(&weight, report.unit)
        ))));
    }
    blocks
}

fn row(line: &Line, report: &Report, room: Room) -> Vec<Inline> {
    let weight = if line.product.is_positive() {
        Inline::ours(format!("{} of {}", number(&line.technical), amount(&line.counted(), report.unit)))
    } else {
        Inline::ours(amount(&line.technical, report.unit))
    };
    let state = if line.is_done() { " (done)" } else { "" };
    let impact = line.item.impact.as_ref().map_or_else(
        || Inline::ours("not said yet"),
        |impact| Inline(vec![Piece::Foreign(impact.clone(), room.impact)]),
    );
    vec![named(&line.item).say(state), weight, Inline::ours(kind(&line.item)), impact]
}
