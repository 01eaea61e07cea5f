//! At the end of a sprint: what was planned and what became of it.

use super::super::document::{Block, Inline, Piece};
use super::super::figures::counted;
use super::{Room, items, listed};
use crate::allocation::{Line, Member, Phase, Report};

pub(super) fn at_the_end(report: &Report, room: Room) -> Vec<Block> {
    if report.phase != Phase::Over {
        return Vec::new();
    }
    let changes = &report.changes;
    let mut said = Vec::new();
    if let Some(committed) = &changes.committed {
        let late = if changes.baseline_is_late { " (as first seen, after the start)" } else { "" };
        said.push(format!("{} planned{late}", counted(committed.len(), "item")));
        said.push(format!("{} added", changes.added.len()));
        said.push(format!("{} taken out", changes.removed.len()));
    }
    said.push(format!("{} done", changes.delivered.len()));
    let left: Vec<&Line> = report.lines.iter().filter(|line| line.is_work() && !line.is_done()).collect();
    let mut line = Inline::strong("At the end: ").say(format!("{}, {} left", said.join(", "), left.len()));
    if !left.is_empty() {
        line = line.say(": ").join(listed(items(&left), room));
    }
    line = line.say(".");
    if changes.removed.iter().any(is_named) {
        line = line.say(" Taken out: ").join(members(&changes.removed, room)).say(".");
    }
    vec![Block::Paragraph(line)]
}

fn members(all: &[Member], room: Room) -> Inline {
    let mut line = Inline::default();
    let named: Vec<&Member> = all.iter().filter(|member| is_named(member)).take(room.names).collect();
    for (index, member) in named.iter().enumerate() {
        let name = if member.reference.is_empty() { &member.title } else { &member.reference };
        line = if index > 0 { line.say(", ") } else { line }.and(Piece::Foreign(name.clone(), 40));
    }
    if all.len() > named.len() { line.say(format!(" and {} more", all.len() - named.len())) } else { line }
}

/// Of a sprint that was read from its comment only ids are known.
fn is_named(member: &Member) -> bool {
    !member.reference.is_empty() || !member.title.is_empty()
}
